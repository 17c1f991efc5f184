"""Contents to rows: ids in reading order, references resolved, counts made."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from loader.archive.kinds import word_count
from loader.content import Content
from loader.curation import Correction
from loader.records import PARAGRAPH_ROLES, Archive, Article, Block, Mention, Note, Place, Quote
from loader.schema import TABLES
from loader.speakers import Identity, Said, identify
from loader.text import fold, one_line

# What a slug may be at most, date left aside; it is cut between words.
_LONGEST_SLUG = 80
UNTITLED = "(untitled)"

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """One archive with all that was found in it."""

    archive: Archive
    contents: tuple[Content, ...]
    corrections: tuple[Correction, ...] = ()


@dataclass
class Tables:
    """The rows of every table, columns as in schema.TABLES."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})

    def add(self, table: str, **values: object) -> int:
        """Adds a row with the next id and returns that id; a missing column is null."""
        rows = self.rows[table]
        number = len(rows) + 1
        columns = TABLES[table].columns
        unknown = values.keys() - columns.keys()
        if unknown:
            raise AssertionError(f"{table} has no column {', '.join(sorted(unknown))}")
        rows.append(tuple(number if column == "id" else values.get(column) for column in columns))
        return number


def make_rows(parsed: Sequence[Parsed]) -> dict[str, list[Row]]:
    """Makes the rows of all tables.

    Args:
        parsed: the archives, in the order in which they are to be numbered.

    Returns:
        For each table its rows, as tuples in the order of its columns in schema.TABLES.
    """
    return _Writer(parsed).tables.rows


