"""Runs the command line in processes of their own, which can be stopped at a point or starved of something.

A process that has imported the loader waits for requests and answers each in a child: a tenth of the time
that a new interpreter takes. Run as a program, this file is that process.
"""

from __future__ import annotations

import ctypes
import functools
import json
import os
import resource
import select
import signal
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

# What Python tells its audit hooks about files: each is a point at which a build can be stopped.
# https://docs.python.org/3.11/library/audit_events.html
FILE_EVENTS = {
    "open", "os.scandir", "os.mkdir", "os.chmod", "os.rename", "os.remove", "os.rmdir",
    "shutil.rmtree", "glob.glob", "pathlib.Path.glob", "fcntl.flock", "sqlite3.connect",
}  # fmt: skip
LONGEST_SILENCE = 60  # seconds after which a process that holds the command's output is a fault
STEPS_OF_SQLITE = 400  # of its virtual machine, between two points at which a build is killed
READ_ANY_FILE = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: root's right to ignore file modes


class Result(NamedTuple):
    """How a command ended: code as in subprocess, and how many points it passed before the swap."""

    code: int
    stdout: str
    stderr: str
    points: int


class Command:
    """The waiting process, from the tests' side."""

    def __init__(self, root: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root,
            # Bytecode that only the first command writes would give it other points than the next ones.
            env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip

    def __call__(self, *arguments: object, **how: object) -> Result:
        """Runs `loader` with arguments; `how` is what `_prepare` reads."""
        request = {"arguments": [str(argument) for argument in arguments], **how}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request, default=str).encode() + b"\n")
        self._process.stdin.flush()
        return Result(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate()


def serve() -> None:
    """Answers requests until there are no more."""
    import loader.cli  # noqa: F401, PLC0415 - the part that takes time

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        json.dump(_answer(json.loads(line)), answers)
        answers.write("\n")
        answers.flush()


def _answer(request: dict[str, Any]) -> dict[str, object]:
    pipes = {name: os.pipe() for name in ("stdout", "stderr", "points")}
    child = os.fork()
    if child == 0:
        _become(request, {name: ends[1] for name, ends in pipes.items()})
    for _, write in pipes.values():
        os.close(write)
    names = {ends[0]: name for name, ends in pipes.items()}
    read = dict.fromkeys(pipes, b"")
    while names:
        ready = select.select([*names], [], [], LONGEST_SILENCE)[0]
        if not ready:
            os.kill(child, signal.SIGKILL)
            raise TimeoutError(f"{request}: a process of this command did not end")
        for end in ready:
            data = os.read(end, 65536)
            read[names[end]] += data
            if not data:
                os.close(end)
                del names[end]
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    printed = {name: read[name].decode("utf-8", "surrogateescape") for name in ("stdout", "stderr")}
    return {"code": code, "points": int(read["points"] or 0), **printed}


def _become(request: dict[str, Any], ends: dict[str, int]) -> None:
    code: object = 70
    try:
        os.dup2(ends["stdout"], 1)
        os.dup2(ends["stderr"], 2)
        os.closerange(3, min(ends.values()))
        # The tests may run where these are ignored, as under nohup; the command is tried as at a terminal.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        _prepare(request, ends["points"])
        sys.argv = ["loader", *request["arguments"]]
        from loader.cli import main  # noqa: PLC0415

        main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code if isinstance(code, int) else 0)


def _prepare(request: dict[str, Any], points: int) -> None:
    """Does what a request asks for: `cwd`, `stdout`, `file_limit`, `obey_modes`, `event`, `at`, `send`."""
    os.chdir(request.get("cwd", "/"))
    if "stdout" in request:
        os.dup2(os.open(request["stdout"], os.O_WRONLY), 1)
    if "file_limit" in request:
        # Bytes of a file beyond which writing fails as on a full disk; Python ignores the signal for it.
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["file_limit"],) * 2)
    if request.get("obey_modes"):
        _obey_modes()
    send = getattr(signal, request.get("send", "SIGKILL"))
    events = {request["event"]} if "event" in request else FILE_EVENTS
    Points(points, request.get("at"), send, events).watch()


def _obey_modes() -> None:
    """Gives up root's right to read and write what the modes forbid; for anybody else it changes nothing."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    sets = (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0
    for kind in (0, 1):  # effective, permitted
        sets[kind] &= ~READ_ANY_FILE
    assert libc.capset(header, sets) == 0


class Points:
    """Counts the points of a build up to the swap, and sends itself a signal at one of them."""

    def __init__(self, report: int, at: int | None, send: signal.Signals, events: set[str]) -> None:
        self.passed, self.report, self.at, self.send, self.events = 0, report, at, send, events

    def watch(self) -> None:
        """Counts from now on."""
        sys.addaudithook(self._on_event)
        if self.events is FILE_EVENTS:
            sqlite3.connect = functools.partial(sqlite3.connect, factory=_connection(self))  # type: ignore[assignment]

    def _on_event(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in self.events:
            self.passing()
        if event == "os.rename" and self.report:
            os.write(self.report, str(self.passed).encode())
            self.report = 0

    def passing(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            os.kill(os.getpid(), self.send)


def _connection(points: Points) -> type[sqlite3.Connection]:
    """A connection whose statements are points, and for SIGKILL SQLite's own steps too.

    Another signal is answered by Python, which does it between two statements.
    """

    def counted(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(self: sqlite3.Connection, *arguments: object) -> object:
            points.passing()
            return method(self, *arguments)

        return call

    class Connection(sqlite3.Connection):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            if points.send == signal.SIGKILL:
                self.set_progress_handler(points.passing, STEPS_OF_SQLITE)

        execute = counted(sqlite3.Connection.execute)
        executemany = counted(sqlite3.Connection.executemany)
        executescript = counted(sqlite3.Connection.executescript)
        close = counted(sqlite3.Connection.close)

    return Connection


if __name__ == "__main__":
    serve()
