"""Between the network and the site: which requests come in, how many at once, and the answers' headers."""

from __future__ import annotations

import asyncio
import errno
import re
import sqlite3
import traceback
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from datasette import handle_exception as datasettes_handler
from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400, NotFound, Request, Response
from datasette.views.base import DatasetteError

from loader.site.security import disconnect, parameters, turns

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# Where the package rich happens to be installed, Datasette prints every error page's local variables with it:
# seconds of work that anyone can ask for, and with today's rich it fails, so that a 404 becomes a 500.
datasettes_handler.rich = None

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src {style}; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
# Datasette's own templates carry style attributes and the map plugin a style element, so the styles of
# its pages cannot be held to files. Scripts are, on every page.
STYLES_FROM_FILES = _POLICY.format(style="'self'")
STYLES_INLINE_TOO = _POLICY.format(style="'self' 'unsafe-inline'")

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),  # for browsers that do not know frame-ancestors
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
)
_METHODS = ("GET", "HEAD")
_LONGEST_ADDRESS = 32_768  # of path and query; browsers send no more, and a query in SQL takes less
# A host as an address names it: example.org, 127.0.0.1:8001, [::1]:8001. It goes into canonical links.
_HOST = re.compile(rb"(?:[a-z0-9](?:[a-z0-9._-]{0,252}[a-z0-9.])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?", re.I)
# What a path may hold: visible ASCII but the backslash, which browsers take for a slash: /\host is //host.
_PATH = re.compile(rb"/[\x21-\x5b\x5d-\x7e]*")
# Nobody signs in here. Without them there are no sessions to ride, no answers that differ by visitor, and no
# cookie that a parser stumbles over.
_CREDENTIALS = frozenset((b"cookie", b"authorization"))
# Pages of Datasette that tell of the machine or serve those who sign in; see docs/security.md.
CLOSED = re.compile(r"^/-(?:$|/(?!search$|static/|static-plugins/|metadata(?:\.json)?$))")
# What Datasette 1.0 has below a database, a table or a row, for those who write: /archive/-/create,
# /archive/quotes/-/insert, /archive/quotes/1/-/delete. Open are /archive/-/query and /archive/-/schema.
CLOSED_BELOW = re.compile(r"^/(?!-/)(?:[^/]+/-/(?!(?:query|schema)(?:\.\w+)?$)|[^/]+/[^/]+/(?:[^/]+/)?-/)")
# How many of Datasette's pages (tables, canned queries) are worked on at a time; settings.json has more
# threads, so that the reading room goes on while all of these are busy.
SQL_PAGES_AT_ONCE = 3
# Together more than the connections that `make bench-site` opens: who waits gets an answer, late.
SQL_PAGES_WAITING = 100
# SQL that visitors write takes turns of its own: no canned query waits behind a query without end, and one
# such at a time leaves processors for the others. Thirty wait for a minute at most.
WRITTEN_SQL_AT_ONCE = 1
WRITTEN_SQL_WAITING = 30
# The parameters in which it comes; a search that is not escaped is a language of its own, with NEAR.
_WRITTEN = frozenset(("sql", "_where", "_searchmode"))

# What Datasette's pages raise where a parameter is no number, no JSON or no column (_next, _through,
# _timelimit, id__in, _json_infinity, ...). They read nothing but the address, so the address is wrong.
_MISREAD = (ValueError, TypeError, LookupError, ArithmeticError, RecursionError)


class Refusal(Exception):  # noqa: N818 - an answer more than an error
    """A request that is not passed on."""

    def __init__(self, status: int, words: str, *headers: tuple[bytes, bytes]) -> None:
        """Takes what the answer says."""
        super().__init__(words)
        self.status = status
        self.headers = headers


def check(scope: Message) -> None:
    """Refuses requests that no page of the site is asked with.

    Raises:
        Refusal: the method, the address or the host is none that the site knows.
    """
    if scope["method"] not in _METHODS:
        raise Refusal(405, "This site is only read.", (b"allow", ", ".join(_METHODS).encode()))
    path = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
    if len(path) + len(scope["query_string"]) > _LONGEST_ADDRESS:
        raise Refusal(414, "This address is too long.")
    if too_much := parameters.refusal(scope["query_string"]):
        raise Refusal(400, too_much)
    if not _PATH.fullmatch(path):
        raise Refusal(400, "This address has characters that no address of this site has.")
    hosts = [value for name, value in scope["headers"] if name.lower() == b"host"]
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
        raise Refusal(400, "The header Host names no host.")


