"""The laws over language models that the tests make: no model comes with the registry, but the laws are the same.

Laws of steps of a byte are left out by their mark, as `names_of(Model, tokens=False)` leaves models of tokens out.
"""

import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from tests.laws import test_after, test_coding, test_known_source, test_prices
from tests.laws.subjects import model_of
from tests.models import made

Law = Callable[..., None]


def laws_of(module: ModuleType) -> list[Law]:
    """What a module asks of a name, or of a name and an input, unless it steps by bytes."""
    laws = [law for name, law in inspect.getmembers(module, inspect.isfunction) if name.startswith("test_")]
    asked = [law for law in laws if next(iter(inspect.signature(law).parameters), "") == "name"]
    return [law for law in asked if not any(mark.name == "bytewise" for mark in getattr(law, "pytestmark", ()))]


def inputs_of(law: Law) -> list[tuple[str, ...]]:
    """The inputs that a law is asked with besides the name."""
    marks = {mark.args[0]: mark.args[1] for mark in getattr(law, "pytestmark", ()) if mark.name == "parametrize"}
    return [(what,) for what in marks["what"]] if "what" in marks else [()]


LAWS = {
    **{law.__name__: law for module in (test_coding, test_after, test_prices) for law in laws_of(module)},
    # A model that is not trained on what it reads promises nothing above a source.
    test_known_source.test_no_code_beats_the_source.__name__: test_known_source.test_no_code_beats_the_source,
}
LEARNING = test_after.test_a_text_that_was_read_before_costs_no_more_the_second_time.__name__
CODING = (
    test_coding.test_decoding_gives_back_a_hard_input.__name__,
    test_coding.test_a_damaged_code_is_refused_or_is_the_code_of_what_it_gives.__name__,
)


@pytest.fixture(scope="module")
def gpt2(folder: Path) -> str:
    return f"hf:{made.gpt2(folder / 'gpt2', steps=30)},block=64"


@pytest.fixture(scope="module")
def llama(folder: Path) -> str:
    return f"hf:{made.llama(folder / 'llama')},block=64,stride=16"


@pytest.fixture(scope="module")
def lossy(folder: Path) -> str:
    return f"hf:{made.gpt2(folder / 'lossy', tokenizer=made.lossy(), start=None)},block=64,adapt=true"


def keep(law: str, name: str) -> None:
    for inputs in inputs_of(LAWS[law]):
        LAWS[law](name, *inputs)


@pytest.mark.parametrize("law", [law for law in LAWS if law != LEARNING])  # its context is all that changes
def test_a_model_of_gpt2s_kind_keeps_the_law(law: str, gpt2: str) -> None:
    keep(law, gpt2)


@pytest.mark.parametrize("law", CODING)
def test_a_model_of_llamas_kind_keeps_the_law_of_coding(law: str, llama: str) -> None:
    keep(law, llama)


@pytest.mark.parametrize("law", LAWS)
def test_an_adapting_model_without_start_token_whose_tokenizer_loses_text_keeps_the_law(law: str, lossy: str) -> None:
    keep(law, lossy)


def test_the_laws_are_those_of_every_model() -> None:
    assert len(LAWS) == 19
    assert "test_bits_are_those_of_predict_pay_update" not in LAWS


def test_blocks_make_the_law_of_causality_bite(gpt2: str) -> None:
    assert len(set(model_of(gpt2).order(300).tolist())) == 5
