"""Rows of one archive for every table, with references that count within its article.

A pure function of the archive, so that any process can run it; `loader.dataset.assign_ids` turns the
references into ids.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from loader.entities.speakers import Said, Voice, Voices
from loader.records import (
    PARAGRAPH_ROLES,
    Archive,
    Block,
    Content,
    Correction,
    Mention,
    Place,
    Quote,
    Segment,
)
from loader.text import fold, one_line, search_form, word_count

# What a slug may be at most, date left aside; it is cut between words.
_LONGEST_SLUG = 80
UNTITLED = "(untitled)"
_SEGMENT_COLUMNS = tuple(field.name for field in fields(Segment))
_PLACE_COLUMNS = tuple(field.name for field in fields(Place))

# Values by column.
Row = dict[str, Any]
# A reference: an index in the article's rows, or None.
Reference = int | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """One source file with all that was found in it."""

    archive: Archive
    contents: tuple[Content, ...]
    corrections: tuple[Correction, ...] = ()
    curation_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRows:
    """The rows that an article gives, each as values by column.

    A column that refers to another row holds an index: `paragraph_id` in the article's paragraphs,
    `quote_id` and `nested_in` in its quotations, `speaker_id` in its voices, `place_id` in the places of the
    source file. `loader.dataset.assign_ids` adds `id` and `article_id` and turns indexes into ids.

    Attributes:
        slug_stem: the slug, without the number that tells it from another article's.
        publication: the outlet's name, or None.
        authors: the names of those who sign, each once.
        article: the row of articles, without id, slug, archive_id and publication_id.
        voices: who is quoted, in order of the first quotation, each once.
        evidence: for each voice what the article says of it.
        tables: rows by table, in an order in which references point backwards.
    """

    slug_stem: str
    publication: str | None
    authors: tuple[str, ...]
    article: Row
    voices: list[Voice]
    evidence: list[list[Said]]
    tables: dict[str, list[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRows:
    """The rows that one input file gives, each as values by column.

    Attributes:
        file: the row of files, without id.
        archives: its source texts, in order; none if the file is not read.
        omitted: rows of omitted_ranges, without ids.
    """

    file: Row
    archives: list[ArchiveRows]
    omitted: list[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRows:
    """The rows that one source text gives, each as values by column.

    Attributes:
        archive: the row of archives, without id and file_id.
        places: rows of places without id and mention_count, each place once, in order of the first mention.
        articles: its articles in order.
        tables: rows by table that belong to the source file; `article_id` is an index in articles, or None.
    """

    archive: Row
    places: list[Row]
    articles: list[ArticleRows]
    tables: dict[str, list[Row]]


def archive_rows(parsed: Parsed) -> ArchiveRows:
    """Return the rows of one source file, in reading order.

    Args:
        parsed: the source file and what was found in it, corrected.
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
        archive={
            "path": archive.path,
            "member": archive.member,
            "part_sha256": archive.part_sha256,
            "sha256": archive.sha256,
            "bytes": archive.bytes,
            "characters": len(archive.text),
            "encoding": archive.encoding,
            "format": archive.format,
            "curation_sha256": parsed.curation_sha256,
        },
        places=[{name: getattr(place, name) for name in _PLACE_COLUMNS} for place in places],
        articles=articles,
        tables={
            "source_texts": [{"text": archive.text}] if archive.segments else [],
            "segments": [
                {name: getattr(segment, name) for name in _SEGMENT_COLUMNS} for segment in archive.segments
            ],
            "furniture": [
                {
                    "article_id": owners.get(block.start),
                    "role": block.role,
                    "text": fold(archive.text[block.start : block.end]),
                    "start": block.start,
                    "end": block.end,
                }
                for block in archive.blocks
                if block.role not in PARAGRAPH_ROLES
            ],
            "data_notes": [
                {
                    "article_id": indexes[note.article] if note.article else None,
                    "code": note.code,
                    "message": note.message,
                    "start": note.start,
                    "end": note.end,
                }
                for note in sorted(notes, key=lambda note: (note.start, note.end, note.code))
            ],
            "corrections": [
                {
                    "article_id": indexes[correction.article],
                    "field": correction.field,
                    "found": correction.found or None,
                    "corrected": correction.corrected or None,
                    "reason": correction.reason,
                    "start": correction.start,
                    "end": correction.end,
                }
                for correction in sorted(parsed.corrections, key=lambda one: (one.start, one.field))
            ],
        },
    )


