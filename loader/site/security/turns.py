"""A request's turn among those that read tables: held until the answer starts, then taken for each query.

An answer that is a stream goes on for as long as its reader wants. With a turn until its end a few slow
readers would shut everybody out; without one each page of the stream would run SQL out of turn.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar

# Waits for a place, and returns what gives it back; the argument says whether to wait however many there are.
Enter = Callable[[bool], Awaitable[Callable[[], None]]]


class Turn:
    """The turn of one request.

    Attributes:
        is_written: whether the request brings SQL of the visitor's own.
    """

    def __init__(self, enter: Enter, *, is_written: bool) -> None:
        """Take what waits for a place."""
        self._enter = enter
        self._leave: Callable[[], None] | None = None
        self._is_stream = False
        self.is_written = is_written

    async def take(self) -> None:
        """Wait for a place, unless too many wait already."""
        self._leave = await self._enter(False)

    def give_back(self) -> None:
        """Let the next one in; what is still to come of the answer is a stream."""
        self._is_stream = True
        if self._leave is not None:
            self._leave()
            self._leave = None

    @asynccontextmanager
    async def for_query(self) -> AsyncIterator[None]:
        """Hold a place while a query runs: the request's own, or in a stream another one."""
        if not self._is_stream:
            yield
            return
        leave = await self._enter(True)
        try:
            yield
        finally:
            leave()


# The turn of the request that is worked on; None on pages that need none.
CURRENT: ContextVar[Turn | None] = ContextVar("turn", default=None)
