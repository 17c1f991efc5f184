"""Composes the steps from a file's bytes to an Archive."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from os import PathLike
from pathlib import Path

from loader.input_files import MAX_ARCHIVE_BYTES, read_file
from loader.readers.base import SourceText
from loader.readers.decoding import NO_CHOICE, Decoded, DecodingChoice, decode
from loader.readers.roundup import anomalies as checks
from loader.readers.roundup.block_roles import body_blocks, picture_role
from loader.readers.roundup.headers import Header, find_headers
from loader.readers.roundup.line_patterns import (
    DATELINE,
    DATELINE_AGENCY,
    DATELINE_BRACKETED,
    DATELINE_COLON,
    DATELINE_MIXED,
)
from loader.readers.roundup.line_types import is_headline_like
from loader.readers.roundup.units import Unit, split_units
from loader.records import Archive, Article, Author, Block, Note
from loader.text import INVISIBLE, ReadingForm, fold, one_line

_LINE_END = re.compile(r"[\r\n\u2028\u2029]")
_START = attrgetter("start")
_INVISIBLE = re.compile(rf"[{INVISIBLE}]")  # without "+" the search skips to the first of them
_INVISIBLE_RUN = re.compile(rf"[{INVISIBLE}]+")


def read_archive(
    path: str | PathLike[str],
    *,
    max_bytes: int = MAX_ARCHIVE_BYTES,
    encoding: str | None = None,
    repair: bool = False,
) -> Archive:
    """Reads one archive: a text file in which articles follow each other.

    Args:
        path: the file.
        max_bytes: how long it may be.
        encoding: the Python codec of a file without a byte-order mark that is not UTF-8; None to guess it.
        repair: whether characters that were encoded twice, and HTML entities, are read as what they mean.

    Returns:
        The archive; its path is the file's name.

    Raises:
        InputError: where the file cannot be read, is too long or is no plain text; one line with file,
            line and cure.
    """
    file = Path(path)
    choice = DecodingChoice(encoding, repair)
    return read_bytes(read_file(file, max_bytes), file.name, file=str(file), choice=choice)


def read_bytes(
    data: bytes, path: str, *, file: str | None = None, choice: DecodingChoice = NO_CHOICE
) -> Archive:
    """Reads an archive from its bytes.

    Args:
        data: the file's bytes.
        path: how the file is to be called in the data set.
        file: how an error calls it, where that is not the same.
        choice: how it is to be decoded.

    Raises:
        InputError: where the bytes are no plain text.
    """
    source = read_text(data, file or path, choice)
    return source.archive(path, hashlib.sha256(data).hexdigest(), len(data))


def read_text(data: bytes, name: str, choice: DecodingChoice = NO_CHOICE) -> SourceText:
    """Reads the bytes of a text.

    Args:
        data: all of its bytes.
        name: how an error calls it.
        choice: how it is decoded if it does not say its encoding.

    Raises:
        InputError: where the bytes are no plain text.
    """
    decoded = decode(data, name, choice)
    text = decoded.text
    reading = ReadingForm(text)
    articles, outside, notes = _articles(split_units(reading.text), reading.text)
    if reading.is_changed:
        articles = [_article_in_text(article, reading) for article in articles]
        outside = [_block_in_text(block, reading) for block in outside]
        notes = [_note_in_text(note, reading) for note in notes]
    blocks = [*(block for article in articles for block in article.blocks), *outside]
    blocks.sort(key=_START)
    if _INVISIBLE.search(text):
        blocks = _with_invisible(blocks, text)
        articles = _regrouped(articles, blocks)
    notes.extend(_archive_notes(decoded, articles, blocks))
    return SourceText(
        encoding=decoded.encoding,
        format=decoded.format,
        text=text,
        segments=decoded.segments,
        blocks=tuple(blocks),
        articles=tuple(articles),
        notes=tuple(sorted(notes, key=lambda note: (note.start, note.end, note.code))),
    )


def _article_in_text(article: Article, reading: ReadingForm) -> Article:
    """Return an article of the text's reading form with its offsets in the text."""
    start, end = reading.span(article.start, article.end)
    printed = (article.published_start, article.published_end)
    if article.published_start is not None and article.published_end is not None:
        printed = reading.span(article.published_start, article.published_end)
    return replace(
        article,
        authors=tuple(
            Author(author.name, *reading.span(author.start, author.end)) for author in article.authors
        ),
        published_start=printed[0],
        published_end=printed[1],
        blocks=tuple(_block_in_text(block, reading) for block in article.blocks),
        start=start,
        end=end,
    )


def _block_in_text(block: Block, reading: ReadingForm) -> Block:
    return Block(block.role, *reading.span(block.start, block.end))


def _note_in_text(note: Note, reading: ReadingForm) -> Note:
    start, end = reading.span(note.start, note.end)
    return replace(note, start=start, end=end)


