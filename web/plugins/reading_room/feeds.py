"""What machines read: Atom feed, sitemap, and complete exports as JSON, CSV and GeoJSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from datasette.app import Datasette
from datasette.utils.asgi import AsgiStream, NotFound, Request, Response

from reading_room import rendering
from reading_room.store import Archive, Row

# What can be exported: the table or view, and the columns that an address may filter by.
_EXPORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "articles": ("article_overview", ("publication", "author_id")),
    "quotations": ("quote_details", ("article_id", "speaker_id", "kind", "publication")),
    "mentions": ("place_mention_details", ("article_id", "place_id", "country_code", "publication")),
    "places": ("places", ("id", "kind", "country_code")),
    "speakers": ("speakers", ("kind",)),
}
_CONDITIONS = {"author_id": "id in (select article_id from article_authors where author_id = :author_id)"}
_TYPES = {
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json; charset=utf-8",
}
_BATCH = 1000
_FEED_LENGTH = 50
_SITEMAP_LENGTH = 50_000  # the protocol's limit for one file


async def _batches(archive: Archive, source: str, filters: dict[str, str]) -> AsyncIterator[list[Row]]:
    """Yields all rows, some at a time, each time from the last number on."""
    conditions = "".join(" and " + _CONDITIONS.get(column, f'"{column}" = :{column}') for column in filters)
    sql = f'select * from "{source}" where id > :after{conditions} order by id limit {_BATCH}'  # noqa: S608
    after = -1
    while True:
        rows = await archive.rows(sql, {**filters, "after": after})
        if not rows:
            return
        yield rows
        after = rows[-1]["id"]


def _csv_line(values: Any) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(values)
    return buffer.getvalue()


def feature(row: Row) -> dict[str, Any]:
    """A row with coordinates as a GeoJSON feature."""
    values = {name: row[name] for name in row.keys() if name not in ("latitude", "longitude")}  # noqa: SIM118
    point = None
    if row["latitude"] is not None and row["longitude"] is not None:
        point = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
    return {"type": "Feature", "geometry": point, "properties": values}


async def export(datasette: Datasette, request: Request) -> AsgiStream:
    """Every row of a list, however many, as the address's filters ask."""
    kind, form = request.url_vars["kind"], request.url_vars["form"]
    source, allowed = _EXPORTS.get(kind, ("", ()))
    if not source or (form == "geojson" and kind not in ("places", "mentions")):
        raise NotFound("There is no such export")
    filters = {column: request.args[column] for column in allowed if request.args.get(column)}
    archive = Archive(datasette)

    async def stream(writer: Any) -> None:
        first = True
        if form == "csv":
            await writer.write(_csv_line(await archive.columns(source)))
        else:
            await writer.write(
                '{"type": "FeatureCollection", "features": [\n' if form == "geojson" else "[\n"
            )
        async for rows in _batches(archive, source, filters):
            if form == "csv":
                await writer.write("".join(_csv_line(tuple(row)) for row in rows))
            else:
                items = (feature(row) if form == "geojson" else dict(row) for row in rows)
                text = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
                await writer.write(text if first else ",\n" + text)
            first = False
        if form != "csv":
            await writer.write("\n]}\n" if form == "geojson" else "\n]\n")

    headers = {"content-disposition": f'inline; filename="{kind}.{form}"'}
    return AsgiStream(stream, headers=headers, content_type=_TYPES[form])


def xml_text(text: str | None) -> str:
    """Escapes text for XML and leaves out the characters that XML cannot hold."""
    kept = (character for character in text or "" if character in "\t\n" or character >= " ")
    return escape("".join(character for character in kept if character not in "\ufffe\uffff"))


async def atom(datasette: Datasette, request: Request) -> Response:
    """The newest articles as an Atom feed."""
    rows = await Archive(datasette).rows(
        """
        select articles.slug, articles.headline, articles.published, articles.standfirst,
          publications.name as outlet
        from articles
          left join publications on publications.id = articles.publication_id
        order by articles.published desc, articles.id desc limit :most
        """,
        {"most": _FEED_LENGTH},
    )

    def instant(published: str | None) -> str:
        # Atom asks for an instant; a month without a day stands for its first, no date for the epoch.
        return ((published or "1970-01-01") + "-01")[:10] + "T00:00:00Z"

    home, itself = (rendering.absolute(datasette, request, path) for path in ("/", "/feed.atom"))
    title = (datasette.metadata() or {}).get("title") or "Press archive"
    entries = []
    for row in rows:
        address = rendering.absolute(datasette, request, "/read/" + quote(row["slug"]))
        entries.append(
            f"<entry><title>{xml_text(row['headline'])}</title><id>{escape(address)}</id>"
            f"<link href={quoteattr(address)}/><updated>{instant(row['published'])}</updated>"
            f"<author><name>{xml_text(row['outlet'] or 'unknown')}</name></author>"
            f"<summary>{xml_text(row['standfirst'])}</summary></entry>"
        )
    updated = instant(rows[0]["published"] if rows else None)
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{xml_text(title)}</title><id>{escape(home)}</id><link href={quoteattr(home)}/>"
        f'<link rel="self" href={quoteattr(itself)}/><updated>{updated}</updated>\n'
        + "\n".join(entries)
        + "\n</feed>\n"
    )
    return Response(text, content_type="application/atom+xml; charset=utf-8")


async def sitemap(datasette: Datasette, request: Request) -> Response:
    """The reading pages for search engines."""
    rows = await Archive(datasette).rows(
        "select slug from articles order by published desc, id desc limit :most",
        {"most": _SITEMAP_LENGTH - 7},
    )
    paths = ["/", "/about", "/articles", "/outlets", "/speakers", "/places", "/map"]
    paths += ["/read/" + quote(row["slug"]) for row in rows]
    addresses = "\n".join(
        f"<url><loc>{escape(rendering.absolute(datasette, request, path))}</loc></url>" for path in paths
    )
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{addresses}\n</urlset>\n"
    )
    return Response(text, content_type="application/xml; charset=utf-8")
