"""Training logs: steps, losses and tokens out of CSV, JSON lines, TensorBoard event files and lines of text.

    csv          a line of column names, then a row an entry; separated by commas, semicolons or tabs
    jsonl        an object a line; nested names are joined by "/"; also one object whose log_history is a list of
                 entries, as the Hugging Face Trainer saves it (trainer_state.json)
    tensorboard  scalars of an event file
    text         lines that a pattern with the groups `step` and `loss` (and `tokens`, if there) matches

The form is told by the content; gzip is unpacked. Rows without a loss (of evaluations, say) are passed over.
"""

import csv
import fnmatch
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from codelength.data.event_files import is_event_file, scalars
from codelength.dataset import sha256_of
from codelength.errors import DamagedError, DataError, OptionError
from codelength.loss_curve import LossCurve, LossOf
from codelength.units import nats_from_bits

Form = Literal["auto", "csv", "jsonl", "tensorboard", "text"]
ROW = "row"  # as a step column: the entry's own number, from 0
STEP_NAMES = ("step", "global_step", "_step", "trainer/global_step", "iteration", "iter", "update", "batch")
LOSS_NAMES = (
    *("train_loss", "train/loss", "train/lm_loss", "lm_loss", "training_loss", "train/train_loss", "loss/train"),
    *("Loss/train", "loss", "trl", "loss_nats"),
)
TOKENS_NAMES = ("tokens_per_step", "step_tokens", "batch_tokens", "symbols")
SEEN_NAMES = ("tokens_seen", "num_input_tokens_seen", "consumed_tokens", "total_tokens")
_MOST = 2.0**53  # beyond it not every whole number is a float
_NUMBER = r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|nan|inf(?:inity)?)"
PATTERNS = tuple(
    pattern.replace("LOSS", rf"(?P<loss>{_NUMBER})").replace("STEP", r"(?P<step>\d+)")
    for pattern in (
        r"^s:STEP\s+trl:LOSS",  # llm.c's main.log
        r"\bstep:STEP(?:/\d+)?\s+train_loss:LOSS",  # modded-nanogpt
        r"\biter STEP: loss LOSS",  # nanoGPT
        r"\bstep\s+STEP(?:/\d+)?\s*\|\s*(?:train )?loss:?\s+LOSS",  # llm.c's standard output
        r"\b(?:global_)?(?:step|iteration|iter|update)\s*[:=\s]\s*STEP\b"
        r".*?\b(?:train(?:ing)?[_ /]?)?loss\s*[:=\s]\s*LOSS",
    )
)


@dataclass(frozen=True, slots=True)
class LogForm:
    """How a log is to be read; names that are None are found by themselves, `step="row"` counts the entries.

    `tokens` names a column of tokens of each step, `seen` one of all tokens so far; a constant is `tokens_per_step`.
    `where` keeps entries whose column matches a pattern with * and ?; `by` makes a curve of each value of a column.
    """

    form: Form = "auto"
    step: str | None = None
    loss: str | None = None
    tokens: str | None = None
    seen: str | None = None
    tokens_per_step: float | None = None
    pattern: str | None = None
    loss_of: LossOf | None = None
    loss_in_bits: bool = False
    where: tuple[tuple[str, str], ...] = ()
    by: str | None = None


Entry = tuple[int, Mapping[str, str | float]]  # the line or record, and its values


class _Rows(NamedTuple):
    rows: Sequence[Entry]
    what: str  # line, record
    loss_of: LossOf = "step"


def read_loss_curves(data: bytes, name: str, form: LogForm | None = None) -> list[LossCurve]:
    """The curves of a log: one, or with `by` one for each value of that column in the order of their appearance.

    Raises DataError where columns are missing or numbers are none, each with its line, and where the tokens of a step
    are not known.

    >>> log = b"step,loss\\n0,2.0\\n1,1.0\\n"
    >>> (curve,) = read_loss_curves(log, "a.csv", LogForm(tokens_per_step=64))
    >>> curve.losses_nats.tolist(), curve.tokens.tolist()
    ([2.0, 1.0], [64.0, 64.0])
    """
    form = form or LogForm()
    if form.tokens_per_step is not None and not 0 < form.tokens_per_step < float("inf"):
        raise OptionError(f"{form.tokens_per_step:g} tokens a step: it must be above 0")
    sha256 = sha256_of(data)
    rows = _rows_of(_unpacked(data, name), name, form)
    kept = [
        (line, row)
        for line, row in rows.rows
        if all(fnmatch.fnmatchcase(str(row.get(column, "")), pattern) for column, pattern in form.where)
    ]
    if not kept:
        raise DataError(f"{name}: there is no entry" + (" that --where keeps" if form.where else ""))
    if form.by is None:
        groups: dict[str, list[Entry]] = {name: kept}
    else:
        groups = {}
        for line, row in kept:
            if form.by not in row:
                raise _no_column(name, "", form.by, kept)
            groups.setdefault(str(row[form.by]), []).append((line, row))
    return [_curve(rows._replace(rows=group), title, form, sha256) for title, group in groups.items()]


