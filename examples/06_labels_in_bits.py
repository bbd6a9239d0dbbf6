"""What labels cost whoever has their images: learners pay for each label before they are told it.

    python examples/06_labels_in_bits.py

It needs scikit-learn and torch: pip install 'codelength[torch,learn]'.
"""

import numpy as np

from codelength.data.labelled import load_labelled
from codelength.learning.prequential import entropy_bits, online
from codelength.measure.labels import label_ladder
from codelength.types import Inputs, Labels, Probs

digits = load_labelled("sklearn:digits").shuffled(0).first(600)

# Learners by name, the best first: a description length selects among them, and no label is held out for it.
rows = label_ladder(digits, ["knn:k=3", "linear", "majority", "bayes(knn:k=3,linear)"])
for row in rows:
    print(f"{row.learner:24} {row.bits:7.0f} bits {row.kind}, {row.bits_per_label:.2f} a label")
print(f"{'uniform':24} {rows[0].uniform_bits:7.0f} bits")


class Prototypes:
    """A learner of your own: the mean image of each class, and how near an image is to it."""

    def __init__(self, shape: tuple[int, ...], classes: int) -> None:
        self.sums = np.zeros((classes, *shape))
        self.counts = np.ones(classes)

    def predict(self, x: Inputs) -> Probs:
        means = self.sums / self.counts.reshape(-1, 1, 1, 1)
        distances = ((x[:, None] - means) ** 2).sum(axis=(2, 3, 4))
        shares = np.exp(-(distances - distances.min(axis=1, keepdims=True)))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float64)

    def learn(self, x: Inputs, y: Labels) -> None:
        np.add.at(self.sums, y, x)
        np.add.at(self.counts, y, 1)


bits = online(Prototypes(digits.shape, 10), digits.x, digits.y)
print(f"{'prototypes (yours)':24} {bits.sum():7.0f} bits prequential, {bits.mean():.2f} a label")

# Labels that the images do not tell cost what labels cost without images.
random = np.random.default_rng(0).integers(0, 10, len(digits))
paid = label_ladder(digits.with_labels(random), ["knn:k=3"])[0]
print(f"random labels: {paid.bits:,.0f} bits; their frequencies alone {entropy_bits(random, 10):,.0f}")
