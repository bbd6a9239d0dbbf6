"""The public face: what is promised is there, nothing else is, and it loads when it is used."""

import subprocess
import sys

import pytest

import codelength


def test_every_public_name_is_there_and_is_listed() -> None:
    for name in codelength.__all__:
        assert getattr(codelength, name) is not None, name
    assert set(codelength.__all__) <= set(dir(codelength))


def test_what_is_visible_is_what_is_listed() -> None:
    show = (
        "import codelength, types\n"
        "shown = [name for name in dir(codelength) if not name.startswith('_')]\n"
        "imported = {'TYPE_CHECKING', 'import_module', 'ModuleType'}\n"
        "print(*(n for n in shown if n not in imported and not isinstance(getattr(codelength, n), types.ModuleType)))"
    )
    assert python(show).split() == sorted(name for name in codelength.__all__ if name != "__version__")


def test_the_version_is_that_of_the_package() -> None:
    assert python("from importlib.metadata import version; print(version('codelength'))") == codelength.__version__


def test_measure_is_the_function_whatever_was_imported_before() -> None:
    for first in ("codelength", "codelength.measure", "codelength.measure.shared"):
        show = f"import {first}; import codelength as c; print(c.measure(b'', c.create('bz2')), c.measure.__module__)"
        assert python(show).endswith("80.0 bits coded, nan bits per byte codelength.measure.codelength")


def test_a_name_that_is_not_there_is_said_to_be_absent() -> None:
    absent = "zip"
    with pytest.raises(AttributeError, match=r"codelength has no 'zip'; its names are in codelength\.__all__"):
        getattr(codelength, absent)


def python(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
