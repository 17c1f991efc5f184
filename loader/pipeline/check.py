"""Reads files as a build does, writes nothing, and reports on each: what was read, what is doubtful.

Nothing that stands in a folder goes unmentioned: a file that cannot be read is reported with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loader.archive_tables import METADATA_FILE, PLACES_FILE, SYNONYMS_FILE
from loader.curation import FILE_NAME, Fault, apply_corrections, read_corrections
from loader.errors import InputError, printable
from loader.extract.annotate import read_content
from loader.gazetteer import Gazetteer, default_gazetteer
from loader.input_files import MAX_ARCHIVE_BYTES, MAX_CONTAINER_BYTES, beside
from loader.metadata_file import read_metadata
from loader.pipeline.build import jobs_that_pay, limits_of
from loader.pipeline.doubts import RANKS, Doubt
from loader.pipeline.file_report import STATUSES, FileReport, merged_report, report_of
from loader.pipeline.parse_file import (
    Reading,
    gazetteer_of,
    load_tables,
    open_file,
    report_of_error,
    unknown_members,
    unread_corrections,
)
from loader.pipeline.processes import run_all
from loader.pipeline.progress import FileCounter, Progress
from loader.pipeline.tasks import Task, make_tasks, size_of
from loader.readers.base import Limits, SourceText
from loader.readers.decoding import NO_CHOICE, DecodingChoice
from loader.readers.files import HIDDEN, Other, Source, list_files

__all__ = ["CheckReport", "Doubt", "FileReport", "Totals", "check"]

# The archive's own files beside its sources: what each is, and how to see whether it can be used.
_OWN_FILES: dict[str, tuple[str, Callable[[Path], object]]] = {
    FILE_NAME: ("the archive's corrections", read_corrections),
    PLACES_FILE: ("the archive's places", lambda file: default_gazetteer().with_places(file)),
    METADATA_FILE: ("the archive's metadata", read_metadata),
    SYNONYMS_FILE: ("the archive's synonyms", lambda _: None),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over all files.

    Attributes:
        files: number of files that were found, hidden ones left out.
        read: how many were read without a doubt.
        doubtful: how many were read with doubts.
        refused: how many cannot be read.
        not_read: how many a build passes over.
        hidden: number of files and folders that begin with a dot.
        articles: number of articles.
        outlets: number of different outlets.
        first: the earliest date, or None.
        last: the latest date, or None.
        quotations: number of quotations.
        places: number of place mentions.
        kept: share of the text of all files that were read that stands in articles; None without text.
        doubts: number of doubts about files that were read.
    """

    files: int
    read: int
    doubtful: int
    refused: int
    not_read: int
    hidden: int
    articles: int
    outlets: int
    first: str | None
    last: str | None
    quotations: int
    places: int
    kept: float | None
    doubts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What a check found.

    Attributes:
        files: a report on each file, worst first.
        totals: sums over them.
    """

    files: tuple[FileReport, ...]
    totals: Totals

    @property
    def is_clean(self) -> bool:
        """Whether something was read, nothing refused, and nothing is doubtful."""
        is_doubtful = any(report.doubts for report in self.files)
        return bool(self.totals.read) and not (self.totals.refused or is_doubtful)


def check(
    paths: Iterable[Path | str],
    *,
    max_bytes: int = MAX_ARCHIVE_BYTES,
    max_container: int = MAX_CONTAINER_BYTES,
    decoding: DecodingChoice = NO_CHOICE,
    jobs: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> CheckReport:
    """Report what a build would read.

    Args:
        paths: archive files, and folders that hold some.
        max_bytes: how long one text may be.
        max_container: how long the unpacked parts of a container may be together.
        decoding: how texts are decoded that do not say their encoding, and whether damage is repaired.
        jobs: how many processes read files, None for as many as pay.
        progress: called after each file.

    Returns:
        A report on every file that was found.

    Raises:
        InputError: a path does not exist, or holds no file at all.
    """
    given = [Path(path) for path in paths]
    limits = limits_of(max_bytes, max_container, decoding)
    listing = list_files(given)
    found = [*listing.others, *listing.namesakes]
    if not listing.sources and all(other.passed_over == HIDDEN for other in found):
        raise InputError(f"{given[0] if given else '.'}: holds no files; name a folder that holds articles")
    sources, reports = [], []
    for source in listing.sources:
        reason = _too_long(source, limits)
        if reason is None:
            sources.append(source)
        else:
            reports.append(_refused(source.name, reason))
    tasks, faults = _tasks(sources, limits)
    reports.extend(_other_report(other, faults) for other in found)
    listed = {other.location for other in found}
    reports.extend(_refused(Path(file).name, reason) for file, reason in faults.items() if file not in listed)
    reports.extend(_reports(tasks, jobs, progress))
    reports.sort(key=_severity)
    return CheckReport(files=tuple(reports), totals=_totals(reports))


def _reports(
    tasks: Sequence[Task], jobs: int | None, progress: Callable[[Progress], None] | None
) -> Iterable[FileReport]:
    sizes = [task.size for task in tasks]
    articles, counter = 0, FileCounter(sizes, progress)
    results = run_all(read_report, tasks, jobs or jobs_that_pay(sizes), sizes, prepare=load_tables)
    for task, report in zip(tasks, results, strict=True):
        articles += report.articles
        counter.add(task.source.name, task.size, articles)
        yield report


def read_report(task: Task) -> FileReport:
    """Return the report on one file, in any process; one that cannot be read is refused with its reason."""
    try:
        found = open_file(task)
    except InputError as error:
        return report_of_error(task, error)
    if isinstance(found, FileReport):
        return _with_doubts(found, unread_corrections(task, found))
    gazetteer = _usable_gazetteer(task)
    reports = [_text_report(task, found, text, gazetteer) for text in found.sources]
    report = merged_report(
        task.source.name, found.reader.name, reports, found.reason, is_partly=found.is_partly
    )
    misplaced = _doubts_of(unknown_members(task, found))
    return replace(report, status="doubtful", doubts=misplaced + report.doubts) if misplaced else report


def _with_doubts(report: FileReport, faults: Sequence[Fault]) -> FileReport:
    """Return the report on an unread file, with a doubt if it may hold articles or has corrections."""
    if report.status != "refused" or not report.format:
        return replace(report, doubts=_doubts_of(faults))
    doubt = Doubt(code="no_reader", message=report.reason or "")
    return replace(report, status="not read", doubts=(*_doubts_of(faults), doubt))


def _doubts_of(faults: Iterable[Fault]) -> tuple[Doubt, ...]:
    """Return a doubt for each row of corrections.csv with which a build would stop."""
    return tuple(
        Doubt(code="unusable_corrections", message=f"has unusable corrections: {fault.message}")
        for fault in faults
    )


def _text_report(task: Task, found: Reading, text: SourceText, gazetteer: Gazetteer) -> FileReport:
    archive = text.archive(task.source.name, found.sha256, found.size)
    contents = read_content(archive, gazetteer)
    more: list[Doubt] = []
    try:
        contents, _, _ = apply_corrections(archive, contents, task.rows_of(text.member), gazetteer)
    except InputError as error:
        more.append(Doubt(code="unusable_corrections", message=f"has unusable corrections: {error}"))
    return report_of(archive, contents, more)


def _usable_gazetteer(task: Task) -> Gazetteer:
    """Return a build's gazetteer; the package's own if places.csv is at fault, which has a report itself."""
    try:
        return gazetteer_of(task.source.folder, task.places)
    except InputError:
        return default_gazetteer()


def _too_long(source: Source, limits: Limits) -> str | None:
    """Why a file is refused by its size, also one that was named."""
    try:
        return size_of(source, limits)[1]
    except InputError as error:
        return _without_path(str(error), source.location)


def _tasks(sources: Sequence[Source], limits: Limits) -> tuple[list[Task], dict[str, str]]:
    """Return the tasks of a build, and why tables beside the sources cannot be used, by path of the table."""
    faults: dict[str, str] = {}
    for folder in sorted({source.folder for source in sources}):
        for name, (_, use) in _OWN_FILES.items():
            file = folder / name
            try:
                if beside(folder, name):
                    use(file)
            except InputError as error:
                faults[str(file)] = _without_path(str(error), str(file))
    usable = [source for source in sources if str(source.folder / FILE_NAME) not in faults]
    try:
        tasks, of_rows = make_tasks(sources, corrections=len(usable) == len(sources), limits=limits)
        for fault in of_rows:
            faults.setdefault(fault.file, _without_path(fault.message, fault.file))
        return tasks, faults
    except InputError as error:  # a correction for a file that is not there, or a table that is no file
        table, _, _ = str(error).partition(", line ")
        faults.setdefault(table, _without_path(str(error), table))
    return [_plain_task(source, limits) for source in sources], faults


def _plain_task(source: Source, limits: Limits) -> Task:
    """Return a task without the tables beside the source."""
    return Task(source=source, size=size_of(source, limits)[0], wanted=(), places=None, limits=limits)


def _refused(name: str, reason: str, what: str = "") -> FileReport:
    return FileReport(path=name, format=what, status="refused", reason=reason)


def _other_report(other: Other, faults: dict[str, str]) -> FileReport:
    fault = other.refused or faults.get(other.location)
    if fault is not None:
        return _refused(other.name, fault)
    status = "hidden" if other.passed_over == HIDDEN else "not read"
    reason = other.passed_over or _OWN_FILES[other.name][0]
    return FileReport(path=other.name, status=status, reason=reason)


def _without_path(message: str, location: str) -> str:
    """Return an error's message without the path that its own line names already."""
    return message.removeprefix(printable(location)).lstrip(":, ")


