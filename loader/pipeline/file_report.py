"""What a reading of one source file gave, in numbers and doubts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest

from loader.pipeline.doubts import GUESSED_ENCODING, RANKS, Doubt, encoding_of, find_doubts, one_of_each
from loader.records import Archive, Content

# How a file can end up.
STATUSES = ("refused", "not read", "doubtful", "read", "hidden")
ROUND_UP = "roundup"
# Formats of the items of a container that are named.
_FORMATS = 3
_WHITESPACE = tuple(character for character in map(chr, range(0x3001)) if character.isspace())


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What was read from one file.

    Attributes:
        path: how the file is called in the data set: its path below the folder that was given.
        format: encoding and line ends of a text, or what another file looks like; "" if unknown.
        reader: the reader that read it, or None.
        status: one of STATUSES. "refused" is a file that a build cannot read, "not read" one that a build
            passes over, "hidden" a file or folder whose name begins with a dot.
        articles: number of articles.
        outlets: names of their outlets, in alphabetical order.
        first: the earliest date of an article (ISO 8601), or None.
        last: the latest date, or None.
        quotations: number of quotations.
        places: number of place mentions.
        characters: number of characters that are not whitespace.
        kept: share of these that stand in articles, 0 to 1; None if the file was not read.
        doubts: what is doubtful, worst first.
        is_partly: whether items of it that may hold articles are not read.
        reason: why it, or what of it, was refused or not read, or None.
    """

    path: str
    format: str = ""
    reader: str | None = None
    status: str
    articles: int = 0
    outlets: tuple[str, ...] = ()
    first: str | None = None
    last: str | None = None
    quotations: int = 0
    places: int = 0
    characters: int = 0
    kept: float | None = None
    doubts: tuple[Doubt, ...] = ()
    is_partly: bool = False
    reason: str | None = None


def report_of(archive: Archive, contents: Sequence[Content], more: Sequence[Doubt] = ()) -> FileReport:
    """Return the report on a file that was read.

    Args:
        archive: the file.
        contents: its articles and what was found in them, corrected.
        more: doubts that its text does not show.
    """
    dates = [content.article.published for content in contents if content.article.published is not None]
    outlets = {content.article.publication for content in contents}
    characters = _visible(archive.text)
    inside = {block.start for content in contents for block in content.article.blocks}
    outside = sum(
        _visible(archive.text[block.start : block.end])
        for block in archive.blocks
        if block.start not in inside
    )
    doubts = (*more, *find_doubts(archive, contents))
    return FileReport(
        path=archive.path,
        format=archive.format,
        reader=ROUND_UP,
        status="doubtful" if doubts else "read",
        articles=len(contents),
        outlets=tuple(sorted(outlet for outlet in outlets if outlet is not None)),
        first=min(dates, default=None),
        last=max(dates, default=None),
        quotations=sum(len(content.quotes) for content in contents),
        places=sum(len(content.mentions) for content in contents),
        characters=characters,
        kept=1 - outside / characters if characters else 0.0,
        doubts=doubts,
    )


def report_of_kept(archive: Archive) -> FileReport:
    """Return the report on an item that an update does not read again: it counts nothing anew."""
    return FileReport(path=archive.path, format=archive.format, reader=ROUND_UP, status="read")


def merged_report(
    path: str, reader: str, items: Sequence[FileReport], reason: str | None, *, is_partly: bool
) -> FileReport:
    """Return the report on a file from those on its items.

    Args:
        path: how the file is called in the data set.
        reader: the reader that claimed it.
        items: the reports on its source texts, in order.
        reason: what is not read of it and why, or None.
        is_partly: whether that may hold articles.
    """
    if len(items) == 1 and reader == items[0].reader:
        return items[0]
    formats = list(dict.fromkeys(item.format for item in items))
    listed = "; ".join(formats[:_FORMATS]) + (
        f" and {len(formats) - _FORMATS} more" * (len(formats) > _FORMATS)
    )
    doubts = tuple(doubt for item in items for doubt in item.doubts)
    if reason is not None and is_partly:
        doubts = (Doubt(code="partly_read", message=reason), *doubts)
    characters = sum(item.characters for item in items)
    kept = sum(item.characters * (item.kept or 0) for item in items)
    return FileReport(
        path=path,
        format=f"{reader} of {listed}",
        reader=reader,
        status="doubtful" if doubts else "read",
        articles=sum(item.articles for item in items),
        outlets=tuple(sorted({outlet for item in items for outlet in item.outlets})),
        first=min((item.first for item in items if item.first), default=None),
        last=max((item.last for item in items if item.last), default=None),
        quotations=sum(item.quotations for item in items),
        places=sum(item.places for item in items),
        characters=characters,
        kept=kept / characters if characters else 0.0,
        doubts=doubts,
        is_partly=is_partly,
        reason=reason,
    )


def _visible(text: str) -> int:
    """Return the number of characters that are not whitespace; faster than splitting a long text."""
    return len(text) - sum(map(text.count, _WHITESPACE))


# Doubts that a build prints.
WORST = 3
# Files with a guessed encoding that are named, of each encoding.
NAMED_GUESSES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDoubts:
    """The doubts of one kind about one file.

    Attributes:
        path: the file.
        doubt: the first of them.
        count: how many there are.
    """

    path: str
    doubt: Doubt
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtSummary:
    """The doubts about all files of a build.

    Attributes:
        doubts: how many there are.
        files: how many files have some.
        worst: the worst kinds of doubt, WORST at most.
        guessed: by what encoding was guessed: the first files of which it was, NAMED_GUESSES at most, and how
            many.
    """

    doubts: int = 0
    files: int = 0
    worst: tuple[FileDoubts, ...] = ()
    guessed: tuple[tuple[str, tuple[str, ...], int], ...] = ()

    def with_file(self, report: FileReport) -> DoubtSummary:
        """Return the summary with one more file."""
        if not report.doubts:
            return self
        kinds = [
            FileDoubts(path=report.path, doubt=doubt, count=count)
            for doubt, count in one_of_each(report.doubts)
        ]
        guessed = {encoding: (names, count) for encoding, names, count in self.guessed}
        if any(doubt.code == GUESSED_ENCODING for doubt in report.doubts):
            encoding = encoding_of(report.format)
            names, count = guessed.get(encoding, ((), 0))
            guessed[encoding] = ((*names, report.path)[:NAMED_GUESSES], count + 1)
        return DoubtSummary(
            doubts=self.doubts + len(report.doubts),
            files=self.files + 1,
            worst=tuple(nsmallest(WORST, (*self.worst, *kinds), key=_badness)),
            guessed=tuple((encoding, *found) for encoding, found in sorted(guessed.items())),
        )


def _badness(kind: FileDoubts) -> tuple[int, str]:
    return RANKS[kind.doubt.code], kind.path
