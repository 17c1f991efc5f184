"""What holds for every input: each check runs a part of the loader and fails where a law is broken.

Any bytes load completely or are refused by an InputError of one line. What loads loses no visible character,
and every span slices the text it was found in.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from loader import InputError, build, find_places, find_quotes
from loader.curation import apply_corrections, read_corrections
from loader.dataset.rows import Parsed, archive_rows
from loader.extract.annotate import read_content
from loader.gazetteer import default_gazetteer
from loader.readers.decoding import decode, decode_piece
from loader.readers.roundup import read_bytes
from loader.records import PARAGRAPH_ROLES, Archive, Quote
from loader.text import fold
from loader.verify import verify

_Result = TypeVar("_Result")
_ROLES = (*PARAGRAPH_ROLES, "headline")


class BrokenLawError(AssertionError):
    """A law of the loader that an input breaks."""


def _hold(condition: bool, law: str) -> None:
    """Fails where a law does not hold; an `assert` would be gone under `python -O`."""
    if not condition:
        raise BrokenLawError(law)


def loaded(read: Callable[[], _Result]) -> _Result | None:
    """What a reader returns, or None where it refuses its input in one line.

    Args:
        read: calls the reader.

    Raises:
        BrokenLawError: where the refusal is not one line.
    """
    try:
        return read()
    except InputError as error:
        _hold(
            bool(error.lines) and all(line and line.isprintable() for line in error.lines),
            f"a refusal is lines without control characters: {error!r}",
        )
        return None


def check_archive(data: bytes) -> Archive | None:
    """Reads bytes as an archive; returns it, or None where they were refused."""
    archive = loaded(lambda: read_bytes(data, "a.txt"))
    if archive is None:
        return None
    text = archive.text
    pieces = "".join(decode_piece(data, piece) for piece in decode(data, "a.txt").pieces)
    _hold(pieces == text, "the text is what its pieces give")
    at = 0
    for block in archive.blocks:
        _hold(at <= block.start < block.end <= len(text), f"{block} is a span behind the one before")
        _hold(not text[at : block.start].strip(), f"nothing visible stands between {at} and {block.start}")
        at = block.end
    _hold(not text[at:].strip(), f"nothing visible stands behind {at}")
    known = set(archive.blocks)
    for article in archive.articles:
        _hold(known.issuperset(article.blocks), "an article's blocks are the archive's")
        edges = (article.blocks[0].start, article.blocks[-1].end)
        _hold((article.start, article.end) == edges, "an article begins and ends with its blocks")
    for note in archive.notes:
        _hold(0 <= note.start <= note.end <= len(text), f"{note} lies in the text")
    return archive


def check_quotes(text: str, roles: Sequence[str] | None = None) -> None:
    """Finds the quotations of any text."""
    quotes = find_quotes(text, roles=roles, doubled_apostrophes=len(text) % 2 == 1)
    _check_quotes(quotes, fold(text))
    for quote in quotes:
        _hold(fold(text)[quote.start : quote.end] == quote.text, f"{quote} slices the text")


def _check_quotes(quotes: Sequence[Quote], folded: str) -> None:
    starts = [quote.start for quote in quotes]
    _hold(starts == sorted(starts), "quotations come in order")
    for quote in quotes:
        _hold(0 <= quote.start < quote.end <= len(folded), f"{quote} lies in the text")
        for start, end, words in (
            (quote.speaker_start, quote.speaker_end, quote.speaker_text),
            (quote.cue_start, quote.cue_end, quote.cue),
        ):
            _hold((start is None) == (end is None) == (words is None), f"{quote} has both edges or none")
            if start is not None and end is not None:
                _hold(0 <= start < end <= len(folded), f"{start}:{end} of {quote} is a span")
                _hold(_spaced(folded[start:end]) == _spaced(words or ""), f"{quote} slices the text")
        if quote.nested_in is not None:
            outer = quotes[quote.nested_in]
            _hold(outer.start <= quote.start and quote.end <= outer.end, f"{quote} is inside {outer}")


def _spaced(text: str) -> str:
    """Folded text as an article's blocks hold it: a line end is a blank there."""
    return text.replace("\n", " ")


