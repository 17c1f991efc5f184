"""Finds the source files behind the paths that a user gives, and names each."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from loader.errors import InputError, printable

# A folder may hold a README, corrections and places beside its archives; these endings are archives.
SUFFIXES = (".txt", ".text")
HIDDEN = "is hidden: its name begins with a dot"
_NO_FILE = "is no plain file"
_LINKED_FILE = "is a link to a file that is no archive"
_LINKED_FOLDER = "is a link to the folder or a part of it, which is read itself"


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
        refused: why it cannot be read, or None for a file that a build passes over.
        passed_over: why a build passes over it, if its place or its name tells; None otherwise.
        is_read_elsewhere: whether it is a link to what the folder holds itself, or to the folder.
        is_file: whether it is a plain file, which can be opened to see what it is.
    """

    name: str
    location: str
    folder: Path
    refused: str | None = None
    passed_over: str | None = None
    is_read_elsewhere: bool = False
    is_file: bool = False

    @property
    def refusal(self) -> str:
        """The line that names the file and says why it cannot be read."""
        return f"{self.location}: {self.refused}"


class Listing(NamedTuple):
    """Everything behind some paths.

    Attributes:
        sources: the archive files, in order of their names.
        others: all other files, hidden ones last, in order of their names.
        namesakes: archive files that would have the name of another source.
        empty: folders that were given and hold no archive file.
    """

    sources: list[Source]
    others: list[Other]
    namesakes: list[Other]
    empty: list[Path]

    @property
    def refused(self) -> list[Other]:
        """The files in a folder that cannot be read."""
        return [other for other in self.others if other.refused is not None]

    def require_sources(self) -> list[Source]:
        """Return the sources.

        Raises:
            InputError: a folder holds none, or two would be called the same.
        """
        for folder in self.empty:
            for other in self.refused:
                if other.folder == folder:
                    raise InputError(other.refusal)
            raise InputError(
                f"{folder}: holds no {' or '.join(SUFFIXES)} file; put the archive there as plain text"
            )
        for namesake in self.namesakes:
            raise InputError(namesake.refusal)
        return self.sources


def find_sources(paths: Iterable[Path]) -> list[Source]:
    """Return the archive files behind files and folders, in order of their names.

    Raises:
        InputError: as for `list_files`; a folder holds no archive, or two files would be called the same.
    """
    return list_files(paths).require_sources()


def list_files(paths: Iterable[Path]) -> Listing:
    """List everything behind files and folders.

    Args:
        paths: files, taken whatever they are called, and folders, searched for files in SUFFIXES. What
            begins with a dot is left out. A link inside a folder may lead to a file or folder of it; one
            that leads out is refused, so that an archive from elsewhere cannot bring in other files.

    Returns:
        Sources and others. The order of the file system changes nothing.

    Raises:
        InputError: a path does not exist or cannot be looked at.
    """
    # A file that is named twice, itself and by its folder, is one source: the first is kept.
    by_file: dict[str, Source] = {}
    by_place: dict[str, Other] = {}
    empty: list[Path] = []
    for path in paths:
        is_folder = _is_folder(path)
        if not os.access(path, os.R_OK):
            raise InputError(f"{path}: cannot be read (Permission denied); give the right to read it")
        if not is_folder:
            source = Source(_name(path, path.parent), str(path), path.parent, False)
            by_file.setdefault(os.path.realpath(path), source)
            continue
        is_empty = True
        for entry in _everything_below(path):
            if isinstance(entry, Other):
                by_place.setdefault(_place(entry.location), entry)
                continue
            is_empty = False
            first = by_file.setdefault(os.path.realpath(entry.location), entry)
            if _place(first.location) != _place(entry.location):
                by_place.setdefault(_place(entry.location), _other_name_of(first, entry))
        if is_empty:
            empty.append(path)
    places = {_place(source.location) for source in by_file.values()}
    others = [other for place, other in by_place.items() if place not in places]
    others.sort(key=lambda other: (other.passed_over == HIDDEN, other.name, other.location))
    named: dict[str, Source] = {}
    namesakes = []
    for source in sorted(by_file.values()):
        first = named.setdefault(source.name, source)
        if first is not source:
            namesakes.append(_namesake(source, first))
    return Listing(list(named.values()), others, namesakes, empty)


def _other_name_of(read: Source, link: Source) -> Other:
    reason = f"is a link to {read.name}, which is read itself"
    return Other(
        name=link.name,
        location=link.location,
        folder=link.folder,
        passed_over=reason,
        is_read_elsewhere=True,
    )


def _namesake(source: Source, first: Source) -> Other:
    reason = f"would be called {source.name} like {first.file}; rename one or build them apart"
    return Other(name=source.name, location=source.location, folder=source.folder, refused=reason)


def _place(path: Path | str) -> str:
    """Return where a path is, with links to its folder resolved; a link itself is not followed."""
    folder, name = os.path.split(path)
    return str(Path(os.path.realpath(folder), name))


def _everything_below(folder: Path) -> Iterator[Source | Other]:
    """Yield sources and other files; links after plain files."""
    root = Path(os.path.realpath(folder))
    pending, links = [folder], []
    while pending:
        below = pending.pop()
        try:
            with os.scandir(below) as scan:
                entries = list(scan)
        except OSError as error:
            reason = f"cannot be read ({error.strerror}); give the right to read it"
            yield _other(below, folder, refused=reason)
            continue
        for entry in entries:
            path = Path(entry.path)
            if entry.name.startswith("."):
                yield _other(path, folder, passed_over=HIDDEN)
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
            yield _other(link, folder, refused=str(error))
            continue
        if is_source:
            yield _file(link, folder, is_plain=True)
        elif link.is_dir():
            yield _other(link, folder, passed_over=_LINKED_FOLDER, is_read_elsewhere=True)
        else:
            yield _other(link, folder, passed_over=_LINKED_FILE)


def _file(path: Path, folder: Path, *, is_plain: bool) -> Source | Other:
    is_source = path.suffix.lower() in SUFFIXES
    if not is_plain:
        if is_source:
            return _other(path, folder, refused=f"{_NO_FILE}; take it out of the folder")
        return _other(path, folder, passed_over=_NO_FILE)
    if not is_source:
        return _other(path, folder, is_file=True)
    try:
        return Source(_name(path, folder), str(path), folder, True)
    except InputError:
        return _other(path, folder, refused="its name is not UTF-8; rename the file")


def _other(
    path: Path,
    folder: Path,
    *,
    refused: str | None = None,
    passed_over: str | None = None,
    is_read_elsewhere: bool = False,
    is_file: bool = False,
) -> Other:
    name = path.relative_to(folder).as_posix()
    return Other(
        name=printable(name) if _is_broken(name) else name,
        location=str(path),
        folder=folder,
        refused=refused,
        passed_over=passed_over,
        is_read_elsewhere=is_read_elsewhere,
        is_file=is_file,
    )


def _is_broken(name: str) -> bool:
    """Return whether a name holds bytes that are no text."""
    return any("\udc80" <= character <= "\udcff" for character in name)


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
