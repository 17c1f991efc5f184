"""Which files make up the data set, what each is called in it, and how one is read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from loader.errors import InputError

# A folder may hold a README, corrections and places beside its archives; these endings are archives.
SUFFIXES = (".txt", ".text")

# Reading takes memory of up to a hundred times the file's size (`python -m benchmarks.memory`): what is read
# unasked must fit into a laptop.
MAX_ARCHIVE_BYTES = 32_000_000
# The longest table of the gazetteer, which is kept by hand like these, is a tenth of this.
MAX_TABLE_BYTES = 16_000_000
_RAISE_LIMIT = "split it into several files, or raise the limit with --max-size"

# What tells one state of a file from another: a hash of device, inode, bytes and time of the last change.
# A number: there may be a million of them.
Stamp = int


class Source(NamedTuple):
    """One archive file.

    Attributes:
        name: what it is called in the data set: its path below the folder that was given, with "/".
        location: where it is. A string, which takes a third of a path's memory: there may be a million.
        folder: the folder that was given, or the file's own where a file was.
        from_folder: whether a folder was given.
    """

    name: str
    location: str
    folder: Path
    from_folder: bool

    @property
    def file(self) -> Path:
        """Where it is."""
        return Path(self.location)

    def absolute(self) -> Source:
        """The same for a process that runs in another folder."""
        return self._replace(location=str(self.file.absolute()), folder=self.folder.absolute())


def find_sources(paths: Iterable[Path]) -> list[Source]:
    """Lists the archive files behind files and folders.

    Args:
        paths: files, taken whatever they are called, and folders, searched for files in SUFFIXES. What
            begins with a dot is left out. A link inside a folder may lead to a file or folder of it; one
            that leads out is refused, so that an archive from elsewhere cannot bring in other files.

    Returns:
        The files in order of their names, so that the order of the file system changes nothing.

    Raises:
        InputError: where a path does not exist, a folder holds no archive, something in it cannot be
            read or is no plain file, or two files would be called the same.
    """
    # A file that is named twice, itself and by its folder, is one source: the first is kept.
    by_file: dict[str, Source] = {}
    for path in paths:
        for source in _behind(path):
            by_file.setdefault(os.path.realpath(source.location), source)
    sources = sorted(by_file.values())
    for one, other in pairwise(sources):
        if one.name == other.name:
            raise InputError(
                f"{other.file}: would be called {other.name} like {one.file}; rename one or build them apart"
            )
    return sources


def _behind(path: Path) -> Iterator[Source]:
    try:
        is_folder = stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:  # a ValueError is a NUL in the name
        raise InputError(f"{path}: {_reason(error)}; check the name and its rights") from error
    if not is_folder:
        yield Source(_name(path, path.parent), str(path), path.parent, False)
        return
    is_empty = True
    for file in _archives_below(path):
        is_empty = False
        yield Source(_name(file, path), str(file), path, True)
    if is_empty:
        raise InputError(
            f"{path}: holds no {' or '.join(SUFFIXES)} file; put the archive there as plain text"
        )


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _archives_below(folder: Path) -> Iterator[Path]:
    """Plain files first, links after them: of a file and a link to it, the file is the source."""
    root = Path(os.path.realpath(folder))
    pending, links = [folder], []
    while pending:
        for entry in _entries(pending.pop()):
            path = Path(entry.path)
            if entry.is_symlink():
                if _is_archive_inside(path, root):
                    links.append(path)
            elif entry.is_dir(follow_symlinks=False):
                pending.append(path)
            elif path.suffix.lower() in SUFFIXES:
                if not entry.is_file(follow_symlinks=False):
                    raise InputError(f"{path}: is no plain file; take it out of the folder")
                yield path
    yield from sorted(links)


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What stands in a folder; a folder that cannot be read is an error, not an empty one."""
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except OSError as error:
        raise InputError(f"{folder}: cannot be read ({error.strerror}); give the right to read it") from error


def _is_archive_inside(link: Path, root: Path) -> bool:
    """True where a link leads to an archive of the folder; a folder's own files are found without it."""
    try:
        target = Path(os.path.realpath(link, strict=True))
    except OSError as error:
        raise InputError(
            f"{link}: is a link that leads nowhere ({error.strerror}); take the link out of the folder"
        ) from error
    is_folder = target.is_dir()
    if not is_folder and link.suffix.lower() not in SUFFIXES:
        return False
    if root != target and root not in target.parents:
        raise InputError(
            f"{link}: is a link that leads out of the folder; put a copy there or name the target itself"
        )
    if is_folder and any(part.startswith(".") for part in target.relative_to(root).parts):
        raise InputError(f"{link}: is a link to a hidden folder; put a copy there")
    return not is_folder


def _name(file: Path, folder: Path) -> str:
    """A file's name by its bytes: what the locale makes of them would change from machine to machine."""
    try:
        return os.fsencode(file.relative_to(folder).as_posix()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: its name is not UTF-8; rename the file") from error


def beside(folder: Path, name: str) -> Path | None:
    """Finds a file that may stand beside the archives.

    Args:
        folder: the archives' folder.
        name: the file's name.

    Returns:
        The file; None where nothing has that name.

    Raises:
        InputError: where the name is there and is no plain file or link to one: it would be left out
            without a word.
    """
    file = folder / name
    if not os.path.lexists(file):
        return None
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
        with os.fdopen(os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as stream:
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
        raise InputError(f"{file}: was changed while it was read; build again when it is finished")
    return data


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
