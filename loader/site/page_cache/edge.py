"""The layer in front of the site that answers from stored pages, and stores those that may be stored.

It stands before the turns of `security.middleware`, so a page that was rendered before waits for nobody, and
behind its checks of requests. What a stored page depends on is its key by construction: the site renders it
from the scheme, the host and the address alone, all other headers and the visitor's address are left out.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from enum import Enum
from typing import Any

from loader.site.page_cache import interruptions
from loader.site.page_cache.encodings import accepts_gzip, compress, decompress
from loader.site.page_cache.fingerprint import entity_tag
from loader.site.page_cache.store import Headers, Page, PageStore
from loader.site.security.middleware import Application, Message, Receive, Refusal, Send, check

# Bytes of memory for stored pages, in each process that serves.
BOUND = 64 * 2**20
# A page of more bytes before compression is not stored.
LARGEST = 2 * 2**20
_LARGE = 100_000  # bytes whose compression would keep others waiting for milliseconds: in a thread
_SMALL = 200  # bytes that gzip does not make fewer
_COMPRESSIBLE = re.compile(rb"text/|application/(?:[\w.-]+\+)?(?:json|xml)|image/svg\+xml", re.I)
# What Datasette says of pages without cookies, which never reach it.
_CREDENTIALS = frozenset((b"cookie", b"authorization", b"accept-encoding"))
# Headers that differ by the form in which a page is sent, or that are written anew.
_OF_THE_FORM = frozenset((b"content-length", b"content-encoding", b"etag", b"vary", b"cache-control"))
_MAX_AGE = re.compile(rb"(?:^|,)\s*max-age=(\d{1,9})\s*(?:,|$)", re.I)
_NOT_STORED = re.compile(rb"\b(?:private|no-store)\b", re.I)
# An entity tag in If-None-Match, weak or not; its form is the part behind the hyphen.
_TAG = re.compile(rb'"([0-9a-f]{32})(-gzip)?"')
# Of a page that has only part of what was asked for, as a query ran out of time.
_PARTIAL = (b"cache-control", b"no-store")
_MEASURED = b'"query_ms"'  # in the JSON of Datasette 0.65: how long its queries took


class _Outcome(Enum):
    """Why a rendering gives those who wait for it no page."""

    ABANDONED = "the visitor for whom it was rendered went, or it failed: another renders it"
    NOT_STORED = "it is no page that may be stored: each asks for it alone"


_Flight = asyncio.Future[Page | _Outcome]


class PageCache:
    """An ASGI application that stores pages of another."""

    def __init__(
        self,
        application: Application,
        site: Callable[[], bytes | None],
        may_store: Callable[[str, bytes], bool],
        ttl: int,
        bound: int = BOUND,
    ) -> None:
        """Take what it stands in front of.

        Args:
            application: the site, behind its guard.
            site: returns the fingerprint of the site; None as long as nothing may be stored.
            may_store: tells from a path as sent and its query whether a page may be stored.
            ttl: seconds for which a page that does not say so itself may be used without asking again.
            bound: bytes of memory for stored pages.
        """
        self._application = application
        self._site = site
        self._may_store = may_store
        self._ttl = ttl
        self._flights: dict[bytes, _Flight] = {}
        self.store = PageStore(bound)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer from the store, or through the application."""
        site = self._site() if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        if site is None or not _is_sound(scope):
            await self._application(scope, receive, send)
            return
        request = _Request(scope, receive, send)
        page = self.store.get(request.origin, request.address)
        if page is None and not self._may_store(request.path, scope["query_string"]):
            await self._application(scope, receive, send)
            return
        while page is None:
            flight = self._flights.get(request.key)
            if flight is None:
                await self._render(request, entity_tag(site, request.origin, request.address))
                return
            # Shielded: a visitor who goes must not take the page from the others who wait.
            outcome = await asyncio.shield(flight)
            if outcome is _Outcome.NOT_STORED:
                await self._application(scope, receive, send)
                return
            page = outcome if isinstance(outcome, Page) else self.store.get(request.origin, request.address)
        await _answer(request, page)

    async def _render(self, request: _Request, tag: str) -> None:
        """Render a page while others who want it wait, store it, and answer with it."""
        flight: _Flight = asyncio.get_running_loop().create_future()
        self._flights[request.key] = flight

        def land(outcome: Page | _Outcome) -> None:
            if not flight.done():
                del self._flights[request.key]
                flight.set_result(outcome)

        rendering = interruptions.Rendering()
        token = interruptions.CURRENT.set(rendering)
        capture = _Capture(request.send, rendering, lambda: land(_Outcome.NOT_STORED))
        try:
            await self._application(request.bare, request.receive, capture)
            if capture.is_whole:
                page = await _page(capture, tag, self._ttl)
                self.store.put(request.origin, request.address, page)
                land(page)  # before it is sent: nobody waits for a slow reader
                await _answer(request, page, capture.body)
        finally:
            land(_Outcome.ABANDONED)
            interruptions.CURRENT.reset(token)


class _Request:
    """A request: whose page it asks for, and in which form."""

    def __init__(self, scope: Message, receive: Receive, send: Send) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        headers = scope["headers"]
        host = next(value for name, value in headers if name.lower() == b"host")
        path = _raw_path(scope)
        self.path = path.decode("latin-1")
        self.origin = str(scope.get("scheme", "http")).encode() + b"://" + host
        self.address = path + b"?" + scope["query_string"]
        self.key = self.origin + b" " + self.address

    @property
    def bare(self) -> Message:
        """The request with nothing that is not part of its key."""
        headers = [pair for pair in self.scope["headers"] if pair[0].lower() == b"host"]
        return {**self.scope, "method": "GET", "headers": headers, "client": None}


