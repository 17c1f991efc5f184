"""Reads a database in a process of its own, which is killed when a statement does not end in time.

SQLite asks whether it is to stop only between the steps of a statement. One step may take minutes: FTS5's
snippet() and NEAR over long texts, json_patch() of wide objects, thousands of functions in one row.

Both sides are here: `SqlProcess` in the server, `main` in the process. They exchange JSON, a line with its
length before it; bytes are a list with their base64 text.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import IO, Any

from loader.site import sql_functions
from loader.site.security import sql_limits

# What a statement may take longer than its limit, before which it is stopped between two steps.
GRACE = 1.0  # seconds
_START = 30.0  # seconds until the process is there
_STEPS = 1_000  # of SQLite's virtual machine between two looks at the time, as in Datasette
# So much more processor time than its limit a statement gets from the system, should the server be gone.
_PROCESSOR_GRACE = 5
# -P: of the folder in which the server was started nothing is imported.
_COMMAND = ("-P", "-m", "loader.site.security.sql_process")
_PACKAGES = Path(__file__).resolve().parents[3]  # the folder in which this package is


class StoppedError(Exception):
    """The process was killed, or has died, before the statement's end."""


class CannotStartError(Exception):
    """There is no process to be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement to read with.

    Attributes:
        uri: the database, as an address that SQLite opens read only.
        sql: the statement.
        parameters: its values, by name or in order.
        seconds: how long it may take.
        most_rows: so many rows are read; None for all.
    """

    uri: str
    sql: str
    parameters: Mapping[str, Any] | Sequence[Any]
    seconds: float
    most_rows: int | None


@dataclass(frozen=True, slots=True)
class Rows:
    """What a statement gives: the names of its columns, and its rows."""

    columns: list[str]
    rows: list[list[Any]]


class SqlProcess:
    """A process that reads, started when it is first needed and after each time it was killed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._end: Callable[[], object] = lambda: None
        self._lock = threading.Lock()

    def read(self, statement: Statement) -> Rows:
        """Read with a statement, in whatever thread; one at a time, for which the visitors' turns see.

        Raises:
            StoppedError: it took longer than its limit, or was interrupted.
            CannotStartError: no process could be started.
            Error: of sqlite3, what SQLite says of the statement.
        """
        with self._lock:
            process = self._started()
            answer = _asked(process, statement)
            if answer is None:
                self._end()
                raise StoppedError
        if "error" in answer:
            raise _error(*answer["error"])
        return Rows(answer["columns"], [[_decoded(value) for value in row] for row in answer["rows"]])

    def interrupt(self) -> None:
        """Kill the process, and with it what it reads."""
        process = self._process
        if process is not None:
            process.kill()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        command = [sys.executable, *_COMMAND]
        pipe = subprocess.PIPE
        try:
            process = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=_environment())  # noqa: S603 - ours
        except (OSError, ValueError, RuntimeError) as error:  # no processes here, or no interpreter to start
            raise CannotStartError from error
        self._end()
        self._process, self._end = process, weakref.finalize(self, _end, process)
        if _received_within(process, _START) is None:
            self._end()
            raise CannotStartError
        return process


def _environment() -> dict[str, str]:
    """Return the environment in which a process finds this package, installed or not."""
    environment = dict(os.environ)
    if _PACKAGES.name not in ("site-packages", "dist-packages"):
        found = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join([str(_PACKAGES), *([found] if found else [])])
    return environment


def _asked(process: subprocess.Popen[bytes], statement: Statement) -> dict[str, Any] | None:
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    try:
        _send(process.stdin, asdict(statement))
    except OSError:
        return None
    return _received_within(process, statement.seconds + GRACE)


def _received_within(process: subprocess.Popen[bytes], seconds: float) -> dict[str, Any] | None:
    """Return what a process sends; None if it ends first, for it is killed when the time is up."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    clock = threading.Timer(seconds, process.kill)
    clock.daemon = True
    clock.start()
    try:
        return _receive(process.stdout)
    finally:
        clock.cancel()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):  # what was not sent yet
                pipe.close()


def _error(name: str, words: str) -> Exception:
    """Make an error of the same kind as in the process."""
    if name == MemoryError.__name__:
        return MemoryError(words)
    kind = getattr(sqlite3, name, None)
    is_error = isinstance(kind, type) and issubclass(kind, sqlite3.Error | sqlite3.Warning)
    return kind(words) if is_error and kind is not None else sqlite3.OperationalError(words)


def _send(pipe: IO[bytes], message: Mapping[str, Any]) -> None:
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    pipe.write(b"%d\n" % len(body))
    pipe.write(body)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> dict[str, Any] | None:
    """Return the next message; None if there is none any more."""
    length = pipe.readline()
    if not length.endswith(b"\n"):
        return None
    body = pipe.read(int(length))
    if len(body) < int(length):
        return None
    message: dict[str, Any] = json.loads(body.decode("utf-8", "surrogatepass"))
    return message


def _encoded(value: Any) -> Any:
    return [base64.b64encode(value).decode()] if isinstance(value, bytes) else value


def _decoded(value: Any) -> Any:
    return base64.b64decode(value[0]) if isinstance(value, list) else value


def main() -> None:
    """Read with each statement that comes in, until none comes any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to act on; then the input ends
    connections: dict[str, sqlite3.Connection] = {}
    _send(sys.stdout.buffer, {})
    while (message := _receive(sys.stdin.buffer)) is not None:
        statement = Statement(**message)
        _limit_processor_time(statement.seconds + _PROCESSOR_GRACE)
        try:
            if statement.uri not in connections:
                connections[statement.uri] = _opened(statement.uri)
            rows = _read(connections[statement.uri], statement)
            answer = {"columns": rows.columns, "rows": rows.rows}
        except (sqlite3.Error, sqlite3.Warning, MemoryError, ValueError, OverflowError) as error:
            answer = {"error": [type(error).__name__, str(error)]}
        _send(sys.stdout.buffer, answer)


def _opened(uri: str) -> sqlite3.Connection:
    """Open a database as Datasette does, with the functions that visitors may call."""
    connection = sqlite3.connect(uri, uri=True)
    connection.text_factory = lambda value: str(value, "utf-8", "replace")
    connection.create_function("escape_fts", 1, _escape_fts)
    sql_functions.register(connection)
    sql_limits.harden(connection)
    return connection


def _escape_fts(query: str) -> str:
    """Datasette's function of this name."""
    from datasette.utils import escape_fts  # noqa: PLC0415 - it takes longer to import than most statements

    escaped: str = escape_fts(query)
    return escaped


def _read(connection: sqlite3.Connection, statement: Statement) -> Rows:
    latest = perf_counter() + statement.seconds
    connection.set_progress_handler(lambda: int(perf_counter() >= latest), _STEPS)
    try:
        cursor = connection.execute(statement.sql, statement.parameters)
        rows = cursor.fetchall() if statement.most_rows is None else cursor.fetchmany(statement.most_rows)
    finally:
        connection.set_progress_handler(None, 0)
    columns = [column[0] for column in cursor.description or ()]
    return Rows(columns, [[_encoded(value) for value in row] for row in rows])


def _limit_processor_time(seconds: float) -> None:
    """Have the system end this process when it has taken so much more; not everywhere can it."""
    if find_spec("resource") is None:
        return
    import resource  # noqa: PLC0415 - POSIX alone has it

    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


if __name__ == "__main__":
    main()
