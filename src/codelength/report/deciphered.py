"""A deciphered text: what it says, its key, what is doubtful about it."""

from textwrap import wrap

from codelength.report.tables import bits_text
from codelength.result.deciphered import Deciphered

_WIDTH = 80
_IN_WORDS = {
    "found": "The key stands",
    "uncertain": "Uncertain",
    "nothing found": "Nothing was found",
}


def plaintext_lines(found: Deciphered) -> list[str]:
    """The plaintext in lines of 80.

    >>> from codelength.result.match import Match
    >>> match = Match("one-to-one", "x", "english", "8-gram", 4, 20.0, 12.0)
    >>> plaintext_lines(Deciphered(match, "xqqx", "noon", {"x": "n", "q": "o"}))
    ['noon']
    """
    if " " in found.plaintext:
        return wrap(found.plaintext, _WIDTH)
    return [found.plaintext[i : i + _WIDTH] for i in range(0, len(found.plaintext), _WIDTH)]


def key_lines(found: Deciphered) -> list[str]:
    """Each letter with the symbols that stand for it, a dozen letters or fewer a line.

    >>> from codelength.result.match import Match
    >>> match = Match("homophonic", "x", "english", "8-gram", 4, 20.0, 12.0)
    >>> key_lines(Deciphered(match, "1 2 2 3", "noon", {"1": "n", "2": "o", "3": "n"}))
    ['n = 1 3   o = 2']
    """
    symbols: dict[str, list[str]] = {}
    for symbol, letter in found.key.items():
        symbols.setdefault(letter, []).append(symbol)
    parts = [f"{letter} = {' '.join(sorted(symbols[letter]))}" for letter in sorted(symbols)]
    lines = [""]
    for part in parts:
        longer = f"{lines[-1]}   {part}" if lines[-1] else part
        if len(longer) > _WIDTH and lines[-1]:
            lines.append(part)
        else:
            lines[-1] = longer
    return lines


def finding_sentence(found: Deciphered) -> str:
    """The verdict with what it rests on."""
    match = found.match
    parts = []
    if match.margin_bits is not None:
        parts.append(f"the next best key costs {bits_text(match.margin_bits)} bits more")
    if match.null_bits is not None:
        parts.append(f"the symbols in random order {bits_text(match.null_bits - match.total_bits)} bits more")
    parts.append(f"{found.unicity_symbols:,.0f} symbols determine such a key, there are {match.x_symbols:,}")
    parts.append(f"met by {found.best_hits} of {found.restarts} restarts, {found.evaluations:,} keys tried")
    return f"{_IN_WORDS[found.verdict]}: {'; '.join(parts)}."


def doubt_lines(found: Deciphered) -> list[str]:
    """Symbols that another letter fits nearly as well, the most doubtful first."""
    return [
        f"doubtful: {doubt.symbol} is {doubt.letter}, or {doubt.other} for {bits_text(doubt.bits)} bits more"
        for doubt in found.doubts
    ]
