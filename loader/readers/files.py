"""Finds the source files behind the paths that a user gives, and names each."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from loader.errors import InputError, printable

# A folder may hold a README, corrections and places beside its archives; these endings are archives.
SUFFIXES = (".txt", ".text")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A file in a folder that is no source.

    Attributes:
        name: its path below the folder that was given.
        location: where it is.
        folder: the folder that was given.
        refused: why a build stops at it, or None for a file that a build passes over.
        is_file: whether it is a plain file, which can be opened to see what it is.
    """

    name: str
    location: str
    folder: Path
    refused: str | None = None
    is_file: bool = False


class Listing(NamedTuple):
    """Everything behind some paths.

    Attributes:
        sources: the archive files, in order of their names.
        others: all other files, in the order of the folders.
        hidden: number of files and folders that begin with a dot.
    """

    sources: list[Source]
    others: list[Other]
    hidden: int


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


def find_others(paths: Iterable[Path]) -> Listing:
    """Lists everything behind files and folders, also what `find_sources` passes over or refuses.

    Args:
        paths: as for `find_sources`.

    Returns:
        The sources that `find_sources` gives if it refuses nothing, and all other files.

    Raises:
        InputError: a path does not exist or cannot be looked at.
    """
    by_file: dict[str, Source] = {}
    by_path: dict[str, Other] = {}  # a link and its target are two
    hidden: set[str] = set()
    for path in paths:
        is_folder = _is_folder(path)
        if not os.access(path, os.R_OK):
            raise InputError(f"{path}: cannot be read (Permission denied); give the right to read it")
        if not is_folder:
            source = Source(_name(path, path.parent), str(path), path.parent, False)
            by_file.setdefault(os.path.realpath(path), source)
            continue
        for entry in _everything_below(path):
            if isinstance(entry, Source):
                by_file.setdefault(os.path.realpath(entry.location), entry)
            elif isinstance(entry, Other):
                by_path.setdefault(_place(entry.location), entry)
            else:
                hidden.add(_place(entry))
    others = [other for path, other in by_path.items() if path not in by_file]
    named: dict[str, Source] = {}
    for source in sorted(by_file.values()):
        first = named.setdefault(source.name, source)
        if first is not source:
            reason = f"would be called {source.name} like {first.file}; rename one or build them apart"
            others.append(
                Other(name=source.name, location=source.location, folder=source.folder, refused=reason)
            )
    return Listing(list(named.values()), others, len(hidden))


def _place(path: Path | str) -> str:
    """Return where a path is, with links to its folder resolved; a link itself is not followed."""
    folder, name = os.path.split(path)
    return str(Path(os.path.realpath(folder), name))


def _everything_below(folder: Path) -> Iterator[Source | Other | Path]:
    """Yields sources, other files, and the paths of what is hidden; links after plain files."""
    root = Path(os.path.realpath(folder))
    pending, links = [folder], []
    while pending:
        below = pending.pop()
        try:
            with os.scandir(below) as scan:
                entries = list(scan)
        except OSError as error:
            yield _other(below, folder, f"cannot be read ({error.strerror}); give the right to read it")
            continue
        for entry in entries:
            path = Path(entry.path)
            if entry.name.startswith("."):
                yield path
            elif entry.is_symlink():
                links.append(path)
            elif entry.is_dir(follow_symlinks=False):
                pending.append(path)
            else:
                yield _file(path, folder, is_plain=entry.is_file(follow_symlinks=False))
    for link in sorted(links):
        try:
            is_source = _is_archive_inside(link, root)
        except InputError as error:
            yield _other(link, folder, str(error))
            continue
        yield _file(link, folder, is_plain=True) if is_source else _other(link, folder, None)


def _file(path: Path, folder: Path, *, is_plain: bool) -> Source | Other:
    is_source = path.suffix.lower() in SUFFIXES
    if not is_plain:
        return _other(path, folder, "is no plain file; take it out of the folder" if is_source else None)
    if not is_source:
        return _other(path, folder, None, is_file=True)
    try:
        return Source(_name(path, folder), str(path), folder, True)
    except InputError:
        return _other(path, folder, "its name is not UTF-8; rename the file")


def _other(path: Path, folder: Path, refused: str | None, *, is_file: bool = False) -> Other:
    name = path.relative_to(folder).as_posix()
    return Other(
        name=printable(name) if _is_broken(name) else name,
        location=str(path),
        folder=folder,
        refused=refused,
        is_file=is_file,
    )


def _is_broken(name: str) -> bool:
    """Return whether a name holds bytes that are no text."""
    return any("\udc80" <= character <= "\udcff" for character in name)


def _behind(path: Path) -> Iterator[Source]:
    if not _is_folder(path):
        yield Source(_name(path, path.parent), str(path), path.parent, False)
        return
    is_empty = True
    for entry in _everything_below(path):
        if isinstance(entry, Source):
            is_empty = False
            yield entry
        elif isinstance(entry, Other) and entry.refused is not None:
            raise InputError(f"{entry.location}: {entry.refused}")
    if is_empty:
        raise InputError(
            f"{path}: holds no {' or '.join(SUFFIXES)} file; put the archive there as plain text"
        )


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:  # a ValueError is a NUL in the name
        raise InputError(f"{path}: {_reason(error)}; check the name and its rights") from error


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file or folder"
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _is_archive_inside(link: Path, root: Path) -> bool:
    """Return whether a link leads to an archive of the folder; a folder's own files are found without it.

    Raises:
        InputError: it may not be followed; the reason alone, without its name.
    """
    try:
        target = Path(os.path.realpath(link, strict=True))
    except OSError as error:
        raise InputError(
            f"is a link that leads nowhere ({error.strerror}); take the link out of the folder"
        ) from error
    is_folder = target.is_dir()
    if not is_folder and link.suffix.lower() not in SUFFIXES:
        return False
    if root != target and root not in target.parents:
        raise InputError("is a link that leads out of the folder; put a copy there or name the target itself")
    if is_folder and any(part.startswith(".") for part in target.relative_to(root).parts):
        raise InputError("is a link to a hidden folder; put a copy there")
    return not is_folder


def _name(file: Path, folder: Path) -> str:
    """A file's name by its bytes: what the locale makes of them would change from machine to machine."""
    try:
        return os.fsencode(file.relative_to(folder).as_posix()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: its name is not UTF-8; rename the file") from error
