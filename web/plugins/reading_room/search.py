"""One box that searches everything: articles, paragraphs, quotations, speakers and places."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.database import QueryInterrupted
from datasette.utils.asgi import Request, Response

from reading_room import rendering, searching
from reading_room.store import Archive, Row

_SHORT, _LONG = 8, 25  # results of a kind beside the others, and alone
_MOST_COUNTED = 20_000  # results that the filters' counts look at
_FILTERS = ("outlet", "from", "until", "speaker", "place", "role")
_BY_ID = ("outlet", "speaker", "place")

_IN_ARTICLE = """
    (:outlet is null or articles.publication_id = :outlet)
    and (:from = '' or articles.published >= :from) and (:until = '' or articles.published <= :until || '~')
"""
_ARTICLES = f"""
    from articles_fts
      join articles on articles.id = articles_fts.rowid
      left join publications on publications.id = articles.publication_id
    where articles_fts match :query and {_IN_ARTICLE} and :role = ''
      and (:speaker is null or exists
        (select 1 from quotes where quotes.article_id = articles.id and quotes.speaker_id = :speaker))
      and (:place is null or exists
        (select 1 from mentioned_places as named where named.article_id = articles.id and named.place_id = :place))
"""  # noqa: S608 - put together from constants
_PARAGRAPHS = f"""
    from paragraphs_fts
      join paragraphs on paragraphs.id = paragraphs_fts.rowid
      join articles on articles.id = paragraphs.article_id
      left join publications on publications.id = articles.publication_id
    where paragraphs_fts match :query and {_IN_ARTICLE} and (:role = '' or paragraphs.role = :role)
      and (:speaker is null or exists
        (select 1 from quotes where quotes.paragraph_id = paragraphs.id and quotes.speaker_id = :speaker))
      and (:place is null or exists
        (select 1 from mentioned_places as named where named.paragraph_id = paragraphs.id and named.place_id = :place))
"""  # noqa: S608
_QUOTES = f"""
    from quotes_fts
      join quotes on quotes.id = quotes_fts.rowid
      join articles on articles.id = quotes.article_id
      left join publications on publications.id = articles.publication_id
      left join paragraphs on paragraphs.id = quotes.paragraph_id
      left join speakers on speakers.id = quotes.speaker_id
    where quotes_fts match :query and {_IN_ARTICLE} and (:role = '' or paragraphs.role = :role)
      and (:speaker is null or quotes.speaker_id = :speaker)
      and (:place is null or exists
        (select 1 from mentioned_places as named where named.paragraph_id = paragraphs.id and named.place_id = :place))
