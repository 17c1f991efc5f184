"""Times the stages of a build from inside: `python -m benchmarks.speed.hooks FIGURES build PATHS -o OUTPUT`.

It is the `loader` command with clocks around three functions and around SQLite; where the seconds are to be
written comes first. The clocks take less than a hundredth of the time. What a worker process
measures lies in memory that it shares with the process that started it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from mmap import mmap
from pathlib import Path
from types import ModuleType
from typing import Any

import loader.cli
import loader.extract.places
import loader.extract.quotes
import loader.pipeline.build
import loader.readers.roundup.parse

# Processor seconds in the processes that parse, seconds by the clock in the one that writes, and that one's
# processor seconds in all.
PARSED = ("read", "quotations", "places")
WRITTEN = ("rows", "FTS", "names", "indexes", "finish")
WRITER = "writer"
_STAGES = (*PARSED, *WRITTEN, WRITER)
# Processes are told apart by their number modulo this: those of one build are close together.
_PROCESSES = 4096

Function = Callable[..., Any]


class Clocks:
    """Seconds by stage, summed over this process and those that it forks."""

    def __init__(self) -> None:
        self._seconds = memoryview(mmap(-1, _PROCESSES * len(_STAGES) * 8)).cast("d")

    def add(self, stage: str, seconds: float) -> None:
        """Adds to a stage."""
        self._seconds[os.getpid() % _PROCESSES * len(_STAGES) + _STAGES.index(stage)] += seconds

    def totals(self) -> dict[str, float]:
        """Gives each stage's seconds up to now."""
        return {stage: sum(self._seconds[number :: len(_STAGES)]) for number, stage in enumerate(_STAGES)}


def timed(function: Function, stage: str, clocks: Clocks) -> Function:
    """Wraps a function in a clock that counts the processor's seconds."""

    def wrapper(*given: Any, **named: Any) -> Any:
        start = time.process_time()
        try:
            return function(*given, **named)
        finally:
            clocks.add(stage, time.process_time() - start)

    return wrapper


def time_parsing(clocks: Clocks) -> None:
    """Puts clocks around reading, quotations and places wherever the loader calls them."""
    functions: tuple[Function, ...] = (
        loader.readers.roundup.parse.read_text,
        loader.extract.quotes.find_quotes,
        loader.extract.places.find_places,
    )
    for stage, function in zip(PARSED, functions, strict=True):
        wrapper = timed(function, stage, clocks)
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] == "loader" and isinstance(module, ModuleType):
                for own, value in list(vars(module).items()):
                    if value is function:
                        setattr(module, own, wrapper)


def stage_of(statement: str) -> str:
    """Tells which stage of writing a statement of SQL belongs to."""
    words = " ".join(statement.lower().split())
    if "_fts" in words:
        return "FTS"
    if words.startswith(("insert into ", "begin", "commit")) and not words.startswith("insert into work."):
        return "rows"
    if "work." in words:  # the database of what is not to stay: which names are known, who is whom
        return "names"
    return "indexes" if words.startswith(("create index", "create unique index")) else "finish"


def time_writing(clocks: Clocks) -> None:
    """Puts clocks around every statement of each SQLite connection that is opened from now on."""

    class TimedCursor(sqlite3.Cursor):
        """A cursor that counts the seconds of its statements."""

        def execute(self, statement: str, *given: Any) -> Any:
            return self._timed(super().execute, statement, *given)

        def executemany(self, statement: str, given: Any) -> Any:
            return self._timed(super().executemany, statement, given)

        def executescript(self, statement: Any) -> Any:
            return self._timed(super().executescript, statement)

        def _timed(self, run: Function, statement: str, *given: Any) -> Any:
            start = time.perf_counter()
            try:
                return run(statement, *given)
            finally:
                clocks.add(stage_of(statement), time.perf_counter() - start)

    class TimedConnection(sqlite3.Connection):
        """A connection whose cursors count."""

        def cursor(self, factory: Any = TimedCursor) -> Any:
            return super().cursor(factory)

        def execute(self, *given: Any) -> Any:
            return self.cursor().execute(*given)

        def executemany(self, *given: Any) -> Any:
            return self.cursor().executemany(*given)

        def executescript(self, *given: Any) -> Any:
            return self.cursor().executescript(*given)

    connect = sqlite3.connect

    def connect_timed(*given: Any, **named: Any) -> Any:
        return connect(*given, **{"factory": TimedConnection, **named})

    sqlite3.connect = connect_timed


def main() -> None:
    """Runs the `loader` command with clocks; its exit code stays what it is."""
    figures, *arguments = sys.argv[1:]
    clocks = Clocks()
    time_parsing(clocks)
    time_writing(clocks)
    try:
        loader.cli.main(arguments)
    finally:
        clocks.add(WRITER, time.process_time())
        Path(figures).write_text(json.dumps(clocks.totals()), encoding="utf-8")


if __name__ == "__main__":
    main()
