"""What machines read: the Atom feed and the sitemap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response

from loader.site import rendering
from loader.site.archive_database import Archive
from loader.site.html_patterns import PARTIAL_DATE

_FEED_LENGTH = 50
_SUMMARY_LENGTH = 300  # characters
_SUMMARY_READ = 1_000  # of the paragraph: there may be spaces to leave out
_SITEMAP_LENGTH = 2_000  # articles; the protocol allows 50,000, which would take seconds
_NEWEST = """
    select articles.slug, articles.headline, articles.published, articles.standfirst,
      publications.name as outlet,
      (select substr(text, 1, :length) from paragraphs
       where paragraphs.article_id = articles.id and role = 'body' order by position limit 1) as first_lines
    from articles left join publications on publications.id = articles.publication_id
    where articles.published > ''
    order by articles.published desc, articles.id desc limit :most
"""


def xml_text(text: str | None) -> str:
    """Escapes text for XML and leaves out the characters that XML cannot hold."""
    kept = (character for character in text or "" if character in "\t\n" or character >= " ")
    return escape("".join(character for character in kept if character not in "\ufffe\uffff"))


def _instant(published: str) -> str:
    """The instant that Atom asks for: a year and a month stand for their first day."""
    return (published + "-01-01")[:10] + "T00:00:00Z"


def _written(database: Path) -> str:
    """The instant at which the database's file was written."""
    return datetime.fromtimestamp(database.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _summary(text: str | None) -> str:
    """The start of a text, cut between two words."""
    words = " ".join((text or "").split())
    if len(words) <= _SUMMARY_LENGTH:
        return words
    start = words[:_SUMMARY_LENGTH]
    return (start.rpartition(" ")[0] or start) + "…"


async def atom(datasette: Datasette, request: Request) -> Response:
    """The newest articles as an Atom feed; not those without a date, as every entry must have one."""
    archive = Archive(datasette)
    rows = [
        row
        for row in await archive.rows(_NEWEST, {"most": _FEED_LENGTH, "length": _SUMMARY_READ})
        if PARTIAL_DATE.fullmatch(row["published"])
    ]

    home, itself = (rendering.absolute(datasette, request, path) for path in ("/", "/feed.atom"))
    title = archive.room.metadata["title"]
    entries = []
    for row in rows:
        address = rendering.absolute(datasette, request, "/read/" + quote(row["slug"]))
        entries.append(
            f"<entry><title>{xml_text(row['headline'])}</title><id>{escape(address)}</id>"
            f"<link href={quoteattr(address)}/><updated>{_instant(row['published'])}</updated>"
            f"<author><name>{xml_text(row['outlet'] or 'unknown')}</name></author>"
            f"<summary>{xml_text(_summary(row['standfirst'] or row['first_lines']))}</summary></entry>"
        )
    updated = _instant(rows[0]["published"]) if rows else _written(Path(archive.database.path))
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<title>{xml_text(title)}</title><id>{escape(home)}</id><link href={quoteattr(home)}/>"
        f'<link rel="self" href={quoteattr(itself)}/><updated>{updated}</updated>\n'
        + "\n".join(entries)
        + "\n</feed>\n"
    )
    return Response(text, content_type="application/atom+xml; charset=utf-8")


async def sitemap(datasette: Datasette, request: Request) -> Response:
    """What there is for search engines: the site's own pages, and parts that list the articles."""
    last = await Archive(datasette).one("select coalesce(max(id), 0) as number from articles")
    parts = range(1, -(-(last["number"] if last else 0) // _SITEMAP_LENGTH) + 1)
    site = _site(datasette, request)
    listed = (f"<sitemap><loc>{site}/sitemap/{number}.xml</loc></sitemap>" for number in (0, *parts))
    return _sitemap("sitemapindex", listed)


async def sitemap_part(datasette: Datasette, request: Request) -> Response:
    """The reading pages of some articles, in reading order; part 0 is the site's own pages."""
    number = int(request.url_vars["number"])
    bounds = {"after": (number - 1) * _SITEMAP_LENGTH, "last": number * _SITEMAP_LENGTH}
    paths = ["/", "/about", "/articles", "/outlets", "/speakers", "/places", "/map"]
    if number:
        sql = "select slug from articles where id > :after and id <= :last order by id"
        paths = ["/read/" + quote(row["slug"]) for row in await Archive(datasette).rows(sql, bounds)]
    if not paths:
        raise NotFound("There is no such part")
    # The site's address is asked for once: thousands of times would keep everybody waiting.
    site = _site(datasette, request)
    return _sitemap("urlset", (f"<url><loc>{site}{escape(path)}</loc></url>" for path in paths))


def _site(datasette: Datasette, request: Request) -> str:
    return escape(rendering.absolute(datasette, request, "/").removesuffix("/"))


def _sitemap(element: str, entries: Iterable[str]) -> Response:
    listed = "\n".join(entries)
    return Response(
        f'<?xml version="1.0" encoding="utf-8"?>\n<{element} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"\n{listed}\n</{element}>\n",
        content_type="application/xml; charset=utf-8",
    )
