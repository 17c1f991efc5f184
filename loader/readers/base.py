"""What a reader is, and what it yields: the seam between input formats and everything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol, runtime_checkable

from loader.readers.decoding import NO_CHOICE, DecodingChoice
from loader.records import Archive, Article, Block, Note, Omission, Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be read of one file, and how.

    Attributes:
        item_bytes: how long a source text, or an unpacked part of a container, may be.
        container_bytes: how long all unpacked parts of a container may be together.
        nesting: how deep a container may stand in another; 1 is a container in a folder.
        parts: how many parts a container may have.
        decoding: how texts are decoded that do not say their encoding, and whether damage is repaired.
    """

    item_bytes: int
    container_bytes: int
    nesting: int = 2
    parts: int = 100_000
    decoding: DecodingChoice = NO_CHOICE


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """One text with articles: what a reader of the item would see, field lines included, in document order.

    All offsets count the code points of `text`.

    Attributes:
        member: path of the item inside the container, "" for the file itself.
        text: every character.
        encoding: the Python codec that decodes the bytes.
        format: format, encoding and line ends in words ("utf-8, LF").
        segments: where the text stands in the file; () if it is the plain decoding of the whole file or part.
        blocks: every block in order; together they cover every visible character once.
        articles: the articles in order.
        notes: what a user must know of the source.
        part_sha256: of the bytes of the unpacked part that holds it; None if a reader yields it. The registry
            sets it of what stands in a container.
    """

    member: str = ""
    text: str
    encoding: str
    format: str
    segments: tuple[Segment, ...] = ()
    blocks: tuple[Block, ...]
    articles: tuple[Article, ...]
    notes: tuple[Note, ...]
    part_sha256: str | None = None

    def archive(self, path: str, sha256: str, size: int) -> Archive:
        """Return the record of the source text of a file.

        Args:
            path: how the file is called in the data set.
            sha256: of the file's bytes, in hexadecimal.
            size: number of the file's bytes.
        """
        return Archive(
            path=path,
            member=self.member,
            sha256=sha256,
            bytes=size,
            encoding=self.encoding,
            format=self.format,
            text=self.text,
            blocks=self.blocks,
            articles=self.articles,
            notes=self.notes,
            segments=self.segments,
            part_sha256=self.part_sha256,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An unpacked part of a container, to be read by whatever reader claims it.

    Attributes:
        member: its path inside the container.
        data: its bytes.
    """

    member: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """An item of a container that is not read.

    Attributes:
        member: its path inside the container.
        reason: why, as a phrase that follows its name.
        may_hold_articles: whether a reader could find articles in it; an image holds none.
    """

    member: str
    reason: str
    may_hold_articles: bool = True


Item = SourceText | Part | Unread | Omission


@runtime_checkable
class Reader(Protocol):
    """Reads one input format. Pure: no clock, no network, no state between calls.

    Attributes:
        name: a short name, stored in `files.reader`.
        version: raised with every change of what it yields for some file.
        is_container: whether it yields parts, whose sum `Limits.container_bytes` bounds.
    """

    name: str
    version: str
    is_container: bool

    def sniff(self, head: bytes, name: str) -> bool:
        """Tell from the first HEAD_BYTES bytes whether a file is of this format; its name is a hint only."""
        ...

    def read(self, file: BinaryIO, name: str, limits: Limits) -> Iterator[Item]:
        """Yield what a file holds, in an order that depends on the file alone.

        Args:
            file: the file, opened at its beginning.
            name: how errors call it.
            limits: what may be read of it.

        Raises:
            InputError: the file as a whole cannot be read; with file, line if there is one, and remedy.
        """
        ...
