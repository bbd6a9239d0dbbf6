"""The net behind epiplexity: what it pays before it learns, what it sees, and what its student is told."""

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from codelength.data.synthetic import iid, periodic
from codelength.errors import DataError, OptionError
from codelength.learning.window_net import Sweep, WindowNet, _symbols, _windows, checkpoints

SMALL = Sweep(widths=(8,), context=4, sequence=16, batch=16, checkpoints=4)


def repeated(size: int = 2000) -> bytes:
    return periodic(5, size, np.random.default_rng(0)).data


def test_the_untrained_net_pays_log2_of_the_alphabet_and_its_student_owes_nothing() -> None:
    first, second = list(checkpoints(repeated(), SMALL))[:2]
    alphabet = len(set(repeated()))
    assert first.steps == first.symbols == 0 and first.paid_bits == first.divergence_bits == 0
    assert first.test_bits == pytest.approx(np.log2(alphabet)) == pytest.approx(first.student_bits)
    assert second.steps == 1 and second.paid_bits == pytest.approx(16 * np.log2(alphabet), rel=1e-6)
    assert second.divergence_bits == pytest.approx(0, abs=1e-9)  # before the first update both are one net


def test_a_pattern_is_learned_and_then_costs_little() -> None:
    last = list(checkpoints(repeated(8000), Sweep((32,), context=8, sequence=64, batch=32)))[-1]
    assert last.test_bits < 0.5 < 2 < last.paid_bits / last.symbols + 2
    assert 0 < last.divergence_bits < last.paid_bits
    assert last.student_bits < np.log2(5)


def test_every_width_goes_through_the_same_data_and_a_seed_repeats_it() -> None:
    data = iid(np.array([0.7, 0.2, 0.1]), 600, np.random.default_rng(1)).data
    sweep = Sweep(widths=(4, 8), context=4, sequence=16, batch=16, checkpoints=3)
    told: list[int] = []
    made = list(checkpoints(data, sweep, progress=told.append))
    assert made == list(checkpoints(data, sweep))
    assert [one.width for one in made] == sorted(one.width for one in made) and {4, 8} == {one.width for one in made}
    steps = (600 - 60) // 16
    assert made[-1].steps == steps and sum(told) == 2 * 16 * steps
    assert made[0].parameters == (4 * 4 + 1) * 4 + (4 + 1) * 4 + (4 + 1) * 3


def test_a_window_holds_what_came_before_and_nothing_from_before_its_sequence() -> None:
    symbols = torch.arange(10)
    sweep = Sweep((8,), context=3, sequence=4)
    seen = _windows(symbols, torch.tensor([0, 2, 4, 7]), sweep, 99)
    assert seen.tolist() == [[99, 99, 99], [99, 0, 1], [99, 99, 99], [4, 5, 6]]


def test_no_loss_depends_on_what_comes_later() -> None:
    torch.manual_seed(0)
    net = WindowNet(3, 4, 8)
    torch.nn.init.normal_(net.last.weight)
    one, other = torch.tensor([0, 1, 2, 1, 0, 2]), torch.tensor([0, 1, 2, 1, 2, 0])
    places = torch.arange(5)
    assert torch.equal(net(_windows(one, places, SMALL, 3)), net(_windows(other, places, SMALL, 3)))


def test_without_a_student_nothing_diverges() -> None:
    assert {one.divergence_bits for one in checkpoints(repeated(), SMALL, requential=False)} == {0.0}


def test_symbols_are_numbered_in_the_order_of_their_bytes() -> None:
    symbols, alphabet = _symbols(b"cabc")
    assert symbols.tolist() == [2, 0, 1, 2] and alphabet == 3


def test_too_few_data_and_impossible_sizes_are_refused() -> None:
    with pytest.raises(DataError, match="10 bytes are too few for batches of 16"):
        list(checkpoints(b"abcdefghij", SMALL))
    with pytest.raises(OptionError, match="each must be at least 1"):
        Sweep(widths=(0,))
