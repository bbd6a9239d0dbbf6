"""Epiplexity from scaling laws: the published constants give the published bits."""

import pytest

from codelength.errors import OptionError
from codelength.measure.scaling_epiplexity import ScalingLaw, scaling_epiplexity

TABLE = {
    "image 8x8": (ScalingLaw(0.19, 0.64, 80, 3.13, 5.3e-14), 1.724e9, 4.519e12),
    "image 16x16": (ScalingLaw(0.16, 0.75, 280, 2.64, 4.8e-12), 4.955e9, 3.825e12),
    "image 32x32": (ScalingLaw(0.10, 0.65, 63, 2.21, 1.6e-13), 1.090e10, 3.265e12),
    "image VQ 16x16": (ScalingLaw(0.11, 0.64, 2.7e4, 4.09, 6.2e-14), 2.213e10, 6.042e12),
    "image VQ 32x32": (ScalingLaw(0.12, 0.70, 1.9e4, 3.17, 9.4e-13), 1.892e10, 4.681e12),
    "video VQ 16^3": (ScalingLaw(0.14, 0.71, 3.7e4, 0.95, 1.13e-12), 1.643e10, 1.444e12),
    "language, first": (ScalingLaw(0.048, 0.73, 1.47e14, 0, 3.3e-13), 5.088e10, 2.506e12),
    "language, Chinchilla": (
        ScalingLaw(0.15484390322063774, 0.4564973561929178, 49146303.54872636, 1.6934, 3.9061774309042783e-20),
        *(7.951e10, 2.725e12),
    ),
}


@pytest.mark.parametrize("domain", TABLE)
def test_structure_and_randomness_of(domain: str) -> None:
    law, structure, randomness = TABLE[domain]
    code = scaling_epiplexity(law, 1e25, 1e12)
    assert code.structural_bits == pytest.approx(structure, rel=4e-4)
    assert code.random_bits == pytest.approx(randomness, rel=4e-4)


def test_the_learner_found_is_the_least_of_its_neighbours() -> None:
    law = TABLE["language, Chinchilla"][0]
    best = scaling_epiplexity(law, 1e22, 1e10)

    def total(trained: float) -> float:
        parameters = 1e22 / (2 * (3 * trained + 1e10))
        loss = (trained / law.tokens) ** -law.beta + (parameters / law.parameters) ** -law.alpha + law.least_nats
        known: float = law.beta / (1 - law.beta) * law.tokens**law.beta * trained ** (1 - law.beta)
        return float(known + 1e10 * loss)

    assert total(best.symbols) <= min(total(best.symbols * 0.97), total(min(best.symbols * 1.03, 1e10)))


def test_more_compute_finds_more_structure_and_less_randomness() -> None:
    law = TABLE["language, Chinchilla"][0]
    codes = [scaling_epiplexity(law, flops, 1e12) for flops in (1e22, 1e24, 1e26)]
    assert [code.structural_bits for code in codes] == sorted(code.structural_bits for code in codes)
    assert [code.random_bits for code in codes] == sorted((code.random_bits for code in codes), reverse=True)


def test_impossible_laws_are_refused() -> None:
    with pytest.raises(OptionError, match="need 0 < delta < 1"):
        ScalingLaw(0.5, 0.6, 1, 0, 1)
    with pytest.raises(OptionError, match="positive constants"):
        ScalingLaw(0.1, 0.6, 0, 0, 1)
    with pytest.raises(OptionError, match="both must be above 0"):
        scaling_epiplexity(TABLE["image 8x8"][0], 0, 1)
