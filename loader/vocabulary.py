"""Reads the tables in data/: words, names and facts about the world that anyone can edit as CSV."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"

# Every table says where each row comes from and, where it helps, why the row is there.
REQUIRED_COLUMNS = ("source", "note")


# What tells the rows of a table apart, if it is not the first column alone: two rows with one key contradict
# each other, and the loader would silently use one of them.
_PLACE = ("name", "kind", "country_code", "admin1", "latitude", "longitude")
_KEYS: dict[str, tuple[str, ...]] = {
    "archive_phrases": ("kind", "phrase"),
    "label_words": ("word", "class"),
    "place_weights": ("stage", "evidence"),
    "places": _PLACE,
    "places_us_counties": _PLACE,
    "quotes_word_sets": ("set", "word"),
    "regions": _PLACE,
    "speakers_short_forms": ("short", "given"),
    "speakers_words": ("set", "word"),
    "words_capitals": ("name", "country_code"),
    "words_place_context": ("word", "class"),
    "words_place_sense": ("word", "class"),
}


class VocabularyError(ValueError):
    """A table in data/ that cannot be used; the message names file, line and cure."""


def read_table(name: str) -> tuple[dict[str, str], ...]:
    """Reads one table of data/ and checks its shape.

    Args:
        name: the file's name without folder and ".csv".

    Returns:
        One dictionary a row, column to value, white space around values removed, in the file's order.

    Raises:
        VocabularyError: where the file is missing or is not UTF-8, its header lacks a column or repeats
            one, a row has too few or too many values or names no source, or two rows have one key.
    """
    return _read(DATA / f"{name}.csv")


@cache
def _read(path: Path) -> tuple[dict[str, str], ...]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [column.strip() for column in next(reader, [])]
            _check_header(path, header)
            rows = [
                (reader.line_num, _row(path, reader.line_num, header, values))
                for values in reader
                if any(map(str.strip, values))
            ]
            _check_keys(path, _KEYS.get(path.stem, (header[0],)), rows)
            return tuple(row for _, row in rows)
    except FileNotFoundError as error:
        raise VocabularyError(f"{path.name}: no such table in {path.parent}") from error
    except UnicodeDecodeError as error:
        raise VocabularyError(f"{path.name}: not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except csv.Error as error:
        raise VocabularyError(f"{path.name}, line {reader.line_num}: {error}") from error


def _check_header(path: Path, header: list[str]) -> None:
    missing = [column for column in REQUIRED_COLUMNS if column not in header]
    if missing:
        raise VocabularyError(f"{path.name}, line 1: the header lacks the column {' and '.join(missing)}")
    repeated = sorted({column for column in header if header.count(column) > 1})
    if repeated:
        raise VocabularyError(f"{path.name}, line 1: the header repeats the column {' and '.join(repeated)}")


def _check_keys(path: Path, key: tuple[str, ...], rows: list[tuple[int, dict[str, str]]]) -> None:
    lines: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        value = tuple(row[column] for column in key)
        first = lines.setdefault(value, line)
        if first != line:
            raise VocabularyError(
                f"{path.name}, line {line}: a second row for “{', '.join(value)}” (line {first}); "
                "keep one of them"
            )


def _row(path: Path, line: int, header: list[str], values: list[str]) -> dict[str, str]:
    if len(values) != len(header):
        raise VocabularyError(
            f"{path.name}, line {line}: {len(values)} values, but the header has {len(header)} columns; "
            "put a value that holds a comma in quotation marks"
        )
    row = {column: value.strip() for column, value in zip(header, values, strict=True)}
    if not row["source"]:
        raise VocabularyError(f"{path.name}, line {line}: no source; say where the row comes from")
    return row
