"""What every page of the reading room shares: its template, its head, its links."""

from __future__ import annotations

import json
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup

from loader.site.archive_database import Archive, Row
from loader.site.html_patterns import WHOLE_DATE


def json_for_html(value: object) -> Markup:
    """Writes JSON that may stand inside a script element: no character in it can end the element."""
    text = json.dumps(value, ensure_ascii=False)
    for character, escaped in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        text = text.replace(character, escaped)
    return Markup(text)  # noqa: S704 - escaped just above


def absolute(datasette: Datasette, request: Request, path: str) -> str:
    """Returns the whole address of a path of this site."""
    return str(datasette.absolute_url(request, datasette.urls.path(path)))


async def page(
    datasette: Datasette,
    request: Request,
    template: str,
    context: dict[str, Any],
    path: str | None = None,
) -> Response:
    """Renders a page.

    Args:
        datasette: the site.
        request: what was asked.
        template: its file below loader/site/templates.
        context: its values; `title` and `description` go to the head.
        path: the page's one address; the one asked for when None.

    Returns:
        The page.
    """
    archive = Archive(datasette)
    shared = {
        "canonical": absolute(datasette, request, path) if path else None,
        "archive_name": archive.name,
        "archive_path": archive.path,
        "download_path": archive.download_path,
        "json_ld": None,
        **context,
    }
    if shared["json_ld"] is not None:
        shared["json_ld"] = json_for_html(shared["json_ld"])
    html = await datasette.render_template(template, shared, request=request, view_name="reading_room")
    return Response.html(html, headers={"cache-control": "max-age=60"})


def whole_number(text: str | None, least: int, most: int, otherwise: int) -> int:
    """Reads a number from an address; what is none, or out of bounds, becomes the nearest sensible one."""
    digits = (text or "").strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        return otherwise
    return max(least, min(most, int(digits)))


def in_context(row: Row, width: int = 160) -> dict[str, Any]:
    """A quotation or mention with the words around it, cut at spaces.

    Args:
        row: it has text, paragraph and offset (of the text in the paragraph, in code points).
        width: how many characters on each side.

    Returns:
        The row's values with `before` and `after`.
    """
    values = dict(row)
    paragraph, offset = row["paragraph"], row["offset"]
    if paragraph is None or offset is None:
        return {**values, "before": "", "after": ""}
    before, after = paragraph[:offset], paragraph[offset + len(row["text"]) :]
    if len(before) > width:
        before = "…" + before[-width:].partition(" ")[2]
    if len(after) > width:
        after = after[:width].rpartition(" ")[0] + "…"
    return {**values, "before": before, "after": after}


def date_or_blank(text: str | None) -> str:
    """Reads a date from an address (YYYY-MM-DD); what is none counts as none given."""
    found = WHOLE_DATE.fullmatch((text or "").strip())
    return found[0] if found else ""
