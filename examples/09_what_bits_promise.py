"""A classifier whose weights are really coded: what its bits and its training error promise of data to come.

    python examples/09_what_bits_promise.py

It needs scikit-learn: pip install 'codelength[learn]'.
"""

import numpy as np

import codelength
from codelength.data.labelled import load_labelled
from codelength.generalize.bounds.finite import self_delimiting_bits
from codelength.generalize.bounds.sample_size import samples_with_errors

# Is it a zero? Pixels of 4 × 4 cells, weights of five levels by least squares: the smaller, the more is promised.
digits = load_labelled("sklearn:digits").shuffled(0)
cells = digits.x.reshape(len(digits), 4, 2, 4, 2).mean(axis=(2, 4)).reshape(len(digits), 16)
x = np.concatenate((cells, np.ones((len(digits), 1))), axis=1)
zero = digits.y == 0
train, test = slice(0, 1200), slice(1200, None)
exact = np.linalg.lstsq(x[train], zero[train] - 0.5, rcond=None)[0]

for levels in (3, 5, 17, 129):
    half = levels // 2
    weights = np.clip(np.rint(exact / np.abs(exact).max() * half), -half, half).astype(int)
    code = codelength.Counts(order=0).encode(bytes((weights + half).tolist()))
    bits = self_delimiting_bits(8 * len(code)) + 2  # two bits say which of the four numbers of levels it was
    wrong = (x @ weights > 0) != zero
    error = float(wrong[train].mean())
    rows = codelength.bounds_beside(train_error=error, bits=bits, n=1200, delta=0.05)
    best = next(row for row in rows if isinstance(row, codelength.Bound) and row.name == "Occam, binomial")
    print(f"{levels:4} levels: {bits:.0f} bits, training error {error:.3f}, test error {wrong[test].mean():.3f}")
    print(f"     {best}")

wanted = samples_with_errors(error=0.1, train_error=0.03, bits=100, delta=0.05)
print(f"100 bits that are wrong on 3 % promise 10 % from {wanted:,} samples on")

# All of that rests on train and test being alike. Can a learner tell one from the other?
found = codelength.exchangeable_inputs(cells[train], cells[test], "logistic")
print(found)