def _curve(rows: _Rows, name: str, form: LogForm, sha256: str) -> LossCurve:
    loss = _column(rows, name, "loss", form.loss, LOSS_NAMES)
    rows = rows._replace(rows=[(line, row) for line, row in rows.rows if row.get(loss, "") != ""])
    step = form.step if form.step == ROW else _column(rows, name, "step", form.step, STEP_NAMES)
    losses = _numbers(rows, name, loss)
    steps = np.arange(len(losses)) if step == ROW else _numbers(rows, name, step)
    odd = (steps != np.rint(steps)) | (np.abs(steps) > _MOST)
    if odd.any():
        at = int(np.argmax(odd))
        raise DataError(f"{name}: the step of {rows.what} {rows.rows[at][0]} is {steps[at]:g}, no whole number")
    loss_of = form.loss_of or rows.loss_of
    if form.loss_in_bits:
        losses = np.array([nats_from_bits(value) for value in losses])
    curve = LossCurve(
        name, steps.astype(np.int64), losses, np.ones(len(losses)), loss_of, epochs=_epochs(rows), sha256=sha256
    )
    return replace(curve, tokens=_tokens(rows, name, form, curve))


def _tokens(rows: _Rows, name: str, form: LogForm, curve: LossCurve) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    if form.tokens_per_step is not None:
        return np.full(len(curve), float(form.tokens_per_step))
    named = form.tokens or _found(rows, TOKENS_NAMES)
    if named is not None and form.seen is None:
        return _numbers(rows, name, _column(rows, name, "token", named, ()))
    named = form.seen or _found(rows, SEEN_NAMES)
    if named is None:
        raise DataError(f"{name}: how many tokens has a step? Say it with --tokens-per-step, or name a column of them")
    seen = _numbers(rows, name, _column(rows, name, "token", named, ()))
    if len(curve) < 2:
        raise DataError(f"{name}: one entry does not tell how many tokens a step has; say it with --tokens-per-step")
    rates = np.diff(seen) / np.diff(curve.steps)
    if curve.loss_of == "interval":  # an entry speaks for the steps before it, else for those behind it
        return np.concatenate([[seen[0] / max(int(curve.steps[0]), 1)], rates])
    return np.append(rates, rates[-1])


def _rows_of(data: bytes, name: str, form: LogForm) -> _Rows:
    kind = form.form if form.form != "auto" else _form_of(data, form)
    if kind == "tensorboard":
        return _event_rows(data, name)
    text = data.decode("utf-8-sig", "replace")
    if kind == "csv":
        return _csv_rows(text, name)
    if kind == "jsonl":
        return _json_rows(text, name)
    return _text_rows(text, name, form)


def _form_of(data: bytes, form: LogForm) -> Form:
    if form.pattern is not None:
        return "text"
    if is_event_file(data):
        return "tensorboard"
    head = data[:65536].decode("utf-8-sig", "replace").lstrip()
    if head.startswith("{"):
        return "jsonl"
    names = _cells(head.partition("\n")[0])
    known = {*STEP_NAMES, *LOSS_NAMES, *TOKENS_NAMES, *SEEN_NAMES, form.step, form.loss, form.tokens, form.seen}
    return "csv" if len(names) > 1 and known & set(names) else "text"


def _csv_rows(text: str, name: str) -> _Rows:
    lines = text.splitlines()
    names = _cells(lines[0]) if lines else []
    if len(set(names)) != len(names):
        raise DataError(f"{name}: a column name stands twice in {', '.join(names)}")
    rows: list[Entry] = []
    for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=_separator(lines[0] if lines else "")), 1):
        if number == 1 or not cells:
            continue
        if len(cells) != len(names):
            raise DataError(f"{name}: line {number} has {len(cells)} cells for {len(names)} columns")
        rows.append((number, dict(zip(names, map(str.strip, cells), strict=True))))
    return _Rows(rows, "line")


