"""The reading page of an article, its citations, and the list of articles."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound, Request, Response
from markupsafe import Markup, escape

from loader.site import rendering
from loader.site.archive_database import Archive, Row
from loader.site.components import correct_this, maps
from loader.site.components.citation import Work
from loader.site.components.highlight import Span, apart, mark
from loader.site.html_patterns import FOOTNOTE, WEB_URL
from loader.text import one_line

_ARTICLE = """
    select articles.*, publications.name as publication, archives.path, archives.member, archives.sha256
    from articles
      join archives on archives.id = articles.archive_id
      left join publications on publications.id = articles.publication_id
    where articles.slug = :slug
"""
_AUTHORS = """
    select authors.id, authors.name
    from article_authors join authors on authors.id = article_authors.author_id
    where article_authors.article_id = :id order by article_authors.position
"""
_HEADLINE = (
    "select text, start from furniture where article_id = :id and role = 'headline' order by id limit 1"
)
_SOURCE_LINE = (
    "select text, start from furniture where article_id = :id and role = 'source_line' order by id limit 1"
)
_PARAGRAPHS = (
    "select id, position, role, text, start, end from paragraphs where article_id = :id order by position"
)
_QUOTES = """
    select quotes.id, quotes.position, quotes.utterance, quotes.text, quotes.kind, quotes.start, quotes.end,
      quotes.speaker_id, quotes.speaker_name, quotes.speaker_text, quotes.cue,
      coalesce(speakers.name, quotes.speaker_text) as speaker
    from quotes left join speakers on speakers.id = quotes.speaker_id
    where quotes.article_id = :id order by quotes.position
"""
_MENTIONS = """
    select mentioned_places.start, mentioned_places.end, mentioned_places.text, mentioned_places.sense,
      places.id, places.name, places.kind, places.country, places.country_code, places.latitude,
      places.longitude
    from mentioned_places join places on places.id = mentioned_places.place_id
    where mentioned_places.article_id = :id order by mentioned_places.start
"""
_LINKS = "select url, start, end from links where article_id = :id order by start"
_NOTES = "select message, start from data_notes where article_id = :id order by start"
_CORRECTIONS = (
    "select field, found, corrected, reason, start from corrections where article_id = :id order by start"
)
_NEIGHBOURS = """
    select * from (
      select 'previous' as way, slug, headline from articles where id < :id order by id desc limit 1)
    union all
    select * from (select 'next', slug, headline from articles where id > :id order by id limit 1)
"""
_LISTED = """
    select slug, headline, published, word_count, publication_id as outlet_id,
      (select name from publications where publications.id = publication_id) as publication
    from articles where {condition} order by published desc, id desc limit :limit offset :skipped
