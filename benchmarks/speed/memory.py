"""Runs a command and watches the memory of its processes, all together."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")
# Looking takes as much of a processor as this share of the time, and is not done more often than this.
_SHARE = 0.02
_SHORTEST = 0.02


class Ran(NamedTuple):
    """What a command took.

    Attributes:
        seconds: from its start to its end, by the clock.
        processor: seconds of the processors in all its processes.
        peak: most bytes of memory that all its processes had at once, a page that n of them share counted
            in n parts (proportional set size); at least the most that a single one had.
    """

    seconds: float
    processor: float
    peak: int


def run(command: Sequence[str], folder: Path | None = None) -> Ran:
    """Runs a command to its end.

    Args:
        command: the program and its arguments.
        folder: where it is run; None for here.

    Returns:
        What it took.

    Raises:
        RuntimeError: where it exits with another code than 0; with the last line that it printed.
    """
    with tempfile.TemporaryFile("w+") as printed:
        # A process begins with its parent's mark: no more than that tells nothing of its own memory.
        inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=printed)
        watch = _Watch(process.pid)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        watch.ended.set()
        watch.join()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            printed.seek(0)
            said = printed.read().strip().splitlines() or ["nothing was printed"]
            raise RuntimeError(f"{said[-1]} ({' '.join(command)}: exit code {process.returncode})")
    processor = usage.ru_utime + usage.ru_stime
    single = usage.ru_maxrss * 1024 if usage.ru_maxrss > inherited else 0  # Linux counts in KiB
    return Ran(seconds, processor, max(watch.peak, single))


class _Watch(threading.Thread):
    """Looks at a process and those below it again and again, and keeps the largest sum."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.ended = threading.Event()
        self._pid = pid

    def run(self) -> None:
        pause = 0.0
        while not self.ended.wait(pause):
            before = time.thread_time()
            self.peak = max(self.peak, together(self._pid))
            pause = max(_SHORTEST, (time.thread_time() - before) / _SHARE)


def together(pid: int) -> int:
    """Gives the bytes of memory of a process and all that it started, 0 where they are gone."""
    return sum(map(_bytes, [pid, *_below(pid)]))


def _below(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):  # a process may end while one looks
        for thread in (_PROC / str(pid) / "task").iterdir():
            children = (thread / "children").read_text(encoding="ascii")
            found.extend(map(int, children.split()))
    return [*found, *(below for child in found for below in _below(child))]


def _bytes(pid: int) -> int:
    with suppress(OSError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
