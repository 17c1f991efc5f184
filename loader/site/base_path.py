"""Serve the site below a path of another site, whether or not the proxy takes that path off the address.

Datasette puts some of its links together from the address that was asked for, with the base path in front
and without it alike, so that one kind of proxy gets `/x/x/archive/quotes.json` and the other kind
`/archive/quotes?_facet_size=max` (https://github.com/simonw/datasette/issues/1619). Here every address gets
the base path, if it lacks it, and a type of its own by which Datasette knows not to add it again.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import datasette.utils
from datasette.utils import PrefixedUrlString

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
# What stands for itself in an address, in segments that are not "." or "..".
_BASE = re.compile(r"/(?:(?!\.{1,2}/)[A-Za-z0-9._~-]+/)*")
_MOST_LETTERS = 200


def require_base_path(text: str) -> str:
    """Return the path below which the site lies, with a slash at both ends.

    Args:
        text: the path; slashes at its ends may be missing.

    Raises:
        ValueError: it is not a path, or would have to be encoded in an address.
    """
    path = f"/{text.strip('/')}/" if text.strip("/") else "/"
    if not _BASE.fullmatch(path) or len(path) > _MOST_LETTERS:
        raise ValueError(
            f"{text[:_MOST_LETTERS]!r} is not a path below which a site can lie; write one of letters and "
            "digits, as in /press/"
        )
    return path


class _PrefixedPath(bytes):
    """The path of a request, whose text Datasette takes for one that has the base path."""

    __slots__ = ()

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return the path as text."""
        text: str = PrefixedUrlString(super().decode(encoding, errors))
        return text


def with_base_path(application: Application, base: str) -> Application:
    """Wrap the site so that it sees every address with the base path.

    Args:
        application: the ASGI application.
        base: the base path, with a slash at both ends.
    """
    if base == "/":
        return application
    _keep_prefix_of_formats()

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await application(_prefixed(scope, base) if scope["type"] == "http" else scope, receive, send)

    return wrapped


def with_redirect_to_base(application: Application, base: str) -> Application:
    """Wrap the site so that the base path without its last slash, /press, leads to the home page."""

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or base == "/" or _raw_path(scope) != base[:-1].encode():
            await application(scope, receive, send)
            return
        headers = [(b"location", base.encode()), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 302, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    return wrapped


def _raw_path(scope: dict[str, Any]) -> bytes:
    path: bytes = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
    return path


def _prefixed(scope: dict[str, Any], base: str) -> dict[str, Any]:
    raw, path = _raw_path(scope), scope["path"]
    if not raw.startswith(b"/") or raw == base[:-1].encode():  # refused or redirected later
        return scope
    if not raw.startswith(base.encode()):
        raw, path = base[:-1].encode() + raw, base[:-1] + path
    return {**scope, "raw_path": _PrefixedPath(raw), "path": path}


def _keep_prefix_of_formats() -> None:
    """Let links to other formats of a page keep the type of its address.

    The other functions that make links from an address keep it by themselves.
    """
    original = datasette.utils.path_with_format
    if getattr(original, "keeps_prefix", False):
        return

    @wraps(original)
    def path_with_format(*, request: Any = None, path: Any = None, **options: Any) -> str:
        result: str = original(request=request, path=path, **options)
        source = path if path is not None else getattr(request, "path", None)
        return PrefixedUrlString(result) if isinstance(source, PrefixedUrlString) else result

    path_with_format.keeps_prefix = True  # type: ignore[attr-defined]
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "datasette" and getattr(module, "path_with_format", None) is original:
            module.path_with_format = path_with_format  # type: ignore[attr-defined]
