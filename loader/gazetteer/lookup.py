"""Looks places up by name in the compiled gazetteer, and in the rows that an archive brings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from loader.gazetteer.keys import exact_key, is_abbreviation, plain_key, sound_key
from loader.gazetteer.layout import (
    ALIAS,
    CANONICAL,
    CLASS_SHIFT,
    DEGREE,
    ENTRY_MASK,
    LONGEST_SHIFT,
    NO_POINT,
    Tables,
)
from loader.gazetteer.place_rows import PlaceRow, read_rows
from loader.records import Place

COMPILED = Path(__file__).parents[1] / "data" / "gazetteer.bin"
RECORD = COMPILED.with_suffix(".txt")
# Look-ups kept in memory; the cache is emptied when full, which keeps memory bounded on any input.
CACHE_SIZE = 12_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What telling namesakes apart needs of an entry.

    Attributes:
        number: the entry's number in its gazetteer; lower is more populous.
        kind: what it is.
        country: ISO code, or "".
        region: "CC.admin1" of the first-level region it lies in, or "".
        latitude: WGS 84 degrees; None without a point.
        longitude: WGS 84 degrees; None without a point.
        size: 8 x log2(population + 1), assumed from the kind where no population is known.
    """

    number: int
    kind: str
    country: str
    region: str
    latitude: float | None
    longitude: float | None
    size: int


class Hit(NamedTuple):
    """What the gazetteer knows of a key.

    Attributes:
        postings: (name class, entry number) of each place so named, the surest and most populous first.
        flags: what else the key is: bits of layout.COMMON_WORD, FIRST_NAME, SURNAME.
        longer: how many words the longest name has beyond this one that starts with it.
    """

    postings: tuple[tuple[int, int], ...]
    flags: int
    longer: int


# What is known of a key that no table holds.
NO_HIT = Hit((), 0, 0)


