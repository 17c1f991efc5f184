"""From one input file to the rows that it gives, in any process."""

from __future__ import annotations

import io
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from loader.archive_tables import PLACES_FILE
from loader.curation import CorrectionError, Fault, apply_corrections
from loader.dataset.rows import ArchiveRows, FileRows, Parsed, archive_rows
from loader.errors import InputChangedError, InputError, printable
from loader.extract.annotate import read_content
from loader.gazetteer import Gazetteer, default_gazetteer
from loader.input_files import hash_file, read_edges, read_file
from loader.pipeline.file_report import FileReport, merged_report, report_of, report_of_kept
from loader.pipeline.tasks import Task, places_sha256
from loader.readers.base import Reader, SourceText, Unread
from loader.readers.file_types import HEAD_BYTES
from loader.readers.registry import find_reader, hash_parts, read_items, unclaimed
from loader.readers.roundup import read_bytes
from loader.records import Omission

# Items of a container that are not read and are named with their reasons.
_NAMED = 20


class Read(NamedTuple):
    """What a process makes of one file.

    Attributes:
        rows: its rows.
        idle: where corrections stand that changed nothing.
        report: the same reading in numbers and doubts, or why it was not read.
    """

    rows: FileRows
    idle: tuple[str, ...]
    report: FileReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A file as its reader gives it.

    Attributes:
        reader: the reader that claimed it.
        sha256: of its bytes, in hexadecimal.
        size: number of its bytes.
        sources: its source texts.
        unread: items that are not read.
        omissions: bytes that are left out on purpose.
    """

    reader: Reader
    sha256: str
    size: int
    sources: list[SourceText]
    unread: list[Unread]
    omissions: list[Omission]

    @property
    def reason(self) -> str | None:
        """What is not read of the file and why; None if all of it is read."""
        if not self.unread:
            return None
        ordered = sorted(self.unread, key=lambda one: (not one.may_hold_articles, one.member))
        named = [f"{one.member} ({one.reason})" for one in ordered[:_NAMED]]
        rest = len(ordered) - len(named)
        more = f" and {rest:,} more" if rest else ""
        items = "1 item that is" if len(ordered) == 1 else f"{len(ordered):,} items that are"
        return f"holds {items} not read: {'; '.join(named)}{more}"

    @property
    def is_partly(self) -> bool:
        """Whether something that may hold articles is not read."""
        return any(one.may_hold_articles for one in self.unread)


def read(task: Task) -> Read:
    """Turn a file into rows: a pure function of its bytes, its name, its corrections and its places.csv.

    Raises:
        InputError: a file that was named cannot be read, or a table beside it cannot be used. A file that was
            found in a folder is refused instead.
    """
    source = task.source
    gazetteer = gazetteer_of(source.folder, task.places)
    try:
        found = open_file(task)
    except InputChangedError:
        raise
    except InputError as error:
        if not source.from_folder:
            raise
        _require_members(task, frozenset())
        return unread_file(task, report_of_error(task, error))
    if isinstance(found, FileReport):
        _require_members(task, frozenset())
        if not source.from_folder:
            raise InputError(refusal_line(source.location, found.reason))
        if faults := unread_corrections(task, found):
            raise CorrectionError.of(faults)
        return unread_file(task, found)
    return _read_texts(task, found, gazetteer)


def open_file(task: Task) -> Reading | FileReport:
    """Read a file with the reader that claims it.

    Returns:
        What the reader gives; or a report on a file that is not read, with its reason.

    Raises:
        InputError: the file cannot be read.
    """
    source = task.source
    if task.refused is not None:
        return FileReport(path=source.name, status="refused", reason=task.refused)
    if task.passed_over is not None:
        return FileReport(path=source.name, status="not read", reason=task.passed_over)
    head, tail = read_edges(source.file, HEAD_BYTES)
    reader = find_reader(head, source.sniffed_name)
    if reader is None:
        known, reason = unclaimed(head, source.sniffed_name, tail)
        status = "refused" if known.may_hold_articles else "not read"
        return FileReport(path=source.name, format=known.name, status=status, reason=reason)
    limits = task.limits
    data = read_file(source.file, limits.container_bytes if reader.is_container else limits.item_bytes)
    reading = Reading(
        reader=reader,
        sha256=sha256(data).hexdigest(),
        size=len(data),
        sources=[],
        unread=[],
        omissions=[],
    )
    for item in read_items(reader, io.BytesIO(data), str(source.file), limits):
        if isinstance(item, SourceText):
            reading.sources.append(item)
        elif isinstance(item, Unread):
            reading.unread.append(item)
        else:
            reading.omissions.append(item)
    if not reading.sources:
        reason = reading.reason or "holds no text"
        raise InputError(f"{source.file}: {reason}; name a file that holds articles as plain text")
    return reading


def part_digests(task: Task) -> dict[str, str]:
    """Return the SHA-256 of the parts of a container by path; none of another file or one that is damaged."""
    if task.refused is not None or task.passed_over is not None:
        return {}
    file = task.source.file
    try:
        head, _ = read_edges(file, HEAD_BYTES)
        reader = find_reader(head, task.source.sniffed_name)
        if reader is None or not reader.is_container:
            return {}
        data = read_file(file, task.limits.container_bytes)
        return hash_parts(reader, io.BytesIO(data), str(file), task.limits)
    except InputError:  # whoever reads it reports it
        return {}


def _read_texts(task: Task, found: Reading, gazetteer: Gazetteer) -> Read:
    """Return the rows of a file that was opened."""
    _require_members(task, {text.member for text in found.sources})
    faults = unknown_members(task, found)
    archives: list[ArchiveRows] = []
    reports: list[FileReport] = []
    idle: list[str] = []
    for text in found.sources:
        archive = text.archive(task.source.name, found.sha256, found.size)
        if text.member in task.kept:
            reports.append(report_of_kept(archive))
            continue
        wanted = task.rows_of(text.member)
        try:
            contents, applied, without_effect = apply_corrections(
                archive, read_content(archive, gazetteer), wanted, gazetteer
            )
        except CorrectionError as error:
            faults.extend(error.faults)
            continue
        archives.append(
            archive_rows(Parsed(archive, contents, tuple(applied), task.curation_sha256(text.member)))
        )
        idle.extend(row.where for row in without_effect)
        reports.append(report_of(archive, contents))
    if faults:
        raise CorrectionError.of(faults)
    report = merged_report(
        task.source.name, found.reader.name, reports, found.reason, is_partly=found.is_partly
    )
    rows = FileRows(
        file={
            "path": task.source.name,
            "sha256": found.sha256,
            "bytes": found.size,
            "format": report.format,
            "reader": found.reader.name,
            "reader_version": found.reader.version,
            "status": "partly" if found.is_partly else "read",
            "reason": found.reason,
        },
        archives=archives,
        omitted=[
            {"part": one.part, "byte_start": one.byte_start, "byte_end": one.byte_end, "reason": one.reason}
            for one in found.omissions
        ],
    )
    return Read(rows, tuple(idle), report)


def _require_members(task: Task, members: Set[str]) -> None:
    """Raise InputChangedError if an item is gone that was there when the update was planned."""
    if not task.kept <= members:
        raise InputChangedError(
            f"{printable(task.source.location)}: was changed during the build; "
            "build again when it is finished"
        )


def unknown_members(task: Task, found: Reading) -> list[Fault]:
    """Return what is wrong with corrections that name an item which the file does not have."""
    members = {text.member for text in found.sources}
    faults = []
    for row in task.wanted:
        if row.member in members:
            continue
        there = f"“{row.member}” in {row.archive}" if row.member else f"text in {row.archive} itself"
        faults.append(row.fault(f"there is no {there}; write the path of an item of it in the column member"))
    return faults


def unread_corrections(task: Task, found: FileReport) -> list[Fault]:
    """Return what is wrong with corrections of a file that no reader takes: they would have no effect."""
    if not found.format:
        return []
    why = f"“{task.source.name}” is not read, it {found.reason}; correct the name or take the row out"
    return [row.fault(why) for row in task.wanted]


def unread_file(task: Task, report: FileReport) -> Read:
    """Return the row of a file that is not read."""
    digest, size = sha256_of(task)
    rows = FileRows(
        file={
            "path": task.source.name,
            "sha256": digest,
            "bytes": size,
            "format": report.format or None,
            "reader": None,
            "reader_version": None,
            "status": "refused",
            "reason": report.reason,
        },
        archives=[],
        omitted=[],
    )
    return Read(rows, (), report)


def sha256_of(task: Task) -> tuple[str | None, int | None]:
    """Return hash and size of a file; None of one that may not be opened, as a link out of the folder."""
    if task.refused is not None or task.passed_over is not None:
        return None, None
    return hash_file(task.source.file, task.limits.container_bytes)


def report_of_error(task: Task, error: InputError) -> FileReport:
    """Return the report on a file that cannot be read; its reason leaves out the path."""
    reason = str(error).removeprefix(printable(task.source.location)).lstrip(":, ")
    return FileReport(path=task.source.name, status="refused", reason=reason)


def refusal_line(location: str, reason: str | None) -> str:
    """Return the line that names a file, and the line of it where the reason begins with one."""
    reason = reason or ""
    return f"{printable(location)}{', ' if reason.startswith('line ') else ': '}{reason}"


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
    if places_sha256(folder) != places:
        raise InputError(f"{folder / PLACES_FILE}: is not what it was when the build began; build again")
    gazetteer = default_gazetteer()
    return gazetteer.with_places(folder / PLACES_FILE) if places is not None else gazetteer
