"""The page on the command line says what the verbs say."""

from tests.cli.reference import FILE, reference


def test_the_page_is_what_the_verbs_say_of_themselves() -> None:
    assert FILE.read_text() == reference(), "run python -m tests.cli.reference --write"


def test_every_verb_is_on_the_page_with_its_options() -> None:
    page = reference()
    for verb, option in {"shared": "--null FILE", "compress": "--given X", "archive": "--program GEN.py"}.items():
        assert option in page.partition(f"## {verb}\n")[2].partition("\n## ")[0]
