"""Composes the verbs: files to archives, contents, corrections, rows, and one SQLite file.

Several processes turn a file each into rows; this one numbers and writes them as they come, in the order of
the files. So memory is the same for any number of files, and the result for any number of processes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypedDict

from loader.archive_tables import PLACES_FILE
from loader.curation import FILE_NAME, CorrectionError
from loader.dataset.assign_ids import Numbering
from loader.dataset.atomic_output import changing, check_output, clear_leftovers, real_target, writing
from loader.dataset.build_info import about
from loader.dataset.create import NewDatabase
from loader.dataset.update import ChangedDatabase, counts_of
from loader.errors import InputError
from loader.input_files import MAX_ARCHIVE_BYTES, MAX_CONTAINER_BYTES, Stamp, snapshot
from loader.metadata_file import dataset_facts, find_metadata, read_metadata
from loader.pipeline.changes import Changes, find_changes
from loader.pipeline.file_report import DoubtSummary, FileReport
from loader.pipeline.parse_file import Read, correction_faults, load_tables, read, refusal_line
from loader.pipeline.processes import run_all
from loader.pipeline.progress import FileCounter, Progress
from loader.pipeline.tasks import Task, make_tasks
from loader.readers.base import Limits
from loader.readers.decoding import NO_CHOICE, DecodingChoice
from loader.readers.files import NOTHING_TO_READ, Source, list_files

# Bytes of text above which starting more processes is quicker than reading on.
_WORTH_A_PROCESS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildResult:
    """What any build did, of one file or of shards.

    Attributes:
        output: the finished file or folder.
        counts: rows by table; what several shards share is counted once.
        idle: where corrections stand that changed nothing, because the loader now finds what they say.
        doubts: what is doubtful about the files that were read.
        refused: why files in a folder could not be read; each names its file.
        partly: which items of containers could not be read, and why; each names its file.
        passed_over: reports on the files that hold no articles.
    """

    output: Path
    counts: dict[str, int]
    idle: tuple[str, ...]
    doubts: DoubtSummary
    refused: tuple[str, ...]
    partly: tuple[str, ...]
    passed_over: tuple[FileReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(BuildResult):
    """What a build of one file did.

    Attributes:
        read: how many files were read.
        kept: how many were not, because their rows are there from the build before.
        removed: how many are not there any more.
        why_all: why an update read every file after all, or None.
    """

    read: int
    kept: int
    removed: int
    why_all: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a build reads.

    Attributes:
        given: the files and folders that were named.
        tasks: the files, in the order of their names.
        before: the state of all that the build depends on.
        facts: what the metadata file says of the data set, by keys of build_info.
        metadata: that file, or None.
    """

    given: list[Path]
    tasks: list[Task]
    before: dict[str, Stamp]
    facts: dict[str, str]
    metadata: Path | None


class Options(TypedDict, total=False):
    """The options of a build, for those who pass them on."""

    corrections: bool
    metadata: Path | None
    strict: bool
    jobs: int | None
    dask: str | None
    max_bytes: int
    max_container: int
    decoding: DecodingChoice
    progress: Callable[[Progress], None] | None


def build(  # noqa: PLR0913 - what the command line lets one choose
    paths: Iterable[Path | str],
    output: Path | str,
    *,
    corrections: bool = True,
    metadata: Path | None = None,
    strict: bool = False,
    update: bool = False,
    in_place: bool = False,
    jobs: int | None = None,
    dask: str | None = None,
    max_bytes: int = MAX_ARCHIVE_BYTES,
    max_container: int = MAX_CONTAINER_BYTES,
    decoding: DecodingChoice = NO_CHOICE,
    progress: Callable[[Progress], None] | None = None,
) -> Report:
    """Builds the database.

    Args:
        paths: archive files, and folders that hold some.
        output: the file to write; an old one stays whole until the new one is.
        corrections: whether the corrections.csv beside the archives are applied.
        metadata: the file that says title, source and rights of the data set; None for metadata.yml beside
            the first of the sources, if there is one.
        strict: whether a file in a folder that cannot be read stops the build.
        update: whether only files that are new or changed since the old one are read. Its rows are those of
            a full build, but for ids and the number at the end of a slug: what is there keeps its own.
        in_place: whether an update changes the file itself, in one transaction, instead of a copy. That takes
            no time for what stays, but nobody may serve the file meanwhile.
        jobs: how many processes read files, None for as many as pay; the result is the same for any number.
        dask: the address of a Dask scheduler whose workers read them instead; each sees the files under the
            same paths and runs the same loader. None for none.
        max_bytes: how long one text may be.
        max_container: how long the unpacked parts of a container may be together.
        decoding: how texts are decoded that do not say their encoding, and whether damage is repaired.
        progress: called after each file.

    Returns:
        What was done.

    Raises:
        InputError: where the input is at fault; one line that names file, line and cure.
    """
    target = Path(output)
    limits = limits_of(max_bytes, max_container, decoding)
    planned = plan(paths, corrections=corrections, metadata=metadata, limits=limits)
    check_output(target, planned.before)
    info = about(corrections=corrections, facts=planned.facts, decoding=decoding.facts)
    changes = find_changes(target, planned.tasks, info) if update else Changes.everything(planned.tasks)
    if changes.is_none:
        clear_leftovers(real_target(target))
        return Report(
            output=target,
            counts=counts_of(target),
            idle=(),
            read=0,
            kept=changes.kept,
            removed=0,
            why_all=None,
            doubts=DoubtSummary(),
            **_unread(planned, changes.unread)._asdict(),
        )
    in_place = in_place and changes.is_update
    place = changing(target) if in_place else writing(target)
    with place as folder, _database(folder, target, changes, in_place=in_place) as database:
        written = write_rows(
            planned,
            changes.tasks,
            database,
            kept=changes.unread,
            strict=strict,
            jobs=jobs,
            dask=dask,
            progress=progress,
        )
        counts = database.finish(info)
        require_texts(counts, planned, written)
    return Report(
        output=target,
        counts=counts,
        idle=written.idle,
        read=len(changes.tasks),
        kept=changes.kept,
        removed=changes.removed,
        why_all=changes.why_all,
        doubts=written.doubts,
        **written.unread._asdict(),
    )


