"""The servers that are compared, each in a process of its own, and the CPU time and memory that they take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.load.site import free_port
from loader.errors import InputError
from loader.publish.bundle import ROOT, SITE, describe

HOST = "127.0.0.1"
BARE, BEFORE, ONE, TWO = "bare Datasette", "before", "one worker", "two workers"
_STARTS_WITHIN = 180  # seconds
_TICKS = os.sysconf("SC_CLK_TCK")
# Datasette loads every installed plugin unless it takes itself for tested; its own are loaded anyway.
_WITHOUT_PLUGINS = """
import sys
sys._called_from_test = True
import datasette.plugins
del sys._called_from_test
from datasette.cli import cli
cli()
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """Return the CPU time that its processes have taken so far."""
        ticks = 0
        for number in self._processes():
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / _TICKS

    def resident_bytes(self) -> int:
        """Return how much memory its processes hold together, shared pages counted for each."""
        page = os.sysconf("SC_PAGE_SIZE")
        return sum(
            int(Path(f"/proc/{number}/statm").read_text().split()[1]) * page for number in self._processes()
        )

    def _processes(self) -> list[int]:
        numbers = [self.process.pid]
        for number in numbers:
            children = Path(f"/proc/{number}/task/{number}/children").read_text()
            numbers.extend(int(child) for child in children.split())
        return numbers


@contextmanager
def running(
    database: Path, folder: Path, commit: str, database_before: Path | None = None
) -> Iterator[dict[str, Server]]:
    """Start all servers on the same articles.

    Args:
        database: a finished SQLite file.
        folder: for links to the files, the earlier commit's checkout and what the servers print.
        commit: the commit before.
        database_before: the same articles in that commit's schema; without it, its server reads `database`.

    Yields:
        The servers by name.

    Raises:
        InputError: one does not start.
    """
    archive = _linked(database, folder)
    archive_before = _linked(database_before, folder / "database-before") if database_before else archive
    checkout = folder / "before"
    git = ("git", "-C", str(ROOT), "worktree")
    subprocess.run([*git, "add", "--quiet", "--detach", str(checkout), commit], check=True)
    settings = json.loads((SITE / "settings.json").read_text(encoding="utf-8"))
    inspected = folder / "inspect.json"
    inspected.write_text(json.dumps(describe(archive)))
    bare = [sys.executable, "-c", _WITHOUT_PLUGINS, "serve", "-i", str(archive)]
    bare += ["--inspect-file", str(inspected)]
    for name, value in settings.items():
        bare += ["--setting", name, json.dumps(value)]
    ours, theirs = (
        [sys.executable, "-m", "loader", "serve", str(path)] for path in (archive, archive_before)
    )
    commands = {
        BARE: (bare, ROOT),
        BEFORE: (theirs, checkout),
        ONE: (ours, ROOT),
        TWO: ([*ours, "--workers", "2"], ROOT),
    }
    try:
        with ExitStack() as stack:
            yield {
                name: stack.enter_context(_started(name, command, code, folder))
                for name, (command, code) in commands.items()
            }
    finally:
        subprocess.run([*git, "remove", "--force", str(checkout)], check=True)


def _linked(database: Path, folder: Path) -> Path:
    """Link to a database under the name that it has in the addresses of the mixed load."""
    folder.mkdir(exist_ok=True)
    link = folder / "archive.db"
    link.hardlink_to(database)
    return link


@contextmanager
def _started(name: str, command: list[str], code: Path, folder: Path) -> Iterator[Server]:
    port = free_port()
    log = folder / f"{name}.log"
    environment = {**os.environ, "PYTHONPATH": str(code)}
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*command, "--port", str(port)], stdout=said, stderr=said, env=environment, cwd=folder
        )
    try:
        _wait(process, port, log)
        yield Server(name, port, process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        connection = HTTPConnection(HOST, port, timeout=30)
        try:
            connection.request("GET", "/robots.txt")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
        finally:
            connection.close()
    said = log.read_text(errors="replace").strip().splitlines()[-1:]
    raise InputError(f"a server did not start: {said[0] if said else 'it said nothing'}")
