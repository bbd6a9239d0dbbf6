"""The kernel where it has never been compiled: bounds checked, aimed at any processor, without a place for a cache.

Each run is a process of its own with its own cache, so that no checked or generic kernel stays behind for others.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.models.mixing.test_mixing import ENGLISH, kinds, small

import codelength

SCRIPT = """
import hashlib, json, logging, sys
from pathlib import Path
from codelength.models.mixing.model import Mixing
from codelength.models.mixing.state import LEVELS

logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(message)s")
level, folder = sys.argv[1], Path(sys.argv[2])
codes = {}
for file in sorted(folder.iterdir()):
    model, data = Mixing(level, LEVELS[level].least_bytes), file.read_bytes()
    code = model.encode(data)
    assert model.decode(code) == data, file.name
    items = [data[:1500], data[-40:], b""]
    after = model.after(data[:1000])
    assert all((a == after.bits(b)).all() for a, b in zip(after.bits_each(items), items)), file.name
    assert abs(after.reader().predict().sum() - 1) < 1e-9
    codes[file.name] = hashlib.sha256(code).hexdigest()
print(json.dumps(codes))
"""
ANY_PROCESSOR = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
CHECKED = {"NUMBA_BOUNDSCHECK": "1"}
UNWRITABLE = "/dev/null/nowhere"


def inputs() -> dict[str, bytes]:
    return {**{name: data[:9000] for name, data in kinds().items()}, "one byte": bytes(2500), "short": ENGLISH[:70]}


def run(level: str, folder: Path, environment: dict[str, str]) -> tuple[dict[str, str], str]:
    """What a process of its own writes for each input, and what it says."""
    data = folder / "data"
    data.mkdir()
    for name, content in inputs().items():
        (data / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, level, str(data)],
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder / "cache"), **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    codes: dict[str, str] = json.loads(done.stdout)
    return codes, done.stderr


def expected(level: str) -> dict[str, str]:
    return {name: hashlib.sha256(small(level).encode(data)).hexdigest() for name, data in inputs().items()}


@pytest.mark.parametrize(
    "level",
    ["fast", pytest.param("default", marks=pytest.mark.slow), pytest.param("max", marks=pytest.mark.slow)],
)
def test_a_kernel_with_checked_bounds_for_any_processor_writes_the_same_bytes(level: str, tmp_path: Path) -> None:
    codes, said = run(level, tmp_path, {**ANY_PROCESSOR, **CHECKED})
    assert codes == expected(level)
    assert "compiling the mixing kernel" in said
    assert list((tmp_path / "cache").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("level", ["fast", "default", "max"])
@pytest.mark.parametrize("environment", [ANY_PROCESSOR, CHECKED], ids=["any processor", "checked"])
def test_each_circumstance_alone_changes_nothing(level: str, environment: dict[str, str], tmp_path: Path) -> None:
    assert run(level, tmp_path, environment)[0] == expected(level)


@pytest.mark.slow
def test_a_kernel_runs_where_no_cache_can_be_written(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(
        Path(codelength.__file__).parent, source / "codelength", ignore=shutil.ignore_patterns("__pycache__")
    )
    for folder in [source / "codelength", *(path for path in source.rglob("*") if path.is_dir())]:
        (folder / "__pycache__").write_bytes(b"a file where the cache would be")
    nowhere = {"NUMBA_CACHE_DIR": UNWRITABLE, "HOME": UNWRITABLE, "XDG_CACHE_HOME": UNWRITABLE}
    codes, said = run("fast", tmp_path, {**nowhere, "PYTHONPATH": str(source)})
    assert codes == expected("fast")
    assert "compiling the mixing kernel" in said