class Unread(NamedTuple):
    """What was not read; see BuildResult."""

    refused: tuple[str, ...]
    partly: tuple[str, ...]
    passed_over: tuple[FileReport, ...]


def _unread(planned: Plan, reports: Iterable[FileReport]) -> Unread:
    """Sort reports on files that were not read, or not wholly, by what a user is told of them."""
    places = {task.source.name: task.source.location for task in planned.tasks}
    ordered = sorted(reports, key=lambda report: report.path)
    return Unread(
        tuple(refusal_line(places[one.path], one.reason) for one in ordered if one.status == "refused"),
        tuple(refusal_line(places[one.path], one.reason) for one in ordered if one.is_partly),
        tuple(one for one in ordered if one.status == "not read"),
    )


def require_texts(counts: Mapping[str, int], planned: Plan, written: Written) -> None:
    """Raise InputError if no file was read: there is nothing to show."""
    if counts["archives"]:
        return
    if written.unread.refused:
        raise InputError(written.unread.refused[0])
    raise InputError(f"{planned.given[0]}: {NOTHING_TO_READ}")


def _database(
    folder: Path, target: Path, changes: Changes, *, in_place: bool
) -> NewDatabase | ChangedDatabase:
    if changes.is_update:
        return ChangedDatabase(folder, target, changes.gone, changes.kept_texts, in_place=in_place)
    return NewDatabase(folder)


def limits_of(max_bytes: int, max_container: int, decoding: DecodingChoice = NO_CHOICE) -> Limits:
    """Return what may be read of one file, and how, from what the command line says."""
    return Limits(item_bytes=max_bytes, container_bytes=max(max_bytes, max_container), decoding=decoding)


def plan(
    paths: Iterable[Path | str], *, corrections: bool, limits: Limits, metadata: Path | None = None
) -> Plan:
    """Lists what a build reads.

    Args:
        paths: archive files, and folders that hold some.
        corrections: whether the corrections.csv beside the archives are applied.
        limits: what may be read of one file.
        metadata: the file that describes the data set; None for metadata.yml beside the first source.

    Raises:
        InputError: there is nothing to read, a file is too long, or corrections are at fault. If a table of
            corrections has rows that cannot be used, its other rows are tried too: all faults are reported.
    """
    given = [Path(path) for path in paths]
    listing = list_files(given)
    sources = listing.require_sources()
    described_by = _metadata_of(given, metadata)
    before = _state(sources, described_by)
    tasks, faults = make_tasks(sources, corrections=corrections, limits=limits, others=listing.others)
    if faults:
        raise CorrectionError.of([*faults, *correction_faults(tasks)])
    return Plan(
        given=given,
        tasks=tasks,
        before=before,
        facts=dataset_facts(read_metadata(described_by)) if described_by else {},
        metadata=described_by,
    )


def source_state(paths: Iterable[Path | str], metadata: Path | None = None) -> dict[str, Stamp]:
    """Return the state of every file that a build of these paths depends on, to see later what changed.

    Raises:
        InputError: there is nothing to read.
    """
    given = [Path(path) for path in paths]
    return _state(list_files(given).sources, _metadata_of(given, metadata))


