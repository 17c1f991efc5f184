"""What is to be read: each archive file with what its folder says of it by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from loader.archive_tables import PLACES_FILE
from loader.curation import FILE_NAME, Fault, WrittenRow, curation_digest, read_rows
from loader.errors import InputError, printable
from loader.input_files import beside, check_size, read_edges, read_table
from loader.readers.base import Limits
from loader.readers.decoding import NO_CHOICE, DecodingChoice
from loader.readers.file_types import HEAD_BYTES
from loader.readers.files import NOT_LISTED, Other, Source
from loader.readers.registry import find_reader

# The layers above the pipeline know no readers: they take how files are decoded from here.
__all__ = [
    "NO_CHOICE",
    "DecodingChoice",
    "Task",
    "make_tasks",
    "places_bytes",
    "places_sha256",
    "size_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A file to read, or to list if it is not read.

    Attributes:
        source: where it is.
        size: its length in bytes.
        wanted: its rows of corrections.csv.
        places: the SHA-256 of the places.csv beside it, None where there is none.
        limits: what may be read of it.
        refused: why it is refused without opening it, or None.
        passed_over: why it is passed over without opening it, or None.
        kept: items of a container whose rows an update leaves as they are.
    """

    source: Source
    size: int
    wanted: tuple[WrittenRow, ...]
    places: str | None
    limits: Limits
    refused: str | None = None
    passed_over: str | None = None
    kept: frozenset[str] = frozenset()

    def curation_sha256(self, member: str) -> str | None:
        """Return what tells the curation of an item from another, as `curation_digest` gives it."""
        return curation_digest(self.rows_of(member), self.places)

    def rows_of(self, member: str) -> tuple[WrittenRow, ...]:
        """Return the rows of corrections.csv for an item, "" for the file itself."""
        return tuple(row for row in self.wanted if row.member == member)


def make_tasks(
    sources: Sequence[Source], *, corrections: bool, limits: Limits, others: Sequence[Other] = ()
) -> tuple[list[Task], list[Fault]]:
    """Check the size of every file and read the tables beside them.

    Args:
        sources: the archive files.
        corrections: whether the corrections.csv beside them are applied.
        limits: what may be read of one file.
        others: files of the folders that are not opened.

    Returns:
        A task for each file, in order of their names, and what is wrong with rows of corrections.csv.

    Raises:
        InputError: a file that was named is too long, or a table cannot be read.
    """
    wanted, faults = _corrections(sources) if corrections else ({}, [])
    places = {folder: places_sha256(folder) for folder in {source.folder for source in sources}}
    tasks = []
    for source in sources:
        size, refused = size_of(source, limits)
        tasks.append(
            Task(
                source=source,
                size=size,
                wanted=tuple(wanted.get((source.folder, source.name), ())),
                places=places[source.folder],
                limits=limits,
                refused=refused,
            )
        )
    tasks.extend(_other_tasks(others, {source.name for source in sources}, limits))
    tasks.sort(key=lambda task: task.source.name)
    return tasks, faults


def _other_tasks(others: Iterable[Other], names: set[str], limits: Limits) -> Iterator[Task]:
    """Yield tasks for files that are listed without opening them; of one name only the first."""
    for other in others:
        if other.is_read_elsewhere or other.name in names or (other.refused or other.passed_over) is None:
            continue
        if other.passed_over in NOT_LISTED:
            continue
        names.add(other.name)
        yield Task(
            source=Source(other.name, other.location, other.folder, True),
            size=0,
            wanted=(),
            places=None,
            limits=limits,
            refused=other.refused,
            passed_over=other.passed_over,
        )


def size_of(source: Source, limits: Limits) -> tuple[int, str | None]:
    """A file's size, and why it is refused by it: one that was found in a folder stops no build.

    A file that no reader claims, such as a video, is not refused by its size: it is not read at all.

    Raises:
        InputError: a file that was named is too long.
    """
    try:
        return check_size(source.file, limits.item_bytes), None
    except InputError as error:
        size = source.file.stat().st_size
        head, _ = read_edges(source.file, HEAD_BYTES)
        reader = find_reader(head, source.sniffed_name)
        if reader is None or (reader.is_container and size <= limits.container_bytes):
            return size, None
        if not source.from_folder:
            raise
        return 0, str(error).removeprefix(f"{printable(source.location)}: ")


def places_bytes(folder: Path) -> bytes | None:
    """The places.csv of a folder, None where there is none; raises InputError where it cannot be read."""
    file = beside(folder, PLACES_FILE)
    return read_table(file) if file else None


def places_sha256(folder: Path) -> str | None:
    """The SHA-256 of the places.csv of a folder, None where there is none; raises as `places_bytes` does."""
    data = places_bytes(folder)
    return None if data is None else sha256(data).hexdigest()


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
