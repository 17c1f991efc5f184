"""Pages of places: the list, one place, the map and its base."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from loader.site import rendering
from loader.site.archive_database import Archive, Row, TooSlowError
from loader.site.components import basemap, charts, chronology, maps
from loader.site.pages.people import PAGE_SIZE, paging
from loader.site.security.middleware import Refusal, Turnstile

_MOST_NAMES_READ = 10_000  # mentions whose spellings are counted
_MOST_AROUND = 2_000  # mentions around which quotations are looked for
_MOST_QUOTES = 60
_MOST_ON_MAP = 500  # circles; more would hide each other, and the page would weigh too much
# The page's mentions are chosen before their texts are read: a place may be named a hundred thousand times.
_MENTIONS_OF = """
    select mentioned_places.text, mentioned_places.sense, mentioned_places.start - articles.start as anchor,
      articles.slug, articles.headline, articles.published, publications.name as publication,
      paragraphs.text as paragraph, mentioned_places.start - paragraphs.start as offset
    from (
        select mentioned_places.id as mention_id
        from {tables}
        where mentioned_places.place_id = :id and {when}
        order by articles.published, articles.id, mentioned_places.id
        limit :limit offset :skipped
      )
      join mentioned_places on mentioned_places.id = mention_id
      join articles on articles.id = mentioned_places.article_id
      left join publications on publications.id = articles.publication_id
      left join paragraphs on paragraphs.id = mentioned_places.paragraph_id
    order by articles.published, articles.id, mentioned_places.id
"""
_NAMES_OF = f"""
    select text, count(*) as mentions
    from (
        select text from mentioned_places where place_id = :id
        order by article_id, id limit {_MOST_NAMES_READ}
      )
    group by text order by mentions desc, text limit 20
"""  # noqa: S608 - a constant
_QUOTES_AT = f"""
    select quotes.text, quotes.position, articles.slug, articles.published, speakers.id as speaker_id,
      coalesce(speakers.name, quotes.speaker_text) as speaker, publications.name as publication,
      max(mention.quote_id is quotes.id) as inside
    from (
        select * from mentioned_places where place_id = :id
        order by article_id, id limit {_MOST_AROUND}
      ) as mention
      join quotes on quotes.paragraph_id = mention.paragraph_id
      join articles on articles.id = quotes.article_id
      left join publications on publications.id = articles.publication_id
      left join speakers on speakers.id = quotes.speaker_id
    group by quotes.id order by inside desc, articles.published, quotes.id limit {_MOST_QUOTES}
"""  # noqa: S608 - constants
_MOST_COUNTED = 3_000  # articles, the newest that the filters leave, whose mentions are counted for the map
_COUNTED = f"select id from articles where {{conditions}} order by published desc limit {_MOST_COUNTED}"  # noqa: S608
_ON_MAP = """
    select places.id, places.name, places.kind, places.latitude, places.longitude, counted as mentions
    from (
        select mentioned_places.place_id as most_id, count(*) as counted
        from ({articles}) as newest
          cross join mentioned_places on mentioned_places.article_id = newest.id
        group by most_id
      )
      cross join places on places.id = most_id
    where places.latitude is not null
    order by counted desc, places.id limit :most
"""
_COUNTS = """
    select mentioned_places.place_id, count(*) as mentions
    from articles cross join mentioned_places on mentioned_places.article_id = articles.id
    where articles.id > :after and articles.id <= :last and {conditions}
    group by mentioned_places.place_id
"""
_CONDITIONS = {
    "outlet": "articles.publication_id = :outlet",
    "from": "articles.published >= :from",
    "until": "articles.published <= :until || '~'",
}
_ALL_ON_MAP = """
    select id, name, kind, latitude, longitude, mention_count as mentions from places
    where latitude is not null order by mention_count desc, id limit :most
"""


async def places(datasette: Datasette, request: Request) -> Response:
    """All places, the most named first."""
    bounds = paging(request)
    rows = await Archive(datasette).rows(
        "select * from places order by mention_count desc, id limit :limit offset :skipped", bounds
    )
    context: dict[str, Any] = {
        "title": "Places",
        "description": "Places that are named, the most named first.",
    }
    context |= {"places": rows[:PAGE_SIZE], "page": bounds["page"], "more": len(rows) > PAGE_SIZE}
    return await rendering.page(datasette, request, "places.html", context, "/places")


async def place(datasette: Datasette, request: Request) -> Response:
    """A place: where it is, every mention in context, quotations in and around which it is named."""
    archive = Archive(datasette)
    identifier = int(request.url_vars["id"])
    row = await archive.one("select * from places where id = :id", {"id": identifier})
    if row is None:
        raise NotFound("There is no such place")
    bounds = {**paging(request), "id": identifier}
    months = await chronology.by_month(archive, chronology.MENTIONS, identifier, row["mention_count"])
    mentions = await chronology.page(archive, _MENTIONS_OF, chronology.MENTIONS, months, bounds)
    located = [] if row["latitude"] is None else [_located(datasette, row, row["mention_count"])]
    context = {
        "title": row["name"],
        "description": f"{row['name']} in this archive: every mention in context and by date.",
        "place": row,
        "names": await archive.rows(_NAMES_OF, {"id": identifier}),
        "most_names_read": _MOST_NAMES_READ,
        "most_around": _MOST_AROUND,
        "most_quotes": _MOST_QUOTES,
        "mentions": [rendering.in_context(one, 110) for one in mentions[:PAGE_SIZE]],
        "quotes": await archive.rows(_QUOTES_AT, {"id": identifier}),
        "bars": charts.by_time([(one["month"], one["number"]) for one in months]),
        "map": maps.draw(located, 360, 270),
        "page": bounds["page"],
        "more": len(mentions) > PAGE_SIZE,
        "json_ld": _json_ld(row),
    }
    return await rendering.page(datasette, request, "place.html", context, f"/place/{identifier}")


def _located(datasette: Datasette, row: Row, count: int) -> maps.Located:
    href = str(datasette.urls.path(f"/place/{row['id']}"))
    return maps.Located(
        name=row["name"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        mentions=count,
        href=href,
        kind=row["kind"],
    )


def _json_ld(row: Row) -> dict[str, Any]:
    """The place in schema.org's terms."""
    described: dict[str, Any] = {"@context": "https://schema.org", "@type": "Place", "name": row["name"]}
    if row["latitude"] is not None:
        described["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": row["latitude"],
            "longitude": row["longitude"],
        }
    if row["geonames_id"] is not None:
        described["sameAs"] = f"https://www.geonames.org/{row['geonames_id']}"
    return described