def _metadata_of(given: Sequence[Path], named: Path | None) -> Path | None:
    """The metadata file of the first of the sources."""
    return find_metadata(given[0] if given[0].is_dir() else given[0].parent, named)


class Written(NamedTuple):
    """What reading and writing files gave, besides rows.

    Attributes:
        idle: where corrections stand that changed nothing.
        doubts: what is doubtful about the files.
        unread: what could not be read.
    """

    idle: tuple[str, ...]
    doubts: DoubtSummary
    unread: Unread


def write_rows(
    planned: Plan,
    tasks: Sequence[Task],
    database: NewDatabase | ChangedDatabase,
    *,
    kept: Sequence[FileReport] = (),
    strict: bool = False,
    jobs: int | None = None,
    dask: str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Written:
    """Reads files and writes their rows, numbered.

    Args:
        planned: what the build began with.
        tasks: the files of it that are read.
        database: where the rows go.
        kept: reports on files that are not read again, because an earlier build could not read them either.
        strict: whether a file in a folder that cannot be read is an error.
        jobs: how many processes read, None for as many as pay.
        dask: the address of a Dask scheduler whose workers read instead, or None.
        progress: called after each file.

    Returns:
        Where corrections stand that changed nothing, and what is doubtful.

    Raises:
        InputError: where a file cannot be read, or the files were changed meanwhile.
    """
    numbering = Numbering(database)
    idle: list[str] = []
    unread = list(kept)
    doubts = DoubtSummary()
    counter = FileCounter([task.size for task in tasks], progress)
    results = _reporting_every_fault(tasks, _results(tasks, jobs, dask))
    for task, one in zip(tasks, results, strict=True):
        numbering.add(one.rows)
        idle.extend(one.idle)
        doubts = doubts.with_file(one.report)
        if one.report.reason is not None:
            unread.append(one.report)
        if strict and (one.report.status == "refused" or one.report.is_partly):
            raise InputError(refusal_line(task.source.location, one.report.reason))
        counter.add(task.source.name, task.size, numbering.articles)
    _require_unchanged(planned.before, _state(list_files(planned.given).sources, planned.metadata))
    return Written(idle=tuple(idle), doubts=doubts, unread=_unread(planned, unread))


def _reporting_every_fault(tasks: Sequence[Task], results: Iterable[Read]) -> Iterator[Read]:
    """Pass results on; at the first correction that does not fit, try the corrections of all files left."""
    passed = 0
    try:
        for one in results:
            passed += 1
            yield one
    except CorrectionError as error:
        raise CorrectionError.of([*error.faults, *correction_faults(tasks[passed:])]) from error


def _results(tasks: Sequence[Task], jobs: int | None, dask: str | None) -> Iterator[Read]:
    sizes = [task.size for task in tasks]
    if dask is None:
        return run_all(read, tasks, jobs or jobs_that_pay(sizes), sizes, prepare=load_tables)
    from loader.pipeline.dask import run_on_cluster  # noqa: PLC0415 - what it imports, few builds need

    there = (replace(task, source=task.source.absolute()) for task in tasks)
    return _of_same_length(tasks, run_on_cluster(read, there, sizes, dask))


def _of_same_length(tasks: Sequence[Task], results: Iterable[Read]) -> Iterator[Read]:
    """Passes results on; a worker whose files have these names and are others is found by their lengths."""
    for task, one in zip(tasks, results, strict=True):
        read_there = one.rows.file["bytes"]
        if read_there != task.size and task.refused is None and task.passed_over is None:
            raise InputError(
                f"{task.source.file}: has {task.size:,} bytes here and {read_there:,} on a "
                "worker; workers must see the same files under the same paths"
            )
        yield one


def _state(sources: Sequence[Source], metadata: Path | None) -> dict[str, Stamp]:
    """The state of every file that the build depends on: sources, corrections, places, metadata."""
    folders = sorted({source.folder for source in sources})
    tables = (str(folder / name) for folder in folders for name in (FILE_NAME, PLACES_FILE))
    described_by = [str(metadata)] if metadata else []
    return snapshot(chain((source.location for source in sources), tables, described_by))


def _require_unchanged(before: dict[str, Stamp], after: dict[str, Stamp]) -> None:
    """Raises InputError where files came, went or changed since the build began.

    Each file is read once, so no file is half of one state and half of another; but all of them together
    must be one state of the folder too, or the same input would not give the same file.
    """
    for file in sorted(before.keys() | after.keys()):
        if before.get(file) != after.get(file):
            raise InputError(f"{file}: was changed during the build; build again when it is finished")


def jobs_that_pay(sizes: Sequence[int]) -> int:
    """As many processes as there are processors, where there is enough to read to pay for starting them."""
    return min(os.cpu_count() or 1, len(sizes)) if sum(sizes) > _WORTH_A_PROCESS else 1