def check_places(text: str, roles: Sequence[str] | None = None) -> None:
    """Finds the places of any text."""
    folded = fold(text)
    at = 0
    for mention in find_places(text, roles=roles):
        _hold(at <= mention.start < mention.end <= len(folded), f"{mention} is a span behind the one before")
        _hold(folded[mention.start : mention.end] == mention.text, f"{mention} slices the text")
        _hold(0.0 <= mention.confidence <= 1.0, f"{mention} has a confidence from 0 to 1")
        at = mention.end


def check_content(data: bytes) -> None:
    """Reads an archive and all that its articles say, up to the rows of the database."""
    archive = check_archive(data)
    if archive is None:
        return
    folded = fold(archive.text)
    contents = read_content(archive)
    for content in contents:
        article = content.article
        _check_quotes(content.quotes, folded)
        found = (content.quotes, content.mentions, content.links)
        for start, end in ((item.start, item.end) for items in found for item in items):
            _hold(article.start <= start < end <= article.end, f"{start}:{end} lies in its article")
        for mention in content.mentions:
            _hold(
                _spaced(folded[mention.start : mention.end]) == mention.text, f"{mention} slices the archive"
            )
        for link in content.links:
            _hold(archive.text[link.start : link.end] == link.url, f"{link} slices the archive")
    archive_rows(Parsed(archive, contents))


def check_roles(text: str, choice: bytes) -> None:
    """Finds quotations and places in a text whose blocks have any roles.

    Args:
        text: the text; blank lines part its blocks.
        choice: a byte chooses each block's role; none for roles left to the loader.
    """
    roles = None
    if choice:
        blocks = [block for block in re.split(r"\n[^\S\n]*\n", fold(text)) if block.strip()]
        text = "\n\n".join(block.strip().replace("\n", " ") for block in blocks)
        roles = [_ROLES[choice[index % len(choice)] % len(_ROLES)] for index in range(len(blocks))]
    check_quotes(text, roles)
    check_places(text, roles)


def check_corrections(table: bytes, archive: Archive) -> None:
    """Reads bytes as a corrections.csv and applies what it says to an archive."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "corrections.csv")
        file.write_bytes(table)
        rows = loaded(lambda: read_corrections(file))
    if not rows:
        return
    contents = read_content(archive)
    wanted = [row for row in rows if row.archive == archive.path]
    corrected = loaded(lambda: apply_corrections(archive, contents, wanted))
    if corrected is not None:
        archive_rows(Parsed(archive, corrected[0], tuple(corrected[1])))


def check_own_places(table: bytes, text: str) -> None:
    """Reads bytes as a places.csv and finds its places in a text."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "places.csv")
        file.write_bytes(table)
        gazetteer = loaded(lambda: default_gazetteer().with_places(file))
    if gazetteer is not None:
        for mention in find_places(text, gazetteer=gazetteer):
            _hold(fold(text)[mention.start : mention.end] == mention.text, f"{mention} slices the text")


def check_container(data: bytes) -> None:
    """Builds a database of one file of any format and proves it, what is read of it and what is not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "in")
        folder.mkdir()
        (folder / "a.zip").write_bytes(data)
        (folder / "b.txt").write_text("Fog closes the harbour.\n", encoding="utf-8")
        output = Path(name, "out.db")
        report = loaded(lambda: build([folder], output, jobs=1))
        _hold(report is not None, "a file of a folder that cannot be read stops no build")
        for check in verify(output, folder):
            _hold(not check.faults, f"{check.name}: {check.faults[:1]}")
        with closing(sqlite3.connect(output)) as connection:
            [(listed,)] = connection.execute("select count(*) from files")
        _hold(listed == 2, "every file is listed")


def check_build(archives: dict[str, bytes]) -> None:
    """Builds a database of files in one folder and proves it; where they are refused none is left behind.

    Args:
        archives: the files' names and bytes; "corrections.csv" and "places.csv" among them are read as such.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "in")
        folder.mkdir()
        for path, data in archives.items():
            (folder / path).write_bytes(data)
        output = Path(name, "out.db")
        if loaded(lambda: build([folder], output, jobs=1, strict=True)) is None:
            _hold([path.name for path in Path(name).iterdir()] == ["in"], "a refused build leaves nothing")
            return
        for check in verify(output, folder):
            _hold(not check.faults, f"{check.name}: {check.faults[:1]}")
        connection = sqlite3.connect(output)
        stored = connection.execute("select count(*) from archives").fetchone()[0]
        connection.close()
        _hold(stored == sum(path.endswith(".txt") for path in archives), "every archive is in the database")