class Turnstile:
    """Lets so many through at a time, and so many wait."""

    def __init__(self, at_once: int, waiting: int) -> None:
        """Takes the two numbers."""
        self._places = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._here = 0

    async def enter(self, is_patient: bool = False) -> Callable[[], None]:
        """Waits for a place.

        Args:
            is_patient: whether to wait however many wait, and not to count among them.

        Returns:
            What gives the place back; a second call does nothing.

        Raises:
            Refusal: too many wait already.
        """
        if self._here >= self._most and not is_patient:
            raise Refusal(503, "Too many ask at once. Please try again in a moment.", (b"retry-after", b"5"))
        counted = 0 if is_patient else 1
        self._here += counted
        try:
            await self._places.acquire()
        except BaseException:  # the visitor went while waiting
            self._here -= counted
            raise
        held = True

        def leave() -> None:
            nonlocal held
            if held:
                held = False
                self._here -= counted
                self._places.release()

        return leave


def writes_sql(query_string: bytes) -> bool:
    """Tells whether an address brings SQL of a visitor's own."""
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return any(name in _WRITTEN for name, _ in pairs)


def guard(
    application: Application, is_own_page: Callable[[str], bool], asks_sql: Callable[[str], bool]
) -> Application:
    """Wraps the site.

    Args:
        application: the ASGI application.
        is_own_page: tells from a path whether the page is one of ours (with no inline styles).
        asks_sql: tells from a path whether visitors may write SQL or filters there.

    Returns:
        The wrapped application.
    """
    ready = Turnstile(SQL_PAGES_AT_ONCE, SQL_PAGES_WAITING)
    written = Turnstile(WRITTEN_SQL_AT_ONCE, WRITTEN_SQL_WAITING)

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        policy = STYLES_FROM_FILES if is_own_page(scope["path"]) else STYLES_INLINE_TOO
        started = False
        turn: turns.Turn | None = None

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                if turn:
                    turn.give_back()
                message = {**message, "headers": _with_headers(message.get("headers", []), policy)}
            await send(message)

        async def work(scope: Message, receive: Receive, send: Send) -> None:
            nonlocal turn
            if asks_sql(scope["path"]):
                is_written = writes_sql(scope["query_string"])
                turn = turns.Turn((written if is_written else ready).enter, is_written=is_written)
                turns.CURRENT.set(turn)
                await turn.take()
            kept = [pair for pair in scope["headers"] if pair[0].lower() not in _CREDENTIALS]
            await application({**scope, "headers": kept}, receive, send)

        try:
            check(scope)
            await disconnect.run_while_connected(work, scope, receive, answer)
        except Refusal as refusal:
            await _refuse(answer, refusal)
        except Exception:
            if started:
                raise
            traceback.print_exc()
            await _refuse(answer, Refusal(500, "Something went wrong here."))
        finally:
            if turn:
                turn.give_back()

    return wrapped


def _with_headers(headers: Headers, policy: str) -> Headers:
    added = [*_HEADERS, (b"content-security-policy", policy.encode())]
    names = {name for name, _ in added}
    return [*(pair for pair in headers if bytes(pair[0]).lower() not in names), *added]


async def _refuse(send: Send, refusal: Refusal) -> None:
    body = f"{refusal}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    headers += [(b"cache-control", b"no-store"), *refusal.headers]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def closed(datasette: Datasette, request: Request) -> Response:
    """Answers for Datasette's pages that are not public."""
    raise NotFound("There is no page at this address.")


def in_words(exception: Any, of_datasette: bool) -> Any:
    """Turns what Datasette lets through into an error with a status and words for visitors.

    Args:
        exception: what a page raised.
        of_datasette: whether the page is Datasette's own.

    Returns:
        The same, where Datasette has an answer to it.
    """
    words, title, status = "Something went wrong here; the server's log says what.", None, 500
    if isinstance(exception, DatasetteError):
        if not of_datasette or exception.status != 500:
            return exception
        words, title, status = exception.message, exception.title, 400  # "Cannot sort table by ..."
    elif isinstance(exception, Base400):
        return exception
    elif isinstance(exception, QueryInterrupted):
        words, title, status = "This took too long. Please ask for less.", "Too slow", 400
    elif isinstance(exception, MemoryError):
        words, title, status = "This needs too much memory. Please ask for less.", "Too much", 400
    elif isinstance(exception, sqlite3.Error | sqlite3.Warning):
        words, title, status = f"SQLite: {exception}", "Invalid query", 400
    elif isinstance(exception, OSError) and exception.errno in (errno.ENAMETOOLONG, errno.ENOTDIR):
        words, title, status = "There is no such file.", "Not found", 404
    elif of_datasette and isinstance(exception, _MISREAD):
        words, title, status = "A number, a name or a list in this address is malformed.", "Bad address", 400
    return DatasetteError(words, title, status=status)
