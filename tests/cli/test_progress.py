"""Progress: on a terminal, after a second, gone afterwards; nowhere else."""

import io
import logging
import re
import sys
import time

import pytest

from codelength.cli.progress import Progress, show_notes


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_stream_that_is_no_terminal_gets_nothing() -> None:
    stream = io.StringIO()
    with Progress("measuring", total_bytes=10, stream=stream, delay_seconds=0) as progress:
        progress(5)
        progress.note("compiling")
        time.sleep(0.05)
    assert stream.getvalue() == ""


def test_a_short_job_shows_nothing() -> None:
    stream = Terminal()
    with Progress("measuring", total_bytes=10, stream=stream) as progress:
        progress(10)
    assert stream.getvalue() == ""


def test_a_long_job_shows_what_rate_and_time_left_and_then_clears_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    stream = Terminal()
    with Progress("measuring alice29.txt", total_bytes=4_000_000, stream=stream, delay_seconds=0) as progress:
        for _ in range(20):
            progress(100_000)
            time.sleep(0.03)
        progress.stage("verifying alice29.txt", total_bytes=10)
        progress.note("a kernel is compiled")
        time.sleep(0.3)
    shown = stream.getvalue()
    assert all(part in shown for part in ("measuring alice29.txt", "/4.0 MB", "MB/s"))
    assert re.search(r"m00:\d\d\x1b", shown)  # the time left
    assert "verifying alice29.txt" in shown and "a kernel is compiled" in shown
    assert "\x1b[2K" in shown[-20:]  # the last line is erased


def test_a_job_that_fails_takes_its_progress_away() -> None:
    stream = Terminal()
    progress = Progress("measuring", stream=stream, delay_seconds=0)
    with pytest.raises(KeyboardInterrupt), progress:
        time.sleep(0.2)
        raise KeyboardInterrupt
    before = stream.getvalue()
    progress(10)
    time.sleep(0.2)
    assert stream.getvalue() == before


def test_what_the_library_logs_is_shown_once_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    log = logging.getLogger("codelength")
    monkeypatch.setattr(log, "handlers", [])
    monkeypatch.setattr(log, "level", log.level)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    show_notes()
    show_notes()
    log.info("compiling the kernel")
    assert terminal.getvalue() == "compiling the kernel\n"


def test_what_the_library_logs_is_not_shown_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    log = logging.getLogger("codelength")
    monkeypatch.setattr(log, "handlers", [])
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    show_notes()
    assert log.handlers == []
