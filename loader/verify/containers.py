"""Unpacks the parts of containers anew, without the readers: what these yield is what is to be proved."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache

INSIDE = "!/"
_ZIP = b"PK\x03\x04"
_NESTING = 2
_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, KeyError)


def parts_of(data: bytes, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, bytes | None]]:
    """Yield the path and the bytes of every part that is no container itself; None if it cannot be unpacked.

    Args:
        data: the bytes of a file. One that is no container has no parts.
        prefix: what stands before the paths.
        depth: how many containers are around it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {member.filename: member for member in archive.infolist() if not member.is_dir()}
            for name in members:
                if _is_hidden(name):
                    continue
                part = _unpacked(archive, name)
                is_inner = part is not None and part.startswith(_ZIP) and depth + 1 < _NESTING
                inner = list(parts_of(part or b"", f"{prefix}{name}{INSIDE}", depth + 1)) if is_inner else []
                if inner:
                    yield from inner
                else:
                    yield f"{prefix}{name}", part
    except _DAMAGE:
        return


def _is_hidden(path: str) -> bool:
    names = path.split("/")
    return path.startswith("__MACOSX/") or any(
        name.startswith(".") and name not in (".", "..") for name in names
    )


def _unpacked(archive: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        return archive.read(name)
    except _DAMAGE:
        return None


@lru_cache(maxsize=2)  # the segments of one part follow each other
def read_part(data: bytes, path: str) -> bytes | None:
    """Return the unpacked bytes of a part of a container, None if there is none of that path.

    Args:
        data: the bytes of the container, a ZIP archive.
        path: the path of the part; INSIDE stands between the path of a container in it and the path inside.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if path in names:
                return archive.read(path)
            container = next((name for name in names if path.startswith(f"{name}{INSIDE}")), None)
            if container is None:
                return None
            return read_part(archive.read(container), path.removeprefix(f"{container}{INSIDE}"))
    except _DAMAGE:
        return None