def _severity(report: FileReport) -> tuple[int, int, int, str]:
    """Sort key, worst first: refused, not read but maybe articles, doubtful, read, others, hidden."""
    doubts = report.doubts
    order = STATUSES.index(report.status) + (report.status == "hidden")
    if report.status == "not read" and not doubts:
        order = STATUSES.index("hidden")
    return order, min((RANKS[doubt.code] for doubt in doubts), default=0), -len(doubts), report.path


def _totals(reports: Sequence[FileReport]) -> Totals:
    number = dict.fromkeys(STATUSES, 0)
    for report in reports:
        number[report.status] += 1
    characters = sum(report.characters for report in reports)
    kept = sum(report.characters * (report.kept or 0) for report in reports)
    return Totals(
        files=len(reports) - number["hidden"],
        read=number["read"],
        doubtful=number["doubtful"],
        refused=number["refused"],
        not_read=number["not read"],
        hidden=number["hidden"],
        articles=sum(report.articles for report in reports),
        outlets=len({outlet for report in reports for outlet in report.outlets}),
        first=min((report.first for report in reports if report.first), default=None),
        last=max((report.last for report in reports if report.last), default=None),
        quotations=sum(report.quotations for report in reports),
        places=sum(report.places for report in reports),
        kept=kept / characters if characters else None,
        doubts=sum(len(report.doubts) for report in reports if report.status != "not read"),
    )
