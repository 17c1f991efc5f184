"""From one source file to the rows that it gives, in any process."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from loader.curation import CorrectionError, Fault, apply_corrections
from loader.dataset.rows import ArchiveRows, Parsed, archive_rows
from loader.errors import InputChangedError, InputError
from loader.extract.annotate import read_content
from loader.gazetteer import Gazetteer, default_gazetteer
from loader.input_files import read_file
from loader.pipeline.file_report import FileReport, report_of
from loader.pipeline.tasks import PLACES_FILE, Task, places_bytes
from loader.readers.roundup import read_bytes


class Read(NamedTuple):
    """What a process makes of one file.

    Attributes:
        rows: its rows.
        idle: where corrections stand that changed nothing.
        report: the same reading in numbers and doubts.
    """

    rows: ArchiveRows
    idle: tuple[str, ...]
    report: FileReport


class Refused(NamedTuple):
    """A file in a folder that cannot be read, and why."""

    reason: str


def read(task: Task) -> Read | Refused:
    """Turn a file into rows: a pure function of its bytes, its name, its corrections and its places.csv.

    Raises:
        InputError: a file that was named cannot be read, or a table beside it cannot be used. A file that was
            found in a folder is refused instead.
    """
    source = task.source
    if task.refused is not None:
        return Refused(task.refused)
    gazetteer = gazetteer_of(source.folder, task.places)
    try:
        archive = read_bytes(read_file(source.file, task.max_bytes), source.name, file=str(source.file))
    except InputChangedError:
        raise
    except InputError as error:
        if not source.from_folder:
            raise
        return Refused(str(error))
    contents, applied, idle = apply_corrections(
        archive, read_content(archive, gazetteer), task.wanted, gazetteer
    )
    rows = archive_rows(Parsed(archive, contents, tuple(applied), task.curation_sha256))
    return Read(rows, tuple(row.where for row in idle), report_of(archive, contents))


def correction_faults(tasks: Iterable[Task]) -> list[Fault]:
    """Return what is wrong with the corrections of files; a file that cannot be read is passed over."""
    faults: list[Fault] = []
    for task in tasks:
        if not task.wanted:
            continue
        try:
            read(task)
        except CorrectionError as error:
            faults.extend(error.faults)
        except InputError:  # reported once the corrections are mended
            continue
    return faults


def load_tables() -> None:
    """Loads words, names and places by reading an article: processes that start then share them."""
    archive = read_bytes(
        "Fog\n\nDrava Times, by Eva Lang, May 3, 2018:\n\n“Fog,” Karl Huber said in Graz.\n".encode(), ""
    )
    archive_rows(Parsed(archive, read_content(archive)))


@lru_cache(maxsize=8)  # a worker of a cluster lives through many builds
def gazetteer_of(folder: Path, places: str | None) -> Gazetteer:
    """Return the package's gazetteer, with the places.csv beside the archives read before it.

    Args:
        folder: the archives' folder.
        places: the SHA-256 of its places.csv when the build began, None if there was none.

    Raises:
        InputError: where that is not the file that the build began with: it was changed, or the folder of
            this name is another one on this machine.
    """
    own = places_bytes(folder)
    if (sha256(own).hexdigest() if own is not None else None) != places:
        raise InputError(f"{folder / PLACES_FILE}: is not what it was when the build began; build again")
    return default_gazetteer().with_places(folder / PLACES_FILE) if own is not None else default_gazetteer()
