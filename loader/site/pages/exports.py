"""Complete lists as JSON, CSV and GeoJSON: every row, however many, some at a time."""
# ruff: noqa: S608 - queries are put together from constants; what a visitor types is a parameter

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import AsgiStream, NotFound, Request

from loader.site.archive_database import Archive
from loader.site.pages import places
from loader.site.search import search_page

# What can be exported: the table, view or query, and the columns that an address may filter by.
_LISTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "articles": ("article_overview", ("publication", "author_id")),
    "quotations": ("quote_details", ("article_id", "speaker_id", "kind", "publication")),
    "mentions": ("place_mention_details", ("article_id", "place_id", "country_code", "publication")),
    "places": ("places", ("id", "kind", "country_code")),
    "speakers": ("speakers", ("kind",)),
    "outlets": (
        "(select id, name, (select count(*) from articles where publication_id = publications.id)"
        " as article_count from publications)",
        (),
    ),
}
# Filters that few rows pass are looked up first, else every row would be tried.
_CONDITIONS = {
    "author_id": "id in (select article_id from article_authors where author_id = :author_id)",
}
_OF_OUTLET = (
    "id in (select articles.id from publications join articles on articles.publication_id = publications.id"
    " where publications.name = :publication)"
)
# What belongs to one of these is read in its index, which is in the order of articles, and so of numbers too.
_OWNERS = frozenset(("place_id", "speaker_id"))
_TYPES = {
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json; charset=utf-8",
}
# The attribution that GeoNames asks for travels with the points: a foreign member, as RFC 7946 allows.
_MAP_OPENS = '{"type": "FeatureCollection", "attribution": "Places: GeoNames, CC BY 4.0", "features": [\n'
_BATCH = 1000
_ARTICLES_COUNTED = 5000  # at a time, so that no query nears the time limit

Values = dict[str, Any]
Batches = AsyncIterator[list[Values]]


async def _rows_of(archive: Archive, source: str, filters: dict[str, str]) -> Batches:
    """Yields all rows of a list, each time from the last number on."""
    special = {**_CONDITIONS, "publication": _OF_OUTLET} if source == "article_overview" else _CONDITIONS
    conditions = "".join(" and " + special.get(column, f'"{column}" = :{column}') for column in filters)
    key = "article_id, id" if _OWNERS & filters.keys() else "id"
    after = ":article, :after" if _OWNERS & filters.keys() else ":after"
    sql = f"select * from {source} where ({key}) > ({after}){conditions} order by {key} limit {_BATCH}"
    bounds: dict[str, Any] = {**filters, "article": -1, "after": -1}
    while rows := await archive.rows(sql, bounds):
        yield [dict(row) for row in rows]
        bounds["after"] = rows[-1]["id"]
        if "article_id" in rows[-1].keys():  # noqa: SIM118 - the row's values are no keys
            bounds["article"] = rows[-1]["article_id"]


async def _places_counted(archive: Archive, batches: Batches, filters: dict[str, Any]) -> Batches:
    """Yields the places that the map's filters leave, `mention_count` being the mentions they leave."""
    counts: dict[int, int] = {}
    last = await archive.one("select coalesce(max(id), 0) as number from articles")
    sql = places.counts_query(filters)
    for after in range(0, last["number"] if last else 0, _ARTICLES_COUNTED):
        bounds = {**filters, "after": after, "last": after + _ARTICLES_COUNTED}
        for row in await archive.rows(sql, bounds):
            counts[row["place_id"]] = counts.get(row["place_id"], 0) + row["mentions"]
    async for rows in batches:
        yield [{**row, "mention_count": counts[row["id"]]} for row in rows if row["id"] in counts]


async def _found(archive: Archive, kind: search_page.Kind, parameters: dict[str, Any]) -> Batches:
    """Yields all matches of a search that its filters leave, in reading order.

    A step ends after so many matches, not results: filters may leave none of a hundred thousand.
    """
    bounds = {**parameters, "after": -1, "last": -1}
    while True:
        step = await archive.one(kind.step(_BATCH), bounds)
        if step is None or step["last"] is None:
            return
        bounds["last"] = step["last"]
        yield [dict(row) for row in await archive.rows(kind.between(), bounds)]
        bounds["after"] = step["last"]


def _csv_lines(rows: list[list[Any]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()


def feature(row: Values) -> Values:
    """A row with coordinates as a GeoJSON feature."""
    values = {name: value for name, value in row.items() if name not in ("latitude", "longitude")}
    point = None
    if row["latitude"] is not None and row["longitude"] is not None:
        point = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
    return {"type": "Feature", "geometry": point, "properties": values}


def _stream(name: str, form: str, columns: list[str], batches: Batches) -> AsgiStream:
    """Answers with rows as they come."""

    async def write(writer: Any) -> None:
        if form == "csv":
            await writer.write(_csv_lines([columns]))
            async for rows in batches:
                await writer.write(_csv_lines([list(row.values()) for row in rows]))
            return
        is_map = form == "geojson"
        await writer.write(_MAP_OPENS if is_map else "[\n")
        separator = ""
        async for rows in batches:
            for row in rows:
                item = json.dumps(feature(row) if is_map else row, ensure_ascii=False)
                await writer.write(separator + item)
                separator = ",\n"
        await writer.write("\n]}\n" if is_map else "\n]\n")

    headers = {"content-disposition": f'inline; filename="{name}.{form}"'}
    return AsgiStream(write, headers=headers, content_type=_TYPES[form])


async def whole_list(datasette: Datasette, request: Request) -> AsgiStream:
    """Every row of a list, as the address's filters ask."""
    kind, form = request.url_vars["kind"], request.url_vars["form"]
    source, allowed = _LISTS.get(kind, ("", ()))
    if not source or (form == "geojson" and kind not in ("places", "mentions")):
        raise NotFound("There is no such export")
    archive = Archive(datasette)
    columns = await archive.columns(f"select * from {source}")
    filters = {column: request.args[column] for column in allowed if request.args.get(column)}
    batches = _rows_of(archive, source, filters)
    if kind == "places":
        asked = places.filters(request)
        batches = _places_counted(archive, batches, asked) if any(asked.values()) else batches
    return _stream(kind, form, columns, batches)


async def search_results(datasette: Datasette, request: Request) -> AsgiStream:
    """Every match of a search of one kind, under its filters, in reading order."""
    kind, form = request.url_vars["kind"], request.url_vars["form"]
    if kind not in search_page.RESULTS:
        raise NotFound("There is no such export")
    asked = search_page.Search(datasette, request)
    chosen = search_page.RESULTS[kind]
    parameters = {**asked.parameters, "after": -1, "last": -1}
    columns = await asked.archive.columns(chosen.between(), parameters)
    return _stream(f"search-{kind}", form, columns, _found(asked.archive, chosen, asked.parameters))
