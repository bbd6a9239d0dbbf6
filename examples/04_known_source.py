"""Where the truth is known: two sources whose shared bits have a closed form, and a model that finds them.

    python examples/04_known_source.py

X and Y are drawn from one distribution over bytes, which was itself drawn at random (Dirichlet, α = 1/2). What X tells
about Y is what it tells about that distribution. A model that counts with the same prior pays exactly the Bayes
mixture's length, so it must find the closed form; and it must find nothing where X and Y come from two distributions.
"""

import numpy as np

import codelength
from codelength.data.synthetic import expected_shared_bits, separate_pair, shared_pair

SIZE, DRAWS = 2000, 20
model = codelength.create("counts:order=0,estimator=dirichlet,alpha=0.5")

rng = np.random.default_rng(0)
found, known = [], []
for _ in range(DRAWS):
    pair = shared_pair(SIZE, SIZE, rng, alpha=0.5)
    found.append(codelength.shared(pair.x, pair.y, model, nulls={}, joint="none").shared_bits)
    known.append(pair.shared_bits)
print(f"one source:   {np.mean(found):8.2f} bits shared on average of {DRAWS} draws")
print(f"              {expected_shared_bits(SIZE, SIZE, 0.5):8.2f} is the mutual information of X and Y")
print(f"              {np.abs(np.subtract(found, known)).max():8.1e} bits off the closed form of its draw, at most")
assert np.allclose(found, known, rtol=0, atol=1e-6)

apart = []
for _ in range(DRAWS):
    pair = separate_pair(SIZE, SIZE, rng, alpha=0.5)
    apart.append(codelength.shared(pair.x, pair.y, model, nulls={}, joint="none").shared_bits)
print(f"two sources:  {np.mean(apart):8.2f} bits: what X taught is wrong for Y, and is paid for")
assert np.mean(apart) < 0
