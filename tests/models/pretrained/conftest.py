"""Models of a few thousand weights, made once a file of tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tests.models import made


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def gpt2(folder: Path) -> str:
    return made.gpt2(folder / "gpt2", layers=2, steps=30)


@pytest.fixture(scope="module")
def llama(folder: Path) -> str:
    return made.llama(folder / "llama", layers=2)


@pytest.fixture(scope="module")
def lossy(folder: Path) -> str:
    return made.gpt2(folder / "lossy", tokenizer=made.lossy(), start=None)


@pytest.fixture(scope="module")
def flat(folder: Path, gpt2: str) -> str:
    """A model that finds everything equally likely, since all of its weights are 0."""
    return made.zeroed(gpt2, folder / "flat")
