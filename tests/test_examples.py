"""Every example runs by itself, within its minute, and prints what it is about."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = {
    "01_how_many_bits": "in all, spaces included; 664 without a model",
    "02_what_x_knows_about_y": "X = genome.txt: useless",
    "03_your_own_model": "coded, and decoded again",
    "04_known_source": "is the mutual information of X and Y",
    "08_what_a_key_hides": "of its 2,7",
    "06_labels_in_bits": "random labels:",
    "09_what_bits_promise": "not told apart at alpha = 0.05",
    "07_a_map_without_pairs": "open: a rotation or mirror of 1 and 2",
    "05_a_smaller_file": "without X: this file can only be decoded with the data",
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs_and_says_what_it_shows(name: str) -> None:
    plain = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-W", "error", str(ROOT / "examples" / f"{name}.py")]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=plain)
    assert (run.returncode, run.stderr) == (0, "")
    assert EXAMPLES[name] in run.stdout


def test_every_example_is_run() -> None:
    assert sorted(EXAMPLES) == sorted(file.stem for file in (ROOT / "examples").glob("*.py"))
