"""Renders what a build did: lines for a terminal, or JSON."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from loader.errors import printable
from loader.pipeline.build import BuildResult, Report
from loader.pipeline.check_report import many, more
from loader.pipeline.doubts import GUESSED_ENCODING
from loader.pipeline.file_report import NAMED_GUESSES, DoubtSummary, FileReport
from loader.readers.file_types import DESCRIPTION

# Files that are named in the line on files that are not read.
_NAMED = 3
# Files that are refused for one reason and have a line each.
_OF_ONE_REASON = 10


def summary(report: BuildResult, *, shards: int | None = None) -> str:
    """Return the line with the counts of the finished database, or of the folder with so many shards."""
    counts = report.counts
    parts = [
        *([many(shards, "shard")] if shards is not None else []),
        many(counts["archives"], "archive"),
        many(counts["articles"], "article"),
        many(counts["paragraphs"], "paragraph"),
        f"{many(counts['quotes'], 'quotation')} by {many(counts['speakers'], 'speaker')}",
        f"{many(counts['mentioned_places'], 'mention')} of {many(counts['places'], 'place')}",
        many(counts["data_notes"], "data note"),
        many(counts["corrections"], "correction"),
    ]
    return f"{printable(str(report.output))}: {', '.join(parts)}"


def refusals(report: BuildResult) -> Iterator[str]:
    """Yield a line for each file in a folder that could not be read; many with one reason share two lines."""
    by_reason: dict[str, list[str]] = {}
    for line in report.refused:
        by_reason.setdefault(line.partition(": ")[2], []).append(line)
    for lines in by_reason.values():
        few = lines if len(lines) <= _OF_ONE_REASON else lines[:1]
        yield from (f"{line} (left out)" for line in few)
        if len(few) < len(lines):
            yield f"and {len(lines) - 1:,} more files for the same reason; `press-archive check` names them"
    yield from report.partly


def remarks(report: BuildResult, paths: Iterable[Path], *, is_update: bool) -> Iterator[str]:
    """Yield lines on what was not read, corrections without effect, and the worst doubts."""
    named = " ".join(shlex.quote(printable(str(path))) for path in paths)
    yield from _not_read(report.passed_over, named)
    for where in report.idle:
        yield f"{printable(where)}: has no effect, the loader finds the same; the row can be taken out"
    if isinstance(report, Report):
        if report.why_all:
            yield f"{printable(report.why_all)}; every file was read"
        elif is_update:
            yield f"{many(report.read, 'file')} read, {report.kept:,} unchanged, {report.removed:,} removed"
    yield from _doubts(report.doubts, named)


def _not_read(passed_over: Iterable[FileReport], named: str) -> Iterator[str]:
    files = [file for file in passed_over if file.format != DESCRIPTION]
    if not files:
        return
    names = [printable(file.path) for file in files[:_NAMED]]
    rest = f" and {len(files) - _NAMED:,} more" if len(files) > _NAMED else ""
    verb = "is" if len(files) == 1 else "are"
    yield (
        f"{many(len(files), 'file')} in the folder {verb} not read ({', '.join(names)}{rest}); "
        f"`press-archive check {named}` says why"
    )


def guesses(summary: DoubtSummary) -> Iterator[str]:
    """Yield a line for each file whose encoding was guessed; of many files one for each encoding."""
    remedy = "name another with --encoding if letters are wrong"
    many_files = sum(count for _, _, count in summary.guessed) > NAMED_GUESSES
    for encoding, names, count in summary.guessed:
        paths = [printable(name) for name in names]
        if many_files and count > 1:
            rest = f" and {count - len(paths):,} more" if count > len(paths) else ""
            listed = f"{', '.join(paths)}{rest}"
            yield f"{count:,} files: their encoding is a guess, {encoding} ({listed}); {remedy}"
        else:
            yield from (f"{path}: its encoding is a guess, {encoding}; {remedy}" for path in paths)


def _doubts(summary: DoubtSummary, named: str) -> Iterator[str]:
    if not summary.doubts:
        return
    yield from guesses(summary)
    for kind in summary.worst:
        if kind.doubt.code == GUESSED_ENCODING:
            continue  # each has its line above
        yield f"{printable(kind.path)}: {printable(more(kind.doubt.sentence, kind.count))}"
    listed = "lists it" if summary.doubts == 1 else "lists them"
    yield (
        f"{many(summary.doubts, 'doubt')} in {many(summary.files, 'file')}; "
        f"`press-archive check {named}` {listed}"
    )


def as_json(report: BuildResult, further: Mapping[str, object]) -> str:
    """Return one JSON object: output, counts, refused files, corrections without effect, number of doubts.

    Args:
        report: what the build did.
        further: more keys.
    """
    told = {
        "output": str(report.output),
        "counts": report.counts,
        "refused": list(report.refused),
        "partly": list(report.partly),
        "corrections_without_effect": list(report.idle),
        "doubts": report.doubts.doubts,
        **further,
    }
    return json.dumps(told, indent=2, ensure_ascii=False)