"""
_MARKS = "\"'“”„‟‘’‚‛«»"


class Reading:
    """An article with everything that its page shows."""

    def __init__(self, datasette: Datasette, article: Row) -> None:
        """Takes the article's row; `load` reads the rest."""
        self.datasette = datasette
        self.article = article
        self.tables: dict[str, list[Row]] = {}

    async def load(self, archive: Archive) -> None:
        """Reads all that belongs to the article, each by an index."""
        parameters = {"id": self.article["id"]}
        queries = {
            "authors": _AUTHORS,
            "headline": _HEADLINE,
            "source_line": _SOURCE_LINE,
            "paragraphs": _PARAGRAPHS,
            "quotes": _QUOTES,
            "mentions": _MENTIONS,
            "links": _LINKS,
            "notes": _NOTES,
            "corrections": _CORRECTIONS,
            "neighbours": _NEIGHBOURS,
        }
        found = await archive.read([(sql, parameters) for sql in queries.values()])
        self.tables = dict(zip(queries, found, strict=True))

    def _path(self, path: str) -> str:
        return str(self.datasette.urls.path(path))

    def quote_spans(self) -> list[Span]:
        """Spans of the quotations, marks included; each names its speaker once an utterance."""
        texts = [(row["start"], row["text"]) for row in self.tables["headline"] + self.tables["paragraphs"]]
        characters = {
            start + place: character for start, text in texts for place, character in enumerate(text)
        }
        named: set[int] = set()
        spans = []
        for row in self.tables["quotes"]:
            before, after = row["start"] - 1, row["end"]
            start = before if characters.get(before, " ") in _MARKS else row["start"]
            end = after + 1 if characters.get(after, " ") in _MARKS else row["end"]
            label = Markup()
            if row["speaker"] and row["utterance"] not in named:
                named.add(row["utterance"])
                label = self._speaker_label(row)
            attributes = Markup(' class="quote {}"').format(row["kind"])
            spans.append(
                Span(
                    start=start,
                    end=end,
                    tag="span",
                    attributes=attributes,
                    identifier=f"q{row['position']}",
                    after=label,
                )
            )
        return spans

    def _speaker_label(self, row: Row) -> Markup:
        if row["speaker_id"] is None:
            return Markup(' <span class="who">{}</span>').format(row["speaker"])
        href = self._path(f"/speaker/{row['speaker_id']}")
        return Markup(' <a class="who" href="{}">{}</a>').format(href, row["speaker"])

    def link_spans(self) -> list[Span]:
        """Spans that are links: addresses, places, references to footnotes."""
        spans = []
        for row in self.tables["links"]:
            if WEB_URL.fullmatch(row["url"]):
                attributes = Markup(' href="{}" rel="noopener nofollow"').format(row["url"])
                spans.append(Span(start=row["start"], end=row["end"], tag="a", attributes=attributes))
        for row in self.tables["mentions"]:
            title = ", ".join(part for part in (row["name"], row["country"]) if part)
            attributes = Markup(' class="place {}" href="{}" title="{}"').format(
                row["sense"], self._path(f"/place/{row['id']}"), title
            )
            spans.append(
                Span(
                    start=row["start"],
                    end=row["end"],
                    tag="a",
                    attributes=attributes,
                    identifier=self._anchor(row),
                )
            )
        return apart(spans + self._footnote_spans())

    def _footnote_spans(self) -> list[Span]:
        """References to footnotes and the footnotes' numbers, linked both ways."""
        notes = {}
        for row in self.tables["paragraphs"]:
            match = FOOTNOTE.match(row["text"]) if row["role"] == "footnote" else None
            if match:
                notes[match[1]] = row["position"]
        referred: set[str] = set()
        spans = []
        for row in self.tables["paragraphs"]:
            for match in FOOTNOTE.finditer(row["text"]):
                number = match[1]
                if number not in notes:
                    continue
                start, end = row["start"] + match.start(), row["start"] + match.end()
                if row["position"] == notes[number] and match.start() == 0:
                    back = Markup(' href="#ref-{}" aria-label="Footnote {}, back to the text"').format(
                        number, number
                    )
                    spans.append(
                        Span(start=start, end=end, tag="a", attributes=back, identifier=f"note-{number}")
                    )
                else:
                    there = Markup(' class="noteref" href="#note-{}" aria-label="Footnote {}"').format(
                        number, number
                    )
                    identifier = "" if number in referred else f"ref-{number}"
                    referred.add(number)
                    spans.append(Span(start=start, end=end, tag="a", attributes=there, identifier=identifier))
        return spans

    def blocks(self) -> list[dict[str, Any]]:
        """The paragraphs as HTML, grouped so that the items of a list stand in one list."""
        spans = sorted(self.quote_spans() + self.link_spans(), key=lambda span: span.start)
        notes = self.tables["notes"]
        paragraphs = []
        waiting = 0
        inside: list[Span] = []  # those that reach into this paragraph; a quotation may run over several
        for row in self.tables["paragraphs"]:
            inside = [span for span in inside if span.end > row["start"]]
            while waiting < len(spans) and spans[waiting].start < row["end"]:
                if spans[waiting].end > row["start"]:
                    inside.append(spans[waiting])
                waiting += 1
            paragraphs.append(
                {
                    "position": row["position"],
                    "role": row["role"],
                    "html": mark(row["text"], row["start"], inside),
                    "notes": [
                        one for one in notes if one["start"] and row["start"] <= one["start"] < row["end"]
                    ],
                }
            )
        return [
            {"role": role, "paragraphs": list(group)}
            for role, group in groupby(paragraphs, key=lambda one: one["role"])
        ]

    def headline(self) -> Markup:
        """The headline as HTML, with its quotations and places if it is the printed one."""
        return escape(self.article["headline"]) if self._is_other_headline() else self._printed_headline()

    def printed_headline(self) -> Markup | None:
        """The printed headline as HTML, if a correction gave the article another one."""
        if not self.tables["headline"] or not self._is_other_headline():
            return None
        return self._printed_headline()

    def _is_other_headline(self) -> bool:
        rows = self.tables["headline"]
        return not rows or bool(self.article["headline"] != one_line(rows[0]["text"]))

    def _printed_headline(self) -> Markup:
        row = self.tables["headline"][0]
        return mark(row["text"], row["start"], self.quote_spans() + self.link_spans())

    def original(self) -> str | None:
        """The original address, if it is known and can be a link."""
        url = self.article["url"]
        return url if url and WEB_URL.fullmatch(url) else None

    def notes_elsewhere(self) -> list[Row]:
        """Notes that concern no paragraph: the date, the source line, the whole article."""
        spans = [(row["start"], row["end"]) for row in self.tables["paragraphs"]]
        return [
            note
            for note in self.tables["notes"]
            if note["start"] is None or not any(start <= note["start"] < end for start, end in spans)
        ]

    def speakers(self) -> list[dict[str, Any]]:
        """Who is quoted, in the order of their first quotation, with all their quotations."""
        found: dict[str, dict[str, Any]] = {}
        for row in self.tables["quotes"]:
            if row["speaker_id"] is not None:
                entry = found.setdefault(
                    row["speaker"], {"id": row["speaker_id"], "name": row["speaker"], "quotes": []}
                )
                entry["quotes"].append(row)
        return list(found.values())

    def named(self) -> list[dict[str, Any]]:
        """The places in the order of their first mention, each with the anchors of all its mentions.

        Places of one name (a city and its region) are told apart by their kinds.
        """
        found: dict[int, dict[str, Any]] = {}
        for row in self.tables["mentions"]:
            entry = found.setdefault(row["id"], {"id": row["id"], "name": row["name"], "anchors": []})
            entry["kind"] = row["kind"]
            entry["anchors"].append(self._anchor(row))
        shared = Counter(entry["name"] for entry in found.values())
        for entry in found.values():
            if shared[entry["name"]] > 1 and entry["kind"]:
                entry["name"] = f"{entry['name']} ({entry['kind']})"
        return list(found.values())

    def _anchor(self, mention: Row) -> str:
        return f"m{mention['start'] - self.article['start']}"

    def map(self) -> maps.Map | None:
        """The places on a map: where things happen, and only else the states that act."""
        counts: dict[int, int] = {}
        rows: dict[int, Row] = {}
        mentions = [row for row in self.tables["mentions"] if row["latitude"] is not None]
        for row in [row for row in mentions if row["sense"] == "location"] or mentions:
            counts[row["id"]] = counts.get(row["id"], 0) + 1
            rows[row["id"]] = row
        located = [
            maps.Located(
                name=row["name"],
                latitude=row["latitude"],
                longitude=row["longitude"],
                mentions=counts[key],
                href=self._path(f"/place/{key}"),
                kind=row["kind"],
            )
            for key, row in rows.items()
        ]
        return maps.draw(located, 360, 270, labels=9, share=0.8)

    def work(self, request: Request, of: str = "") -> Work:
        """What a citation names: the article, or its paragraph "p3" or quotation "q5".

        Raises:
            NotFound: the article has no such passage.
        """
        article = self.article
        start, end, passage, speaker = article["start"], article["end"], None, None
        if of:
            kind = {"p": "paragraphs", "q": "quotes"}.get(of[:1], "")
            row = next((one for one in self.tables.get(kind, []) if str(one["position"]) == of[1:]), None)
            if row is None:
                raise NotFound("This article has no such passage")
            start, end, passage = row["start"], row["end"], row["text"]
            speaker = row["speaker"] if kind == "quotes" else None
        path = f"/read/{article['slug']}" + (f"#{of}" if of else "")
        return Work(
            key=article["slug"],
            headline=article["headline"],
            authors=tuple(row["name"] for row in self.tables["authors"]),
            publication=article["publication"],
            published=article["published"],
            file=", ".join(part for part in (article["path"], article["member"]) if part),
            sha256=article["sha256"],
            start=start,
            end=end,
            url=rendering.absolute(self.datasette, request, path),
            passage=passage,
            speaker=speaker,
        )


