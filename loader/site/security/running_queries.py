"""The queries of a database's threads: each in its request's turn, and interrupted when the request ends."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any, Protocol

from datasette.database import Database

from loader.site.security import turns


class Interruptible(Protocol):
    """A connection to a database, or what stands for one."""

    def interrupt(self) -> None:
        """End what is being read."""


Read = Callable[[Any], Any]  # of an Interruptible
# What runs a function with one of the database's connections in a thread; in Datasette 1.0 both of its public
# methods call this one, in 0.65 the first of them is itself what the second calls.
_METHOD = "_execute_fn" if hasattr(Database, "_execute_fn") else "execute_fn"
_BETWEEN_INTERRUPTS = 0.05  # seconds


def make_interruptible(database: Database) -> None:
    """Make a database's queries wait for their turn, and end when the task that wants them is cancelled."""
    run_in_thread: Callable[[Read], Awaitable[Any]] = getattr(database, _METHOD)

    async def run(read: Read) -> Any:
        turn = turns.CURRENT.get()
        async with turn.for_query() if turn else nullcontext():
            return await run_until_cancelled(run_in_thread, read)

    setattr(database, _METHOD, run)


async def run_until_cancelled(run_in_thread: Callable[[Read], Awaitable[Any]], read: Read) -> Any:
    """Run a function in a thread; if the task is cancelled, interrupt it and wait for its end.

    Args:
        run_in_thread: calls a function in a thread with something that can be interrupted.
        read: the function.

    Returns:
        What the function returns.
    """
    query = _Query(read)
    thread = asyncio.ensure_future(run_in_thread(query.run))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        # Until the thread is free the turn is not: else many who come and leave would have a thread each.
        while not thread.done():
            if not query.stop():
                thread.cancel()  # it waits for a thread
            # Again, for an interrupt before a statement's first step is without effect.
            await asyncio.wait((thread,), timeout=_BETWEEN_INTERRUPTS)
        if not thread.cancelled():
            thread.exception()  # nobody wants to know
        raise


class _Query:
    """What runs in a thread, and can be interrupted while it does and no longer."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._connection: Interruptible | None = None
        self._is_stopped = False

    def run(self, connection: Interruptible) -> Any:
        """Read with a connection.

        Raises:
            OperationalError: it was interrupted.
        """
        with self._lock:
            if self._is_stopped:
                raise sqlite3.OperationalError("interrupted")
            self._connection = connection
        try:
            return self._read(connection)
        finally:
            with self._lock:  # the connection's next query is another's
                self._connection = None

    def stop(self) -> bool:
        """Interrupt the query, or keep it from starting; return whether it runs."""
        with self._lock:
            self._is_stopped = True
            if self._connection is None:
                return False
            self._connection.interrupt()
            return True
