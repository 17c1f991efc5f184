"""What would be read from a file, for a terminal: the way to try a new archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from loader.errors import printable
from loader.extract.annotate import read_content
from loader.input_files import MAX_ARCHIVE_BYTES
from loader.readers.roundup import read_archive
from loader.records import PARAGRAPH_ROLES, Archive, Block, Content
from loader.text import one_line

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


def show(path: Path, *, width: int, max_bytes: int = MAX_ARCHIVE_BYTES) -> Iterator[str]:
    """Says, line by line, how a file is read.

    Args:
        path: the file.
        width: columns of the terminal; block texts are cut to one line of it.
        max_bytes: how long the file may be.

    Yields:
        Lines with colour codes.

    Raises:
        InputError: where the file cannot be read as text.
    """
    archive = read_archive(path, max_bytes=max_bytes)
    contents = read_content(archive)
    yield click.style(
        f"{printable(str(path))}: {archive.format}, {len(archive.text):,} characters", bold=True
    )
    owners = {
        block.start: content.article.position for content in contents for block in content.article.blocks
    }
    open_article: Content | None = None
    for block in archive.blocks:
        if open_article and block.start >= open_article.article.end:
            yield from _found(open_article)
            open_article = None
        position = owners.get(block.start)
        if position and open_article is None:
            open_article = contents[position - 1]
            yield from _head(open_article)
        yield _block_line(archive, block, width)
    if open_article:
        yield from _found(open_article)
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


def _notes(archive: Archive, contents: tuple[Content, ...]) -> Iterator[str]:
    notes = [*archive.notes, *(note for content in contents for note in content.notes)]
    yield ""
    quotes = sum(len(content.quotes) for content in contents)
    mentions = sum(len(content.mentions) for content in contents)
    yield click.style(
        f"{len(archive.articles)} articles, {quotes} quotations, {mentions} place mentions", bold=True
    )
    for note in sorted(notes, key=lambda note: note.start):
        line = archive.text.count("\n", 0, note.start) + 1
        yield f"  {click.style('note', fg='yellow')} line {line}: {printable(note.message)} [{note.code}]"
