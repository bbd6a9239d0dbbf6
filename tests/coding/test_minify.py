"""The minifier: shorter programs that do the same."""

import subprocess
import sys

import pytest

from codelength.coding.minify import minify

PROGRAM = '''
"""A module that counts."""
import math

FACTOR: int = 3  # a comment


def walk(limit: int, words: list[str]) -> list[float]:
    """Some of every statement that archives use."""
    found: list[float] = []
    left = limit
    while left:
        left -= 1
        if left % 3 == 0:
            found += [left * 0.5, math.floor(left / 2)]
        elif left % 3 == 1 or not words:
            for number, word in enumerate(words):
                if number in (0, 2):
                    continue
                found.append(len(word) if word else -1)
        else:
            found.append({left: left**2}.get(left) or 0)
            found += [a - b for a, b in zip(found, found[1:], strict=False) if a is not b][:1]
    return found


def bits(number):
    while 1:
        got = yield number & 1
        number = number >> 1 if got else number ^ 0xFF


print(walk(14, ["# no comment", "", "x  y", 'it\\'s "so"']), FACTOR, SIZE)
steps = bits(77)
print(next(steps), [steps.send(go) for go in (1, 0, 1, 1)])
'''


def output(program: str) -> str:
    return subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, check=True, text=True).stdout


def test_a_minified_program_prints_the_same_in_half_the_space() -> None:
    short = minify(PROGRAM, constants={"SIZE": 7})
    assert output(short) == output("SIZE = 7\n" + PROGRAM) != ""
    assert len(short) < 0.55 * len(PROGRAM)
    assert "comment" not in short.replace("# no comment", "") and "found" not in short


def test_kept_names_builtins_modules_and_attributes_stay() -> None:
    short = minify("import sys\ndef outer(value):\n    return len(value) + sys.maxsize + inner", keep=("inner",))
    assert short == "import sys\ndef b(a):return len(a)+sys.maxsize+inner\n"


@pytest.mark.parametrize(
    ("source", "short"),
    [
        ("value = 0.5", "a=.5\n"),
        ("value = 1 if True else 2", "a=1 if True else 2\n"),
        ("one = 1\ntwo = 2", "a=1;b=2\n"),
        ("if 1:\n    pass\nelse:\n    pass", "if 1:pass\nelse:pass\n"),
        ("if 1:\n    pass\nelif 2:\n    pass", "if 1:pass\nelif 2:pass\n"),
        ("while 1:\n    for i in ():\n        i += 1", "while 1:\n for a in():a+=1\n"),
    ],
)
def test_layout_is_the_least_that_the_tokenizer_needs(source: str, short: str) -> None:
    assert minify(source) == short