def _article_rows(content: Content, archive: Archive, places: dict[Place, int]) -> ArticleRows:
    article = content.article
    blocks = [block for block in article.blocks if block.role in PARAGRAPH_ROLES]
    finder = _ParagraphFinder(blocks)
    voices = Voices()
    paragraphs = _paragraph_rows(blocks, archive)
    quotes = [
        _quote_row(position, quote, archive, finder, voices)
        for position, quote in enumerate(content.quotes, start=1)
    ]
    return ArticleRows(
        slug_stem=slug_stem(article.published, article.headline),
        publication=article.publication,
        authors=tuple(dict.fromkeys(author.name for author in article.authors)),
        article={
            "position": article.position,
            "headline": article.headline or UNTITLED,
            "standfirst": article.standfirst,
            "byline": article.byline,
            "published": article.published,
            "published_as_printed": article.published_as_printed,
            "dateline": article.dateline,
            "url": article.url,
            "word_count": sum(paragraph["word_count"] for paragraph in paragraphs),
            "start": article.start,
            "end": article.end,
        },
        voices=voices.voices,
        evidence=[list(said) for said in voices.evidence],
        tables={
            "paragraphs": paragraphs,
            "quotes": quotes,
            "mentioned_places": _mention_rows(content, archive, finder, places),
            "links": [
                {
                    "paragraph_id": finder.find(link.start),
                    "footnote": link.footnote,
                    "url": link.url,
                    "start": link.start,
                    "end": link.end,
                }
                for link in content.links
            ],
        },
    )


def _paragraph_rows(blocks: Sequence[Block], archive: Archive) -> list[Row]:
    rows = []
    for position, block in enumerate(blocks, start=1):
        text = fold(archive.text[block.start : block.end])
        rows.append(
            {
                "position": position,
                "role": block.role,
                "text": text,
                "word_count": word_count(text),
                "start": block.start,
                "end": block.end,
                "search_text": search_form(text),
            }
        )
    return rows


def _quote_row(
    position: int, quote: Quote, archive: Archive, finder: _ParagraphFinder, voices: Voices
) -> Row:
    speaker_text = _slice(archive, quote.speaker_start, quote.speaker_end)
    description = one_line(quote.speaker_description or "") or None
    text = fold(archive.text[quote.start : quote.end])
    return {
        "paragraph_id": finder.find(quote.start),
        "position": position,
        "utterance": quote.utterance,
        "text": text,
        "kind": quote.kind,
        "speaker_id": voices.index(
            speaker_text, quote.speaker_name, quote.speaker_kind or "person", description
        ),
        "speaker_text": speaker_text,
        "speaker_start": quote.speaker_start,
        "speaker_end": quote.speaker_end,
        "speaker_name": quote.speaker_name,
        "speaker_description": description,
        "cue": _slice(archive, quote.cue_start, quote.cue_end),
        "cue_start": quote.cue_start,
        "cue_end": quote.cue_end,
        "nested_in": quote.nested_in,
        "rule": quote.rule,
        "start": quote.start,
        "end": quote.end,
        "search_text": search_form(text),
    }


def _mention_rows(
    content: Content, archive: Archive, finder: _ParagraphFinder, places: dict[Place, int]
) -> list[Row]:
    around = _innermost(content.mentions, content.quotes)
    return [
        {
            "place_id": places.setdefault(mention.place, len(places)),
            "paragraph_id": finder.find(mention.start),
            "quote_id": quote,
            "text": fold(archive.text[mention.start : mention.end]),
            "sense": mention.sense,
            "confidence": round(mention.confidence, 2),
            "rule": mention.rule,
            "start": mention.start,
            "end": mention.end,
        }
        for mention, quote in zip(content.mentions, around, strict=True)
    ]


def _slice(archive: Archive, start: int | None, end: int | None) -> str | None:
    """Return the characters of a span, folded; None if there is no span."""
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
