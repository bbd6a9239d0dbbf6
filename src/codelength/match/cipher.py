"""Ciphers as maps to a language: the key whose two-part code is shortest, its runner-up, and what shuffled text gives.

    bits(route) + bits(key) + bits(letters by the language) + bits(which homophone came)

A key is credible where that is clearly less than for the next best key, and than for the same symbols in random order,
searched in the same way; and where the text is longer than the unicity distance (Shannon 1949),

    bits(key) / (log2 letters − bits of a letter of the language),

below which more than one key is expected to read it as well.
"""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from codelength.data.ciphertexts import Ciphertext
from codelength.errors import DataError, UsageError
from codelength.models.ciphers.kernel import Whole
from codelength.models.ciphers.ngrams import Ngrams
from codelength.models.ciphers.routes import Route, Transposition, keyed_columns, ranked, routes
from codelength.models.ciphers.search import Effort, Problem, Searched, Solution, neighbours, search
from codelength.result.deciphered import Deciphered, Doubt, Verdict
from codelength.result.match import Match
from codelength.units import bits_from_nats

KeyKind = Literal["auto", "one-to-one", "homophonic"]
Told = Callable[[float, str], None]  # bits and the best plaintext so far

_CLEAR_BITS = 30.0  # by which two searches on random symbols hardly differ
_ROUTES_TRIED = 12
_DOUBT_BITS = 10.0


def decipher(
    ciphertext: Ciphertext,
    language: Ngrams,
    *,
    kind: KeyKind = "auto",
    transposition: Transposition = "none",
    effort: Effort | None = None,
    null: bool = True,
    told: Told | None = None,
) -> Deciphered:
    """The key that makes a ciphertext look like a language, by code length.

    `kind="auto"` takes a one-to-one key where there are no more symbols than letters. Raises UsageError where a
    one-to-one key is asked for and there are more, or where words are kept apart and the language has no blank or a
    transposition is asked for; DataError for fewer than 4 symbols.

    >>> from codelength.data.bundled import bundled
    >>> from codelength.data.ciphertexts import read_ciphertext
    >>> from codelength.models.ciphers.alphabet import alphabet_of
    >>> from codelength.models.ciphers.ngrams import learn
    >>> text = bundled("pride_1.txt").joined.decode()
    >>> language = learn("austen", text, alphabet_of(text), order=4)
    >>> said = "it is a truth universally acknowledged that a single man in possession of a good fortune"
    >>> secret = "".join(chr(ord("A") + (ord(letter) - 94) % 26) for letter in said if letter != " ")
    >>> found = decipher(read_ciphertext("c", secret.encode()), language)
    >>> found.plaintext[:25], found.key["L"]
    ('itisatruthuniversallyackn', 'i')
    """
    started = time.monotonic()
    effort = effort or Effort()
    homophonic = _checked(ciphertext, language, kind, transposition)
    codes, symbols = ciphertext.codes, len(ciphertext.symbols)
    candidates = [Route("as it stands", np.arange(len(codes)))]
    route = candidates[0]
    if transposition != "none":
        candidates = _all_routes(ciphertext, transposition, effort.seed)
        route = _best_route(codes, symbols, language, homophonic, candidates, effort)
    problem = Problem(codes[route.places], symbols, language, homophonic=homophonic)
    searched = search(problem, effort, _teller(problem, told))
    best = searched.solutions[0]
    near = neighbours(problem, best)
    runner_up = min(
        (solution.total_bits for solution in [*searched.solutions[1:], *(solution for _, solution in near)]),
        default=None,
    )
    route_bits = math.log2(len(candidates))
    unmapped = _unmapped_bits(ciphertext, language)
    unicity = _unicity(problem, language)
    match = Match(
        "homophonic" if homophonic else "one-to-one",
        ciphertext.name,
        language.name,
        f"{language.order}-gram",
        len(codes),
        mapped_bits=best.mapped_bits,
        map_bits=best.key_bits + route_bits,
        unmapped_bits=unmapped,
        runner_up_bits=None if runner_up is None else runner_up + route_bits,
    )
    if null:
        match = _with_null(match, ciphertext, language, homophonic, effort, searched, route_bits)
    match = replace(
        match,
        warnings=_warnings(ciphertext, language, match, unicity, searched, effort),
        seconds=time.monotonic() - started,
    )
    letters = language.alphabet.letters
    return Deciphered(
        match,
        ciphertext.written(),
        language.alphabet.text(best.text),
        {symbol: letters[best.key[i]] for i, symbol in enumerate(ciphertext.symbols)},
        _verdict(match, unicity),
        route.name,
        best.choice_bits,
        unicity,
        _doubts(ciphertext, language, best, near),
        searched.restarts,
        searched.best_hits,
        searched.evaluations,
    )


def _checked(ciphertext: Ciphertext, language: Ngrams, kind: KeyKind, transposition: Transposition) -> bool:
    """Whether the key is homophonic."""
    symbols = len(ciphertext.symbols)
    letters = len(language.alphabet.letters) - int(language.alphabet.has_blank)
    if int((ciphertext.codes >= 0).sum()) < 4:
        raise DataError(f"{ciphertext.name} has fewer than 4 symbols, which any key reads")
    if ciphertext.has_blanks and not language.alphabet.has_blank:
        raise UsageError("the ciphertext keeps words apart; learn the language with blanks, or drop them")
    if ciphertext.has_blanks and transposition != "none":
        raise UsageError("a transposition moves blanks too; drop them to search for one")
    if kind == "one-to-one" and symbols > letters:
        raise UsageError(
            f"{symbols} symbols for the {letters} letters of {language.name}: no key is one-to-one; try homophonic"
        )
    return kind == "homophonic" or (kind == "auto" and symbols > letters)


