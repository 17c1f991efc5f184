"""Composes the verbs: files to archives, contents, corrections, rows, and one SQLite file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from loader.archive import read_bytes
from loader.content import read_content
from loader.curation import FILE_NAME, Row, apply_corrections, read_corrections
from loader.errors import InputError
from loader.gazetteer import Gazetteer, default_gazetteer
from loader.rows import Parsed, make_rows
from loader.schema import VERSION
from loader.sources import (
    MAX_ARCHIVE_BYTES,
    Source,
    Stamp,
    beside,
    check_size,
    find_sources,
    read_file,
    snapshot,
)
from loader.store import check_output, write_database
from loader.workers import run_all

# An archive's own places, beside it: columns as in data/places.csv.
PLACES_FILE = "places.csv"
# Bytes of text above which starting more processes is quicker than reading on.
_WORTH_A_PROCESS = 4_000_000

# Told after every file: how many are done, of how many, and which one.
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did.

    Attributes:
        output: the finished file.
        counts: rows by table.
        idle: where corrections stand that changed nothing, because the loader now finds what they say.
    """

    output: Path
    counts: dict[str, int]
    idle: tuple[str, ...]


def build(
    paths: Iterable[Path | str],
    output: Path | str,
    *,
    corrections: bool = True,
    jobs: int | None = None,
    max_bytes: int = MAX_ARCHIVE_BYTES,
    progress: Progress | None = None,
) -> Report:
    """Builds the database.

    Args:
        paths: archive files, and folders that hold some.
        output: the file to write; an old one stays whole until the new one is.
        corrections: whether the corrections.csv beside the archives are applied.
        jobs: how many processes read files, None for as many as pay; the result is the same for any number.
        max_bytes: how long one archive file may be.
        progress: called after each file.

    Returns:
        What was done.

    Raises:
        InputError: where the input is at fault; one line that names file, line and cure.
    """
    _gazetteer.cache_clear()  # a places.csv may have changed since the last build in this process
    given = [Path(path) for path in paths]
    sources = find_sources(given)
    for source in sources:
        check_size(source.file, max_bytes)
    before = _state(sources)
    check_output(Path(output), before)
    rows = _corrections(sources) if corrections else {}
    parsed: list[Parsed] = []
    idle: list[str] = []
    read = partial(parse, max_bytes=max_bytes)
    for source, one in zip(sources, run_all(read, sources, jobs or _jobs(sources)), strict=True):
        wanted = rows.pop((source.folder, source.name), [])
        gazetteer = _gazetteer(source.folder)
        contents, applied, unneeded = apply_corrections(one.archive, one.contents, wanted, gazetteer)
        parsed.append(Parsed(one.archive, contents, tuple(applied)))
        idle.extend(row.where for row in unneeded)
        if progress:
            progress(len(parsed), len(sources), source.name)
    for left in rows.values():
        raise left[0].error(f"there is no archive “{left[0].archive}” in this folder; correct its name")
    tables = make_rows(parsed)
    _require_unchanged(before, _state(find_sources(given)))
    write_database(tables, Path(output), about(corrections=corrections))
    return Report(Path(output), {name: len(found) for name, found in tables.items()}, tuple(idle))


def _state(sources: Sequence[Source]) -> dict[Path, Stamp]:
    """The state of every file that the build depends on: archives, corrections, places."""
    folders = sorted({source.folder for source in sources})
    tables = [folder / name for folder in folders for name in (FILE_NAME, PLACES_FILE)]
    return snapshot([*(source.file for source in sources), *tables])


def _require_unchanged(before: dict[Path, Stamp], after: dict[Path, Stamp]) -> None:
    """Raises InputError where files came, went or changed since the build began.

    Each file is read once, so no file is half of one state and half of another; but all of them together
    must be one state of the folder too, or the same input would not give the same file.
    """
    for file in sorted(before.keys() | after.keys()):
        if before.get(file) != after.get(file):
            raise InputError(f"{file}: was changed during the build; build again when it is finished")


def about(*, corrections: bool) -> dict[str, str]:
    """What the file says of itself: what made it, and whose data is in it."""
    return {
        "corrections": "applied" if corrections else "left out",
        "gazetteer": "GeoNames (https://www.geonames.org/), CC-BY 4.0, and the project's own tables",
        "rights_articles": "Each article belongs to its publisher, named on every row.",
        "rights_compilation": "CC-BY 4.0",
        "schema_version": str(VERSION),
    }


def _jobs(sources: Sequence[Source]) -> int:
    """As many processes as there are processors, where there is enough to read to pay for starting them."""
    size = 0
    for source in sources:
        with suppress(OSError):  # a file that went meanwhile: reading it says so
            size += source.file.stat().st_size
    return min(os.cpu_count() or 1, len(sources)) if size > _WORTH_A_PROCESS else 1


def parse(source: Source, max_bytes: int = MAX_ARCHIVE_BYTES) -> Parsed:
    """Reads one archive and everything in it: a pure function of the file's bytes and its name."""
    data = read_file(source.file, max_bytes)
    archive = read_bytes(data, source.name, file=str(source.file))
    return Parsed(archive, read_content(archive, _gazetteer(source.folder)))


@cache
def _gazetteer(folder: Path) -> Gazetteer:
    """The package's gazetteer, with the places.csv beside the archives read before it."""
    own = beside(folder, PLACES_FILE)
    return default_gazetteer().with_places(own) if own else default_gazetteer()


def _corrections(sources: Sequence[Source]) -> dict[tuple[Path, str], list[Row]]:
    """The rows of every corrections.csv beside the sources, by folder and archive.

    Where a folder was given, each row must be for one of its archives; beside a single file, rows for
    its neighbours are left alone.
    """
    wanted: dict[tuple[Path, str], list[Row]] = {}
    names = {(source.folder, source.name) for source in sources}
    for folder in sorted({source.folder for source in sources}):
        file = beside(folder, FILE_NAME)
        if file is None:
            continue
        for row in read_corrections(file):
            key = (folder, row.archive)
            if key in names or _is_given(folder, sources):
                wanted.setdefault(key, []).append(row)
    return wanted


def _is_given(folder: Path, sources: Sequence[Source]) -> bool:
    """True where the folder itself was given, not only a file in it."""
    return any(source.folder == folder and source.from_folder for source in sources)
