"""Pages of speakers, outlets and authors."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from loader.site import rendering
from loader.site.archive_database import Archive, Row
from loader.site.components import charts, chronology

PAGE_SIZE = 100

# The page's quotations are chosen before their texts are read.
_QUOTES_OF = """
    select quotes.text, quotes.kind, quotes.cue, quotes.position, quotes.speaker_text, articles.slug,
      articles.headline, articles.published, publications.name as publication, paragraphs.text as paragraph,
      quotes.start - paragraphs.start as offset
    from (
        select quotes.id as quote_id
        from {tables}
        where quotes.speaker_id = :id and {when}
        order by articles.published, articles.id, quotes.id
        limit :limit offset :skipped
      )
      join quotes on quotes.id = quote_id
      join articles on articles.id = quotes.article_id
      left join publications on publications.id = articles.publication_id
      left join paragraphs on paragraphs.id = quotes.paragraph_id
    order by articles.published, articles.id, quotes.id
"""
_MOST_GROUPED = 20_000  # quotations of a speaker, the first in reading order, that are counted by article
# The articles are chosen before their texts are read.
_ARTICLES_QUOTING = f"""
    select articles.slug, articles.headline, articles.published, publications.name as publication, quotations
    from (
        select article_id, count(*) as quotations
        from (select article_id from quotes where speaker_id = :id order by article_id limit {_MOST_GROUPED})
        group by article_id order by quotations desc, article_id limit 50
      )
      join articles on articles.id = article_id
      left join publications on publications.id = articles.publication_id
    order by quotations desc, articles.id
"""  # noqa: S608 - a constant
_MOST_COUNTED = 3_000  # an outlet's articles, the newest, in which its speakers are counted
_QUOTED_BY = f"""
    select speakers.id, speakers.name, quotations
    from (
        select quotes.speaker_id as most_id, count(*) as quotations
        from (
            select id from articles where publication_id = :id order by published desc limit {_MOST_COUNTED}
          ) as newest
          cross join quotes on quotes.article_id = newest.id
        where quotes.speaker_id is not null
        group by most_id order by quotations desc, most_id limit 15
      )
      cross join speakers on speakers.id = most_id
    order by quotations desc, speakers.id
"""  # noqa: S608 - a constant
_OUTLETS = """
    select id, name, coalesce(articles, 0) as articles
    from publications left join publication_counts on publication_id = publications.id
    order by articles desc, name limit :limit offset :skipped
"""
# No join: the last page passes all the others, and passes them in the index alone.
_ARTICLES_WITH = """
    select slug, headline, published, word_count, publication_id as outlet_id,
      (select name from publications where publications.id = publication_id) as publication
    from articles where {condition} order by published desc, id desc limit :limit offset :skipped
"""
_BY_OUTLET = _ARTICLES_WITH.format(condition="publication_id = :id")
_BY_AUTHOR = _ARTICLES_WITH.format(
    condition="id in (select article_id from article_authors where author_id = :id)"
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
    which = (chronology.QUOTATIONS, row["id"], row["quote_count"])
    months = await chronology.by_month(archive, *which)
    quotes = await chronology.page(archive, _QUOTES_OF, chronology.QUOTATIONS, months, bounds)
    context = {
        "title": row["name"],
        "description": f"Every quotation of {row['name']} in this archive, in context and by date.",
        "speaker": row,
        "quotes": [rendering.in_context(quote) for quote in quotes[:PAGE_SIZE]],
        "articles": await archive.rows(_ARTICLES_QUOTING, {"id": row["id"]}),
        "outlets": await chronology.by_outlet(archive, *which, most=15),
        "article_count": sum(one["articles"] for one in months),
        "most_grouped": _MOST_GROUPED,
        "bars": charts.by_time([(one["month"], one["number"]) for one in months]),
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


async def outlets(datasette: Datasette, request: Request) -> Response:
    """All outlets, those with the most articles first."""
    bounds = paging(request)
    rows = await Archive(datasette).rows(_OUTLETS, bounds)
    context = {
        "title": "Outlets",
        "description": "Who published the articles, and whom each quotes.",
        "outlets": rows[:PAGE_SIZE],
        "page": bounds["page"],
        "more": len(rows) > PAGE_SIZE,
    }
    return await rendering.page(datasette, request, "outlets.html", context, "/outlets")


async def outlet(datasette: Datasette, request: Request) -> Response:
    """An outlet: its articles and whom it quotes."""
    archive = Archive(datasette)
    row = await _named(archive, "publications", request)
    quoted = await archive.rows(_QUOTED_BY, {"id": row["id"]})
    counted = await archive.one(
        "select articles from publication_counts where publication_id = ?", [row["id"]]
    )
    more = {"quoted": quoted, "what": "outlet", "article_count": counted["articles"] if counted else 0}
    return await _articles_of(datasette, request, row, _BY_OUTLET, {**more, "most_counted": _MOST_COUNTED})


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
        "id": row["id"],
        "articles": articles[:PAGE_SIZE],
        "page": bounds["page"],
        "more": len(articles) > PAGE_SIZE,
        **more,
    }
    return await rendering.page(
        datasette, request, "articles_of.html", context, f"/{more['what']}/{row['id']}"
    )
