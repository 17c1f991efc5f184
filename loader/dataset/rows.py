"""Rows of one archive for every table, with references that count within its article.

A pure function of the archive, so that any process can run it; `loader.dataset.assign_ids` turns the
references into ids. Tuples hold the columns of schema.TABLES in their order, the ids left out.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import NamedTuple

from loader.entities.speakers import Said, Voice, Voices
from loader.records import PARAGRAPH_ROLES, Archive, Block, Content, Correction, Mention, Place, Quote
from loader.text import fold, one_line, word_count

# What a slug may be at most, date left aside; it is cut between words.
_LONGEST_SLUG = 80
UNTITLED = "(untitled)"
_PLACE_COLUMNS = attrgetter(*(field.name for field in fields(Place)))

Row = tuple[object, ...]
# A reference: an index in the article's rows, or None.
Reference = int | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """One archive with all that was found in it."""

    archive: Archive
    contents: tuple[Content, ...]
    corrections: tuple[Correction, ...] = ()
    curation_sha256: str | None = None


class QuoteRow(NamedTuple):
    """A row of quotes: what it refers to, and its columns before and after the speaker's id.

    Attributes:
        paragraph: index in the article's paragraphs, or None.
        before: position, utterance, text, kind.
        voice: index in the article's voices, or None.
        after: speaker_text to cue_end.
        nested_in: index in the article's quotes, or None.
        last: rule, start, end.
    """

    paragraph: Reference
    before: Row
    voice: Reference
    after: Row
    nested_in: Reference
    last: Row


class MentionRow(NamedTuple):
    """A row of mentioned_places: index in the archive's places, what it stands in, text to end."""

    place: int
    paragraph: Reference
    quote: Reference
    columns: Row


class ArticleRows(NamedTuple):
    """What an article gives to the tables.

    Attributes:
        slug_stem: the slug, but for a number where another article has the same.
        position: its place in the archive, from 1.
        publication: the outlet's name, or None.
        authors: the names of those who sign, each once.
        before: headline, standfirst.
        after: byline to end.
        paragraphs: columns from position on.
        voices: who is quoted, in order of the first quotation, each once.
        evidence: for each voice what the article tells of it: name, printed words, description.
        quotes: in order of their starts.
        mentions: in order of their starts.
        links: index in paragraphs or None, then the columns from footnote on.
    """

    slug_stem: str
    position: int
    publication: str | None
    authors: tuple[str, ...]
    before: Row
    after: Row
    paragraphs: list[Row]
    voices: list[Voice]
    evidence: list[list[Said]]
    quotes: list[QuoteRow]
    mentions: list[MentionRow]
    links: list[tuple[Reference, Row]]


class ArchiveRows(NamedTuple):
    """What one archive gives to the tables.

    Attributes:
        archive: columns from path on.
        places: the places that it mentions, each once, in order of their first mention.
        articles: its articles in order.
        furniture: index in articles or None, then the columns from role on.
        data_notes: the same, from code on.
        corrections: the same, from field on.
    """

    archive: Row
    places: list[Row]
    articles: list[ArticleRows]
    furniture: list[tuple[Reference, Row]]
    data_notes: list[tuple[Reference, Row]]
    corrections: list[tuple[Reference, Row]]


def archive_rows(parsed: Parsed) -> ArchiveRows:
    """Makes the rows of one archive.

    Args:
        parsed: the archive and what was found in it, corrected.

    Returns:
        Its rows, in reading order.
    """
    archive = parsed.archive
    places: dict[Place, int] = {}
    indexes: dict[int, int] = {}
    owners: dict[int, int] = {}
    articles = []
    for index, content in enumerate(parsed.contents):
        indexes[content.article.position] = index
        owners.update((block.start, index) for block in content.article.blocks)
        articles.append(_article_rows(content, archive, places))
    notes = [*archive.notes, *(note for content in parsed.contents for note in content.notes)]
    return ArchiveRows(
        (
            archive.path,
            archive.sha256,
            archive.bytes,
            len(archive.text),
            archive.encoding,
            archive.format,
            parsed.curation_sha256,
        ),
        [_PLACE_COLUMNS(place) for place in places],
        articles,
        [
            (
                owners.get(block.start),
                (block.role, fold(archive.text[block.start : block.end]), block.start, block.end),
            )
            for block in archive.blocks
            if block.role not in PARAGRAPH_ROLES
        ],
        [
            (
                indexes[note.article] if note.article else None,
                (note.code, note.message, note.start, note.end),
            )
            for note in sorted(notes, key=lambda note: (note.start, note.end, note.code))
        ],
        [
            (
                indexes[one.article],
                (one.field, one.found or None, one.corrected or None, one.reason, one.start, one.end),
            )
            for one in sorted(parsed.corrections, key=lambda one: (one.start, one.field))
        ],
    )