def _articles(units: Sequence[Unit], text: str) -> tuple[list[Article], list[Block], list[Note]]:
    """Parts the units into articles and what stands between them."""
    headers = find_headers(units)
    articles: list[Article] = []
    outside: list[Block] = []
    notes: list[Note] = []
    first = headers[0].first if headers else len(units)
    if first:
        kept, between, _ = _between(units[:first])
        outside.extend(between)
        if kept:
            articles.append(_untitled(kept, text))
            code, message = (
                ("unrecognised", "The words before the first article belong to none; they are kept as body.")
                if headers
                else (
                    "no_article",
                    "No headline with a source line was found; all of the file is kept as body.",
                )
            )
            notes.append(Note(code=code, message=message, start=kept[0].start, end=kept[-1].end, article=1))
    ends = [header.first for header in headers[1:]] + [len(units)]
    for header, end in zip(headers, ends, strict=False):
        below = units[header.body : end]
        kept, between, stray = _between(below)
        outside.extend(between)
        article, flaw = _article(len(articles) + 1, units, header, kept, text)
        articles.append(article)
        notes.extend(_article_notes(article, header, flaw, text, stray, has_body=bool(kept)))
    return articles, outside, notes


def _between(units: Sequence[Unit]) -> tuple[list[Unit], list[Block], list[Unit]]:
    """Parts units below a source line into paragraphs and what belongs to no article.

    Returns:
        The paragraphs; separators, "Also see:" and the headlines listed under it; those of the
        paragraphs that stand behind one of these, where nothing says whose they are.
    """
    kept: list[Unit] = []
    between: list[Block] = []
    stray: list[Unit] = []
    listing = closed = False
    for unit in units:
        if unit.delimiter:
            between.append(Block(unit.delimiter, unit.start, unit.end))
            listing, closed = unit.delimiter == "see_also", True
        elif listing and _is_listed(unit.text):
            between.append(Block("see_also", unit.start, unit.end))
        else:
            listing = False
            kept.append(unit)
            if closed:
                stray.append(unit)
    return kept, between, stray


def _is_listed(text: str) -> bool:
    """True for a headline in a list under "Also see:": perhaps with a bullet, perhaps only an address."""
    bare = text.lstrip("-–—•*‣◦▪●■►▶✓· ")
    return is_headline_like(bare) or bare.startswith(("http://", "https://", "www."))


def _article(
    position: int, units: Sequence[Unit], header: Header, kept: Sequence[Unit], text: str
) -> tuple[Article, str | None]:
    """Makes the article of a header and its paragraphs; also what is wrong with its printed date."""
    blocks = sorted(_header_blocks(units, header), key=_START)
    source = header.source
    authors = (
        tuple(Author(one_line(span.text), span.start, span.end) for span in source.authors) if source else ()
    )
    blocks.extend(body_blocks(kept, [author.name for author in authors]))
    title = units[header.headline] if header.headline is not None else None
    summary = " ".join(units[index].text for index in header.standfirst)
    date = source.date if source else None
    printed = source.spans[: 1 if source.doubled else None] if source else ()
    byline = " ".join(text[start:end] for start, end in printed)
    article = Article(
        position=position,
        headline=one_line(title.text) if title else None,
        standfirst=one_line(summary) or None,
        publication=one_line(source.outlet.text) if source and source.outlet else None,
        authors=authors,
        byline=one_line(byline) or None,
        published=date.iso if date else None,
        published_as_printed=one_line(text[date.start : date.end]) if date else None,
        published_start=date.start if date else None,
        published_end=date.end if date else None,
        dateline=_dateline(blocks, text),
        blocks=tuple(blocks),
        start=blocks[0].start,
        end=blocks[-1].end,
    )
    return article, date.flaw if date else None


def _header_blocks(units: Sequence[Unit], header: Header) -> Iterator[Block]:
    for index in range(header.first, header.source_at):
        unit = units[index]
        if index == header.headline:
            role = "headline"
        elif index in header.standfirst:
            role = "standfirst"
        else:
            role = picture_role(unit.text)
        yield Block(role, unit.start, unit.end)
    if header.source:
        yield from (Block("caption", *image) for image in header.source.images)
        yield from _source_blocks(units[header.source_at : header.body], header.source.spans)


def _source_blocks(units: Sequence[Unit], spans: Sequence[tuple[int, int]]) -> Iterator[Block]:
    """One block for lines that follow each other directly, else one each."""
    start, end, chunk = spans[0][0], spans[0][1], units[0].chunk
    doubled = len({unit.text for unit in units}) < len(units)
    for unit, span in zip(units[1:], spans[1:], strict=True):
        if unit.chunk == chunk and not doubled and span[0] == unit.start:
            end = span[1]
        else:
            yield Block("source_line", start, end)
            start, end, chunk = span[0], span[1], unit.chunk
    yield Block("source_line", start, end)


