"""What the tests have workers do: functions that other processes can import."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from codelength.errors import FormatError

Numbers = npt.NDArray[np.float64]


def scaled(state: Numbers, batch: int) -> Numbers:
    """The state times the batch."""
    return state * batch


def written_to(state: Numbers, batch: int) -> Numbers:
    """As `scaled`, but the state is written to and put back, as a tally that leaves a text out."""
    state += 1.0
    state -= 1.0
    return state * batch


def killed_once(state: tuple[str, Numbers], batch: int) -> Numbers:
    """As `scaled`; whoever gets batch 3 first dies."""
    flag, numbers = state
    if batch == 3 and not Path(flag).exists():
        Path(flag).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return numbers * batch


def killed_always(state: Numbers, batch: int) -> Numbers:
    """Whoever gets batch 3 dies."""
    if batch == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return state * batch


def refused(state: Numbers, batch: int) -> Numbers:
    """An error of the work itself, which is no lost worker."""
    raise FormatError(f"batch {batch} is of no use")


def asleep(state: str, batch: int) -> Numbers:
    """Says in a file of the folder who does it, and does not end."""
    Path(state, str(os.getpid())).touch()
    time.sleep(600)
    return np.zeros(0)


def process(state: Numbers, batch: int) -> Numbers:
    """Who did it."""
    return np.array([float(os.getpid())])
