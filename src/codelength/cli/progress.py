"""Progress on stderr: what is done, at what rate, and the time left.

It shows itself only where stderr is a terminal and the job lasts over a second, and leaves nothing behind. A verb opens
it and hands it down as a callback that takes the bytes done since the last call:

    with Progress("measuring alice29.txt", total_bytes=152089) as progress:
        for chunk in chunks:
            ...
            progress(len(chunk))
        progress.stage("verifying alice29.txt", total_bytes=152089)

What models log in between, such as that a kernel is being compiled, is shown there too (`show_notes`).
"""

import logging
import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

DELAY_SECONDS = 1.0
_LOG = logging.getLogger("codelength")


def show_notes() -> None:
    """From now on what the library logs appears on stderr, where that is a terminal."""
    if sys.stderr.isatty() and not any(isinstance(handler, _Notes) for handler in _LOG.handlers):
        _LOG.addHandler(_Notes())
        _LOG.setLevel(logging.INFO)


class _Notes(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        # Looked up at each line: while a bar is shown it stands in for stderr and puts lines above itself.
        print(record.getMessage(), file=sys.stderr, flush=True)


class Progress:
    """A callback with a bar: call it with the bytes done since the last call; nothing happens off a terminal.

    >>> import io
    >>> with Progress("reading", total_bytes=10, stream=io.StringIO()) as progress:
    ...     progress(4); progress(6)
    >>> progress.done_bytes
    10
    """

    def __init__(
        self,
        what: str,
        *,
        total_bytes: int | None = None,
        stream: TextIO | None = None,
        delay_seconds: float = DELAY_SECONDS,
    ) -> None:
        self.what = what
        self.total_bytes = total_bytes
        self.done_bytes = 0
        self._stream = stream if stream is not None else sys.stderr
        self._wanted = self._stream.isatty()
        self._timer = threading.Timer(delay_seconds, self._show)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._closed = False
        self._bar: Bar | None = None

    def __enter__(self) -> Self:
        if self._wanted:
            self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._closed = True
            if self._bar is not None:
                self._bar.stop()

    def __call__(self, done_bytes: int) -> None:
        """So many more bytes are done."""
        self.done_bytes += done_bytes
        if self._bar is not None:
            for task in self._bar.task_ids[-1:]:
                self._bar.advance(task, done_bytes)

    def stage(self, what: str, *, total_bytes: int | None = None) -> None:
        """The job goes on with another step, counted from 0."""
        self.what, self.total_bytes, self.done_bytes = what, total_bytes, 0
        if self._bar is not None:
            for task in self._bar.task_ids:
                self._bar.remove_task(task)
            self._add_task(self._bar)

    def note(self, text: str) -> None:
        """A line that stays on the terminal, such as that a kernel is being compiled."""
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False)
        elif self._wanted:
            print(text, file=self._stream, flush=True)

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
        from rich.progress import Progress as Bar

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
        )
        bar = Bar(*columns, console=Console(file=self._stream), transient=True, redirect_stdout=False)
        with self._lock:
            if self._closed:
                return
            self._add_task(bar)
            bar.start()
            self._bar = bar

    def _add_task(self, bar: "Bar") -> None:
        bar.add_task(self.what, total=self.total_bytes, completed=self.done_bytes)
