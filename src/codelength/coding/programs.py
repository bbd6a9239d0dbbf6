"""Running a generating program in a process of its own, and comparing what it prints with what it should.

The program runs under the same interpreter in isolated mode (`python -I FILE.py`: no user packages, no PYTHON*
variables, not the current folder on the path). No more of its output is kept than one block.
"""

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO

from codelength.errors import ProgramError

_BLOCK = 1 << 16
_COMPLAINT_BYTES = 4096


def run_program(program: bytes, data: bytes, given: bytes | None = None, *, timeout_seconds: float = 60.0) -> float:
    """The seconds in which a program prints exactly `data`; with `given`, that file is its first argument.

    Raises ProgramError where it fails, prints something else, less or more, or does not end in time.

    >>> 0 < run_program(b"print(end='abc')", b"abc") < 60
    True
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "program.py")
        place.write_bytes(program)
        command = [sys.executable, "-I", str(place)]
        if given is not None:
            Path(folder, "given").write_bytes(given)
            command.append(str(Path(folder, "given")))
        started = time.perf_counter()
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder
        ) as process:
            late = threading.Event()

            def stop() -> None:
                late.set()
                process.kill()

            complaints = bytearray()
            timer = threading.Timer(timeout_seconds, stop)
            listener = threading.Thread(target=_listen, args=(process.stderr, complaints), daemon=True)
            timer.start()
            listener.start()
            try:
                difference = _difference(process.stdout, data)
                if difference:
                    process.kill()
                status = process.wait()
            finally:
                timer.cancel()
                process.kill()
            listener.join()
        seconds = time.perf_counter() - started
    if late.is_set():
        raise ProgramError(
            f"the program did not end within {timeout_seconds:g} seconds; raise the limit with --timeout"
        )
    if status and (not difference or status > 0):
        last = complaints.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1]
        raise ProgramError(f"the program failed with exit code {status}: {last or 'it does not say why'}")
    if difference:
        raise ProgramError(difference)
    return seconds


def _difference(output: IO[bytes] | None, data: bytes) -> str:
    """Where the output leaves the data, in words; empty where it does not."""
    if output is None:
        return "the program has no output"
    position = 0
    while block := output.read(_BLOCK):
        wanted = data[position : position + len(block)]
        if block != wanted:
            same = next((i for i, (a, b) in enumerate(zip(block, wanted, strict=False)) if a != b), len(wanted))
            if position + same == len(data):
                return f"the program prints more than the {len(data):,} bytes of the data"
            return (
                f"the program prints byte {block[same]} at offset {position + same:,} where the data has {wanted[same]}"
            )
        position += len(block)
    if position < len(data):
        return f"the program prints {position:,} bytes, all right, but the data has {len(data):,}"
    return ""


def _listen(errors: IO[bytes] | None, complaints: bytearray) -> None:
    while errors is not None and (block := errors.read(_BLOCK)):
        complaints += block
        del complaints[:-_COMPLAINT_BYTES]