def _json_rows(text: str, name: str) -> _Rows:
    try:
        whole = json.loads(text)
    except ValueError:
        whole = None
    if isinstance(whole, dict) and isinstance(whole.get("log_history"), list):
        entries = [(number, _flat(entry)) for number, entry in enumerate(whole["log_history"], 1)]
        # The Trainer logs the mean over its logging steps.
        return _Rows(entries, "entry", loss_of="interval")
    rows: list[Entry] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                entry = json.loads(line)
            except ValueError as error:
                raise DataError(f"{name}: line {number} is no JSON: {error}") from None
            rows.append((number, _flat(entry)))
    return _Rows(rows, "line")


def _event_rows(data: bytes, name: str) -> _Rows:
    # A row a tag and step: what was written at one step under several tags is one entry.
    rows: dict[int, dict[str, str | float]] = {}
    for step, tag, value in scalars(data, name):
        row = rows.setdefault(step, {"step": float(step)})
        if tag in row:
            raise DataError(f"{name}: {tag} has two values at step {step}; each step may stand there once")
        row[tag] = value
    return _Rows(list(enumerate(rows.values(), 1)), "entry")


def _text_rows(text: str, name: str, form: LogForm) -> _Rows:
    lines = text.splitlines()
    if form.pattern is not None:
        try:
            expression = re.compile(form.pattern)
        except re.error as error:
            raise OptionError(f"{form.pattern!r} is no regular expression: {error}") from None
        if "loss" not in expression.groupindex:
            raise OptionError(f"{form.pattern!r} has no group (?P<loss>...); name the groups step and loss")
        found = _matched(lines, expression)
    else:
        tried = (_matched(lines, re.compile(pattern, re.IGNORECASE)) for pattern in PATTERNS)
        found = next(filter(None, tried), [])
    if not found:
        raise DataError(f"{name}: no line has a step and a loss; give --pattern with the groups step and loss")
    return _Rows(found, "line")


def _matched(lines: Sequence[str], expression: re.Pattern[str]) -> list[Entry]:
    matches = ((number, expression.search(line)) for number, line in enumerate(lines, 1))
    return [
        (number, {key: value for key, value in match.groupdict().items() if value is not None})
        for number, match in matches
        if match
    ]


def _column(rows: _Rows, name: str, what: str, wanted: str | None, known: Iterable[str]) -> str:
    found = wanted if wanted is not None else _found(rows, known)
    if found is None or not any(found in row for _, row in rows.rows):
        raise _no_column(name, what, wanted, rows.rows)
    return found


def _found(rows: _Rows, known: Iterable[str]) -> str | None:
    there = {key for _, row in rows.rows for key in row}
    return next((key for key in known if key in there), None)


def _no_column(name: str, what: str, wanted: str | None, rows: Sequence[Entry]) -> DataError:
    there = ", ".join(dict.fromkeys(key for _, row in rows[:1000] for key in row)) or "none"
    missing = f"there is no column {wanted!r}" if wanted is not None else f"no column looks like the {what}"
    option = f"; name one with --{what}" if what else ""
    return DataError(f"{name}: {missing}; there are {there}{option}")


def _numbers(rows: _Rows, name: str, column: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    values = np.empty(len(rows.rows))
    for i, (line, row) in enumerate(rows.rows):
        value = row.get(column, "")
        try:
            values[i] = float(value)
        except ValueError:
            raise DataError(f"{name}: {column} in {rows.what} {line} is {value!r}, no number") from None
        if not np.isfinite(values[i]):
            raise DataError(f"{name}: {column} in {rows.what} {line} is {value}; it must be finite")
    return values


def _epochs(rows: _Rows) -> float | None:
    values = [row["epoch"] for _, row in rows.rows if row.get("epoch", "") != ""]
    try:
        return max(map(float, values), default=None)
    except ValueError:
        return None


def _flat(entry: object, before: str = "") -> dict[str, str | float]:
    if not isinstance(entry, dict):
        return {}
    flat: dict[str, str | float] = {}
    for key, value in entry.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{before}{key}/"))
        elif isinstance(value, str | int | float):
            flat[f"{before}{key}"] = value
    return flat


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in next(csv.reader([line], delimiter=_separator(line)), [])]


def _separator(line: str) -> str:
    return max(",;\t", key=line.count)


def _unpacked(data: bytes, name: str) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise DamagedError(f"{name}: damaged gzip: {error}") from None
