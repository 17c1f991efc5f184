"""Pages of speakers, outlets and authors."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from reading_room import charts, rendering
from reading_room.store import Archive, Row

PAGE_SIZE = 100

# The page's quotations are chosen before their texts are read.
_QUOTES_OF = """
    select quotes.text, quotes.kind, quotes.cue, quotes.position, quotes.speaker_text, articles.slug,
      articles.headline, articles.published, publications.name as publication, paragraphs.text as paragraph,
      quotes.start - paragraphs.start as offset
    from (
        select quotes.id as quote_id
        from quotes join articles on articles.id = quotes.article_id
        where quotes.speaker_id = :id
        order by articles.published, quotes.id
        limit :limit offset :skipped
      )
      join quotes on quotes.id = quote_id
      join articles on articles.id = quotes.article_id
      left join publications on publications.id = articles.publication_id
      left join paragraphs on paragraphs.id = quotes.paragraph_id
    order by articles.published, quotes.id
"""
_ARTICLES_WITH = """
    select articles.slug, articles.headline, articles.published, articles.word_count,
      publications.id as outlet_id, publications.name as publication
    from articles left join publications on publications.id = articles.publication_id
    where {condition}
    order by articles.published desc, articles.id desc limit :limit offset :skipped
"""
_BY_OUTLET = _ARTICLES_WITH.format(condition="articles.publication_id = :id")
_BY_AUTHOR = _ARTICLES_WITH.format(
    condition="articles.id in (select article_id from article_authors where author_id = :id)"
)


def paging(request: Request) -> dict[str, Any]:
    """Reads which page of a list is wanted: its number and the query's bounds."""
    number = rendering.whole_number(request.args.get("page"), 1, 1_000_000, 1)
    return {"page": number, "limit": PAGE_SIZE + 1, "skipped": (number - 1) * PAGE_SIZE}


async def _named(archive: Archive, table: str, request: Request) -> Row:
    """Returns the row that the address names."""
    sql = {
        "speakers": "select * from speakers where id = :id",
        "publications": "select * from publications where id = :id",
        "authors": "select * from authors where id = :id",
    }[table]
    row = await archive.one(sql, {"id": int(request.url_vars["id"])})
    if row is None:
        raise NotFound("There is no such page")
    return row


_MONTHS_OF = """
    select substr(articles.published, 1, 7) as month, count(*) as quotations,
      count(distinct articles.id) as articles
    from quotes join articles on articles.id = quotes.article_id
    where quotes.speaker_id = :id group by month
"""


async def speakers(datasette: Datasette, request: Request) -> Response:
    """All speakers, the most quoted first."""
    bounds = paging(request)
    rows = await Archive(datasette).rows(
        "select * from speakers order by quote_count desc, id limit :limit offset :skipped", bounds
    )
    context = {
        "title": "Speakers",
        "description": "Who is quoted, the most quoted first.",
        "page": bounds["page"],
    }
    context |= {"speakers": rows[:PAGE_SIZE], "more": len(rows) > PAGE_SIZE}
    return await rendering.page(datasette, request, "speakers.html", context, "/speakers")


async def speaker(datasette: Datasette, request: Request) -> Response:
    """A speaker: who, in which articles, every quotation in context by date."""
    archive = Archive(datasette)
    row = await _named(archive, "speakers", request)
    bounds = {**paging(request), "id": row["id"]}
    quotes = await archive.rows(_QUOTES_OF, bounds)
    articles = await archive.rows(
        """
        select articles.slug, articles.headline, articles.published, publications.name as publication,
          count(*) as quotations
        from quotes
          join articles on articles.id = quotes.article_id
          left join publications on publications.id = articles.publication_id
        where quotes.speaker_id = :id group by articles.id order by quotations desc, articles.id limit 50
        """,
        {"id": row["id"]},
    )
    months = await archive.rows(_MONTHS_OF, {"id": row["id"]})
    context = {
        "title": row["name"],
        "description": f"Every quotation of {row['name']} in this archive, in context and by date.",
        "speaker": row,
        "quotes": [rendering.in_context(quote) for quote in quotes[:PAGE_SIZE]],
        "articles": articles,
        "article_count": sum(one["articles"] for one in months),
        "bars": charts.by_time([(one["month"], one["quotations"]) for one in months]),
        "page": bounds["page"],
        "more": len(quotes) > PAGE_SIZE,
        "json_ld": {
            "@context": "https://schema.org",
            "@type": "Person" if row["kind"] == "person" else "Organization",
            "name": row["name"],
            "description": row["description"],
        },
    }
    return await rendering.page(datasette, request, "speaker.html", context, f"/speaker/{row['id']}")


async def outlet(datasette: Datasette, request: Request) -> Response:
    """An outlet: its articles and whom it quotes."""
    archive = Archive(datasette)
    row = await _named(archive, "publications", request)
    quoted = await archive.rows(
        """
        select speakers.id, speakers.name, count(*) as quotations
        from articles
          join quotes on quotes.article_id = articles.id
          join speakers on speakers.id = quotes.speaker_id
        where articles.publication_id = :id
        group by speakers.id order by quotations desc, speakers.id limit 15
        """,
        {"id": row["id"]},
    )
    return await _articles_of(datasette, request, row, _BY_OUTLET, {"quoted": quoted, "what": "outlet"})


async def author(datasette: Datasette, request: Request) -> Response:
    """An author: the articles that the person signed."""
    row = await _named(Archive(datasette), "authors", request)
    return await _articles_of(datasette, request, row, _BY_AUTHOR, {"quoted": [], "what": "author"})


async def _articles_of(
    datasette: Datasette, request: Request, row: Row, sql: str, more: dict[str, Any]
) -> Response:
    bounds = {**paging(request), "id": row["id"]}
    articles = await Archive(datasette).rows(sql, bounds)
    context = {
        "title": row["name"],
        "description": f"Articles of {row['name']} in this archive.",
        "name": row["name"],
        "articles": articles[:PAGE_SIZE],
        "page": bounds["page"],
        "more": len(articles) > PAGE_SIZE,
        "highest": max((one["quotations"] for one in more["quoted"]), default=1),
        **more,
    }
    return await rendering.page(
        datasette, request, "articles_of.html", context, f"/{more['what']}/{row['id']}"
    )
