"""ZIP archives: each member is unpacked and read by the reader of its own format."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from loader.errors import InputError
from loader.readers.base import Limits, Part, Unread
from loader.readers.file_types import ZIP, file_type

# What the standard library raises for bytes that are no such archive, or for methods that it lacks.
_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError)
# Members of documents that are packed as ZIP archives.
_DOCUMENT = frozenset(("[Content_Types].xml", "mimetype", "META-INF/container.xml"))
_ENCRYPTED = 0x1
_LINK = 0o120000
_KIND = 0o170000
# Bytes unpacked at once: what a member claims of its size is not believed.
_CHUNK = 1 << 20
_LONGEST_NAME = 1000


class ZipReader:
    """Reads ZIP archives; see `loader.readers.base.Reader`."""

    name = "zip"
    version = "1"
    is_container = True

    def sniff(self, head: bytes, name: str) -> bool:
        """Tell whether a file is a ZIP archive, and no document that is packed as one (Word, EPUB, ...)."""
        return file_type(head, name) is ZIP

    def read(self, file: BinaryIO, name: str, limits: Limits) -> Iterator[Part | Unread]:
        """Yield each member in order of its name.

        Raises:
            InputError: the archive is damaged, or holds more than the limits allow.
        """
        try:
            archive = zipfile.ZipFile(file)
        except _DAMAGE as error:
            raise InputError(
                f"{name}: is a damaged ZIP archive ({error}); unpack it and name the folder"
            ) from error
        with archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if not _DOCUMENT.isdisjoint(member.filename for member in members):
                raise InputError(f"{name}: looks like a document packed as ZIP: no reader for it yet")
            if len(members) > limits.parts:
                raise InputError(
                    f"{name}: holds {len(members):,} members, more than {limits.parts:,}; split the archive"
                )
            members.sort(key=lambda member: (member.filename, member.header_offset))
            yield from _unpacked(archive, members, name, limits)


def _unpacked(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str, limits: Limits
) -> Iterator[Part | Unread]:
    seen: set[str] = set()
    left = limits.container_bytes
    for member in members:
        reason = _refusal(member, seen)
        seen.add(member.filename)
        if _is_hidden(member.filename):
            continue
        if reason is not None:
            yield Unread(member=_shown(member.filename), reason=reason)
            continue
        try:
            data = _unpack(archive, member, min(limits.item_bytes, left))
        except (
            zipfile.BadZipFile,
            OSError,
            EOFError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            yield Unread(member=member.filename, reason=f"cannot be unpacked ({error})")
            continue
        except zipfile.zlib.error as error:  # type: ignore[attr-defined]
            yield Unread(member=member.filename, reason=f"cannot be unpacked ({error})")
            continue
        if data is None and left < limits.item_bytes:
            raise InputError(
                f"{name}: unpacks to more than {limits.container_bytes:,} bytes; raise the limit with "
                "--max-container, or split the archive"
            )
        if data is None:
            reason = f"unpacks to more than {limits.item_bytes:,} bytes; raise the limit with --max-size"
            yield Unread(member=member.filename, reason=reason)
            continue
        left -= len(data)
        yield Part(member=member.filename, data=data)


def _is_hidden(path: str) -> bool:
    """Tell whether a member is hidden, as in a folder, or one of the notes that macOS packs beside a file."""
    return any(
        part.startswith(".") and part not in (".", "..") for part in path.split("/")
    ) or path.startswith("__MACOSX/")


def _refusal(member: zipfile.ZipInfo, seen: set[str]) -> str | None:
    """Say why a member is not unpacked: nothing here is written to a disk, but names must be unambiguous."""
    path = member.filename
    if path.startswith("/") or "\\" in path or "\0" in path or ".." in path.split("/") or ":" in path[:2]:
        return "has a path that leads out of the archive"
    if len(path) > _LONGEST_NAME:
        return "has a name that is too long"
    if path in seen:
        return "has the name of another member"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted; unpack it and give the folder"
    if (member.external_attr >> 16) & _KIND == _LINK:
        return "is a link"
    return None


def _shown(path: str) -> str:
    return path if len(path) <= _LONGEST_NAME else path[:_LONGEST_NAME] + "…"


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes | None:
    """Return the bytes of a member, None if there are more than the limit."""
    pieces: list[bytes] = []
    size = 0
    with archive.open(member) as stream:
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > limit:
                return None
            pieces.append(piece)
    return b"".join(pieces)
