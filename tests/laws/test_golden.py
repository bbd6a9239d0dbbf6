"""Law 10: golden codes decode and are written again, here and where Numba is told to aim at any CPU."""

import os
import subprocess
import sys

import pytest
from tests.laws.golden.codes import data, golden, portable_names
from tests.laws.subjects import ROOT

from codelength.registry import create


@pytest.mark.parametrize("name", portable_names())
def test_a_golden_code_decodes_and_is_written_again(name: str) -> None:
    model, code = create(name), golden()[name]
    assert model.decode(code) == data()
    assert model.encode(data()) == code


def test_another_cpu_writes_the_same_codes() -> None:
    generic = {**os.environ, "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    run = subprocess.run(
        [sys.executable, "-m", "tests.laws.golden.codes"], cwd=ROOT, env=generic, capture_output=True, text=True
    )
    assert (run.returncode, run.stderr) == (0, ""), run.stdout + run.stderr