def _untitled(kept: Sequence[Unit], text: str) -> Article:
    blocks = tuple(body_blocks(kept, ()))
    blocks = tuple(
        Block("body", block.start, block.end) if block.role == "subheading" else block for block in blocks
    )
    return Article(
        position=1,
        headline=None,
        standfirst=None,
        publication=None,
        authors=(),
        byline=None,
        published=None,
        published_as_printed=None,
        published_start=None,
        published_end=None,
        dateline=_dateline(blocks, text),
        blocks=blocks,
        start=blocks[0].start,
        end=blocks[-1].end,
    )


def _dateline(blocks: Sequence[Block], text: str) -> str | None:
    lead = next((block for block in blocks if block.role == "body"), None)
    if lead is None:
        return None
    opening = fold(text[lead.start : min(lead.end, lead.start + 160)]).replace("\n", " ").lstrip()
    match = (
        DATELINE_BRACKETED.match(opening)
        or DATELINE_AGENCY.match(opening)
        or DATELINE.match(opening)
        or _colon_dateline(opening, blocks, text)
    )
    if match is None:
        match = DATELINE_MIXED.match(opening)
        if match is None or not (match["agency"] or "," in match["place"] or "/" in match["place"]):
            return None
    return one_line(match["place"])


def _colon_dateline(opening: str, blocks: Sequence[Block], text: str) -> re.Match[str] | None:
    """A dateline closed by a colon; in an interview or a transcript such labels open many paragraphs."""
    match = DATELINE_COLON.match(opening)
    if match is None or opening.partition(":")[2].partition(". ")[0].rstrip().endswith("?"):
        return None
    labels = sum(
        1
        for block in blocks
        if block.role == "body"
        and DATELINE_COLON.match(fold(text[block.start : min(block.end, block.start + 80)]))
    )
    return match if labels == 1 else None


def _article_notes(
    article: Article, header: Header, flaw: str | None, text: str, stray: Sequence[Unit], *, has_body: bool
) -> Iterator[Note]:
    source = header.source
    if source is None:
        message = "No source line stands under the headline: outlet, author and date are unknown."
        yield Note(
            code="no_source_line",
            message=message,
            start=article.start,
            end=article.blocks[0].end,
            article=article.position,
        )
    else:
        yield from checks.date_note(article, flaw)
        for start, end in source.images:
            message = f"The file name “{text[start:end]}” is glued to the source line."
            yield Note(
                code="fused_file_name", message=message, start=start, end=end, article=article.position
            )
        if source.doubled:
            yield Note.at(
                source.spans[-1],
                "doubled_source_line",
                "The source line is printed twice.",
                article.position,
            )
    if header.headline is None:
        yield Note.at(
            article_head(article),
            "no_headline",
            "No headline stands above the source line.",
            article.position,
        )
    if not has_body:
        yield Note.at(
            article_head(article), "no_body", "No paragraph follows the source line.", article.position
        )
    if stray:
        message = (
            "No headline with a source line stands over these words; they are kept with the article above."
        )
        yield Note(
            code="unrecognised",
            message=message,
            start=stray[0].start,
            end=stray[-1].end,
            article=article.position,
        )
    yield from checks.wordless(article, text)
    yield from checks.contradictions(article, text)
    yield from checks.doubled_credits(article, text)


def article_head(article: Article) -> tuple[int, int]:
    """The span of an article's first block."""
    return article.blocks[0].start, article.blocks[0].end


def _archive_notes(decoded: Decoded, articles: Sequence[Article], blocks: Sequence[Block]) -> Iterator[Note]:
    if not articles:
        yield Note(code="no_article", message="The file holds no words.", start=0, end=len(decoded.text))
    yield from decoded.notes
    yield from checks.doubled_separators(blocks, decoded.text)
    yield from checks.author_spellings(articles)


def _with_invisible(blocks: list[Block], text: str) -> list[Block]:
    """Gives characters without a width that stand outside every block to the block on their line.

    They are blank to a reader but not to a program that counts characters; on a line of their own they
    are a separator block.
    """
    out: list[Block] = []
    at = 0
    for block in [*blocks, None]:
        stop = block.start if block else len(text)
        start = block.start if block else 0
        for run in _INVISIBLE_RUN.finditer(text, at, stop):
            if out and not _LINE_END.search(text, out[-1].end, run.start()):
                out[-1] = Block(out[-1].role, out[-1].start, run.end())
            elif block and not _LINE_END.search(text, run.end(), start):
                start = run.start()
                break
            else:
                out.append(Block("separator", run.start(), run.end()))
        if block:
            out.append(Block(block.role, start, block.end))
            at = block.end
    return out


def _regrouped(articles: Sequence[Article], blocks: Sequence[Block]) -> list[Article]:
    """The articles with their blocks as `_with_invisible` left them."""
    starts = [block.start for block in blocks]

    def grown(block: Block) -> Block:
        return blocks[bisect_right(starts, block.start) - 1]

    regrouped = []
    for article in articles:
        own = tuple(grown(block) for block in article.blocks)
        regrouped.append(replace(article, blocks=own, start=own[0].start, end=own[-1].end))
    return regrouped
