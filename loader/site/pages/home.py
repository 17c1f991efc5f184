"""The home page and the page about the archive."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from loader.site import rendering
from loader.site.archive_database import Archive
from loader.site.components import charts, maps
from loader.site.pages import places

# Two queries in one: SQLite reads a minimum from the index only where it is asked for alone.
_YEARS = (
    "select (select min(published) from articles) as first, (select max(published) from articles) as last"
)
_COUNT_LIMIT_MS = 1000
_COUNTED = {
    "articles": "articles",
    "publications": "outlets",
    "quotes": "quotations",
    "speakers": "speakers",
    "mentioned_places": "mentions",
    "places": "places",
}
_NEWEST = """
    select articles.slug, articles.headline, articles.published, articles.standfirst,
      publications.id as outlet_id, publications.name as publication,
      (select substr(text, 1, 260) from paragraphs where paragraphs.article_id = articles.id and role = 'body'
       order by position limit 1) as first_lines
    from articles left join publications on publications.id = articles.publication_id
    order by articles.published desc, articles.id desc limit 6
"""
_DESCRIPTION = "Press articles to read, search and cite: each quotation with its speaker, each place mapped."
_SPEAKERS = "select id, name, kind, quote_count from speakers order by quote_count desc, id limit 10"
_MONTHS = "select month, articles from article_months where month != '' order by month"


async def home(datasette: Datasette, request: Request) -> Response:
    """What the archive is, and the ways into it."""
    archive = Archive(datasette)
    counts = await archive.database.table_counts(_COUNT_LIMIT_MS)  # known from the file's description
    years = await archive.one(_YEARS)
    numbers = {name: counts.get(table) or 0 for table, name in _COUNTED.items()}
    numbers |= dict(years) if years else {}
    months = await archive.rows(_MONTHS)
    metadata = archive.room.metadata
    context = {
        "title": metadata["title"],
        "description": _DESCRIPTION,
        "metadata": metadata,
        "numbers": numbers,
        "newest": await archive.rows(_NEWEST),
        "speakers": await archive.rows(_SPEAKERS),
        "map": maps.draw(await places.on_map(datasette, archive, None, 60), 560, 360, labels=12, share=0.7),
        "bars": charts.by_time([(row["month"], row["articles"]) for row in months]),
        "queries": archive.room.queries,
        "searches": archive.room.searches,
        "other_databases": [name for name in datasette.databases if name not in (archive.name, "_internal")],
        "json_ld": _json_ld(datasette, request, metadata, archive.download_path),
    }
    return await rendering.page(datasette, request, "home.html", context, "/")


def _json_ld(
    datasette: Datasette, request: Request, metadata: dict[str, Any], download: str | None
) -> dict[str, Any]:
    """The data set in schema.org's terms."""
    described = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": metadata.get("title"),
        "description": metadata.get("description") or _DESCRIPTION,
        "url": rendering.absolute(datasette, request, "/"),
        "license": rendering.absolute(datasette, request, "/about#rights"),
    }
    if download is not None:
        described["distribution"] = [
            {
                "@type": "DataDownload",
                "encodingFormat": "application/vnd.sqlite3",
                "contentUrl": rendering.absolute(datasette, request, download),
            }
        ]
    return described


async def about(datasette: Datasette, request: Request) -> Response:
    """How the archive was made, and its rights."""
    archive = Archive(datasette)
    context = {
        "title": "About this archive",
        "description": "How it was made, and its rights.",
        "archives": await archive.rows("select * from archives order by id limit 100"),
        "outlets": await archive.rows("select id, name from publications order by name limit 500"),
        "corrections": archive.room.counts.tables.get("corrections", 0),
        "notes": archive.room.counts.tables.get("data_notes", 0),
        "provenance": archive.room.examples.get("paragraph"),
        "queries": archive.room.queries,
        "metadata": archive.room.metadata,
    }
    return await rendering.page(datasette, request, "about.html", context, "/about")
