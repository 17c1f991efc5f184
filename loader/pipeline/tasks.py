"""What is to be read: each archive file with what its folder says of it by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from loader.curation import FILE_NAME, Fault, WrittenRow, curation_digest, read_rows
from loader.errors import InputError
from loader.input_files import beside, check_size, read_table
from loader.readers.files import Source

# An archive's own places, beside it: columns as in data/places.csv.
PLACES_FILE = "places.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A file to read.

    Attributes:
        source: where it is.
        size: its length in bytes.
        wanted: its rows of corrections.csv.
        places: the SHA-256 of the places.csv beside it, None where there is none.
        curation_sha256: what tells another curation, as `curation_digest` gives it.
        max_bytes: how long it may be.
        refused: why it is not read at all, or None.
    """

    source: Source
    size: int
    wanted: tuple[WrittenRow, ...]
    places: str | None
    curation_sha256: str | None
    max_bytes: int
    refused: str | None = None


def make_tasks(
    sources: Sequence[Source], *, corrections: bool, max_bytes: int
) -> tuple[list[Task], list[Fault]]:
    """Check the size of every file and read the tables beside them.

    Args:
        sources: the archive files.
        corrections: whether the corrections.csv beside them are applied.
        max_bytes: how long one file may be.

    Returns:
        A task for each file, in their order, and what is wrong with rows of corrections.csv.

    Raises:
        InputError: a file that was named is too long, or a table cannot be read.
    """
    sizes = [_size(source, max_bytes) for source in sources]
    wanted, faults = _corrections(sources) if corrections else ({}, [])
    places = {folder: places_bytes(folder) for folder in {source.folder for source in sources}}
    hashes = {folder: data if data is None else sha256(data).hexdigest() for folder, data in places.items()}
    tasks = []
    for source, (size, refused) in zip(sources, sizes, strict=True):
        rows = tuple(wanted.get((source.folder, source.name), ()))
        curation = curation_digest(rows, places[source.folder])
        tasks.append(
            Task(
                source=source,
                size=size,
                wanted=rows,
                places=hashes[source.folder],
                curation_sha256=curation,
                max_bytes=max_bytes,
                refused=refused,
            )
        )
    return tasks, faults


def _size(source: Source, max_bytes: int) -> tuple[int, str | None]:
    """A file's size, and why it is refused by it: one that was found in a folder stops no build."""
    try:
        return check_size(source.file, max_bytes), None
    except InputError as error:
        if not source.from_folder:
            raise
        return 0, str(error)


def places_bytes(folder: Path) -> bytes | None:
    """The places.csv of a folder, None where there is none; raises InputError where it cannot be read."""
    file = beside(folder, PLACES_FILE)
    return read_table(file) if file else None


def _corrections(
    sources: Sequence[Source],
) -> tuple[dict[tuple[Path, str], list[WrittenRow]], list[Fault]]:
    """Read the rows of every corrections.csv beside the sources, by folder and archive, and their faults.

    If a folder was given, each row must be for one of its archives; beside a single file, rows for its
    neighbours are ignored.
    """
    wanted: dict[tuple[Path, str], list[WrittenRow]] = {}
    faults: list[Fault] = []
    names = {(source.folder, source.name) for source in sources}
    for folder in sorted({source.folder for source in sources}):
        file = beside(folder, FILE_NAME)
        if file is None:
            continue
        table = read_rows(file)
        faults.extend(table.faults)
        for row in table.rows:
            key = (folder, row.archive)
            if key in names:
                wanted.setdefault(key, []).append(row)
            elif _is_given(folder, sources):
                faults.append(
                    row.fault(f"there is no archive “{row.archive}” in this folder; correct its name")
                )
    return wanted, faults


def _is_given(folder: Path, sources: Sequence[Source]) -> bool:
    """True where the folder itself was given, not only a file in it."""
    return any(source.folder == folder and source.from_folder for source in sources)
