"""Corrections made by hand: read, checked against the archive, applied last, and recorded.

A row of corrections.csv names an archive, an offset, the exact text there, a field, the corrected value
and the reason. A row whose text is no longer at its offset stops the build: nothing is corrected blindly.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from loader.curation.articles import (
    add_note,
    correct_author,
    correct_publication,
    correct_published,
    correct_role,
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
from loader.curation.row import Basis, Row
from loader.errors import InputError
from loader.gazetteer import Gazetteer, default_gazetteer
from loader.input_files import read_table_text
from loader.records import Archive, Content, Correction
from loader.text import fold, one_line

__all__ = [
    "FILE_NAME",
    "Correction",
    "Row",
    "apply_corrections",
    "curation_digest",
    "place_key",
    "read_corrections",
]

FILE_NAME = "corrections.csv"
# An offset; the longest file has fewer digits, and Python converts no more than some thousand of them.
_OFFSET = re.compile(r"[0-9]{1,15}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
COLUMNS = ("archive", "start", "text", "field", "corrected", "reason")

# What can be corrected: each field with what applies it.
FIELDS: dict[str, Callable[[Row, Content, Basis], tuple[str, Content]]] = {
    "published": correct_published,
    "author": correct_author,
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


def read_corrections(file: Path) -> list[Row]:
    """Reads a corrections.csv.

    Args:
        file: the table, UTF-8, with the columns of COLUMNS.

    Returns:
        Its rows in order.

    Raises:
        InputError: where a row cannot be used; with file, line and cure.
    """
    reader = csv.DictReader(io.StringIO(read_table_text(file), newline=""), strict=True)
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise InputError(f"{file}, line 1: the columns must be {','.join(COLUMNS)}")
        return [_row(record, f"{file}, line {reader.line_num}") for record in reader]
    except csv.Error as error:
        raise InputError(
            f"{file}, line {reader.line_num}: is no CSV ({error}); put values that hold commas in quotation "
            "marks"
        ) from error


def _row(record: dict[str, str], where: str) -> Row:
    if None in record or None in record.values():
        raise InputError(
            f"{where}: has not {len(COLUMNS)} values; put values that hold commas in quotation marks"
        )
    if not _OFFSET.fullmatch(record["start"]):
        raise InputError(f"{where}: start is “{record['start'][:40]}”; give the offset as a whole number")
    texts = {name: record[name] for name in COLUMNS if name != "start"}
    row = Row(where=where, start=int(record["start"]), **texts)
    if row.field not in FIELDS:
        raise row.error(f"there is no field “{row.field}”; use one of {', '.join(sorted(FIELDS))}")
    if not row.text or not row.reason.strip():
        raise row.error("text and reason must not be empty")
    if row.corrected and not one_line(row.corrected):
        raise row.error("corrected holds blanks alone; fill it in or leave it empty")
    if _CONTROL.search(row.corrected + row.reason):
        raise row.error("corrected or reason holds a control character; write them as plain text")
    return row


def curation_digest(rows: Iterable[Row], places: bytes | None) -> str | None:
    """Hashes what an archive's folder says of it by hand: another hash, other rows.

    Args:
        rows: its rows of corrections.csv that are applied.
        places: the places.csv beside it, None where there is none.

    Returns:
        A SHA-256 in hexadecimal, None where there is nothing.
    """
    told = [(row.start, row.text, row.field, row.corrected, row.reason) for row in rows]
    if not told and places is None:
        return None
    hashed = hashlib.sha256(json.dumps(told).encode("ascii"))
    hashed.update(b"\n" + (places or b""))
    return hashed.hexdigest()


def apply_corrections(
    archive: Archive, contents: Sequence[Content], rows: Iterable[Row], gazetteer: Gazetteer | None = None
) -> tuple[tuple[Content, ...], list[Correction], list[Row]]:
    """Applies the corrections of one archive.

    Args:
        archive: the archive.
        contents: its articles' contents.
        rows: the rows that name it.
        gazetteer: where its places were looked up; None for the package's own.

    Returns:
        The corrected contents; what was corrected; the rows that changed nothing because the loader now
        finds what they say.

    Raises:
        InputError: where a row does not fit the archive.
    """
    corrected = list(contents)
    applied: list[Correction] = []
    idle: list[Row] = []
    basis = Basis(archive, gazetteer or default_gazetteer())
    for row in rows:
        there = fold(archive.text[row.start : row.end])
        if there != fold(row.text):
            raise row.error(
                f"{archive.path} has “{one_line(there)}” at {row.start}, not “{one_line(row.text)}”; "
                "correct the row or take it out"
            )
        index = _article_at(corrected, row)
        found, content = FIELDS[row.field](row, corrected[index], basis)
        if content == corrected[index]:
            idle.append(row)
            continue
        corrected[index] = content
        applied.append(
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
    return tuple(corrected), applied, idle


def _article_at(contents: Sequence[Content], row: Row) -> int:
    for index, content in enumerate(contents):
        if content.article.start <= row.start < content.article.end:
            return index
    raise row.error("stands in no article; correct start")
