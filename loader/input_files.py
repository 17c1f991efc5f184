"""Reads input files within limits, and records their state to detect changes."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from loader.errors import InputChangedError, InputError
from loader.folder_links import link_target, require_inside

# Reading takes memory of up to a hundred times the file's size (`python -m benchmarks.memory`): what is read
# unasked must fit into a laptop.
MAX_ARCHIVE_BYTES = 32_000_000
# The unpacked parts of a container are in memory one after the other, their rows together.
MAX_CONTAINER_BYTES = 256_000_000
# The longest table of the gazetteer, which is kept by hand like these, is a tenth of this.
MAX_TABLE_BYTES = 16_000_000
_RAISE_LIMIT = "split it into several files, or raise the limit with --max-size"

# Without waiting for a writer to a pipe; on Windows without changing line ends.
_TO_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)

# What tells one state of a file from another: a hash of device, inode, bytes and time of the last change.
# A number: there may be a million of them.
Stamp = int


def beside(folder: Path, name: str, *, remedy: str = "put a copy there") -> Path | None:
    """Finds a file that may stand beside the archives.

    Args:
        folder: the archives' folder.
        name: the file's name.
        remedy: what the error proposes for a link that leads out of the folder.

    Returns:
        The file; None if nothing has that name.

    Raises:
        InputError: the name is there and is not a plain file or a link to one in the folder: it would be left
            out without a word, or bring in what is not the archive's.
    """
    file = folder / name
    if not os.path.lexists(file):
        return None
    if file.is_symlink():
        try:
            require_inside(link_target(file), folder, remedy)
        except InputError as error:
            raise InputError(f"{file}: {error}") from error
    if not file.is_file():
        raise InputError(f"{file}: is no plain file; put a table there or take it out of the folder")
    return file


def check_size(file: Path, max_bytes: int) -> int:
    """Refuses a file by its size alone, so that a build fails before it has read the files before it.

    Args:
        file: the file. One that cannot be looked at passes: reading it says what is wrong.
        max_bytes: how long it may be.

    Returns:
        Its size, 0 where it cannot be looked at.

    Raises:
        InputError: where it is longer.
    """
    with suppress(OSError):
        found = file.stat()
        _require_size(file, found, max_bytes, _RAISE_LIMIT)
        return found.st_size
    return 0


def read_table_text(file: Path) -> str:
    """Reads the text of a table that is kept by hand beside the archives.

    Args:
        file: the table, at most MAX_TABLE_BYTES of UTF-8 without NUL characters.

    Returns:
        Its text, without a byte-order mark.

    Raises:
        InputError: where it cannot be read or used; with file, line and cure.
    """
    data = read_table(file)
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise InputError(f"{file}, line {line}: holds a NUL character; save the table as UTF-8 text")
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{file}, line {line}: is not UTF-8 (byte {error.start}); save it as UTF-8"
        ) from error


def read_table(file: Path) -> bytes:
    """Reads the bytes of a table that is kept by hand beside the archives, as `read_file` does."""
    return read_file(file, MAX_TABLE_BYTES, cure="take out the rows that are not needed")


def read_file(file: Path, max_bytes: int, *, cure: str = _RAISE_LIMIT) -> bytes:
    """Reads a whole file as it is at one moment.

    Args:
        file: the file; a link is followed.
        max_bytes: how long it may be; nothing is read of a longer one.
        cure: what the error proposes for a longer one.

    Returns:
        Its bytes.

    Raises:
        InputError: where it cannot be read, is no plain file, is too long, or was changed while it was
            read.
    """
    try:
        # Looked at before it is opened: opening a pipe waits for a writer, opening a device may move it.
        _require_plain(file, file.stat())
        with os.fdopen(os.open(file, _TO_READ), "rb") as stream:
            before = os.fstat(stream.fileno())
            _require_plain(file, before)
            _require_size(file, before, max_bytes, cure)
            data = stream.read(before.st_size + 1)  # one more shows that it grew; all of it could be endless
            after = os.fstat(stream.fileno())
    except OSError as error:
        raise InputError(
            f"{file}: cannot be read ({error.strerror}); check its name and its rights"
        ) from error
    if _stamp(before) != _stamp(after) or len(data) != before.st_size:
        raise InputChangedError(f"{file}: was changed while it was read; build again when it is finished")
    return data


def hash_file(file: Path, max_bytes: int) -> tuple[str | None, int | None]:
    """Hashes a file that is not read.

    Args:
        file: the file; a link is followed.
        max_bytes: how long it may be; a longer one is not hashed.

    Returns:
        Its SHA-256 in hexadecimal, None if it is longer or cannot be read; its size, None if it is no plain
        file or is not there.
    """
    size = None
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            return None, None
        size = found.st_size
        if size > max_bytes:
            return None, size
        with os.fdopen(os.open(file, _TO_READ), "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest(), size
    except OSError:
        return None, size


def read_edges(file: Path, count: int) -> tuple[bytes, bytes]:
    """Reads the first and the last bytes of a file.

    Args:
        file: the file; a link is followed.
        count: how many bytes.

    Returns:
        The first bytes; the last bytes that are not among them.

    Raises:
        InputError: where it cannot be read or is no plain file.
    """
    try:
        _require_plain(file, file.stat())
        with os.fdopen(os.open(file, _TO_READ), "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            head = stream.read(count)
            stream.seek(max(len(head), size - count))
            return head, stream.read(count)
    except OSError as error:
        raise InputError(
            f"{file}: cannot be read ({error.strerror}); check its name and its rights"
        ) from error


def _require_plain(file: Path, found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise InputError(f"{file}: is a folder; name a text file in it")
    if not stat.S_ISREG(found.st_mode):
        raise InputError(f"{file}: is no plain file; save its text as one")


def _require_size(file: Path, found: os.stat_result, max_bytes: int, cure: str) -> None:
    if found.st_size > max_bytes:
        raise InputError(
            f"{file}: holds {found.st_size:,} bytes, more than the limit of {max_bytes:,}; {cure}"
        )


def snapshot(files: Iterable[str]) -> dict[str, Stamp]:
    """Notes the state of files, to see later whether one was changed.

    Args:
        files: where they are.

    Returns:
        Each file's stamp, or 0 for a file that is not there.
    """
    stamps = {}
    for file in files:
        try:
            stamps[file] = _stamp(Path(file).stat())
        except OSError:
            stamps[file] = 0
    return stamps


def _stamp(found: os.stat_result) -> Stamp:
    return hash((found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns))
