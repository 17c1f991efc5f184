"""Tells how far a long build is: a line rewritten in place on a terminal, a line a minute in a log."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from loader.errors import printable
from loader.pipeline.progress import Progress

# Seconds between two lines.
_ON_TERMINAL = 0.1
_IN_LOG = 60.0
# Characters of a file's name on a terminal.
_NAME = 40
_MINUTE, _HOUR = 60, 3600


class Meter:
    """Prints progress to a stream, not more often than it helps."""

    def __init__(
        self,
        stream: TextIO,
        clock: Callable[[], float] = time.monotonic,
        *,
        last: str = "building indexes and search",
        delay: float = 0.0,
    ) -> None:
        """Starts the clock.

        Args:
            stream: where to; a terminal's line is rewritten.
            clock: seconds from any moment.
            last: what is done after the last file.
            delay: seconds before the first line on a terminal.
        """
        self._stream = stream
        self._clock = clock
        self._on_terminal = stream.isatty()
        self._began = clock()
        self._last = last
        self._told = self._began if not self._on_terminal else self._began - _ON_TERMINAL
        self._first = self._began + delay

    def __call__(self, progress: Progress) -> None:
        """Prints a line if the last one is long enough ago, and in any case the last one."""
        now = self._clock()
        is_last = progress.files == progress.of
        wait = _ON_TERMINAL if self._on_terminal else _IN_LOG
        is_due = now - self._told >= wait or (is_last and self._on_terminal)
        if now < self._first or not is_due:
            return
        self._told = now
        line = _line(progress, now - self._began, self._last)
        if self._on_terminal:
            name = f": {printable(progress.name)[-_NAME:]}" if progress.name else ""
            self._stream.write(f"\r\x1b[K{line}{name}")
        else:
            self._stream.write(f"{line}\n")
        self._stream.flush()

    def end(self) -> None:
        """Clears the terminal's line for what is printed next."""
        if self._on_terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def _line(progress: Progress, seconds: float, last: str) -> str:
    files = f"{progress.files:,} of {progress.of:,} files, {progress.articles:,} articles"
    if progress.files == progress.of:
        return f"{files}, {last} ({seconds:,.0f} s)"
    if not seconds or not progress.bytes:
        return files
    rate = progress.bytes / seconds
    left = (progress.of_bytes - progress.bytes) / rate
    return f"{files}, {rate / 1e6:.2f} MB/s, {duration(left)} left"


def duration(seconds: float) -> str:
    """A time in the words that people use for its size: 42 s, 7 min, 3 h 5 min."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
