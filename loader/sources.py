"""Which files make up the data set, and what each is called in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from loader.errors import InputError

# A folder may hold a README, corrections and places beside its archives; these endings are archives.
SUFFIXES = (".txt", ".text")


class Source(NamedTuple):
    """One archive file.

    Attributes:
        name: what it is called in the data set: its path below the folder that was given, with "/".
        file: where it is.
        folder: the folder that was given, or the file's own where a file was.
        from_folder: whether a folder was given.
    """

    name: str
    file: Path
    folder: Path
    from_folder: bool


def find_sources(paths: Iterable[Path]) -> list[Source]:
    """Lists the archive files behind files and folders.

    Args:
        paths: files, taken whatever they are called, and folders, searched for files in SUFFIXES.

    Returns:
        The files in order of their names, so that the order of the file system changes nothing.

    Raises:
        InputError: where a path does not exist, a folder holds no archive, or two files would be called
            the same.
    """
    # A file that is named twice, itself and by its folder, is one source: the first is kept.
    by_file: dict[Path, Source] = {}
    for path in paths:
        for source in _behind(path):
            by_file.setdefault(source.file.resolve(), source)
    sources = sorted(by_file.values())
    for one, other in pairwise(sources):
        if one.name == other.name:
            raise InputError(
                f"{other.file}: would be called {other.name} like {one.file}; rename one or build them apart"
            )
    return sources


def _behind(path: Path) -> Iterator[Source]:
    if path.is_dir():
        files = [
            file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and _is_wanted(file, path)
        ]
        if not files:
            raise InputError(
                f"{path}: holds no {' or '.join(SUFFIXES)} file; put the archive there as plain text"
            )
        yield from (Source(_name(file, path), file, path, True) for file in files)
    elif path.exists():
        yield Source(_name(path, path.parent), path, path.parent, False)
    else:
        raise InputError(f"{path}: no such file or folder; check the name")


def _name(file: Path, folder: Path) -> str:
    name = file.relative_to(folder).as_posix()
    try:
        name.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(f"{file}: its name is not UTF-8; rename the file") from error
    return name


def _is_wanted(file: Path, folder: Path) -> bool:
    return file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)
