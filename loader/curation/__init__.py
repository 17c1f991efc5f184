"""Corrections made by hand: read, checked against the archive, applied last, and recorded.

A row of corrections.csv names an archive, an offset, the exact text there, a field, the corrected value
and the reason. If the text occurs once in the archive, the offset may be left empty. A row whose text is
not there stops the build: nothing is corrected blindly. All faulty rows are reported at once.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from loader.archive_tables import CORRECTIONS_FILE
from loader.curation.anchors import anchor, anchored
from loader.curation.articles import (
    add_author,
    add_note,
    correct_author,
    correct_headline,
    correct_publication,
    correct_published,
    correct_role,
    correct_url,
)
from loader.curation.places import correct_place, correct_sense, place_key
from loader.curation.quotations import (
    correct_description,
    correct_printed,
    correct_quote,
    correct_speaker,
    correct_speaker_kind,
    join_utterance,
)
from loader.curation.row import Basis, CorrectionError, Fault, Row, WrittenRow
from loader.gazetteer import Gazetteer, default_gazetteer
from loader.input_files import read_table_text
from loader.records import CORRECTION_COLUMNS as COLUMNS
from loader.records import MEMBER_COLUMN, Archive, Content, Correction
from loader.text import one_line, one_line_of_same_length

__all__ = [
    "COLUMNS",
    "FILE_NAME",
    "Correction",
    "CorrectionError",
    "Fault",
    "WrittenRow",
    "anchored",
    "apply_corrections",
    "curation_digest",
    "place_key",
    "read_corrections",
    "read_rows",
]

FILE_NAME = CORRECTIONS_FILE
_WITH_MEMBER = (COLUMNS[0], MEMBER_COLUMN, *COLUMNS[1:])
# An offset; the longest file has fewer digits, and Python converts no more than some thousand of them.
_OFFSET = re.compile(r"[0-9]{1,15}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

# What can be corrected: each field with what applies it.
FIELDS: dict[str, Callable[[Row, Content, Basis], tuple[str, Content]]] = {
    "published": correct_published,
    "author": correct_author,
    "add_author": add_author,
    "headline": correct_headline,
    "url": correct_url,
    "publication": correct_publication,
    "role": correct_role,
    "note": add_note,
    "quote": correct_quote,
    "speaker": correct_speaker,
    "speaker_text": correct_printed("speaker"),
    "speaker_kind": correct_speaker_kind,
    "speaker_description": correct_description,
    "cue": correct_printed("cue"),
    "utterance": join_utterance,
    "place": correct_place,
    "sense": correct_sense,
}


# Fields that an article has once and that may be anchored anywhere in it: a second row contradicts the first.
_ONCE = ("headline", "url")


class Table(NamedTuple):
    """What a corrections.csv holds: the rows that can be used, and what is wrong with the others."""

    rows: list[WrittenRow]
    faults: list[Fault]


def read_corrections(file: Path) -> list[WrittenRow]:
    """Read a corrections.csv.

    Args:
        file: the table, UTF-8, with the columns of COLUMNS.

    Returns:
        Its rows in order.

    Raises:
        InputError: the file cannot be read, or rows cannot be used; with file, line and remedy for each.
    """
    table = read_rows(file)
    if table.faults:
        raise CorrectionError.of(table.faults)
    return table.rows


def read_rows(file: Path) -> Table:
    """Read a corrections.csv of which rows may be faulty.

    Args:
        file: the table, UTF-8, with the columns of COLUMNS.

    Raises:
        InputError: the file cannot be read.
    """
    reader = csv.DictReader(io.StringIO(read_table_text(file), newline=""), strict=True)
    table = Table([], [])

    def fault(what: str) -> Fault:
        line = max(reader.line_num, 1)
        return Fault(str(file), line, f"{file}, line {line}: {what}")

    try:
        columns = tuple(reader.fieldnames or ())
        if columns not in (COLUMNS, _WITH_MEMBER):
            table.faults.append(fault(f"the columns must be {','.join(COLUMNS)}"))
            return table
        for record in reader:
            try:
                table.rows.append(_row(record, str(file), reader.line_num))
            except CorrectionError as error:
                table.faults.extend(error.faults)
    except csv.Error as error:  # what follows cannot be told apart
        table.faults.append(fault(f"is not CSV ({error}); put values that hold commas in quotation marks"))
    return table


def _row(record: dict[str, str], file: str, line: int) -> WrittenRow:
    columns = _WITH_MEMBER if MEMBER_COLUMN in record else COLUMNS
    if None in record or None in record.values():
        message = f"{file}, line {line}: has not {len(columns)} values; {_remedy(record)}"
        raise CorrectionError.of([Fault(file, line, message)])
    start = int(record["start"]) if _OFFSET.fullmatch(record["start"]) else None
    texts = {name: record[name] for name in columns if name != "start"}
    row = WrittenRow(file=file, line=line, start=start, **texts)
    if start is None and record["start"].strip():
        raise row.error(
            f"start is “{record['start'][:40]}”; give the offset as a whole number, or leave it empty if the "
            "text occurs once"
        )
    if row.field not in FIELDS:
        raise row.error(f"there is no field “{row.field}”; use one of {', '.join(sorted(FIELDS))}")
    if not row.text or not row.reason.strip():
        raise row.error("text and reason must not be empty")
    if start is None and not one_line(row.text):
        raise row.error("text holds only whitespace; give words, or the offset in start")
    if row.corrected and not one_line(row.corrected):
        raise row.error("corrected holds only whitespace; fill it in or leave it empty")
    if _CONTROL.search(row.corrected + row.reason):
        raise row.error("corrected or reason holds a control character; write them as plain text")
    return row


def _remedy(record: dict[str, Any]) -> str:
    """Return what to do about a row with too many or too few values."""
    quote = "put values that hold commas in quotation marks"
    if MEMBER_COLUMN not in record and len(record.get(None) or ()) == 1:  # type: ignore[call-overload]
        columns = ",".join(_WITH_MEMBER)
        return f"if the row names an item of a container, write the first line as {columns}; else {quote}"
    return quote


def curation_digest(rows: Iterable[WrittenRow], places: str | None) -> str | None:
    """Hash the rows and places that belong to an archive: other rows have another hash.

    Args:
        rows: its rows of corrections.csv that are applied.
        places: the SHA-256 of the places.csv beside it, None if there is none.

    Returns:
        A SHA-256 in hexadecimal, None if there are neither rows nor places.
    """
    values = [(row.start, row.text, row.field, row.corrected, row.reason) for row in rows]
    if not values and places is None:
        return None
    return hashlib.sha256(json.dumps([values, places]).encode("ascii")).hexdigest()


def apply_corrections(
    archive: Archive,
    contents: Sequence[Content],
    rows: Iterable[WrittenRow],
    gazetteer: Gazetteer | None = None,
) -> tuple[tuple[Content, ...], list[Correction], list[WrittenRow]]:
    """Apply the corrections of one archive.

    Args:
        archive: the archive.
        contents: its articles' contents.
        rows: the rows that name it.
        gazetteer: where its places were looked up; None for the package's own.

    Returns:
        The corrected contents; what was corrected; the rows that changed nothing because the loader now
        finds what they say.

    Raises:
        CorrectionError: rows do not fit the archive; one message for each.
    """
    applying = _Applying(archive, contents, Basis(archive, gazetteer or default_gazetteer()))
    faults: list[Fault] = []
    for row in rows:
        try:
            applying.apply(row)
        except CorrectionError as error:
            faults.extend(error.faults)
    if faults:
        raise CorrectionError.of(faults)
    return tuple(applying.contents), applying.applied, applying.idle


class _Applying:
    """The corrections of one archive while they are applied one by one."""

    def __init__(self, archive: Archive, contents: Sequence[Content], basis: Basis) -> None:
        self.contents = list(contents)
        self.applied: list[Correction] = []
        self.idle: list[WrittenRow] = []
        self._path = archive.name
        self._source = one_line_of_same_length(archive.text)
        self._basis = basis
        self._once: dict[tuple[int, str], WrittenRow] = {}

    def apply(self, written: WrittenRow) -> None:
        """Apply one row.

        Raises:
            CorrectionError: it does not fit the archive.
        """
        row = anchor(written, self._path, self._source)
        index = self._article_at(row)
        if row.field in _ONCE:
            earlier = self._once.setdefault((index, row.field), row)
            if earlier is not row:
                raise row.error(
                    f"line {earlier.line} corrects the {row.field} of the same article; keep one of them"
                )
        old = self.contents[index]
        found, content = FIELDS[row.field](row, old, self._basis)
        if content == old:
            self.idle.append(row)
            return
        self.contents[index] = content
        self.applied.append(
            Correction(
                article=content.article.position,
                field=row.field,
                found=found,
                corrected=row.corrected,
                reason=row.reason,
                start=row.start,
                end=row.end,
            )
        )

    def _article_at(self, row: Row) -> int:
        for index, content in enumerate(self.contents):
            if content.article.start <= row.start < content.article.end:
                return index
        raise row.error("is anchored to text outside every article; correct start")
