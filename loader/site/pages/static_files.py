"""The site's style sheets and scripts."""

from __future__ import annotations

from pathlib import Path

from datasette.utils.asgi import NotFound, Request, Response

_FILES = {file.name: file for file in sorted((Path(__file__).resolve().parent.parent / "static").iterdir())}
_CONTENT_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


async def static_file(request: Request) -> Response:
    """Answer with a style sheet or script of the site.

    Raises:
        NotFound: there is none of this name.
    """
    file = _FILES.get(request.url_vars["name"])
    if file is None:
        raise NotFound("There is no such file.")
    return Response(
        file.read_text(encoding="utf-8"),
        headers={"cache-control": "max-age=600"},
        content_type=_CONTENT_TYPES[file.suffix],
    )
