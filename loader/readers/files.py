"""Finds the source files behind the paths that a user gives, and names each."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from loader.archive_tables import ARCHIVE_TABLES
from loader.errors import InputError, printable
from loader.folder_links import link_target, require_inside

# Endings of plain text that is read as articles. Of another text the ending says what it is for.
SUFFIXES = (".txt", ".text")
# Of two files that would be called the same, one would be lost; that is an error if they may hold articles.
_OF_ARTICLES = (*SUFFIXES, ".zip")
NOTHING_TO_READ = f"holds no {' or '.join(SUFFIXES)} file; put the archive there as plain text"
HIDDEN = "is hidden: its name begins with a dot"
_NO_FILE = "is no plain file"
_DATABASE = "is a database, by its name"
# What the table of files leaves out.
NOT_LISTED = (HIDDEN, _DATABASE)
# A database may be written into the folder that it is built from: it is no source of the next build.
_DATABASES = (".db", ".db-wal", ".db-shm", ".db-journal", ".sqlite", ".sqlite3")
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

    @property
    def sniffed_name(self) -> str:
        """The name by which a reader may tell a kind of text: none for a file that was named itself."""
        return self.name if self.from_folder else ""

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
        passed_over: why a build passes over it, or None for one of the archive's own tables.
        is_read_elsewhere: whether it is a link to what the folder holds itself, or to the folder.
    """

    name: str
    location: str
    folder: Path
    refused: str | None = None
    passed_over: str | None = None
    is_read_elsewhere: bool = False

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
            raise InputError(f"{folder}: {NOTHING_TO_READ}")
        for namesake in self.namesakes:
            raise InputError(namesake.refusal)
        return self.sources


def is_text_name(name: str) -> bool:
    """Tell whether a file's name is that of a text with articles: "" is a file that was named itself."""
    return not name or name.lower().endswith(SUFFIXES)


def find_sources(paths: Iterable[Path]) -> list[Source]:
    """Return the archive files behind files and folders, in order of their names.

    Raises:
        InputError: as for `list_files`; a folder holds no archive, or two files would be called the same.
    """
    return list_files(paths).require_sources()


def list_files(paths: Iterable[Path]) -> Listing:
    """List everything behind files and folders.

    Args:
        paths: files and folders. What
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
    clashing = [one for one in namesakes if Path(one.name).suffix.lower() in _OF_ARTICLES]
    others.extend(
        replace(one, refused=None, passed_over=one.refused) for one in namesakes if one not in clashing
    )
    return Listing(list(named.values()), others, clashing, empty)


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
            is_folder = _leads_to_folder(link, root)
        except InputError as error:
            yield _other(link, folder, refused=str(error))
            continue
        if is_folder:
            yield _other(link, folder, passed_over=_LINKED_FOLDER, is_read_elsewhere=True)
        else:
            yield _file(link, folder, is_plain=link.is_file())


def _file(path: Path, folder: Path, *, is_plain: bool) -> Source | Other:
    if path.parent == folder and path.name in ARCHIVE_TABLES:
        return _other(path, folder)
    if path.name.lower().endswith(_DATABASES):
        return _other(path, folder, passed_over=_DATABASE)
    if not is_plain:
        return _other(path, folder, refused=f"{_NO_FILE}; take it out of the folder")
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
) -> Other:
    name = path.relative_to(folder).as_posix()
    return Other(
        name=printable(name) if _is_broken(name) else name,
        location=str(path),
        folder=folder,
        refused=refused,
        passed_over=passed_over,
        is_read_elsewhere=is_read_elsewhere,
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


def _leads_to_folder(link: Path, root: Path) -> bool:
    """Return whether a link leads to a folder of the folder, not to a file of it.

    Raises:
        InputError: it may not be followed; the reason alone, without its name.
    """
    target = link_target(link)
    require_inside(target, root, "put a copy there or name the target itself")
    is_folder = target.is_dir()
    if is_folder and any(part.startswith(".") for part in target.relative_to(root).parts):
        raise InputError("is a link to a hidden folder; put a copy there")
    return is_folder


def _name(file: Path, folder: Path) -> str:
    """A file's name by its bytes: what the locale makes of them would change from machine to machine."""
    try:
        return os.fsencode(file.relative_to(folder).as_posix()).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: its name is not UTF-8; rename the file") from error
