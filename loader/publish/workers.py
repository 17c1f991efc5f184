"""Several processes that serve one site on one listening socket.

The processes are spawned, not forked, and get the socket as an object, so nothing depends on the start method
of the platform. uvicorn's own supervisor was tried first: its constructor differs between the releases that
this package allows, it restarts a worker that dies at once for ever, and it has no place for `--watch`.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from loader.errors import InputError
from loader.publish.serve import BACKLOG, Address, run_server

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

    from datasette.app import Datasette

_LOOK_EVERY = 1.0  # seconds
# Workers that may end by themselves within so many seconds; more mean that something is wrong with the site.
_MOST_DEATHS, _WITHIN = 5, 60.0
# Seconds that workers have for the answers under way when the server is told to stop.
_GRACE = 10.0
_SPAWN = multiprocessing.get_context("spawn")


def can_share_a_port() -> bool:
    """Tell whether several processes can serve one port here; on Windows that is not tested."""
    return sys.platform != "win32"


@dataclass(slots=True)
class _Worker:
    """A process that serves, and the pipe through which it says that it does."""

    process: SpawnProcess
    said: Connection
    is_ready: bool = False


class Workers:
    """The processes that serve a site: starts them, starts others for those that end, and ends them all."""

    def __init__(
        self,
        make_site: Callable[[], Datasette],
        address: Address,
        count: int,
        tell: Callable[[str], None],
    ) -> None:
        """Take what to serve.

        Args:
            make_site: opens the site; it is pickled, and called in each process.
            address: where to listen.
            count: how many processes.
            tell: prints a line for the user.
        """
        self._make_site, self._address, self._count, self._tell = make_site, address, count, tell
        self._generation = _SPAWN.Value("Q", 0)
        self._workers: list[_Worker] = []
        self._deaths: deque[float] = deque(maxlen=_MOST_DEATHS + 1)
        self._has_started = False

    def show_new_site(self) -> None:
        """Make all workers open the site again, for requests that come from now on."""
        with self._generation.get_lock():
            self._generation.value += 1

    def run(self, started: Callable[[], None]) -> None:
        """Serve until the process is told to stop, by an exception of its signal handler.

        Args:
            started: called once, when all workers serve.

        Raises:
            InputError: a worker cannot serve, or too many ended by themselves.
        """
        family = socket.AF_INET6 if ":" in self._address.host else socket.AF_INET
        place = (self._address.host, self._address.port)
        with socket.create_server(place, family=family, backlog=BACKLOG) as listening:
            try:
                for _ in range(self._count):
                    self._start(listening)
                while True:
                    self._look(listening)
                    if not self._has_started and all(worker.is_ready for worker in self._workers):
                        self._has_started = True
                        started()
            finally:
                self._end()

    def _start(self, listening: socket.socket) -> None:
        hears, says = _SPAWN.Pipe(duplex=False)
        process = _SPAWN.Process(
            target=_work, args=(self._make_site, self._address, listening, self._generation, says)
        )
        self._workers.append(_Worker(process, hears))
        with _interrupts_ignored():
            process.start()
        says.close()

    def _look(self, listening: socket.socket) -> None:
        """Wait for what workers say or for their end, a second at most."""
        sentinels = [worker.process.sentinel for worker in self._workers]
        pipes = [worker.said for worker in self._workers if not worker.is_ready]
        happened = wait([*sentinels, *pipes], timeout=_LOOK_EVERY)
        for worker in list(self._workers):
            if worker.said in happened and not worker.is_ready:
                worker.is_ready = _says_ready(worker.said)
            if worker.process.sentinel in happened:
                self._replace(worker, listening)

    def _replace(self, worker: _Worker, listening: socket.socket) -> None:
        worker.process.join()
        self._workers.remove(worker)
        code = worker.process.exitcode
        if not worker.is_ready:
            raise InputError(f"a worker ended with exit code {code} before it served; see its message above")
        self._deaths.append(time.monotonic())
        if len(self._deaths) > _MOST_DEATHS and self._deaths[-1] - self._deaths[0] < _WITHIN:
            raise InputError(
                f"{len(self._deaths)} workers ended by themselves within {_WITHIN:.0f} seconds, the last "
                f"with exit code {code}; the server stops"
            )
        self._tell(f"Worker {worker.process.pid} ended with exit code {code}; another takes its place.")
        self._start(listening)

    def _end(self) -> None:
        processes = [worker.process for worker in self._workers if worker.process.pid is not None]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + _GRACE
        for process in processes:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()


@contextmanager
def rebuilding(rebuild: Callable[[], bool], workers: Workers) -> Iterator[None]:
    """Watch the sources in a thread while the block runs; new databases are shown by all workers."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_LOOK_EVERY):
            if rebuild():
                workers.show_new_site()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Let a process that is started now ignore Ctrl-C until its server handles it, without a traceback."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _says_ready(pipe: Connection) -> bool:
    try:
        return bool(pipe.recv())
    except EOFError:  # it ended; its sentinel tells
        return False


def _work(
    make_site: Callable[[], Datasette],
    address: Address,
    listening: socket.socket,
    generation: Any,
    says: Connection,
) -> None:
    """Serve in a process of its own."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    shown = generation.value

    def has_new_site() -> bool:
        nonlocal shown
        before, shown = shown, generation.value
        return bool(before != shown)

    def started() -> None:
        listening.listen(BACKLOG)
        says.send(True)

    asyncio.run(run_server(make_site, address, rebuild=has_new_site, started=started, listening=listening))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