def _article_rows(content: Content, archive: Archive, places: dict[Place, int]) -> ArticleRows:
    article = content.article
    blocks = [block for block in article.blocks if block.role in PARAGRAPH_ROLES]
    texts = [fold(archive.text[block.start : block.end]) for block in blocks]
    counts = [word_count(text) for text in texts]
    finder = _ParagraphFinder(blocks)
    voices = Voices()
    quotes = [_quote_row(index, quote, archive, finder, voices) for index, quote in enumerate(content.quotes)]
    return ArticleRows(
        slug_stem=slug_stem(article.published, article.headline),
        position=article.position,
        publication=article.publication,
        authors=tuple(dict.fromkeys(author.name for author in article.authors)),
        before=(article.headline or UNTITLED, article.standfirst),
        after=(
            article.byline,
            article.published,
            article.published_as_printed,
            article.dateline,
            sum(counts),
            article.start,
            article.end,
        ),
        paragraphs=[
            (position, block.role, text, count, block.start, block.end)
            for position, (block, text, count) in enumerate(zip(blocks, texts, counts, strict=True), start=1)
        ],
        voices=voices.voices,
        evidence=[list(told) for told in voices.evidence],
        quotes=quotes,
        mentions=_mention_rows(content, archive, finder, places),
        links=[
            (finder.find(link.start), (link.footnote, link.url, link.start, link.end))
            for link in content.links
        ],
    )


def _quote_row(
    index: int, quote: Quote, archive: Archive, finder: _ParagraphFinder, voices: Voices
) -> QuoteRow:
    speaker_text = _slice(archive, quote.speaker_start, quote.speaker_end)
    description = one_line(quote.speaker_description or "") or None
    return QuoteRow(
        finder.find(quote.start),
        (index + 1, quote.utterance, fold(archive.text[quote.start : quote.end]), quote.kind),
        voices.index(speaker_text, quote.speaker_name, quote.speaker_kind or "person", description),
        (
            speaker_text,
            quote.speaker_start,
            quote.speaker_end,
            quote.speaker_name,
            description,
            _slice(archive, quote.cue_start, quote.cue_end),
            quote.cue_start,
            quote.cue_end,
        ),
        quote.nested_in,
        (quote.rule, quote.start, quote.end),
    )


def _mention_rows(
    content: Content, archive: Archive, finder: _ParagraphFinder, places: dict[Place, int]
) -> list[MentionRow]:
    around = _innermost(content.mentions, content.quotes)
    return [
        MentionRow(
            places.setdefault(mention.place, len(places)),
            finder.find(mention.start),
            quote,
            (
                fold(archive.text[mention.start : mention.end]),
                mention.sense,
                round(mention.confidence, 2),
                mention.rule,
                mention.start,
                mention.end,
            ),
        )
        for mention, quote in zip(content.mentions, around, strict=True)
    ]


def _slice(archive: Archive, start: int | None, end: int | None) -> str | None:
    """The archive's characters of a span, folded; None where there is no span."""
    return None if start is None or end is None else fold(archive.text[start:end])


def slug_stem(published: str | None, headline: str | None) -> str:
    """The readable part of an article's slug; a number follows where another article has the same.

    Args:
        published: the date, ISO 8601, or None.
        headline: the title, or None.
    """
    words = unicodedata.normalize("NFKD", headline or "untitled").replace("’", "").replace("'", "")
    plain = re.sub(r"[^a-z0-9]+", "-", words.encode("ascii", "ignore").decode().lower()).strip("-")
    if len(plain) > _LONGEST_SLUG:
        plain = plain[: _LONGEST_SLUG + 1].rpartition("-")[0] or plain[:_LONGEST_SLUG]
    return "-".join(part for part in (published, plain) if part) or "article"


class _ParagraphFinder:
    """Finds the paragraph of an article that holds an offset."""

    def __init__(self, paragraphs: Sequence[Block]) -> None:
        self._paragraphs = paragraphs
        self._starts = [block.start for block in paragraphs]

    def find(self, offset: int) -> Reference:
        """The index of the paragraph that holds this offset, or None in a headline or source line."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0 or offset >= self._paragraphs[index].end:
            return None
        return index


def _innermost(mentions: Sequence[Mention], quotes: Sequence[Quote]) -> Iterator[Reference]:
    """For each mention the index of the innermost quotation around it; both are in order of their starts."""
    opened: list[tuple[int, int]] = []  # ends and indexes of the quotations that may go on, innermost last
    at = 0
    for mention in mentions:
        while at < len(quotes) and quotes[at].start <= mention.start:
            while opened and opened[-1][0] <= quotes[at].start:
                opened.pop()
            opened.append((quotes[at].end, at))
            at += 1
        while opened and opened[-1][0] <= mention.start:
            opened.pop()
        yield next((index for end, index in reversed(opened) if mention.end <= end), None)
