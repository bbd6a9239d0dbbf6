"""All bounds side by side: whatever is known of a problem goes in, each bound that it suffices for comes out.

A row names a bound's function and where its arguments come from. What is lacking, or what a bound refuses, is said in
place of its value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from codelength.errors import UsageError
from codelength.generalize.bounds import (
    capacity,
    finite,
    information,
    language_models,
    pac_bayes,
    sample_size,
    stability,
)
from codelength.generalize.bounds import margin as margins
from codelength.generalize.bounds.arguments import at_least, inside, left_of, part, whole
from codelength.result.bounds import Bound, SampleSize, Unavailable, Unit

DELTA = 0.05
_SAMPLING_PART = 0.2  # of δ, for the draws of a stochastic net
WHOLE = ("n", "n_prior", "vc_dimension", "draws", "tokens", "documents", "measured", "vocabulary", "test_n")
KNOWN = (
    *("train_error", "bits", "n", "delta", "n_prior", "class_bits", "vc_dimension", "rademacher_complexity"),
    *("weight_norm", "input_norm", "margin", "margin_error", "stability", "information_bits"),
    *("conditional_information_bits", "kl_bits", "log_ratio_bits", "draws", "constant", "test_error", "test_n"),
    *("train_bits", "vocabulary", "smoothing", "tokens", "documents", "measured", "loss_variation_bits"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A bound in the table: its function, what it takes besides δ by the names of `KNOWN`, and some of its traits."""

    name: str
    function: Callable[..., Bound]
    takes: tuple[str, ...]
    renamed: Mapping[str, str] = field(default_factory=dict)  # of what is known to the function's own name
    may_take: tuple[str, ...] = ()
    expects: bool = False  # holds in expectation: takes no δ
    falls: bool = True  # with n, all else as it is
    unit: Unit = "error"


def bounds_beside(**known: float) -> list[Bound | Unavailable]:
    """Every bound, the tightest first, errors before bits per token, those that cannot be computed last.

    `known` are quantities of `KNOWN`; δ is 0.05 where it is not said, and KL the bits of a code where there is only
    that. Raises UsageError for a quantity that is unknown or out of range.

    >>> rows = bounds_beside(train_error=0.06, bits=2500, n=60_000)
    >>> [(row.name, round(row.value, 6)) for row in rows[:2] if isinstance(row, Bound)]
    [('Occam, binomial', 0.133986), ('Occam, kl', 0.134103)]
    >>> [row.needs for row in rows if row.name == "VC dimension"]
    ['vc_dimension']
    """
    values = _checked(known)
    rows = [_computed(row, values) for row in ROWS]
    return sorted(rows, key=lambda row: (row.unit != "error", isinstance(row, Unavailable), getattr(row, "value", 0.0)))


def samples_beside(error: float, **known: float) -> list[SampleSize]:
    """For each error bound that falls with n, the least n at which it is at most `error`, all else as known.

    >>> rows = samples_beside(0.01, train_error=0.0, bits=1000)
    >>> rows[0].name, rows[0].n
    ('Occam, kl', 69266)
    """
    inside(error=error)
    values = _checked({"n": 1, **known})
    found = []
    for row in ROWS:
        if row.falls and row.unit == "error" and "n" in row.takes:
            size = _samples(row, values, error)
            if size is not None:
                found.append(size)
    return sorted(found, key=lambda size: size.n or sample_size.MOST)


def _samples(row: Row, values: Mapping[str, float], error: float) -> SampleSize | None:
    prior = int(values["n_prior"])

    def at(n: int) -> Bound | Unavailable:
        return _computed(row, {**values, "n": n + prior})

    sample = next((bound for bound in map(at, (1 << 20, 1 << 40)) if isinstance(bound, Bound)), None)
    if sample is None:
        return None
    if row.function is finite.occam_binomial or row.function is finite.finite_class_binomial:
        bits = values[row.takes[1]]
        n = sample_size.samples_with_errors(
            error=error, train_error=values["train_error"], bits=bits, delta=values["delta"]
        )
    else:

        def value_at(n: int) -> float:
            bound = at(n)
            return bound.value if isinstance(bound, Bound) else float("inf")

        n = sample_size.samples_for(value_at, error)
    return SampleSize(row.name, error, None if n is None else n + prior, sample.delta, sample.assumptions)


def _computed(row: Row, values: Mapping[str, float]) -> Bound | Unavailable:
    missing = [name for name in row.takes if name not in values]
    if missing:
        return Unavailable(row.name, ", ".join(missing), row.unit)
    if values["n_prior"] and "n_prior" not in row.may_take and "n" in row.takes:
        return Unavailable(row.name, "a training error of all n samples: n_prior must be 0", row.unit)
    taken = [*row.takes, *(name for name in row.may_take if name in values), *(() if row.expects else ("delta",))]
    arguments = {row.renamed.get(name, name): _number(name, values[name]) for name in taken}
    try:
        return row.function(**arguments)
    except UsageError as error:
        return Unavailable(row.name, str(error), row.unit)