class _Writer:
    """Numbers everything in reading order while it walks through the archives."""

    def __init__(self, parsed: Sequence[Parsed]) -> None:
        self.tables = Tables()
        self._publications: dict[str, int] = {}
        self._authors: dict[str, int] = {}
        self._slugs: set[str] = set()
        self._slug_numbers: dict[str, int] = {}
        self._places = _numbered_places(parsed)
        speakers, self._speaker_of = _numbered_speakers(parsed)
        for place, (_, count) in self._places.items():
            self._add_place(place, count)
        for identity in speakers:
            self.tables.add(
                "speakers",
                name=identity.name,
                kind=identity.kind,
                description=identity.description,
                quote_count=len(identity.mentions),
            )
        for number, archive in enumerate(parsed):
            self._add_archive(number, archive)

    def _add_place(self, place: Place, count: int) -> None:
        self.tables.add(
            "places",
            name=place.name,
            kind=place.kind,
            country_code=place.country_code,
            country=place.country,
            latitude=place.latitude,
            longitude=place.longitude,
            geonames_id=place.geonames_id,
            wikidata_id=place.wikidata_id,
            mention_count=count,
        )

    def _add_archive(self, number: int, parsed: Parsed) -> None:
        archive = parsed.archive
        archive_id = self.tables.add(
            "archives",
            path=archive.path,
            sha256=archive.sha256,
            bytes=archive.bytes,
            characters=len(archive.text),
            encoding=archive.encoding,
            format=archive.format,
        )
        article_ids: dict[int, int] = {}
        owners: dict[int, int] = {}
        for content in parsed.contents:
            article_id = self._add_article(content, archive, archive_id, number)
            article_ids[content.article.position] = article_id
            owners.update((block.start, article_id) for block in content.article.blocks)
        for block in archive.blocks:
            if block.role not in PARAGRAPH_ROLES:
                self._add_furniture(block, archive, archive_id, owners.get(block.start))
        notes = [*archive.notes, *(note for content in parsed.contents for note in content.notes)]
        for note in sorted(notes, key=lambda note: (note.start, note.end, note.code)):
            self._add_note(note, archive_id, article_ids)
        for correction in sorted(parsed.corrections, key=lambda one: (one.start, one.field)):
            self.tables.add(
                "corrections",
                archive_id=archive_id,
                article_id=article_ids[correction.article],
                field=correction.field,
                found=correction.found or None,
                corrected=correction.corrected or None,
                reason=correction.reason,
                start=correction.start,
                end=correction.end,
            )

    def _add_furniture(self, block: Block, archive: Archive, archive_id: int, article_id: int | None) -> None:
        self.tables.add(
            "furniture",
            archive_id=archive_id,
            article_id=article_id,
            role=block.role,
            text=fold(archive.text[block.start : block.end]),
            start=block.start,
            end=block.end,
        )

    def _add_note(self, note: Note, archive_id: int, article_ids: dict[int, int]) -> None:
        self.tables.add(
            "data_notes",
            archive_id=archive_id,
            article_id=article_ids[note.article] if note.article else None,
            code=note.code,
            message=note.message,
            start=note.start,
            end=note.end,
        )

    def _add_article(self, content: Content, archive: Archive, archive_id: int, number: int) -> int:
        article = content.article
        paragraphs = [block for block in article.blocks if block.role in PARAGRAPH_ROLES]
        texts = [fold(archive.text[block.start : block.end]) for block in paragraphs]
        article_id = self.tables.add(
            "articles",
            slug=self._slug(article),
            archive_id=archive_id,
            position=article.position,
            headline=article.headline or UNTITLED,
            standfirst=article.standfirst,
            publication_id=self._named("publications", self._publications, article.publication),
            byline=article.byline,
            published=article.published,
            published_as_printed=article.published_as_printed,
            dateline=article.dateline,
            word_count=sum(map(word_count, texts)),
            start=article.start,
            end=article.end,
        )
        for position, author in enumerate(_distinct(author.name for author in article.authors), start=1):
            author_id = self._named("authors", self._authors, author)
            self.tables.add("article_authors", article_id=article_id, author_id=author_id, position=position)
        first = len(self.tables.rows["paragraphs"]) + 1
        for position, (block, text) in enumerate(zip(paragraphs, texts, strict=True), start=1):
            self.tables.add(
                "paragraphs",
                article_id=article_id,
                position=position,
                role=block.role,
                text=text,
                word_count=word_count(text),
                start=block.start,
                end=block.end,
            )
        finder = _ParagraphFinder(paragraphs, first)
        quote_ids = self._add_quotes(content, archive, article_id, finder, number)
        self._add_mentions(content, archive, article_id, finder, quote_ids)
        for link in content.links:
            self.tables.add(
                "links",
                article_id=article_id,
                paragraph_id=finder.find(link.start),
                footnote=link.footnote,
                url=link.url,
                start=link.start,
                end=link.end,
            )
        return article_id

    def _named(self, table: str, known: dict[str, int], name: str | None) -> int | None:
        if name is None:
            return None
        if name not in known:
            known[name] = self.tables.add(table, name=name)
        return known[name]

    def _slug(self, article: Article) -> str:
        stem = slug_stem(article.published, article.headline)
        slug = stem
        while slug in self._slugs:
            # Counted on from the last one of this stem: a thousand articles may have one headline.
            number = self._slug_numbers[stem] = self._slug_numbers.get(stem, 1) + 1
            slug = f"{stem}-{number}"
        self._slugs.add(slug)
        return slug

    def _add_quotes(
        self, content: Content, archive: Archive, article_id: int, finder: _ParagraphFinder, number: int
    ) -> list[int]:
        first = len(self.tables.rows["quotes"]) + 1
        for index, quote in enumerate(content.quotes):
            self.tables.add(
                "quotes",
                article_id=article_id,
                paragraph_id=finder.find(quote.start),
                position=index + 1,
                utterance=quote.utterance,
                text=fold(archive.text[quote.start : quote.end]),
                kind=quote.kind,
                speaker_id=self._speaker_of.get((number, content.article.position, index)),
                speaker_text=_slice(archive, quote.speaker_start, quote.speaker_end),
                speaker_start=quote.speaker_start,
                speaker_end=quote.speaker_end,
                cue=_slice(archive, quote.cue_start, quote.cue_end),
                cue_start=quote.cue_start,
                cue_end=quote.cue_end,
                nested_in=first + quote.nested_in if quote.nested_in is not None else None,
                rule=quote.rule,
                start=quote.start,
                end=quote.end,
            )
        return list(range(first, first + len(content.quotes)))

    def _add_mentions(
        self,
        content: Content,
        archive: Archive,
        article_id: int,
        finder: _ParagraphFinder,
        quote_ids: list[int],
    ) -> None:
        around = _innermost(content.mentions, content.quotes, quote_ids)
        for mention, quote_id in zip(content.mentions, around, strict=True):
            self.tables.add(
                "mentioned_places",
                place_id=self._places[mention.place][0],
                article_id=article_id,
                paragraph_id=finder.find(mention.start),
                quote_id=quote_id,
                text=fold(archive.text[mention.start : mention.end]),
                sense=mention.sense,
                confidence=round(mention.confidence, 2),
                rule=mention.rule,
                start=mention.start,
                end=mention.end,
            )


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

    def __init__(self, paragraphs: Sequence[Block], first_id: int) -> None:
        self._paragraphs = paragraphs
        self._starts = [block.start for block in paragraphs]
        self._first_id = first_id

    def find(self, offset: int) -> int | None:
        """The id of the paragraph that holds this offset, or None in a headline or source line."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0 or offset >= self._paragraphs[index].end:
            return None
        return self._first_id + index


def _innermost(
    mentions: Sequence[Mention], quotes: Sequence[Quote], ids: Sequence[int]
) -> Iterator[int | None]:
    """For each mention the id of the innermost quotation around it; both are in order of their starts."""
    opened: list[tuple[int, int]] = []  # ends and ids of the quotations that may go on, innermost last
    at = 0
    for mention in mentions:
        while at < len(quotes) and quotes[at].start <= mention.start:
            while opened and opened[-1][0] <= quotes[at].start:
                opened.pop()
            opened.append((quotes[at].end, ids[at]))
            at += 1
        while opened and opened[-1][0] <= mention.start:
            opened.pop()
        yield next((number for end, number in reversed(opened) if mention.end <= end), None)


def _distinct(names: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _numbered_places(parsed: Sequence[Parsed]) -> dict[Place, tuple[int, int]]:
    counts: dict[Place, int] = {}
    for one in parsed:
        for content in one.contents:
            for mention in content.mentions:
                counts[mention.place] = counts.get(mention.place, 0) + 1
    return {place: (number, count) for number, (place, count) in enumerate(counts.items(), start=1)}


def _numbered_speakers(parsed: Sequence[Parsed]) -> tuple[list[Identity], dict[tuple[int, int, int], int]]:
    """Numbers the speakers by first quotation.

    Returns:
        The speakers in the order of their ids; the id for each quotation by archive number, article
        position and the quotation's index.
    """
    places: list[tuple[int, int, int]] = []
    said: list[Said] = []
    for number, one in enumerate(parsed):
        for content in one.contents:
            for index, quote in enumerate(content.quotes):
                if quote.speaker_text is None and quote.speaker_name is None:
                    continue
                places.append((number, content.article.position, index))
                said.append(
                    Said(
                        quote.speaker_name,
                        one_line(quote.speaker_text or quote.speaker_name or ""),
                        quote.speaker_kind or "person",
                        one_line(quote.speaker_description or "") or None,
                        (number << 32) + content.article.position,
                    )
                )
    identities = identify(said)
    numbers = {
        places[mention]: number
        for number, identity in enumerate(identities, start=1)
        for mention in identity.mentions
    }
    return identities, numbers