async def _reading(datasette: Datasette, request: Request) -> Reading:
    archive = Archive(datasette)
    article = await archive.one(_ARTICLE, {"slug": request.url_vars["slug"]})
    if article is None:
        raise NotFound("There is no such article")
    reading = Reading(datasette, article)
    await reading.load(archive)
    return reading


def _json_ld(reading: Reading, work: Work) -> dict[str, Any]:
    """The article in schema.org's terms."""
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": work.headline,
        "datePublished": work.published,
        "author": [{"@type": "Person", "name": name} for name in work.authors],
        "publisher": {"@type": "Organization", "name": work.publication} if work.publication else None,
        "wordCount": reading.article["word_count"],
        "url": work.url,
        "isBasedOn": work.where(),
    }


async def read(datasette: Datasette, request: Request) -> Response:
    """The reading page."""
    reading = await _reading(datasette, request)
    article = reading.article
    work = reading.work(request)
    body = next(
        (row["text"] for row in reading.tables["paragraphs"] if row["role"] in ("standfirst", "body")), ""
    )
    context = {
        "title": article["headline"],
        "description": article["standfirst"] or body[:200],
        "article": article,
        "authors": reading.tables["authors"],
        "headline": reading.headline(),
        "printed_headline": reading.printed_headline(),
        "original": reading.original(),
        "correct": correct_this.sheet(article, reading.tables),
        "blocks": reading.blocks(),
        "quotes": reading.tables["quotes"],
        "speakers": reading.speakers(),
        "notes": reading.notes_elsewhere(),
        "corrections": reading.tables["corrections"],
        "neighbours": {row["way"]: row for row in reading.tables["neighbours"]},
        "named": reading.named(),
        "map": reading.map(),
        "work": work,
        "json_ld": _json_ld(reading, work),
    }
    return await rendering.page(datasette, request, "article.html", context, f"/read/{article['slug']}")