class _Capture:
    """Holds back an answer until it is whole, if it may be stored; passes every other on as it comes."""

    def __init__(self, send: Send, rendering: interruptions.Rendering, give_up: Callable[[], None]) -> None:
        self._send, self._rendering, self._give_up = send, rendering, give_up
        self._start: Message | None = None
        self._chunks: list[bytes] = []
        self._size = 0
        self.is_whole = False

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers of an answer that is held back."""
        return [] if self._start is None else _headers(self._start)

    @property
    def body(self) -> bytes:
        """The body of an answer that is held back."""
        return b"".join(self._chunks)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _may_be_stored(message):
            self._start = message
        elif self._start is None:
            self._give_up()
            await self._send(message)
        else:
            self._chunks.append(message.get("body", b""))
            self._size += len(self._chunks[-1])
            ends = not message.get("more_body", False)
            if self._rendering.was_interrupted or self._size > LARGEST:
                await self._release(ends)
            else:
                self.is_whole = ends

    async def _release(self, ends: bool) -> None:
        """Pass on what was held back."""
        start, self._start = self._start, None
        assert start is not None  # noqa: S101 - called while an answer is held back
        self._give_up()
        if self._rendering.was_interrupted:
            kept = [pair for pair in _headers(start) if pair[0] != b"cache-control"]
            start = {**start, "headers": [*kept, _PARTIAL]}
        await self._send(start)
        await self._send({"type": "http.response.body", "body": self.body, "more_body": not ends})
        self._chunks.clear()


def _raw_path(scope: Message) -> bytes:
    path: bytes = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
    return path


def _is_sound(scope: Message) -> bool:
    """Tell whether the guard behind would let a request through; it refuses what it would not."""
    try:
        check(scope)
    except Refusal:
        return False
    return True


def _headers(start: Message) -> list[tuple[bytes, bytes]]:
    return [(bytes(name).lower(), bytes(value)) for name, value in start.get("headers", [])]


def _may_be_stored(start: Message) -> bool:
    """Tell from the start of an answer whether everybody may be given it."""
    if start["status"] != 200:
        return False
    for name, value in _headers(start):
        if name in (b"set-cookie", b"content-encoding"):
            return False
        if name == b"cache-control" and _NOT_STORED.search(value):
            return False
        if name == b"vary" and {part.strip().lower() for part in value.split(b",")} - _CREDENTIALS:
            return False
    return True


async def _page(capture: _Capture, tag: str, ttl: int) -> Page:
    """Make a stored page of a whole answer."""
    headers, body = capture.headers, capture.body
    kept = [pair for pair in headers if pair[0] not in _OF_THE_FORM]
    stated = b", ".join(value for name, value in headers if name == b"cache-control")
    values = dict(headers)
    is_text = bool(_COMPRESSIBLE.match(values.get(b"content-type", b"")))
    packed = body
    if is_text and len(body) >= _SMALL:
        packed = await asyncio.to_thread(compress, body) if len(body) > _LARGE else compress(body)
    is_compressed = len(packed) < len(body)
    return Page(
        headers=(
            *kept,
            (b"cache-control", _cache_control(stated, ttl)),
            (b"vary", b"Accept-Encoding"),
        ),
        tag=tag,
        is_weak=_MEASURED in body and b"json" in values.get(b"content-type", b""),
        body=packed if is_compressed else body,
        is_compressed=is_compressed,
        length=len(body),
    )


def _cache_control(stated: bytes, ttl: int) -> bytes:
    """Return for how long a page may be used without asking whether it changed; archives are built again.

    What is immutable stays as it is: the name of such a file changes with its content.
    """
    if b"immutable" in stated:
        return stated
    if b"no-cache" in stated:
        return b"no-cache"
    found = _MAX_AGE.search(stated)
    age = int(found[1]) if found else ttl
    return b"public, max-age=%d, must-revalidate" % age if age else b"no-cache"


async def _answer(request: _Request, page: Page, plain: bytes | None = None) -> None:
    """Answer with a page in the form that the visitor accepts, or with 304 if the visitor has it.

    Args:
        request: the request.
        page: the page.
        plain: its body before compression, if that is at hand.
    """
    is_compressed = page.is_compressed and accepts_gzip(request.scope["headers"])
    form = "-gzip" if is_compressed else ""
    has = _has_already(request.scope["headers"], page)
    tag = f'"{page.tag}{form}"' if has is None else has
    headers = [*page.headers, (b"etag", (("W/" if page.is_weak else "") + tag).encode())]
    if has is not None:
        kept = [pair for pair in headers if pair[0] not in (b"content-type", b"content-disposition")]
        await _send_whole(request.send, 304, kept, b"")
        return
    body, length = b"", len(page.body) if is_compressed else page.length
    if request.scope["method"] == "GET":
        if is_compressed or not page.is_compressed:
            body = page.body
        else:
            body = decompress(page.body) if plain is None else plain
    headers.append((b"content-length", str(length).encode()))
    if is_compressed:
        headers.append((b"content-encoding", b"gzip"))
    await _send_whole(request.send, 200, headers, body)


def _has_already(headers: Any, page: Page) -> str | None:
    """Return the entity tag of the form of the page that the visitor has, None if it has none."""
    for name, value in headers:
        if name.lower() != b"if-none-match":
            continue
        if value.strip() == b"*":
            return f'"{page.tag}"'
        for match in _TAG.finditer(value):
            if match[1].decode() == page.tag and (page.is_compressed or not match[2]):
                return match[0].decode()
    return None


async def _send_whole(
    send: Send, status: int, headers: Headers | list[tuple[bytes, bytes]], body: bytes
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})
