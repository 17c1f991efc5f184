"""Renders a check: a table for a terminal of any width, or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import NamedTuple

import click

from loader.errors import printable
from loader.pipeline.check import CheckReport, Totals
from loader.pipeline.doubts import Doubt, one_of_each
from loader.pipeline.file_report import FileReport
from loader.pipeline.terminal_text import display_width, fit, wrap

# Files that are listed without --all, and doubts of one file.
MAX_FILES = 100
MAX_DOUBTS = 3
# Columns of the terminal that a file's name gets at least before other columns are left out, and at most.
_MIN_NAME = 20
_MAX_NAME = 60
_GAP = "  "
_COLOURS = {"refused": "red", "doubtful": "yellow", "read": "green"}


class _Column(NamedTuple):
    """A column of the table: its heading, its cell, and its rank, of which the highest are left out first."""

    heading: str
    cell: Callable[[FileReport], str]
    rank: int = 0
    to_right: bool = False


def _dates(report: FileReport | Totals) -> str:
    if report.first is None or report.last is None:
        return "–"
    return report.first if report.first == report.last else f"{report.first} – {report.last}"


def _percent(share: float | None) -> str:
    """Return a share in percent, rounded down: 100 % is said of nothing that lacks a character."""
    return "–" if share is None else f"{int(share * 100)} %"


_COLUMNS = (
    _Column("format", lambda report: report.format, 4),
    _Column("reader", lambda report: report.reader or "–", 5),
    _Column("articles", lambda report: f"{report.articles:,}", 0, True),
    _Column("outlets", lambda report: f"{len(report.outlets):,}", 2, True),
    _Column("dates", _dates, 1),
    _Column("quotations", lambda report: f"{report.quotations:,}", 3, True),
    _Column("doubts", lambda report: f"{len(report.doubts):,}", 0, True),
    _Column("kept", lambda report: _percent(report.kept), 0, True),
)
_STATUS_WIDTH = len("doubtful")


def table(report: CheckReport, *, width: int, show_all: bool = False) -> Iterator[str]:
    """Yield the lines of a table of files, worst first, with a summary line.

    Args:
        report: what a check found.
        width: columns of the terminal; cells are cut and columns left out to fit.
        show_all: whether every file and every doubt is listed, not the first MAX_FILES and MAX_DOUBTS.

    Yields:
        Lines with colour codes.
    """
    shown = report.files if show_all else report.files[:MAX_FILES]
    read = [file for file in shown if file.kept is not None]
    columns, name_width = _layout(shown, read, width)
    if read:
        yield click.style(_heading(columns, name_width, read), bold=True)
    for file in shown:
        name = fit(printable(file.path), name_width)
        status = click.style(f"{file.status:{_STATUS_WIDTH}s}", fg=_COLOURS.get(file.status))
        if file.kept is None:
            yield from _reason_lines(f"{status}{_GAP}{name}{_GAP}", file.reason or "", name_width, width)
            continue
        cells = _GAP.join(_cell(column, file, read) for column in columns)
        yield f"{status}{_GAP}{name}{_GAP}{cells}".rstrip()
        yield from _doubt_lines(file.doubts, width, None if show_all else MAX_DOUBTS)
        if file.reason and not any(file.reason in doubt.message for doubt in file.doubts):
            yield from _indented(file.reason, width)
    if len(shown) < len(report.files):
        yield f"and {len(report.files) - len(shown):,} more; --all shows them"
    yield from _summary(report.totals)


def _layout(shown: Sequence[FileReport], read: Sequence[FileReport], width: int) -> tuple[list[_Column], int]:
    """Return the columns that fit beside the name, and the width of the name."""
    wanted = max((display_width(printable(file.path)) for file in shown), default=0)
    wanted = min(max(wanted, len("file")), _MAX_NAME)
    columns = list(_COLUMNS)
    while True:
        used = _STATUS_WIDTH + len(_GAP) + sum(_width(column, read) + len(_GAP) for column in columns)
        room = width - used
        last = max(columns, key=lambda column: column.rank)
        if room >= min(wanted, _MIN_NAME) or last.rank == 0:
            return columns, max(4, min(wanted, room))
        columns.remove(last)


def _width(column: _Column, read: Sequence[FileReport]) -> int:
    return max(len(column.heading), *(len(column.cell(file)) for file in read)) if read else 0


def _heading(columns: Sequence[_Column], name_width: int, read: Sequence[FileReport]) -> str:
    cells = [
        f"{column.heading:{'>' if column.to_right else '<'}{_width(column, read)}s}" for column in columns
    ]
    return f"{'status':{_STATUS_WIDTH}s}{_GAP}{'file':{name_width}s}{_GAP}{_GAP.join(cells)}".rstrip()


def _cell(column: _Column, file: FileReport, read: Sequence[FileReport]) -> str:
    return f"{column.cell(file):{'>' if column.to_right else '<'}{_width(column, read)}s}"


def _doubt_lines(doubts: Sequence[Doubt], width: int, limit: int | None) -> Iterator[str]:
    """Yield a line a doubt; without a limit all, else one of each kind, with the number of the others."""
    indent = " " * (_STATUS_WIDTH + len(_GAP))
    if limit is None:
        lines = [doubt.sentence for doubt in doubts]
    else:
        grouped = one_of_each(doubts)
        lines = [more(doubt.sentence, count) for doubt, count in grouped[:limit]]
        if len(grouped) > limit:
            rest = sum(count for _, count in grouped[limit:])
            lines.append(f"and {many(rest, 'other doubt')}; --all shows them")
    for line in lines:
        for part in wrap(printable(line), max(_MIN_NAME, width - len(indent))):
            yield f"{indent}{click.style(part, fg='yellow')}"


def _reason_lines(start: str, reason: str, name_width: int, width: int) -> Iterator[str]:
    """Yield the line of a file that was not read: with its reason, or with the reason below if it is long."""
    text = printable(reason)
    if display_width(text) <= width - name_width - _STATUS_WIDTH - 2 * len(_GAP):
        yield f"{start}{text}"
        return
    yield start.rstrip()
    yield from _indented(text, width)


def _indented(text: str, width: int) -> Iterator[str]:
    """Yield lines of a text below the name of its file."""
    indent = " " * (_STATUS_WIDTH + len(_GAP))
    for part in wrap(printable(text), max(_MIN_NAME, width - len(indent))):
        yield f"{indent}{part}"


def more(sentence: str, count: int) -> str:
    """Return a sentence that also counts the doubts of its kind."""
    return sentence if count == 1 else f"{sentence} (and {count - 1:,} more of this kind)"


def _summary(totals: Totals) -> Iterator[str]:
    states = [
        f"{number:,} {state}"
        for number, state in (
            (totals.read, "read"),
            (totals.doubtful, "doubtful"),
            (totals.refused, "refused"),
            (totals.not_read, "not read"),
            (totals.hidden, "hidden"),
        )
        if number
    ]
    what = (
        f"{many(totals.articles, 'article')} from {many(totals.outlets, 'outlet')}, {_dates(totals)}, "
        f"{many(totals.quotations, 'quotation')}, {many(totals.places, 'place mention')}, "
        f"{many(totals.doubts, 'doubt')}, {_percent(totals.kept)} of the text kept as articles"
    )
    yield click.style(f"{many(totals.files, 'file')} ({', '.join(states)}): {what}", bold=True)


def as_json(report: CheckReport) -> str:
    """Return one JSON object with `files` and `totals`."""
    return json.dumps(
        {"files": [asdict(file) for file in report.files], "totals": asdict(report.totals)},
        ensure_ascii=False,
        indent=2,
    )


def many(count: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