def _all_routes(ciphertext: Ciphertext, transposition: Transposition, seed: int) -> list[Route]:
    codes = ciphertext.codes
    found = routes(len(codes), ciphertext.line_symbols, transposition)
    if transposition in ("columns", "all"):
        found += list(keyed_columns(codes, len(ciphertext.symbols), np.random.default_rng(seed)))
    return found


def _best_route(
    codes: Whole, symbols: int, language: Ngrams, homophonic: bool, candidates: list[Route], effort: Effort
) -> Route:
    """Of the routes that make most pairs repeat the one that reads best after a short search."""
    order = ranked(codes, symbols, candidates)
    tried = [route for _, route in order[:_ROUTES_TRIED]]
    if candidates[0] not in tried:
        tried.append(candidates[0])
    best: tuple[float, Route] | None = None
    short = replace(effort, restarts=3 if homophonic else 2, seconds=effort.seconds / (4 * len(tried)), agree=2)
    for route in tried:
        problem = Problem(codes[route.places], symbols, language, homophonic=homophonic)
        bits = search(problem, short).solutions[0].total_bits
        if best is None or bits < best[0]:
            best = (bits, route)
    assert best is not None
    return best[1]


def _teller(problem: Problem, told: Told | None) -> Callable[[Solution], None] | None:
    if told is None:
        return None
    return lambda solution: told(solution.total_bits, problem.language.alphabet.text(solution.text))


def _with_null(
    match: Match,
    ciphertext: Ciphertext,
    language: Ngrams,
    homophonic: bool,
    effort: Effort,
    searched: Searched,
    route_bits: float,
) -> Match:
    """The same symbols in random order, words as long as they were, searched with as many restarts."""
    rng = np.random.default_rng(effort.seed + 1)
    codes = ciphertext.codes.copy()
    held = codes >= 0
    codes[held] = rng.permutation(codes[held])
    shuffled = replace(ciphertext, codes=codes)
    problem = Problem(codes, len(ciphertext.symbols), language, homophonic=homophonic)
    best = search(problem, replace(effort, restarts=max(searched.restarts, 1), seconds=0.0)).solutions[0]
    return replace(
        match,
        null_bits=best.total_bits + route_bits,
        null_unmapped_bits=_unmapped_bits(shuffled, language),
    )


def _unmapped_bits(ciphertext: Ciphertext, language: Ngrams) -> float:
    """The symbols as letters of the language, where all are some; else by counting them (Krichevsky and Trofimov)."""
    if _is_written_in(ciphertext, language):
        return float(language.bits(ciphertext.written()).sum())
    counts = np.bincount(ciphertext.codes[ciphertext.codes >= 0])
    size = len(counts)
    nats = math.lgamma(counts.sum() + size / 2) - math.lgamma(size / 2)
    nats -= sum(math.lgamma(count + 0.5) - math.lgamma(0.5) for count in counts.tolist())
    return float(bits_from_nats(nats))


def _is_written_in(ciphertext: Ciphertext, language: Ngrams) -> bool:
    letters = set(language.alphabet.letters)
    folded = [symbol.casefold() for symbol in ciphertext.symbols]
    return all(symbol in letters for symbol in folded) and len(set(folded)) == len(folded)


def _unicity(problem: Problem, language: Ngrams) -> float:
    """Symbols from which on a language determines a key."""
    return problem.key_bits / (math.log2(len(problem.targets)) - language.rate_bits)


def _warnings(
    ciphertext: Ciphertext, language: Ngrams, match: Match, unicity: float, searched: Searched, effort: Effort
) -> tuple[str, ...]:
    found = []
    if match.x_symbols < unicity:
        found.append(
            f"{match.x_symbols:,} symbols are fewer than the {unicity:,.0f} from which on {language.name} determines "
            "such a key (unicity distance): other keys may read the text as well"
        )
    if match.null_bits is not None and match.total_bits > match.null_bits - _CLEAR_BITS:
        found.append("the same symbols in random order cost as little: nothing was found")
    if searched.best_hits < min(2, searched.restarts):
        found.append(f"of {searched.restarts} restarts only one ended here: more time may find a better key")
    if not _is_written_in(ciphertext, language):
        found.append(f"not all symbols are letters of {language.name}: unmapped they are coded by their counts alone")
    return tuple(found)


def _verdict(match: Match, unicity: float) -> Verdict:
    beats_null = match.null_bits is None or match.total_bits < match.null_bits - _CLEAR_BITS
    if not beats_null or match.saved_bits is None or match.saved_bits <= 0:
        return "nothing found"
    return "found" if match.null_bits is not None and match.x_symbols >= unicity else "uncertain"


def _doubts(
    ciphertext: Ciphertext, language: Ngrams, best: Solution, near: list[tuple[int, Solution]]
) -> tuple[Doubt, ...]:
    letters = language.alphabet.letters
    return tuple(
        Doubt(
            ciphertext.symbols[symbol],
            letters[best.key[symbol]],
            letters[other.key[symbol]],
            other.total_bits - best.total_bits,
        )
        for symbol, other in near
        if other.total_bits - best.total_bits < _DOUBT_BITS
    )
