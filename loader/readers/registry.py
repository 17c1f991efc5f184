"""Every reader, and how the parts of a container find theirs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from typing import BinaryIO

from loader.errors import InputError
from loader.readers.base import Limits, Part, Reader, SourceText, Unread
from loader.readers.file_types import HEAD_BYTES, FileType, describe
from loader.readers.files import is_text_name
from loader.readers.roundup.reader import RoundupReader
from loader.readers.zip_archive import ZipReader
from loader.records import Omission, Segment

# In order of specificity: the first that claims a file reads it.
READERS: tuple[Reader, ...] = (ZipReader(), RoundupReader())
# Between the path of a container in a container and the path inside it.
INSIDE = "!/"


def find_reader(head: bytes, name: str) -> Reader | None:
    """Return the reader that claims a file; None if none does.

    Args:
        head: the first HEAD_BYTES bytes of the file.
        name: its name.
    """
    return next((reader for reader in READERS if reader.sniff(head, name)), None)


def unclaimed(head: bytes, name: str, tail: bytes = b"") -> tuple[FileType, str]:
    """Return what a file is that no reader claims, and the phrase that says so after its name."""
    known = describe(head, name, tail)
    if not known.may_hold_articles and is_text_name(name):
        known = replace(known, may_hold_articles=True)  # its name says so
        return known, f"is {known.name}, not text; rename it or take it out of the folder"
    if not known.may_hold_articles:
        return known, f"is {known.name}"
    if known.name == "plain text":
        return known, "looks like plain text: only .txt and .text are read; rename it if it holds articles"
    return known, f"looks like {known.name}: no reader for it yet; save its text as .txt in UTF-8"


def read_items(
    reader: Reader, file: BinaryIO, name: str, limits: Limits
) -> Iterator[SourceText | Unread | Omission]:
    """Yield what a file holds, containers in it opened.

    Args:
        reader: the reader that claims it.
        file: the file, opened at its beginning.
        name: how errors call it.
        limits: what may be read of it.

    Raises:
        InputError: the file as a whole cannot be read.
    """
    for item in reader.read(file, name, limits):
        if isinstance(item, Part):
            yield from _read_part(item, name, limits)
        else:
            yield item


def hash_parts(reader: Reader, file: BinaryIO, name: str, limits: Limits) -> dict[str, str]:
    """Return the SHA-256 of every unpacked part of a container, of those in containers in it too.

    A part that is read gives the same texts whenever its path and bytes are the same: nothing else of the
    container counts.

    Args:
        reader: the reader that claims the container.
        file: the file, opened at its beginning.
        name: how errors call it.
        limits: what may be read of it.

    Returns:
        Digests in hexadecimal by path, as in `Segment.part`.

    Raises:
        InputError: the file as a whole cannot be read.
    """
    digests: dict[str, str] = {}
    for item in reader.read(file, name, limits):
        if not isinstance(item, Part):
            continue
        inner = find_reader(item.data[:HEAD_BYTES], item.member)
        if inner is None or not inner.is_container:
            digests[item.member] = sha256(item.data).hexdigest()
        elif limits.nesting > 1:
            inside = replace(limits, nesting=limits.nesting - 1)
            try:
                found = hash_parts(inner, io.BytesIO(item.data), "", inside)
            except InputError:  # read_items reads nothing of it either
                continue
            digests |= {_path(item.member, path): digest for path, digest in found.items()}
    return digests


def _read_part(part: Part, name: str, limits: Limits) -> Iterator[SourceText | Unread | Omission]:
    """Yield what a part of a container holds; bytes of a part that is not read are omitted."""
    head = part.data[:HEAD_BYTES]
    inner = find_reader(head, part.member)
    if inner is None:
        known, reason = unclaimed(head, part.member, part.data[-HEAD_BYTES:])
        yield from _unread(part, reason, may_hold_articles=known.may_hold_articles)
        return
    if inner.is_container and limits.nesting <= 1:
        yield from _unread(part, "is a container in a container in a container; unpack it")
        return
    try:
        found = list(
            read_items(inner, io.BytesIO(part.data), "", replace(limits, nesting=limits.nesting - 1))
        )
    except InputError as error:
        yield from _unread(part, str(error).lstrip(":, "))
        return
    for item in found:
        yield _inside(item, part)


def _unread(part: Part, reason: str, *, may_hold_articles: bool = True) -> Iterator[Unread | Omission]:
    yield Unread(member=part.member, reason=reason, may_hold_articles=may_hold_articles)
    if part.data:
        yield Omission(part=part.member, byte_start=0, byte_end=len(part.data), reason="not_selected")


def _inside(item: SourceText | Unread | Omission, part: Part) -> SourceText | Unread | Omission:
    """Return an item of a part as an item of the container that holds the part."""
    if isinstance(item, Omission):
        return replace(item, part=_path(part.member, item.part or ""))
    member = _path(part.member, item.member)
    if isinstance(item, Unread):
        return replace(item, member=member)
    segments = item.segments or (_whole(item, part),)
    return replace(
        item,
        member=member,
        segments=tuple(replace(one, part=_path(part.member, one.part or "")) for one in segments),
        part_sha256=item.part_sha256 or sha256(part.data).hexdigest(),
    )


def _whole(item: SourceText, part: Part) -> Segment:
    """Return the segment of a text that is the plain decoding of a part."""
    return Segment(
        start=0,
        end=len(item.text),
        part=None,
        byte_start=0,
        byte_end=len(part.data),
        transform="verbatim",
        encoding=item.encoding,
    )


def _path(container: str, inside: str) -> str:
    return f"{container}{INSIDE}{inside}" if inside else container
