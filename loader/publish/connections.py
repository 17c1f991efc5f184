"""Limits on connections: how many, how long a request may take to arrive, how slowly an answer may be read.

uvicorn ends a connection that is idle between two requests. It waits without end for a request of which a
part has arrived, and for a client that does not read its answer: a few hundred such connections, which cost
whoever opens them nothing, would shut everybody else out.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

try:
    import resource
except ImportError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

Application = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """What one connection may take, and how many there are.

    Attributes:
        connections: open at once. One more closes the connection that has been waiting for the rest of a
            request for the longest, or whose client has been reading too slowly for the longest; if there
            is none, it is answered with 503.
        request_seconds: time for a request to arrive whole, from the start of the connection or the end of
            the answer before.
        idle_seconds: time between two requests of a connection.
        read_seconds: how often a client that has not read all of its answer is looked at.
        read_bytes: what such a client must have read since the last look.
        slow_seconds: time after which a client that does not keep up may be disconnected to make room.
    """

    connections: int = 500
    request_seconds: float = 10.0
    idle_seconds: int = 5
    read_seconds: float = 20.0
    read_bytes: int = 20_000
    slow_seconds: float = 5.0


# Data that the kernel holds before any of it is sent. Without a limit it takes megabytes, and a slow reader
# seems to stand still until most of them are read.
_UNSENT_BYTES = 32_768
_TIMED_OUT = (
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 39\r\n\r\nThe rest of the request did not arrive.\n"
)


class LimitedConnection(H11Protocol):
    """One connection; `limited_protocol` gives the class its limits."""

    limits = ConnectionLimits()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Since when no whole request is there; None while one is being answered.
        self.waiting_since: float | None = None
        # Since when the client has not read what was written; None if it keeps up.
        self.unread_since: float | None = None
        self._request_deadline: asyncio.TimerHandle | None = None
        self._next_look: asyncio.TimerHandle | None = None
        self._unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start to wait for a request; make room if there are too many connections."""
        super().connection_made(transport)
        _limit_unsent(transport)
        self._note_request()
        self._look_later()
        if len(self.connections) > self.limits.connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all timers."""
        self._stop_waiting()
        self.unread_since = None
        if self._next_look is not None:
            self._next_look.cancel()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Handle what has arrived; uvicorn calls this for new data and after an answer."""
        super().handle_events()
        self._note_request()

    def on_response_complete(self) -> None:
        """Start to wait for the next request, or for the rest of this one's body."""
        super().on_response_complete()
        self._note_request()
        if self.unread_since is None and self._unread_bytes():
            self.unread_since = self.loop.time()

    def pause_writing(self) -> None:
        """Note that the client does not keep up."""
        super().pause_writing()
        self.unread_since = self.loop.time()

    def resume_writing(self) -> None:
        """Note that the client has caught up."""
        super().resume_writing()
        is_rest = self._is_written() and self._unread_bytes()
        self.unread_since = self.loop.time() if is_rest else None
        self._unread = 0

    def drop(self) -> None:
        """Close the connection now, without waiting until the client has read what was written."""
        self._stop_waiting()
        self.connections.discard(self)
        self.transport.abort()

    def _note_request(self) -> None:
        """Start or stop the request's time limit. Bytes that trickle in do not extend it."""
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY) or self.transport.is_closing():
            self._stop_waiting()
        elif self.waiting_since is None:
            self.waiting_since = self.loop.time()
            self._request_deadline = self.loop.call_later(self.limits.request_seconds, self._end_request)

    def _stop_waiting(self) -> None:
        self.waiting_since = None
        if self._request_deadline is not None:
            self._request_deadline.cancel()
            self._request_deadline = None

    def _end_request(self) -> None:
        """Close a connection whose request did not arrive in time; an answer is first read to its end."""
        has_begun = self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]
        if not self._is_written():
            self.drop()
            return
        if has_begun and not self._unread_bytes():
            self.transport.write(_TIMED_OUT)
        self.transport.close()

    def _unread_bytes(self) -> int:
        return self.transport.get_write_buffer_size()

    def _is_written(self) -> bool:
        """Whether no part of an answer is still to come."""
        return self.cycle is None or self.cycle.response_complete

    def _look_later(self) -> None:
        self._next_look = self.loop.call_later(self.limits.read_seconds, self._look_at_reader)

    def _look_at_reader(self) -> None:
        """Close the connection if the client has hardly read since the last look.

        Only while nothing is being written is what has been read the difference of what is left.
        """
        unread = self._unread_bytes()
        if not unread or not (self.flow.write_paused or self._is_written()):
            self._unread = 0
        elif 0 <= self._unread - unread < self.limits.read_bytes and self._unread:
            self.drop()
            return
        else:
            self._unread = unread
        self._look_later()

    def _make_room(self) -> None:
        """Close the connection that has been waiting for a request, or for its reader, for the longest."""
        others: list[LimitedConnection] = [other for other in self.connections if other is not self]  # type: ignore[misc]
        before = self.loop.time() - self.limits.slow_seconds
        waiting = {other: other.waiting_since for other in others if not other._unread_bytes()}
        slow = {other: other.unread_since for other in others if other._unread_bytes()}
        idle = [(since, id(other), other) for other, since in waiting.items() if since is not None]
        idle = idle or [
            (since, id(other), other) for other, since in slow.items() if since and since < before
        ]
        if idle:
            min(idle)[2].drop()


def _limit_unsent(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)  # not on every system
    if connection is not None and option is not None:
        with suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, option, _UNSENT_BYTES)


def limited_protocol(limits: ConnectionLimits) -> type[LimitedConnection]:
    """Return the class of connections with these limits."""
    return type("LimitedConnection", (LimitedConnection,), {"limits": limits})


def server_config(
    application: Application,
    host: str,
    port: int,
    limits: ConnectionLimits | None = None,
    **options: Any,
) -> uvicorn.Config:
    """Return the configuration of a server with limits on its connections.

    Args:
        application: the ASGI application.
        host: the address to listen at.
        port: the port.
        limits: of its connections; the default ones if None, with no more connections than half of the
            files that this process may open.
        options: further options of uvicorn.
    """
    chosen = limits or ConnectionLimits()
    if limits is None:
        chosen = replace(chosen, connections=min(chosen.connections, _most_files() // 2))
    return uvicorn.Config(
        application,
        host=host,
        port=port,
        http=limited_protocol(chosen),
        ws="none",  # a connection that becomes a WebSocket would leave the limits
        server_header=False,  # no answer names the server's software
        limit_concurrency=chosen.connections + 1,
        timeout_keep_alive=chosen.idle_seconds,
        **options,
    )


def _most_files() -> int:
    if resource is None:
        return 10_000
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 10_000 if soft == resource.RLIM_INFINITY else soft
