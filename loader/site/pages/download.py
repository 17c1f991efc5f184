"""The download of a database file: whole, in part, compressed, or not again if the visitor has it.

Datasette's own download always begins at the first byte: one that broke off at the last gigabyte could not be
continued.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from dataclasses import dataclass
from datetime import UTC
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import tilde_decode
from datasette.utils.asgi import Forbidden, NotFound, Request

from loader.site.compressed_database import FileState, compressed_database, state_of
from loader.site.page_cache.encodings import accepts_gzip

_CHUNK_BYTES = 65_536
_CACHE_CONTROL = "no-cache"  # a copy is asked about before it is used; the answer is short
# One range: bytes=0-499, bytes=500-, bytes=-500. Of several the whole file is sent.
_RANGE = re.compile(r"bytes=(\d{1,18})?-(\d{1,18})?", re.ASCII | re.IGNORECASE)
_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')
# Ends the tag of the compressed form, as in "0123abcd-gzip".
_COMPRESSED_END = '-gzip"'
# A file may change twice in the second that a date names; after a minute a date is as good as a hash.
_DATE_IS_STRONG = 60

# The state of the file when the site was opened; the hash is of that state.
_STATES: WeakKeyDictionary[Database, FileState] = WeakKeyDictionary()
_HASHING: WeakKeyDictionary[Database, asyncio.Lock] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What tells one version of a file from another.

    Attributes:
        size: in bytes.
        modified: when it was changed, in whole seconds since 1970.
        tag: its entity tag; None if it is not known, and then parts of it cannot be asked for.
        is_compressed: whether it is the compressed form of the file, which has a tag of its own.
    """

    size: int
    modified: int
    tag: str | None
    is_compressed: bool = False


def remember_state(datasette: Datasette) -> None:
    """Record the state of every file that is offered for download, when the site is opened."""
    for database in datasette.databases.values():
        if database.path and not database.is_mutable:
            _STATES[database] = state_of(os.stat(database.path))  # noqa: PTH116 - Datasette's path is a string


async def database_file(datasette: Datasette, request: Request, receive: Any) -> FileAnswer | StatusAnswer:
    """Answer with a database file, or the part of it that is asked for.

    Raises:
        NotFound: there is no such database or file.
        Forbidden: it is not offered.
    """
    database = await _offered(datasette, request)
    try:
        file: IO[bytes] = Path(database.path).open("rb")  # noqa: SIM115 - closed by the answer
    except OSError as error:
        raise NotFound("There is no such file.") from error
    try:
        version = await _version(database, os.fstat(file.fileno()))
        if version.tag is not None and wants_compressed(version.tag, request):
            form = compressed_database(datasette, database, version.tag.strip('"'), _STATES[database])
            if compressed := form and form.open():
                file.close()
                file, version = compressed, _compressed_version(compressed, version)
        status, part = choose_part(version, request.headers, is_get=request.method == "GET")
        headers = _headers(version, Path(database.path).name)
        if status in (304, 412, 416):
            file.close()
            if status == 416:
                headers["content-range"] = f"bytes */{version.size}"
            return StatusAnswer(status, headers)
        headers["content-length"] = str(len(part))
        if status == 206:
            headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/{version.size}"
        return FileAnswer(status, headers, file, part, receive, is_head=request.method == "HEAD")
    except BaseException:
        file.close()
        raise


def wants_compressed(tag: str, request: Request) -> bool:
    """Tell whether to answer with the compressed form.

    It is accepted, the visitor has no plain one, and no part of a plain one is asked for.
    """
    asked = request.headers
    if not accepts_gzip(request.scope["headers"]):
        return False
    if any(tag in asked.get(name, "") for name in ("if-match", "if-none-match")):
        return False
    return "range" not in asked or asked.get("if-range", "") == _compressed_tag(tag)


def _compressed_tag(tag: str) -> str:
    return tag.removesuffix('"') + _COMPRESSED_END


def _compressed_version(file: IO[bytes], plain: Version) -> Version:
    assert plain.tag is not None  # noqa: S101 - only a version that is known is compressed
    size = os.fstat(file.fileno()).st_size
    return Version(size=size, modified=plain.modified, tag=_compressed_tag(plain.tag), is_compressed=True)


async def _offered(datasette: Datasette, request: Request) -> Database:
    try:
        database = datasette.get_database(route=tilde_decode(request.url_vars["database"]))
    except KeyError as error:
        raise NotFound("There is no such database.") from error
    name, action = str(database.name), "view-database-download"
    if hasattr(datasette, "ensure_permissions"):
        await datasette.ensure_permissions(
            request.actor, [(action, name), ("view-database", name), "view-instance"]
        )
    else:
        from datasette.resources import DatabaseResource  # noqa: PLC0415 - Datasette 1.0 has it

        await datasette.ensure_permission(
            action=action, resource=DatabaseResource(database=name), actor=request.actor
        )
    if not database.path or database.is_memory:
        raise NotFound("There is no such file.")
    if not datasette.setting("allow_download") or database.is_mutable:
        raise Forbidden("Database download is forbidden")
    return database


