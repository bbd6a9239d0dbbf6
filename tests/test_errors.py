"""The tree that errors.py draws is the tree that it defines."""

import inspect
import re

import codelength.errors as errors
from codelength.errors import CodelengthError


def classes() -> dict[str, type]:
    return {name: value for name, value in vars(errors).items() if inspect.isclass(value)}


def drawn() -> list[tuple[int, str]]:
    """Depth and name of each line of the drawing."""
    lines = re.findall(r"^([│├└─ ]*)([A-Z]\w+Error)  ", errors.__doc__ or "", re.MULTILINE)
    return [(len(stem) // 4, name) for stem, name in lines]


def test_every_error_is_drawn_once() -> None:
    assert sorted(name for _, name in drawn()) == sorted(classes())


def test_the_drawing_shows_who_descends_from_whom() -> None:
    path: list[str] = []
    for depth, name in drawn():
        path = [*path[:depth], name]
        parents = [base.__name__ for base in classes()[name].__mro__[1:] if base.__name__ in classes()]
        assert parents == path[:-1][::-1]


def test_one_name_catches_them_all() -> None:
    assert all(issubclass(error, CodelengthError) for error in classes().values())
