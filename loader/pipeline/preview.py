"""What would be read from a file or folder, for a terminal: the way to try a new archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click

from loader.curation import place_key
from loader.errors import InputError, printable
from loader.extract.annotate import read_content
from loader.input_files import MAX_ARCHIVE_BYTES, MAX_CONTAINER_BYTES
from loader.pipeline.build import limits_of
from loader.pipeline.check_report import many
from loader.pipeline.parse_file import Reading, open_file
from loader.pipeline.tasks import Task, size_of
from loader.readers.base import Limits
from loader.readers.decoding import NO_CHOICE, DecodingChoice
from loader.readers.files import NOTHING_TO_READ, Source, list_files
from loader.records import PARAGRAPH_ROLES, Archive, Block, Content
from loader.text import one_line, one_line_of_same_length

_COLOURS = {
    "headline": "bright_white",
    "source_line": "cyan",
    "standfirst": "blue",
    "credit": "magenta",
    "caption": "magenta",
    "subheading": "bright_white",
    "legend": "yellow",
    "list_item": "yellow",
    "footnote": "yellow",
    "editor_note": "yellow",
    "author_bio": "magenta",
    "see_also": "bright_black",
    "separator": "bright_black",
}
_ROLE_WIDTH = 12
_OFFSET_WIDTH = 8


def show(
    path: Path,
    *,
    width: int,
    offsets: bool = False,
    max_bytes: int = MAX_ARCHIVE_BYTES,
    max_container: int = MAX_CONTAINER_BYTES,
    decoding: DecodingChoice = NO_CHOICE,
) -> Iterator[str]:
    """Report, line by line, how a file or the files of a folder are read.

    Args:
        path: the file or folder.
        width: columns of the terminal; block texts are cut to one line of it.
        offsets: whether blocks, authors, quotations and place mentions are printed with their offset and
            whole text, as rows of corrections.csv take them.
        max_bytes: how long a text may be.
        max_container: how long the unpacked parts of a container may be together.
        decoding: how texts are decoded that do not say their encoding, and whether damage is repaired.

    Yields:
        Lines with colour codes.

    Raises:
        InputError: there is no such file or folder, or a file cannot be read as text.
    """
    listing = list_files([path])
    limits = limits_of(max_bytes, max_container, decoding)
    shown = 0
    refused = [other.refusal for other in listing.refused]
    for source in listing.require_sources():
        try:
            for archive in _texts(source, limits):
                if shown:
                    yield ""
                shown += 1
                yield from _show_text(archive, source, width, offsets=offsets)
        except InputError as error:
            if not source.from_folder:
                raise
            refused.append(str(error))
    if not shown:
        raise InputError(refused[0] if refused else f"{path}: {NOTHING_TO_READ}")
    for line in refused:
        yield ""
        yield click.style(printable(line), fg="red")


def _texts(source: Source, limits: Limits) -> Iterator[Archive]:
    """Yield the source texts of a file; none if it holds no articles and was found in a folder.

    Raises:
        InputError: the file cannot be read.
    """
    size, refused = size_of(source, limits)
    task = Task(source=source, size=size, wanted=(), places=None, limits=limits, refused=refused)
    found = open_file(task)
    if isinstance(found, Reading):
        yield from (text.archive(source.name, found.sha256, found.size) for text in found.sources)
    elif found.status == "refused" or not source.from_folder:
        raise InputError(f"{source.file}: {found.reason}")


def _show_text(archive: Archive, source: Source, width: int, *, offsets: bool) -> Iterator[str]:
    contents = read_content(archive)
    name = f"{source.location}, {archive.member}" if archive.member else source.location
    yield click.style(f"{printable(name)}: {archive.format}, {len(archive.text):,} characters", bold=True)
    owners = {
        block.start: content.article.position for content in contents for block in content.article.blocks
    }
    found: Callable[[Content], Iterator[str]] = partial(_found_with_offsets, archive) if offsets else _found
    open_article: Content | None = None
    for block in archive.blocks:
        if open_article and block.start >= open_article.article.end:
            yield from found(open_article)
            open_article = None
        position = owners.get(block.start)
        if position and open_article is None:
            open_article = contents[position - 1]
            yield from _head(open_article)
        if offsets:
            span = (block.start, block.end)
            yield _offset_line(block.role, span, archive, colour=_COLOURS.get(block.role))
        else:
            yield _block_line(archive, block, width)
    if open_article:
        yield from found(open_article)
    yield from _notes(archive, contents)


def _head(content: Content) -> Iterator[str]:
    article = content.article
    authors = ", ".join(author.name for author in article.authors)
    yield ""
    yield click.style(
        f"Article {article.position}: {printable(article.headline or '(untitled)')}", fg="green", bold=True
    )
    for name, value in (
        ("outlet", article.publication),
        ("authors", authors),
        ("date", article.published and f"{article.published} (printed: {article.published_as_printed})"),
        ("dateline", article.dateline),
    ):
        yield f"  {name:9s}{printable(value) if value else click.style('none', fg='red')}"


def _block_line(archive: Archive, block: Block, width: int) -> str:
    text = printable(one_line(archive.text[block.start : block.end]))
    room = max(20, width - _ROLE_WIDTH - 4)
    cut = text if len(text) <= room else text[: room - 1] + "…"
    role = click.style(f"{block.role:{_ROLE_WIDTH}s}", fg=_COLOURS.get(block.role))
    return f"  {role}  {cut}" if block.role in PARAGRAPH_ROLES else f"  {role}  {click.style(cut, dim=True)}"


def _found(content: Content) -> Iterator[str]:
    for quote in content.quotes:
        who = quote.speaker_name or quote.speaker_text or "nobody named"
        label = click.style("quotation", fg="green")
        yield f"  {label}     {printable(f'{who}: “{one_line(quote.text)[:70]}” ({quote.kind})')}"
    places = dict.fromkeys(mention.place.name for mention in content.mentions)
    if places:
        yield f"  {click.style('places', fg='green')}        {printable(', '.join(places))}"


def _found_with_offsets(archive: Archive, content: Content) -> Iterator[str]:
    for author in content.article.authors:
        yield _offset_line("author", (author.start, author.end), archive)
    for quote in content.quotes:
        who = quote.speaker_name or quote.speaker_text or "nobody named"
        details = ", ".join(part for part in (quote.kind, who, quote.cue) if part)
        yield _offset_line("quotation", (quote.start, quote.end), archive, details)
    for mention in content.mentions:
        details = f"{mention.sense}, {place_key(mention.place)}"
        yield _offset_line("place", (mention.start, mention.end), archive, details)


def _offset_line(
    kind: str, span: tuple[int, int], archive: Archive, details: str = "", *, colour: str | None = "green"
) -> str:
    """Return a line with kind, offset and text, each line feed as a space, and one with details."""
    start, end = span
    label = click.style(f"{kind:{_ROLE_WIDTH}s}", fg=colour)
    text = printable(one_line_of_same_length(archive.text[start:end]))
    indent = " " * (_ROLE_WIDTH + _OFFSET_WIDTH + 6)
    more = f"\n{indent}{click.style(printable(f'({details})'), dim=True)}" if details else ""
    return f"  {label}  {start:>{_OFFSET_WIDTH}d}  {text}{more}"


def _notes(archive: Archive, contents: tuple[Content, ...]) -> Iterator[str]:
    notes = [*archive.notes, *(note for content in contents for note in content.notes)]
    yield ""
    quotes = sum(len(content.quotes) for content in contents)
    mentions = sum(len(content.mentions) for content in contents)
    yield click.style(
        f"{many(len(archive.articles), 'article')}, {many(quotes, 'quotation')}, "
        f"{many(mentions, 'place mention')}",
        bold=True,
    )
    for note in sorted(notes, key=lambda note: note.start):
        line = archive.text.count("\n", 0, note.start) + 1
        yield f"  {click.style('note', fg='yellow')} line {line}: {printable(note.message)} [{note.code}]"