async def _version(database: Database, found: os.stat_result) -> Version:
    """Return the version of an open file, with a tag only if it is still the file that was hashed."""
    tag = None
    if _STATES.setdefault(database, state_of(found)) == state_of(found):
        async with _HASHING.setdefault(database, asyncio.Lock()):  # once, whoever comes meanwhile
            tag = f'"{await asyncio.to_thread(lambda: database.hash)}"'
    return Version(size=found.st_size, modified=int(found.st_mtime), tag=tag)


def _headers(version: Version, name: str) -> dict[str, str]:
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    headers = {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "content-type": "application/octet-stream",
        "cache-control": _CACHE_CONTROL,
        "accept-ranges": "none",
        "vary": "Accept-Encoding",
    }
    if version.is_compressed:
        headers["content-encoding"] = "gzip"
    if version.tag is not None:
        headers |= {"etag": version.tag, "last-modified": formatdate(version.modified, usegmt=True)}
        headers["accept-ranges"] = "bytes"
    return headers


def choose_part(version: Version, asked: Any, *, is_get: bool) -> tuple[int, range]:
    """Decide what to send, in the order of RFC 9110, section 13.2.2.

    Args:
        version: of the file.
        asked: the request's headers by name.
        is_get: whether the method is GET; a range means nothing to HEAD.

    Returns:
        The status (200, 206, 304, 412 or 416) and which bytes.
    """
    whole, nothing = range(version.size), range(0)
    if version.tag is None:
        return 200, whole
    if (tags := asked.get("if-match")) is not None:
        if not _names(tags, version.tag, is_strong=True):
            return 412, nothing
    elif (date := _date(asked.get("if-unmodified-since"))) is not None and version.modified > date:
        return 412, nothing
    if (tags := asked.get("if-none-match")) is not None:
        if _names(tags, version.tag, is_strong=False):
            return 304, nothing
    elif (date := _date(asked.get("if-modified-since"))) is not None and version.modified <= date:
        return 304, nothing
    if is_get and _is_same(version, asked.get("if-range")):
        part = read_range(asked.get("range") or "", version.size)
        if part is not None:
            return (206, part) if part else (416, nothing)
    return 200, whole


def read_range(text: str, size: int) -> range | None:
    """Return the bytes that a header Range asks for: empty if the file has none of them, None for all."""
    found = _RANGE.fullmatch(text.strip())
    if found is None or (found[1] is None and found[2] is None):
        return None
    if found[1] is None:
        return range(max(0, size - int(found[2])), size)
    first, last = int(found[1]), int(found[2] or size)
    if found[2] and last < first:
        return None
    return range(first, max(first, min(last + 1, size)))


def _names(tags: str, tag: str, *, is_strong: bool) -> bool:
    """Tell whether a header's list of entity tags names one."""
    if tags.strip() == "*":
        return True
    return any(found[2] == tag and not (is_strong and found[1]) for found in _TAG.finditer(tags))


def _is_same(version: Version, condition: str | None) -> bool:
    """Tell whether a header If-Range, if there is one, names this version: only then the part is wanted."""
    if condition is None:
        return True
    if '"' in condition:
        return condition.strip() == version.tag
    return _date(condition) == version.modified and time.time() - version.modified > _DATE_IS_STRONG


def _date(text: str | None) -> int | None:
    """Return the seconds since 1970 of a date as headers write it; None for anything else."""
    try:
        found = parsedate_to_datetime(text or "")
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


class StatusAnswer:
    """An answer without a body."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        self.status = status
        self.headers = headers
        headers.pop("content-encoding", None)  # it says something about a body
        if status == 304:
            headers.pop("content-type")
        else:
            headers["content-length"] = "0"

    async def asgi_send(self, send: Any) -> None:
        """Send it."""
        await _start(send, self.status, self.headers)
        await send({"type": "http.response.body", "body": b""})


class FileAnswer:
    """An answer with a part of a file, which is read while it is sent and closed at the end."""

    def __init__(
        self,
        status: int,
        headers: dict[str, str],
        file: IO[bytes],
        part: range,
        receive: Any,
        *,
        is_head: bool,
    ) -> None:
        self.status = status
        self.headers = headers
        self._file = file
        self._part = part
        self._receive = receive
        self._is_head = is_head

    async def asgi_send(self, send: Any) -> None:
        """Send it, until the visitor goes."""
        with self._file as file:
            await _start(send, self.status, self.headers)
            if self._is_head:
                await send({"type": "http.response.body", "body": b""})
                return
            gone = asyncio.ensure_future(self._until_gone())
            try:
                file.seek(self._part.start)
                left = len(self._part)
                # The server discards what is sent to a visitor who has gone: reading on would be for nobody.
                while left and not gone.done():
                    chunk = await asyncio.to_thread(file.read, min(left, _CHUNK_BYTES))
                    if not chunk:
                        raise OSError(f"{file.name}: became shorter while it was sent")
                    left -= len(chunk)
                    await send({"type": "http.response.body", "body": chunk, "more_body": left > 0})
            finally:
                gone.cancel()

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def _start(send: Any, status: int, headers: dict[str, str]) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
