"""One net trained by several processes that torchrun started: each has some of the replays, gradients are summed.

Process 0 pays: its predictions of the fresh bytes are everyone's, and only its gradient has them in it. All processes
read the same data and hold the same weights, so their sum of gradients is that of one process, up to the order of
rounding. A process that is lost or later than the patience raises LostProcessError in the others.

    torchrun --nproc-per-node 2 -m codelength fit X -o x.safetensors --with lstm:replay=8 --distributed
"""

import datetime
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch
import torch.distributed
from torch import Tensor

from codelength.errors import LostProcessError, UsageError
from codelength.models.nets.model import NetModel
from codelength.models.nets.modules import Carry, Net


class Share:
    """This process's part: replays rank, rank + world, rank + 2 world, ..."""

    def __init__(self, rank: int, world: int, patience_seconds: float) -> None:
        self.rank, self.world, self._patience_seconds = rank, world, patience_seconds

    def part(self, replays: int) -> range:
        """Which of all replays are this process's."""
        return range(self.rank, replays, self.world)

    def of(self, model: NetModel) -> NetModel:
        """The model as this process trains it; UsageError where there are fewer replays than processes."""
        replays = model.recipe.replays
        if replays < self.world:
            raise UsageError(
                f"{model.name} has {replays} replays for {self.world} processes; give replay={self.world} or more, "
                "which they share"
            )
        state = (model.state or model.fresh()).copy()
        learning, part = state.learning, self.part(replays)
        learning.carry = _picked(model.net, learning.carry, part)
        learning.averaged_carry = _picked(model.net, learning.averaged_carry, part)
        shared = model.holding(state)
        shared.recipe = replace(model.recipe, share=self)
        return shared

    def gathered(self, model: NetModel) -> NetModel:
        """The model with what all processes carry, as one process would have it."""
        whole = model.holding((model.state or model.fresh()).copy())
        whole.recipe = replace(model.recipe, share=None)
        if whole.state is not None:
            learning = whole.state.learning
            learning.carry = self._gathered(whole, learning.carry)
            learning.averaged_carry = self._gathered(whole, learning.averaged_carry)
        return whole

    def summed(self, tensor: Tensor) -> Tensor:
        """The sum of everyone's tensor."""
        with self._reported():
            torch.distributed.all_reduce(tensor)
        return tensor

    def from_first(self, tensor: Tensor) -> Tensor:
        """Process 0's tensor."""
        with self._reported():
            torch.distributed.broadcast(tensor, 0)
        return tensor

    def agree(self, decision: bool) -> bool:
        """Process 0's decision."""
        return bool(self.from_first(torch.tensor([int(decision)])).item())

    def _gathered(self, model: NetModel, carry: Carry) -> Carry:
        whole = tuple(part.to(model.recipe.device) for part in model.net.carry(model.recipe.replays))
        fresh = model.net.fresh_rows
        for part, mine, axis in zip(whole, carry, model.net.carry_axes, strict=True):
            for row, replay in enumerate(self.part(model.recipe.replays)):
                part.select(axis, fresh + replay).copy_(mine.select(axis, fresh + row))
            if self.rank == 0:
                part.narrow(axis, 0, fresh).copy_(mine.narrow(axis, 0, fresh))
        return tuple(self.summed(part) for part in whole)

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as error:
            raise LostProcessError(
                f"process {self.rank} of {self.world}: another is lost, or later than {self._patience_seconds:g} s "
                f"({str(error).splitlines()[0][:200]})"
            ) from error


@contextmanager
def joined(patience_seconds: float) -> Iterator[Share]:
    """All processes that torchrun started, over gloo.

    Raises UsageError where this is none of them, LostProcessError where others do not come within the patience.
    """
    missing = [name for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT") if name not in os.environ]
    if missing:
        raise UsageError(
            f"{', '.join(missing)} not set: this is no process of torchrun; "
            "torchrun --nproc-per-node 2 -m codelength fit ... --distributed"
        )
    patience = datetime.timedelta(seconds=patience_seconds)
    try:
        torch.distributed.init_process_group("gloo", timeout=patience)
    except RuntimeError as error:
        raise LostProcessError(
            f"the processes did not find each other within {patience_seconds:g} s ({str(error).splitlines()[0][:200]})"
        ) from error
    try:
        yield Share(torch.distributed.get_rank(), torch.distributed.get_world_size(), patience_seconds)
    finally:
        torch.distributed.destroy_process_group()


def _picked(net: Net, carry: Carry, replays: range) -> Carry:
    rows = [*range(net.fresh_rows), *(net.fresh_rows + replay for replay in replays)]
    return tuple(
        part.index_select(axis, torch.tensor(rows, device=part.device))
        for part, axis in zip(carry, net.carry_axes, strict=True)
    )
