"""Rows of place tables (data/regions.csv, data/places*.csv, an archive's own places.csv), checked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loader.errors import InputError
from loader.input_files import read_table_text

COLUMNS = (
    "name", "kind", "country_code", "latitude", "longitude", "geonames_id", "wikidata_id",
    "admin1", "population", "aliases", "source", "note",
)  # fmt: skip


# SQLite holds numbers of 18 digits; no identifier or count of people comes near.
_WHOLE_NUMBER = re.compile(r"[0-9]{1,15}")


class GazetteerError(InputError):
    """A place table or a compiled gazetteer that cannot be used; the message names place and cure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """A row of a place table.

    Attributes:
        name: canonical English name.
        kind: what it is ("country", "region", "city", ...).
        country_code: ISO 3166-1 alpha-2, or "".
        latitude: WGS 84 degrees, or None.
        longitude: WGS 84 degrees, or None.
        geonames_id: GeoNames' number, or 0.
        wikidata_id: "Q...", or "".
        admin1: GeoNames' code of the first-level region it lies in (or is), or "".
        population: people, 0 where unknown.
        aliases: other names of it.
    """

    name: str
    kind: str
    country_code: str
    latitude: float | None
    longitude: float | None
    geonames_id: int
    wikidata_id: str
    admin1: str
    population: int
    aliases: tuple[str, ...]


def read_rows(path: Path) -> Iterator[PlaceRow]:
    """Reads a place table.

    Args:
        path: a CSV file with the columns COLUMNS, UTF-8.

    Yields:
        Its rows, in order.

    Raises:
        InputError: where the file cannot be read as UTF-8.
        GazetteerError: where a row cannot be used; the message names file, line and cure.
    """
    reader = csv.DictReader(io.StringIO(read_table_text(path), newline=""), strict=True)
    try:
        missing = [column for column in COLUMNS[:5] if column not in (reader.fieldnames or ())]
        if missing:
            raise GazetteerError(
                f"{path}, line 1: no column {', '.join(missing)}; the header is {','.join(COLUMNS)}"
            )
        for values in reader:
            yield _row(f"{path}, line {reader.line_num}", values)
    except csv.Error as error:
        raise GazetteerError(
            f"{path}, line {reader.line_num + 1}: {error}; repair the quotation marks"
        ) from error


def _row(where: str, values: dict[str, str]) -> PlaceRow:
    if None in values or None in values.values():
        raise GazetteerError(
            f"{where}: not as many values as the header has columns; quote values with commas"
        )
    value = {column: values.get(column, "").strip() for column in COLUMNS}
    if not value["name"] or not value["kind"]:
        raise GazetteerError(f"{where}: a place needs a name and a kind; fill both in")
    code = value["country_code"]
    if code and not (len(code) == 2 and code.isalpha() and code.isupper()):
        raise GazetteerError(f"{where}: country_code {code!r} is not two capitals (ISO 3166-1), as in SY")
    wikidata_id = value["wikidata_id"]
    if wikidata_id and not (wikidata_id[0] == "Q" and wikidata_id[1:].isdecimal()):
        raise GazetteerError(
            f"{where}: wikidata_id {wikidata_id!r} is not like Q858; correct it or leave it empty"
        )
    latitude = _degrees(where, "latitude", value["latitude"], 90)
    longitude = _degrees(where, "longitude", value["longitude"], 180)
    if (latitude is None) != (longitude is None):
        raise GazetteerError(f"{where}: one of latitude and longitude is empty; give both or neither")
    return PlaceRow(
        name=value["name"],
        kind=value["kind"],
        country_code=code,
        latitude=latitude,
        longitude=longitude,
        geonames_id=_number(where, "geonames_id", value["geonames_id"]),
        wikidata_id=wikidata_id,
        admin1=value["admin1"],
        population=_number(where, "population", value["population"]),
        aliases=tuple(alias.strip() for alias in value["aliases"].split("|") if alias.strip()),
    )


def _degrees(where: str, column: str, value: str, limit: int) -> float | None:
    if not value:
        return None
    try:
        degrees = float(value)
    except ValueError:
        degrees = float("nan")
    if not -limit <= degrees <= limit:
        raise GazetteerError(f"{where}: {column} {value!r} is not a number from -{limit} to {limit}")
    return degrees


def _number(where: str, column: str, value: str) -> int:
    if not value:
        return 0
    if not _WHOLE_NUMBER.fullmatch(value):
        raise GazetteerError(
            f"{where}: {column} {value[:40]!r} is not a whole number of at most 15 digits; correct it or "
            "leave it empty"
        )
    return int(value)