def filters(request: Request | None) -> dict[str, Any]:
    """Reads the map's filters (outlet, from, until); what is no number or date counts as none."""
    arguments = request.args if request else {}
    return {
        "outlet": rendering.whole_number(arguments.get("outlet"), 1, 10**12, 0) or None,
        **{name: rendering.date_or_blank(arguments.get(name)) for name in ("from", "until")},
    }


def _conditions(chosen: dict[str, Any]) -> str:
    return " and ".join(sql for name, sql in _CONDITIONS.items() if chosen[name])


def counts_query(chosen: dict[str, Any]) -> str:
    """The query for the mentions of each place, as filters ask, in the articles after one up to another."""
    return _COUNTS.format(conditions=_conditions(chosen) or "true")


async def on_map(
    datasette: Datasette, archive: Archive, request: Request | None, most: int
) -> list[maps.Located]:
    """The places to show on a map, the most named first, as the request's filters ask."""
    bounds = filters(request)
    conditions = _conditions(bounds)
    sql = _ON_MAP.format(articles=_COUNTED.format(conditions=conditions)) if conditions else _ALL_ON_MAP
    rows = await archive.rows(sql, {**bounds, "most": most})
    return [_located(datasette, row, row["mentions"]) for row in rows]


async def _leaves_more(archive: Archive, chosen: dict[str, Any]) -> bool:
    """Tells whether the map's filters leave more articles than are counted."""
    conditions = _conditions(chosen)
    sql = f"select id from articles where {conditions} limit 1 offset {_MOST_COUNTED}"  # noqa: S608 - constants
    return bool(conditions) and await archive.one(sql, chosen) is not None


async def map_page(datasette: Datasette, request: Request) -> Response:
    """All places on a map, by outlet and date."""
    archive = Archive(datasette)
    try:
        located, too_much = await on_map(datasette, archive, request, _MOST_ON_MAP), False
    except TooSlowError:
        located, too_much = [], True
    outlets = await archive.rows("select id, name from publications order by name limit 500")
    chosen = filters(request)
    most_counted = _MOST_COUNTED if await _leaves_more(archive, chosen) else None
    context = {
        "title": "Map of places",
        "description": "The places that are named, sized by mentions.",
        "map": maps.draw(located, 1000, 600, labels=40, around=2.0),
        "places": located,
        "too_much": too_much,
        "most_counted": most_counted,
        "outlets": outlets,
        "chosen": chosen,
        "query": urlencode({name: value for name, value in chosen.items() if value}),
    }
    return await rendering.page(datasette, request, "map.html", context, "/map")


# Drawings take up to a tenth of a second of CPU time each: two at once leave time for other pages.
DRAWN_AT_ONCE = 2
DRAWINGS_WAITING = 100  # a slippy map asks for some thirty tiles
_TURNS: WeakKeyDictionary[Datasette, Turnstile] = WeakKeyDictionary()


async def _picture(datasette: Datasette, bounds: basemap.Bounds, longer: int, detail: int) -> Response:
    drawing = basemap.Drawing.around(bounds, detail)
    leave: Callable[[], None] = lambda: None  # noqa: E731
    if not drawing.is_cached:
        turns = _TURNS.setdefault(datasette, Turnstile(DRAWN_AT_ONCE, DRAWINGS_WAITING))
        try:
            leave = await turns.enter()
        except Refusal as refusal:
            headers = {name.decode(): value.decode() for name, value in refusal.headers}
            headers["cache-control"] = "no-store"
            return Response.text(f"{refusal}\n", status=refusal.status, headers=headers)
    try:
        # In a thread: no other visitor would be answered meanwhile.
        picture = await asyncio.to_thread(basemap.draw, bounds, longer, drawing)
    finally:
        leave()
    return Response(
        picture, headers={"cache-control": "max-age=86400"}, content_type="image/svg+xml; charset=utf-8"
    )


async def tile(datasette: Datasette, request: Request) -> Response:
    """A square of the base map, as slippy maps number them."""
    zoom, column, row = (int(request.url_vars[name]) for name in ("zoom", "column", "row"))
    if zoom > 16 or row >= 2**zoom:
        raise NotFound("There is no such tile")
    return await _picture(datasette, basemap.tile_bounds(zoom, column % 2**zoom, row), 256, 32)


async def base_map(datasette: Datasette, request: Request) -> Response:
    """The base map between four edges, given in parts of the world's width."""
    left, top, right, bottom = (
        rendering.whole_number(request.args.get(name), 0, maps.GRID, 0)
        for name in ("left", "top", "right", "bottom")
    )
    if right <= left or bottom <= top or not 0.05 < (right - left) / (bottom - top) < 20:
        raise NotFound("There is no such map")
    bounds = basemap.Bounds(left / maps.GRID, top / maps.GRID, right / maps.GRID, bottom / maps.GRID)
    return await _picture(datasette, bounds, 2000, 320)
