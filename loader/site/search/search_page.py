"""One box that searches everything: articles, paragraphs, quotations, speakers and places."""
# ruff: noqa: S608 - queries are put together from constants; what a visitor types is a parameter

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from loader.site import rendering
from loader.site.archive_database import Archive, TooSlowError
from loader.site.search import query_syntax

_SHORT, _LONG = 8, 25  # results of a kind beside the others, and alone
# So many matches are ranked, filtered and counted, the last in reading order; a word that stands in nearly
# every paragraph would otherwise keep the server busy for seconds, and its rank means little.
MOST_RANKED = 5_000
MOST_FACETED = 2_000  # matches, the last of those, that are counted by outlet, year, speaker and so on
# A term in more rows takes no part in the rank: for each search BM25 reads all the rows of every term, and
# common terms weigh hardly anything.
COMMON = 50_000
_FILTERS = ("outlet", "from", "until", "speaker", "place", "role")
_BY_ID = ("outlet", "speaker", "place")

_IN_ARTICLE = """
    (:outlet is null or articles.publication_id = :outlet)
    and (:from = '' or articles.published >= :from) and (:until = '' or articles.published <= :until || '~')
"""
_IN_PARAGRAPH = """
    (:role = '' or paragraphs.role = :role)
    and (:place is null or exists
      (select 1 from mentioned_places as named
       where named.paragraph_id = paragraphs.id and named.place_id = :place))
"""
_PUBLICATION = "left join publications on publications.id = articles.publication_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of result.

    Attributes:
        fts: its full-text table.
        weights: what its columns weigh in the rank.
        texts: the texts that the snippet is cut from, the best of them.
        joins: what belongs to a match (`best.id`).
        condition: the filters.
        shown: what a result shows.
        exported: a table expression of what an export gives, with `id`.
    """

    fts: str
    weights: str
    texts: str
    joins: str
    condition: str
    shown: str
    exported: str

    def best(self, ranked: str | None = None, most: int = MOST_RANKED) -> str:
        """A table expression: the matches, with their scores (lower is better).

        Args:
            ranked: the query by which they are ranked; the last in reading order come first when None.
            most: how many, the last in reading order.
        """
        last = f"from {self.fts} where {self.fts} match :query order by rowid desc limit {most}"
        if ranked is None:
            return f"with best as materialized (select rowid as id, -rowid as score {last})"
        return (
            f"with matching as materialized (select rowid as id {last}),"
            f" best as materialized (select rowid as id, bm25({self.fts}{self.weights}) as score"
            # + keeps SQLite from asking for the matches one by one, each time with all that BM25 reads.
            f" from {self.fts} where {self.fts} match :ranked"
            f" and +{self.fts}.rowid in (select id from matching))"
        )

    def frequency(self) -> str:
        """The query for whether a term is common; it counts no further than that."""
        return (
            f"select count(*) > {COMMON} as common"
            f" from (select 1 from {self.fts} where {self.fts} match :term limit {COMMON + 1})"
        )

    def matches(self) -> str:
        """The query for the number of matches that are ranked, before the filters."""
        return (
            f"select count(*) as number from"
            f" (select 1 from {self.fts} where {self.fts} match :query limit {MOST_RANKED})"
        )

    def results(self, ranked: str | None, filtered: bool) -> str:
        """The query for a page of results; `total` is the number of all."""
        # What only filters ask for is looked up for every match.
        left = f"{self.joins} where {self.condition}" if filtered else ""
        return (
            f"{self.best(ranked)}, chosen as materialized"
            f" (select best.id, best.score, count(*) over () as total from best {left}"
            " order by best.score, best.id limit :limit offset :skipped)"
            f" select {self.shown}, search_snippet(:words, {self.texts}) as snippet, total"
            f" from chosen as best {self.joins} order by best.score, best.id"
        )

    def step(self, size: int) -> str:
        """The query for the number of the last of some matches after one, in reading order."""
        return (
            f"select max(id) as last from (select rowid as id from {self.fts}"
            f" where {self.fts} match :query and rowid > :after order by rowid limit {size})"
        )

    def between(self) -> str:
        """The query for what an export gives of the matches after one up to another, in reading order."""
        return (
            f"with best as materialized (select rowid as id from {self.fts}"
            f" where {self.fts} match :query and rowid > :after and rowid <= :last)"
            f" select exported.* from best {self.joins}"
            f" join {self.exported} as exported on exported.id = best.id"
            f" where {self.condition} order by best.id"
        )


# What can be found, by its name in addresses.
RESULTS = {
    "articles": Kind(
        fts="articles_fts",
        weights=", 4, 2, 1",
        texts="articles.headline, articles.standfirst, articles.byline",
        joins=f"join articles on articles.id = best.id {_PUBLICATION}",
        condition=f"""{_IN_ARTICLE} and :role = ''
        and (:speaker is null or exists
          (select 1 from quotes where quotes.article_id = articles.id and quotes.speaker_id = :speaker))
        and (:place is null or exists
          (select 1 from mentioned_places as named
           where named.article_id = articles.id and named.place_id = :place))""",
        shown="articles.headline, articles.slug, articles.published, publications.name as publication",
        exported="article_overview",
    ),
    "quotes": Kind(
        fts="quotes_fts",
        weights="",
        texts="quotes.text",
        joins="join quotes on quotes.id = best.id join articles on articles.id = quotes.article_id"
        " left join paragraphs on paragraphs.id = quotes.paragraph_id"
        f" left join speakers on speakers.id = quotes.speaker_id {_PUBLICATION}",
        condition=f"{_IN_ARTICLE} and {_IN_PARAGRAPH} and (:speaker is null or quotes.speaker_id = :speaker)",
        shown="articles.headline, articles.slug, articles.published, publications.name as publication,"
        " coalesce(speakers.name, quotes.speaker_text) as speaker, speakers.id as speaker_id,"
        " 'q' || quotes.position as anchor",
        exported="quote_details",
    ),
    "paragraphs": Kind(
        fts="paragraphs_fts",
        weights="",
        texts="paragraphs.text",
        joins="join paragraphs on paragraphs.id = best.id"
        " join articles on articles.id = paragraphs.article_id"
        f" {_PUBLICATION}",
        condition=f"""{_IN_ARTICLE} and {_IN_PARAGRAPH}
        and (:speaker is null or exists
          (select 1 from quotes
           where quotes.paragraph_id = paragraphs.id and quotes.speaker_id = :speaker))""",
        shown="articles.headline, articles.slug, articles.published, publications.name as publication,"
        " paragraphs.role, 'p' || paragraphs.position as anchor",
        exported="(select paragraphs.id, paragraphs.text, paragraphs.role, paragraphs.position,"
        " articles.headline,"
        " publications.name as publication, articles.published, paragraphs.article_id, articles.slug,"
        " paragraphs.word_count, paragraphs.start, paragraphs.end"
        f" from paragraphs join articles on articles.id = paragraphs.article_id {_PUBLICATION})",
    ),
}
_NAMES = {
    "place": "select places.id, places.name, places.mention_count as count from places_fts"
    " join places on places.id = places_fts.rowid where places_fts match :query"
    " order by places.mention_count desc, places.id limit 8",
    "speaker": "select speakers.id, speakers.name, speakers.quote_count as count from speakers_fts"
    " join speakers on speakers.id = speakers_fts.rowid where speakers_fts match :query"
    " order by speakers.quote_count desc, speakers.id limit 8",
}
# For each filter its values among the paragraphs found: name, value, label, count.
_FACETS = {
    "outlet": "select 'outlet', outlet, name, count(*) from found where outlet is not null group by outlet",
    "year": "select 'year', year, year, count(*) from found where year is not null group by year",
    "role": "select 'role', role, replace(role, '_', ' '), count(*) from found group by role",
    # Counted by number first: cross join keeps SQLite from walking through all speakers or places.
    "speaker": "select 'speaker', speakers.id, speakers.name, counted from"
    " (select quotes.speaker_id as most_id, count(distinct found.id) as counted"
    " from found cross join quotes on quotes.paragraph_id = found.id"
    " group by most_id order by counted desc, most_id limit 11)"
    " cross join speakers on speakers.id = most_id",
    "place": "select 'place', places.id, places.name, counted from"
    " (select named.place_id as most_id, count(distinct found.id) as counted"
    " from found cross join mentioned_places as named on named.paragraph_id = found.id"
    " group by most_id order by counted desc, most_id limit 10)"
    " cross join places on places.id = most_id",
}
_FACET_LENGTH = 10


def facet_query() -> str:
    """The query for every filter's most frequent values among the paragraphs that are ranked."""
    kind = RESULTS["paragraphs"]
    counted = (f"select * from ({one} order by 4 desc, 3 limit {_FACET_LENGTH})" for one in _FACETS.values())
    return (
        f"{kind.best(most=MOST_FACETED)}, found as materialized"
        " (select paragraphs.id, paragraphs.role, substr(articles.published, 1, 4) as year,"
        f" publications.id as outlet, publications.name from best {kind.joins} where {kind.condition}) "
        + " union all ".join(counted)
    )


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
        self.terms = query_syntax.parse(self.text)
        self.filters = _filters(request)
        wanted = request.args.get("in") or ""
        self.section = wanted if wanted in RESULTS else ""
        self.page = rendering.whole_number(request.args.get("page"), 1, 40, 1)
        self.parameters = {**self.filters, "query": query_syntax.fts(self.terms)}

    def address(self, **changes: object) -> str:
        """The address of this search with some values changed."""
        values = {"q": self.text, **self.filters, "in": self.section, **changes}
        kept = {name: value for name, value in values.items() if value}
        return str(self.datasette.urls.path("/search?" + urlencode(kept)))

    def export(self, kind: str, form: str) -> str:
        """The address of all that this search finds of one kind."""
        kept = {name: value for name, value in {"q": self.text, **self.filters}.items() if value}
        return str(self.datasette.urls.path(f"/export/search/{kind}.{form}?" + urlencode(kept)))

    async def results(self, kind: str) -> dict[str, Any]:
        """The best results of one kind, with how many there are."""
        alone = self.section == kind
        size = _LONG if alone else _SHORT
        bounds = {
            **self.parameters,
            "words": self.text,
            "limit": size,
            "skipped": (self.page - 1) * size if alone else 0,
        }
        bounds["ranked"] = ranked = await self._ranked(RESULTS[kind])
        filtered = any(self.filters.values())
        rows = await self.archive.rows(RESULTS[kind].results(ranked, filtered), bounds)
        total = rows[0]["total"] if rows else 0
        found = {"number": total}
        if filtered:
            found = dict(await self.archive.one(RESULTS[kind].matches(), self.parameters) or found)
        return {
            "kind": kind,
            "rows": rows,
            "total": total,
            "more": total > bounds["skipped"] + len(rows),
            "cut": found["number"] >= MOST_RANKED,
            "ranked": ranked is not None,
        }

    async def _ranked(self, kind: Kind) -> str | None:
        """The query by which results are ranked: the terms that are not common; None where all are."""
        wanted = [term for term in self.terms if not term.excluded]
        queries = [(kind.frequency(), {"term": query_syntax.fts((term,))}) for term in wanted]
        common = [rows[0]["common"] for rows in await self.archive.read(queries)]
        rare = tuple(term for term, is_common in zip(wanted, common, strict=True) if not is_common)
        return query_syntax.fts(rare) if rare else None

    async def facets(self) -> dict[str, list[dict[str, Any]]]:
        """For each filter its most frequent values among the paragraphs found, with counts."""
        facets: dict[str, list[dict[str, Any]]] = {name: [] for name in _FACETS}
        for name, value, label, count in await self.archive.rows(facet_query(), self.parameters):
            facets[name].append({"value": value, "label": label, "count": count})
        return facets

    async def names(self) -> list[dict[str, Any]]:
        """Speakers and places whose names match, those first whose whole name was typed."""
        typed = query_syntax.fold_name(" ".join(term.text for term in self.terms))
        found = []
        for kind, sql in _NAMES.items():
            for row in await self.archive.rows(sql, self.parameters):
                exact = query_syntax.fold_name(row["name"]) == typed
                found.append({"kind": kind, "exact": exact, **dict(row)})
        return sorted(found, key=lambda one: not one["exact"])

    async def each_term(self) -> list[dict[str, Any]]:
        """For an empty result: how many paragraphs each term finds by itself."""
        sql = (
            "select count(*) as count"
            " from (select 1 from paragraphs_fts where paragraphs_fts match ? limit 1001)"
        )
        counts = []
        for term in self.terms:
            if not term.excluded:
                row = await self.archive.one(sql, [query_syntax.fts((term,))])
                address = self.datasette.urls.path("/search?" + urlencode({"q": term.typed()}))
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
        "understood": query_syntax.explain(asked.terms),
        "sections": [],
        "names": [],
        "facets": {},
        "chosen": await asked.chosen(),
        "each_term": [],
        "too_much": False,
        "most": MOST_RANKED,
        "most_faceted": MOST_FACETED,
        "examples": asked.archive.room.searches,
    }
    if any(not term.excluded for term in asked.terms):
        try:
            context["names"] = await asked.names() if not asked.section else []
            kinds = [asked.section] if asked.section else list(RESULTS)
            context["sections"] = [await asked.results(kind) for kind in kinds]
            context["facets"] = await asked.facets()
            if not any(section["rows"] for section in context["sections"]):
                context["each_term"] = await asked.each_term()
        except TooSlowError:
            context["too_much"] = True
    return await rendering.page(datasette, request, "search.html", context)
