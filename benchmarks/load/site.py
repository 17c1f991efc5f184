"""The served bundle as a process of its own, and how much memory it takes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from loader.errors import InputError

_BUNDLE = (sys.executable, "-m", "loader.publish.bundle")
_HOST = "127.0.0.1"
_STARTS_WITHIN = 60  # seconds


class Site(NamedTuple):
    """A running server: where it listens, and its process."""

    host: str
    port: int
    process: subprocess.Popen[bytes]

    def fault(self) -> list[str]:
        """Says in a line that the server stopped by itself, and how; nothing while it runs."""
        code = self.process.poll()
        return [] if code is None else [f"the server stopped with exit code {code}"]


def free_port() -> int:
    """Return a port of the loopback address that nobody uses."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Returns when the server listens.

    Raises:
        InputError: it stopped, or took too long.
    """
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((_HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    said = log.read_text(errors="replace").strip().splitlines()[-1:]
    raise InputError(f"the site did not start: {said[0] if said else 'it said nothing'}")


@contextmanager
def served(database: Path, folder: Path) -> Iterator[Site]:
    """Assembles the bundle of a database and serves it on the loopback.

    Args:
        database: a finished SQLite file.
        folder: where the bundle goes; it needs as much room as the database.

    Yields:
        The running site; it is stopped afterwards.

    Raises:
        InputError: the site does not start.
    """
    bundle, log, port = folder / "site", folder / "server.log", free_port()
    subprocess.run([*_BUNDLE, "assemble", str(database), str(bundle)], check=True)
    with log.open("wb") as said:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "loader.publish.bundle",
                "serve",
                str(bundle),
                "--host",
                _HOST,
                "--port",
                str(port),
            ],
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait(process, port, log)
            yield Site(_HOST, port, process)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:  # it waits for its last answers, however long they take
                process.kill()
                process.wait()


def resident_bytes(pid: int) -> int:
    """Returns how much memory a process holds.

    Raises:
        OSError: there is no such process.
    """
    statm = Path(f"/proc/{pid}/statm")
    if statm.parent.parent.joinpath("self").exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    listed = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
    if not listed.stdout.strip():
        raise ProcessLookupError(f"no process {pid}")
    return int(listed.stdout) * 1024


@contextmanager
def memory_of(pid: int, every: float) -> Iterator[list[int]]:
    """Notes a process's memory at intervals while the block runs.

    Args:
        pid: the process.
        every: seconds between two looks.

    Yields:
        The list that fills: bytes, in order of time.
    """
    looks: list[int] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            try:
                looks.append(resident_bytes(pid))
            except OSError:  # the server is gone; the requests tell
                return
            done.wait(every)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield looks
    finally:
        done.set()
        watcher.join()