"""  # noqa: S608
_RESULTS = {
    "articles": (
        "articles.headline, articles.slug, articles.published, publications.name as publication,"
        " snippet(articles_fts, -1, '⟦', '⟧', '…', 30) as snippet",
        _ARTICLES,
        "bm25(articles_fts, 4, 2, 1), articles.id",
    ),
    "quotes": (
        "articles.headline, articles.slug, articles.published, publications.name as publication, speakers.name"
        " as speaker, speakers.id as speaker_id, 'q' || quotes.position as anchor,"
        " snippet(quotes_fts, 0, '⟦', '⟧', '…', 40) as snippet",
        _QUOTES,
        "bm25(quotes_fts), quotes.id",
    ),
    "paragraphs": (
        "articles.headline, articles.slug, articles.published, publications.name as publication,"
        " paragraphs.role, 'p' || paragraphs.position as anchor,"
        " snippet(paragraphs_fts, 0, '⟦', '⟧', '…', 40) as snippet",
        _PARAGRAPHS,
        "bm25(paragraphs_fts), paragraphs.id",
    ),
}
_NAMES = {
    "speakers": "select speakers.id, speakers.name, speakers.quote_count as count from speakers_fts"
    " join speakers on speakers.id = speakers_fts.rowid where speakers_fts match :query"
    " order by speakers.quote_count desc, speakers.id limit 8",
    "places": "select places.id, places.name, places.mention_count as count from places_fts"
    " join places on places.id = places_fts.rowid where places_fts match :query"
    " order by places.mention_count desc, places.id limit 8",
}
_FACETS = {
    "outlet": "select outlet as value, name as label, count(*) as count from found where outlet is not null"
    " group by outlet",
    "year": "select substr(published, 1, 4) as value, substr(published, 1, 4) as label, count(*) as count"
    " from found where published is not null group by value",
    "role": "select role as value, replace(role, '_', ' ') as label, count(*) as count from found group by role",
    "speaker": "select speakers.id as value, speakers.name as label, count(distinct found.id) as count from found"
    " join quotes on quotes.paragraph_id = found.id join speakers on speakers.id = quotes.speaker_id"
    " group by speakers.id",
    "place": "select places.id as value, places.name as label, count(distinct found.id) as count from found"
    " join mentioned_places as named on named.paragraph_id = found.id join places on places.id = named.place_id"
    " group by places.id",
}


def _filters(request: Request) -> dict[str, Any]:
    """Reads the filters; what is no number where one is due counts as none."""
    chosen: dict[str, Any] = {name: (request.args.get(name) or "").strip() for name in _FILTERS}
    for name in ("from", "until"):
        chosen[name] = rendering.date_or_blank(chosen[name])
    for name in _BY_ID:
        chosen[name] = rendering.whole_number(chosen[name], 1, 10**12, 0) or None
    return chosen


class Search:
    """A search: its terms, its filters, its address with something changed."""

    def __init__(self, datasette: Datasette, request: Request) -> None:
        """Reads what was asked."""
        self.datasette = datasette
        self.archive = Archive(datasette)
        self.text = request.args.get("q") or ""
        self.terms = searching.parse(self.text)
        self.filters = _filters(request)
        wanted = request.args.get("in") or ""
        self.section = wanted if wanted in _RESULTS else ""
        self.page = rendering.whole_number(request.args.get("page"), 1, 40, 1)
        self.parameters = {**self.filters, "query": searching.fts(self.terms)}

    def address(self, **changes: object) -> str:
        """The address of this search with some values changed."""
        values = {"q": self.text, **self.filters, "in": self.section, **changes}
        kept = {name: value for name, value in values.items() if value}
        return str(self.datasette.urls.path("/search?" + urlencode(kept)))

    async def results(self, kind: str) -> dict[str, Any]:
        """The best results of one kind, with how many there are (counted up to a thousand)."""
        columns, source, order = _RESULTS[kind]
        alone = self.section == kind
        size = _LONG if alone else _SHORT
        bounds = {**self.parameters, "limit": size, "skipped": (self.page - 1) * size if alone else 0}
        sql = f"select {columns} {source} order by {order} limit :limit offset :skipped"
        rows = await self.archive.rows(sql, bounds)
        counted = f"select count(*) as count from (select 1 {source} limit 1001)"  # noqa: S608
        count = await self.archive.one(counted, self.parameters)
        total = count["count"] if count else 0
        return {"kind": kind, "rows": rows, "total": total, "more": total > bounds["skipped"] + len(rows)}

    async def facets(self) -> dict[str, list[Row]]:
        """For each filter its values among the paragraphs found, with counts."""
        found = (
            "with found as (select paragraphs.id, paragraphs.role, articles.published, publications.id as outlet,"
            f" publications.name {_PARAGRAPHS} limit {_MOST_COUNTED}) "
        )
        return {
            name: await self.archive.rows(
                found + sql + " order by count desc, label limit 10", self.parameters
            )
            for name, sql in _FACETS.items()
        }

    async def names(self) -> dict[str, list[Row]]:
        """Speakers and places whose names match."""
        return {kind: await self.archive.rows(sql, self.parameters) for kind, sql in _NAMES.items()}

    async def each_term(self) -> list[dict[str, Any]]:
        """For an empty result: how many paragraphs each term finds by itself."""
        sql = "select count(*) as count from (select 1 from paragraphs_fts where paragraphs_fts match ? limit 1001)"
        counts = []
        for term in self.terms:
            if not term.excluded:
                row = await self.archive.one(sql, [searching.fts((term,))])
                address = self.datasette.urls.path("/search?" + urlencode({"q": term.text}))
                counts.append({"words": term.words(), "count": row["count"] if row else 0, "href": address})
        return counts

    async def chosen(self) -> list[dict[str, str]]:
        """The filters in force, named, each with the address that lifts it."""
        named = {
            "outlet": "select name from publications where id = ?",
            "speaker": "select name from speakers where id = ?",
            "place": "select name from places where id = ?",
        }
        shown = []
        for name, value in self.filters.items():
            if value:
                row = await self.archive.one(named[name], [value]) if name in named else None
                shown.append(
                    {
                        "name": name,
                        "value": row["name"] if row else str(value),
                        "href": self.address(**{name: None}),
                    }
                )
        return shown


async def search(datasette: Datasette, request: Request) -> Response:
    """The search page."""
    asked = Search(datasette, request)
    context: dict[str, Any] = {
        "title": f"Search: {asked.text}" if asked.text.strip() else "Search",
        "description": "Search articles, paragraphs, quotations, speakers and places.",
        "search": asked,
        "understood": searching.explain(asked.terms),
        "sections": [],
        "names": {},
        "facets": {},
        "chosen": await asked.chosen(),
        "each_term": [],
        "too_much": False,
    }
    if any(not term.excluded for term in asked.terms):
        try:
            context["names"] = await asked.names() if not asked.section else {}
            kinds = [asked.section] if asked.section else list(_RESULTS)
            context["sections"] = [await asked.results(kind) for kind in kinds]
            context["facets"] = await asked.facets()
            if not any(section["rows"] for section in context["sections"]):
                context["each_term"] = await asked.each_term()
        except QueryInterrupted:
            context["too_much"] = True
    return await rendering.page(datasette, request, "search.html", context)
