"""The site's style sheets and scripts."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from datasette.utils.asgi import NotFound, Request, Response

from loader.site.room import PLUGIN

_FILES = {file.name: file for file in sorted((Path(__file__).resolve().parent.parent / "static").iterdir())}
_CONTENT_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


@cache
def _content(name: str) -> tuple[str, str]:
    """The text of a file, and its version: the start of its hash."""
    text = _FILES[name].read_text(encoding="utf-8")
    return text, hashlib.sha256(text.encode()).hexdigest()[:16]


def versioned(name: str) -> str:
    """Return the address of a file, which changes with its content."""
    return f"/-/static-plugins/{PLUGIN}/{name}?v={_content(name)[1]}"


async def static_file(request: Request) -> Response:
    """Answer with a style sheet or script of the site; one asked for by its version never changes.

    Raises:
        NotFound: there is none of this name.
    """
    name = request.url_vars["name"]
    if name not in _FILES:
        raise NotFound("There is no such file.")
    text, its_version = _content(name)
    is_versioned = request.args.get("v") == its_version
    age = "public, max-age=31536000, immutable" if is_versioned else "max-age=600"
    return Response(text, headers={"cache-control": age}, content_type=_CONTENT_TYPES[_FILES[name].suffix])