def _checked(known: Mapping[str, float]) -> dict[str, float]:
    for name in known:
        if name not in KNOWN:
            raise UsageError(f"{name} is no quantity that a bound takes; there are {', '.join(KNOWN)}")
    values = {"delta": DELTA, "n_prior": 0, **known}
    part(**{name: values[name] for name in ("train_error", "margin_error", "test_error") if name in values})
    inside(**{name: values[name] for name in ("delta", "smoothing") if name in values})
    for name in WHOLE:
        if name in values:
            whole(0 if name == "n_prior" else 1, **{name: values[name]})
    for name, value in values.items():
        if name.endswith(("bits", "norm", "complexity", "stability")) and name != "log_ratio_bits":
            at_least(0, **{name: value})
    if "n" in values and "n" in known:
        left_of(int(values["n"]), int(values["n_prior"]))
    if "bits" in values:
        values.setdefault("kl_bits", values["bits"])
    return values


def _number(name: str, value: float) -> float:
    return int(value) if name in WHOLE else value


def _margin(
    *, margin_error: float, margin: float, weight_norm: float, input_norm: float, n: int, delta: float
) -> Bound:
    """The margin bound of scores w·x; no score is larger than B X, where the grid of margins begins."""
    scores = margins.linear_score_rademacher(weight_norm=weight_norm, input_norm=input_norm, n=n)
    return margins.margin_chosen(
        margin_error=margin_error,
        margin=margin,
        rademacher_complexity=scores,
        n=n,
        delta=delta,
        largest_margin=weight_norm * input_norm,
    )


def _sampled(*, train_error: float, draws: int, kl_bits: float, n: int, delta: float) -> Bound:
    """A fifth of δ goes to the draws."""
    return pac_bayes.sampled_pac_bayes_kl(
        sampled_train_error=train_error,
        draws=draws,
        kl_bits=kl_bits,
        n=n,
        delta=(1 - _SAMPLING_PART) * delta,
        sampling_delta=_SAMPLING_PART * delta,
    )


_OCCAM = ("train_error", "bits", "n")
_CLASS = ("train_error", "class_bits", "n")
_KL = ("train_error", "kl_bits", "n")
_PRIOR = ("n_prior",)
_TOKENS = ("train_bits", "bits", "tokens", "vocabulary")
_TEST = {"test_n": "n"}

ROWS = (
    Row("Occam, Hoeffding", finite.occam_hoeffding, _OCCAM, may_take=_PRIOR),
    Row("Occam, kl", finite.occam_kl, _OCCAM, may_take=_PRIOR),
    Row("Occam, binomial", finite.occam_binomial, _OCCAM, may_take=_PRIOR),
    Row("finite class, Hoeffding", finite.finite_class, _CLASS),
    Row("finite class, binomial", finite.finite_class_binomial, _CLASS),
    Row("PAC-Bayes, McAllester-Maurer", pac_bayes.mcallester_maurer, _KL, may_take=_PRIOR),
    Row("PAC-Bayes, kl", pac_bayes.pac_bayes_kl, _KL, may_take=_PRIOR),
    Row("PAC-Bayes, quadratic", pac_bayes.quadratic, _KL, may_take=_PRIOR),
    Row("PAC-Bayes, λ (Thiemann)", pac_bayes.thiemann, _KL, may_take=_PRIOR),
    Row("PAC-Bayes, Catoni", pac_bayes.catoni, _KL, may_take=_PRIOR),
    Row("PAC-Bayes, Catoni at a fixed C", pac_bayes.catoni_fixed, (*_KL, "constant"), may_take=_PRIOR),
    Row("PAC-Bayes, single draw", pac_bayes.single_draw, ("train_error", "log_ratio_bits", "n"), may_take=_PRIOR),
    Row("PAC-Bayes, kl, sampled net", _sampled, (*_KL, "draws")),
    Row("VC dimension", capacity.vc, ("train_error", "vc_dimension", "n")),
    Row("Rademacher", capacity.rademacher, ("train_error", "rademacher_complexity", "n"), falls=False),
    Row("margin", _margin, ("margin_error", "margin", "weight_norm", "input_norm", "n")),
    Row("uniform stability", stability.uniform_stability, ("train_error", "stability", "n"), falls=False),
    Row(
        "uniform stability, expected",
        stability.expected_stability,
        ("train_error", "stability", "n"),
        expects=True,
        falls=False,
    ),
    Row("mutual information", information.mutual_information, ("train_error", "information_bits", "n"), expects=True),
    Row(
        "conditional mutual information",
        information.conditional_mutual_information,
        ("train_error", "conditional_information_bits", "n"),
        {"conditional_information_bits": "information_bits"},
        expects=True,
    ),
    Row("test set, binomial", finite.held_out, ("test_error", "test_n"), _TEST),
    Row(
        "language model, documents",
        language_models.document_level,
        ("train_bits", "bits", "documents", "vocabulary", "smoothing"),
        may_take=("measured",),
        unit="bits per token",
    ),
    Row(
        "language model, tokens",
        language_models.token_level,
        (*_TOKENS, "smoothing"),
        may_take=("measured",),
        unit="bits per token",
    ),
    Row(
        "language model, compute-optimal",
        language_models.compute_optimal,
        (*_TOKENS, "loss_variation_bits"),
        unit="bits per token",
    ),
)
