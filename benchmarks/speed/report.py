"""What was measured, as a table and a CSV file, and which of the targets it misses."""

from __future__ import annotations

import csv
import os
import platform
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from benchmarks.speed.hooks import PARSED, WRITER, WRITTEN

MB = 1_000_000
# The targets, on two processors.
MOST_OF_FLOOR, FROM_MB = 2.5, 100
MOST_GROWTH, GROWTH_FROM_MB = 1.10, 10
MOST_MEMORY_MB = 400
MOST_SEED_SECONDS = 1.0
LEAST_OF_SPACY = 100


@dataclass(frozen=True, slots=True)
class Build:
    """One made archive, built.

    Attributes:
        megabytes: what was asked for.
        bytes: of text.
        files: how many hold it.
        articles: how many the database has.
        seconds: from the start of the process to the finished file, by the clock.
        processor: seconds of the processors, all processes together.
        stages: seconds of each; of processors, or by the clock in the writer (hooks).
        peak: bytes of memory of all processes at once.
        database: bytes of the finished file.
        floor: seconds in which the same rows are written plainly.
    """

    megabytes: int
    bytes: int
    files: int
    articles: int
    seconds: float
    processor: float
    stages: dict[str, float]
    peak: int
    database: int
    floor: float

    @property
    def per_megabyte(self) -> float:
        """Seconds in all per MB of text."""
        return self.seconds / (self.bytes / MB)


@dataclass(frozen=True, slots=True)
class Reader:
    """Words a second of one processor.

    Attributes:
        name: of the reader, with versions.
        words: how many were read.
        seconds: of the processor.
    """

    name: str
    words: int
    seconds: float

    @property
    def rate(self) -> float:
        """Words a second."""
        return self.words / self.seconds


@dataclass
class Measured:
    """Everything that one run of the benchmark measured.

    Attributes:
        builds: by size, the smaller first.
        seed: seconds for the seed archive, from the start of the process; the middle of several.
        ours: what the loader reads.
        spacy: what spaCy reads of the same text; None where it was not asked for.
    """

    builds: list[Build] = field(default_factory=list)
    seed: float | None = None
    ours: Reader | None = None
    spacy: Reader | None = None

    def growth(self) -> dict[int, float]:
        """Time per MB against that of the size before, by size in MB."""
        return {
            large.megabytes: large.per_megabyte / small.per_megabyte for small, large in pairwise(self.builds)
        }


Line = tuple[str, str, Callable[[Build], float | None], str]


def _lines(measured: Measured) -> Iterator[Line]:
    """The lines of the table: what, unit, how it follows from a build, and the format of the number."""
    growth = measured.growth()
    yield "articles", "", lambda one: one.articles, ",.0f"
    for stage in PARSED:
        yield stage, "processor s", lambda one, stage=stage: one.stages[stage], ",.2f"  # type: ignore[misc]
    for stage in WRITTEN:
        name = "rows written" if stage == "rows" else stage
        yield name, "s", lambda one, stage=stage: one.stages[stage], ",.2f"  # type: ignore[misc]
    yield "the process that writes", "processor s", lambda one: one.stages[WRITER], ",.2f"
    yield "all processes", "processor s", lambda one: one.processor, ",.2f"
    yield "total", "s", lambda one: one.seconds, ",.2f"
    yield "total", "MB/s", lambda one: one.bytes / MB / one.seconds, ",.2f"
    yield "total", "articles/s", lambda one: one.articles / one.seconds, ",.0f"
    yield "time per MB", "x the size before", lambda one: growth.get(one.megabytes), ".2f"
    yield "peak memory", "MB", lambda one: one.peak / MB, ",.0f"
    yield "database", "MB per MB", lambda one: one.database / one.bytes, ".2f"
    yield "floor", "s", lambda one: one.floor, ",.2f"
    yield "total / floor", "", lambda one: one.seconds / one.floor, ".2f"


def table(measured: Measured) -> str:
    """Gives the table in Markdown, a column for each size."""
    sizes = [f"{build.megabytes:,} MB" for build in measured.builds]
    rows = [["", "unit", *sizes], ["---"] * (2 + len(sizes))]
    for name, unit, figure, form in _lines(measured):
        values = [figure(build) for build in measured.builds]
        cells = ["" if value is None else f"{value:{form}}" for value in values]
        rows.append([name, unit, *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def below(measured: Measured, jobs: int | None) -> list[str]:
    """Gives the lines below the table: the other figures, and what they were measured on."""
    lines = []
    if measured.seed is not None:
        lines.append(f"the seed archive, process start to finished file: {measured.seed:.2f} s")
    if measured.ours:
        lines.append(f"read, quotations, places: {measured.ours.rate:,.0f} words a second of one processor")
    if measured.ours and measured.spacy:
        ratio = measured.ours.rate / measured.spacy.rate
        lines.append(
            f"{measured.spacy.name}: {measured.spacy.rate:,.0f}; ours reads {ratio:.1f} times as many"
        )
    processes = "as many as pay" if jobs is None else str(jobs)
    lines.append(
        f"{os.cpu_count()} processors, {platform.machine()}; Python {platform.python_version()}, SQLite "
        f"{sqlite3.sqlite_version}; processes that read (--jobs): {processes}"
    )
    return lines


def write_csv(measured: Measured, path: Path) -> None:
    """Writes every figure of the table, a row for each line and size."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("figure", "unit", "megabytes", "value"))
        for name, unit, figure, _ in _lines(measured):
            for build in measured.builds:
                value = figure(build)
                if value is not None:
                    writer.writerow((name, unit, build.megabytes, f"{value:.6g}"))
        if measured.seed is not None:
            writer.writerow(("seed archive", "s", "", f"{measured.seed:.6g}"))
        for reader in (measured.ours, measured.spacy):
            if reader:
                writer.writerow((reader.name, "words a second", "", f"{reader.rate:.6g}"))


def missed(measured: Measured) -> Iterator[str]:
    """Yields each target that a figure misses; what was not measured misses none."""
    for build in measured.builds:
        ratio = build.seconds / build.floor
        if build.megabytes >= FROM_MB and ratio > MOST_OF_FLOOR:
            yield f"{build.megabytes:,} MB: total {ratio:.2f} x the floor, not {MOST_OF_FLOOR} or less"
        if build.peak > MOST_MEMORY_MB * MB:
            yield f"{build.megabytes:,} MB: {build.peak / MB:,.0f} MB of memory, not {MOST_MEMORY_MB} or less"
    yield from _nonlinear([build for build in measured.builds if build.megabytes >= GROWTH_FROM_MB])
    if measured.seed is not None and measured.seed > MOST_SEED_SECONDS:
        yield f"seed archive: {measured.seed:.2f} s, not {MOST_SEED_SECONDS} or less"
    if measured.ours and measured.spacy and measured.ours.rate < LEAST_OF_SPACY * measured.spacy.rate:
        ratio = measured.ours.rate / measured.spacy.rate
        yield f"words a second: {ratio:.1f} x those of spaCy, not {LEAST_OF_SPACY} or more"


def _nonlinear(builds: Sequence[Build]) -> Iterator[str]:
    """Every size against the smallest, so that small steps in one direction do not add up unseen."""
    for build in builds[1:]:
        growth = build.per_megabyte / builds[0].per_megabyte
        if growth > MOST_GROWTH:
            yield (
                f"{build.megabytes:,} MB: {growth:.2f} x the time per MB of {builds[0].megabytes:,} MB, "
                f"not {MOST_GROWTH} or less"
            )