class Gazetteer:
    """A compiled gazetteer, with the rows that an archive brings read before it."""

    def __init__(self, path: Path = COMPILED) -> None:
        """Opens a compiled gazetteer.

        Args:
            path: a file that `python -m loader.gazetteer compile` made.

        Raises:
            GazetteerError: where there is none or it is of another version.
        """
        self._tables = Tables(path)
        self._own: list[PlaceRow] = []
        self._own_keys: dict[str, list[tuple[int, int]]] = {}
        self._own_longer: dict[str, int] = {}
        self._hits: dict[str, Hit] = {}
        self._entries: dict[int, Entry] = {}
        self._places: dict[int, Place] = {}

    def with_places(self, path: Path | str) -> Gazetteer:
        """Adds an archive's own places, which go before the compiled ones.

        Args:
            path: a CSV file with the columns rows.COLUMNS.

        Returns:
            Another gazetteer; this one stays as it is.

        Raises:
            GazetteerError: where a row cannot be used; the message names file, line and cure.
        """
        added = Gazetteer.__new__(Gazetteer)
        added._tables = self._tables
        added._own = [*read_rows(Path(path)), *self._own]
        added._own_keys, added._own_longer = {}, {}
        added._hits, added._entries, added._places = {}, {}, {}
        for number, row in enumerate(added._own):
            added._file(row, -1 - number)
        return added

    def _file(self, row: PlaceRow, entry: int) -> None:
        for name in (row.name, *row.aliases):
            key = exact_key(name) if is_abbreviation(name) else plain_key(name)
            self._own_keys.setdefault(key, []).append((CANONICAL if name == row.name else ALIAS, entry))
            first, *rest = key.split(" ")
            if rest:
                self._own_longer[first] = max(self._own_longer.get(first, 0), len(rest))

    def look_up(self, key: str) -> Hit:
        """Looks up a key made by one of the functions of keys.py."""
        hit = self._hits.get(key)
        if hit is None:
            packed, flags = self._tables.find(key)
            if not (packed or flags or key in self._own_keys or key in self._own_longer):
                return NO_HIT  # not kept: there is no end of them
            own = self._own_keys.get(key, ())
            postings = [(posting >> CLASS_SHIFT, posting & ENTRY_MASK) for posting in packed]
            longer = max(flags >> LONGEST_SHIFT, self._own_longer.get(key, 0))
            hit = Hit((*own, *postings), flags & ((1 << LONGEST_SHIFT) - 1), longer)
            if len(self._hits) >= CACHE_SIZE:
                self._hits.clear()
            self._hits[key] = hit
        return hit

    def entry(self, number: int) -> Entry:
        """Gives what telling namesakes apart needs of an entry."""
        entry = self._entries.get(number)
        if entry is None:
            if len(self._entries) >= CACHE_SIZE:
                self._entries.clear()
            entry = self._entries[number] = self._read_entry(number)
        return entry

    def _read_entry(self, number: int) -> Entry:
        if number < 0:
            row = self._own[-1 - number]
            region = f"{row.country_code}.{row.admin1}" if row.admin1 else ""
            # An archive's own place is there because the archive speaks of it: as large as any namesake.
            return Entry(
                number=number,
                kind=row.kind,
                country=row.country_code,
                region=region,
                latitude=row.latitude,
                longitude=row.longitude,
                size=255,
            )
        tables = self._tables
        latitude, longitude = tables.latitude[number], tables.longitude[number]
        return Entry(
            number=number,
            kind=tables.kinds[tables.kind[number]],
            country=tables.country_codes[tables.country[number]],
            region=tables.admin1_codes[tables.admin1[number]],
            latitude=None if latitude == NO_POINT else latitude / DEGREE,
            longitude=None if longitude == NO_POINT else longitude / DEGREE,
            size=tables.size[number],
        )

    def place(self, number: int) -> Place:
        """Gives an entry as a record; the same entry is always the same value."""
        place = self._places.get(number)
        if place is None:
            if len(self._places) >= CACHE_SIZE:
                self._places.clear()
            place = self._places[number] = self._read_place(number)
        return place

    def _read_place(self, number: int) -> Place:
        tables = self._tables
        if number < 0:
            row = self._own[-1 - number]
            named = dict(zip(tables.country_codes, tables.country_names, strict=True))
            return Place(
                name=row.name,
                kind=row.kind,
                country_code=row.country_code or None,
                country=named.get(row.country_code, row.country_code) or None,
                latitude=row.latitude,
                longitude=row.longitude,
                geonames_id=row.geonames_id or None,
                wikidata_id=row.wikidata_id or None,
            )
        entry = self.entry(number)
        wikidata = tables.wikidata.get(number)
        return Place(
            name=tables.name(number), kind=entry.kind, country_code=entry.country or None,
            country=tables.country_names[tables.country[number]] or None,
            latitude=entry.latitude, longitude=entry.longitude, geonames_id=tables.geonames[number] or None,
            wikidata_id=None if wikidata is None else f"Q{wikidata}",
        )  # fmt: skip

    def find(self, name: str, kind: str | None = None, country_code: str | None = None) -> list[Place]:
        """Finds places by name, as corrections made by hand do.

        Args:
            name: a canonical name or an alias, in any case, with or without accents.
            kind: only places of this kind.
            country_code: only places of this country (ISO 3166-1 alpha-2).

        Returns:
            The places so named, those with this canonical name before those with this alias, the more
            populous first.
        """
        keys = [exact_key(name)] if is_abbreviation(name) else []
        found: dict[int, None] = {}
        for key in (*keys, plain_key(name)):
            for name_class, number in self.look_up(key).postings:
                if name_class <= ALIAS:
                    found.setdefault(number)
        places = [self.place(number) for number in found]
        return [
            place
            for place in places
            if (kind is None or place.kind == kind)
            and (country_code is None or place.country_code == country_code)
        ]

    def sounds_like(self, name: str) -> Hit:
        """Looks a name up by its sound, for spellings that no table holds."""
        key = sound_key(name)
        return self.look_up(key) if key else NO_HIT


@cache
def default_gazetteer() -> Gazetteer:
    """Opens the compiled gazetteer of the package, once in a process."""
    return Gazetteer()