async def cite(datasette: Datasette, request: Request) -> Response:
    """The citation of an article or a passage, as a page or in one of three formats."""
    reading = await _reading(datasette, request)
    of = request.args.get("of") or ""
    work = reading.work(request, of)
    form = request.url_vars.get("form")
    if form == "txt":
        return Response.text(work.plain() + "\n")
    if form == "bib":
        return Response(work.bibtex(), content_type="application/x-bibtex; charset=utf-8")
    if form == "json":
        return Response(work.csl(), content_type="application/vnd.citationstyles.csl+json; charset=utf-8")
    context = {"title": "Cite: " + work.headline, "description": work.plain()[:200], "work": work, "of": of}
    return await rendering.page(datasette, request, "cite.html", {**context, "article": reading.article})


async def _newest(archive: Archive, skipped: int, limit: int) -> list[Row]:
    """Reads articles, the newest first, those without a date last.

    Months that are skipped whole are passed by their counts, not article by article.
    """
    passed, above = 0, "~"  # behind every date
    for row in await archive.rows("select * from article_months where month != '' order by month desc"):
        if passed + row["articles"] > skipped:
            break
        passed, above = passed + row["articles"], row["month"]
    bounds = {"above": above, "limit": limit, "skipped": skipped - passed}
    rows = await archive.rows(_LISTED.format(condition="published < :above"), bounds)
    if len(rows) < limit:
        bounds = {"limit": limit - len(rows), "skipped": 0 if rows else skipped - passed}
        rows += await archive.rows(_LISTED.format(condition="published is null"), bounds)
    return rows


async def listing(datasette: Datasette, request: Request) -> Response:
    """All articles, by date, a hundred to a page."""
    archive = Archive(datasette)
    number = rendering.whole_number(request.args.get("page"), 1, 1_000_000, 1)
    rows = await _newest(archive, (number - 1) * 100, 101)
    context: dict[str, Any] = {"title": "Articles", "description": "All articles, newest first."}
    context |= {"articles": rows[:100], "page": number, "more": len(rows) > 100}
    return await rendering.page(datasette, request, "articles.html", context, "/articles")
