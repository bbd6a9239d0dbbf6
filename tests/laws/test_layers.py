"""The floors of the house: imports go down, folders on one floor do not see each other, torch stays at home."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
FLOORS = (
    ("units", "errors", "compiled"),
    ("types", "result", "dataset", "loss_curve", "naming"),
    ("coding", "data"),
    ("parallel",),
    ("models",),
    ("registry",),
    ("learning",),
    ("measure", "represent", "match", "generalize"),
    ("report",),
    ("cli",),
    ("__init__", "__main__"),
)
FLOOR_OF = {part: floor for floor, parts in enumerate(FLOORS) for part in parts}
REPORT_SEES = 1
TORCH_HOMES = (
    *("models/nets/", "models/pretrained"),
    *("learning/", "represent/", "generalize/"),
)
FILES = sorted((SOURCE / "codelength").rglob("*.py"))


def place(file: Path) -> str:
    return file.relative_to(SOURCE / "codelength").with_suffix("").as_posix()


def imports(file: Path) -> set[str]:
    """Dotted names of all modules that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{place(file)} imports relatively"
            assert node.module is not None
            names |= {resolved(node.module, alias.name) for alias in node.names}
    return names


def resolved(module: str, name: str) -> str:
    """`from a import b` imports a.b where that is a module."""
    path = SOURCE.joinpath(*module.split("."), name)
    return f"{module}.{name}" if path.with_suffix(".py").exists() or path.is_dir() else module


def own_imports(file: Path) -> set[str]:
    """Places in the house that a file imports; the public face is `__init__`."""
    own = {name for name in imports(file) if name.split(".")[0] == "codelength"}
    return {"/".join(name.split(".")[1:]) or "__init__" for name in own}


@pytest.mark.parametrize("file", FILES, ids=place)
def test_a_file_imports_only_from_floors_below_or_from_its_own_folder(file: Path) -> None:
    part = place(file).split("/")[0]
    for imported in own_imports(file):
        other = imported.split("/")[0]
        same_folder = other == part
        low_files = FLOOR_OF[part] == FLOOR_OF[other] <= 1
        assert same_folder or low_files or FLOOR_OF[other] < FLOOR_OF[part], f"{place(file)} imports {imported}"
        if part == "report" and not same_folder:
            assert FLOOR_OF[other] <= REPORT_SEES, f"{place(file)} imports {imported}"


def test_no_file_is_imported_by_what_it_imports() -> None:
    graph = {place(file): own_imports(file) for file in FILES}
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError


@pytest.mark.parametrize("file", FILES, ids=place)
def test_torch_is_imported_only_at_its_homes(file: Path) -> None:
    roots = {name.split(".")[0] for name in imports(file)}
    if roots & {"torch", "transformers", "tokenizers", "safetensors"}:
        assert place(file).startswith(TORCH_HOMES)


def test_a_floor_that_imports_upwards_would_be_noticed(tmp_path: Path) -> None:
    file = tmp_path / "units.py"
    file.write_text("def late():\n    from codelength.models.counts import Counts\n")
    assert imports(file) == {"codelength.models.counts"}
    assert FLOOR_OF["models"] > FLOOR_OF["units"]


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import codelength", {"torch", "numba", "zstandard", "brotli", "pyppmd", "matplotlib", "pandas", "scipy"}),
        ("import codelength.registry", {"torch", "numba", "zstandard", "brotli", "pyppmd", "matplotlib", "fsspec"}),
        ("from codelength.registry import entries; entries()", {"torch", "numba", "zstandard", "brotli", "pyppmd"}),
        ("from codelength.registry import create; create('counts')", {"torch", "zstandard", "brotli", "pyppmd"}),
    ],
)
def test_importing_is_light(statement: str, absent: set[str]) -> None:
    show = f"{statement}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert not absent & set(run.stdout.split())
