"""The compiled gazetteer's file: how it is written, opened and searched.

Little-endian. A header (`HEADER`: magic, version, number of sections), then for each section of
`SECTIONS`, in order, its offset and length in bytes (two 32-bit numbers), then the sections, each
starting at a multiple of eight:

| section | type | holds |
|---|---|---|
| meta | UTF-8 | four lines of tab-separated values: kinds; country codes; country names; "CC.admin1" codes |
| filter | bits | bit b is set where the first FILTER_BITS of some key's CRC-32 are b |
| hashes | u64 | the keys' hashes, ascending |
| values | u32 | for each key: NOTHING, or one posting, or MANY + index into postings |
| word_flags | u8 | for each key: what else the key is (word, first name, surname) and how long names get |
| postings | u32 | count, then that many postings; a posting is name class << 28 + entry number |
| name_at | u32 | for each entry: offset of its name in names |
| geonames | u32 | GeoNames id, 0 for none |
| latitude, longitude | i32 | WGS 84 degrees x 100,000, NO_POINT for none |
| admin1 | u16 | index into the meta section's fourth line, 0 for none |
| country, kind, size | u8 | indexes into the meta section; 8 x log2(population + 1) |
| wikidata | u32 | pairs: entry number, number after the Q; ascending |
| names | UTF-8 | each name once: its length in bytes (u8), then the bytes |

Most keys that a text asks for are of no name; the filter tells so of nineteen in twenty of them, as in
Bloom (1970) with one hash. A key is found by bisection of hashes: eight bytes of BLAKE2b, so that two of a
million keys share one with a chance of one in forty million; the compiler refuses a file in which any two
do.
"""

from __future__ import annotations

import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from mmap import ACCESS_READ, mmap
from pathlib import Path
from zlib import crc32

from loader.gazetteer.place_rows import GazetteerError

MAGIC = b"PLACEGAZ"
VERSION = 2
HEADER = struct.Struct("<8sII")
SECTION = struct.Struct("<II")
SECTIONS = {
    "filter": "B", "hashes": "Q", "values": "I", "word_flags": "B", "postings": "I", "name_at": "I",
    "geonames": "I", "latitude": "i", "longitude": "i", "admin1": "H", "country": "B", "kind": "B",
    "size": "B", "wikidata": "I", "meta": "B", "names": "B",
}  # fmt: skip

NOTHING = 0x7FFFFFFF
MANY = 0x80000000
ENTRY_MASK = 0x0FFFFFFF
CLASS_SHIFT = 28
NO_POINT = 0x7FFFFFFF
DEGREE = 100_000
FILTER_BITS = 22
FILTER_SHIFT = 32 - FILTER_BITS

# What else a key is, as bits of word_flags; the three bits above are how many words longer the longest
# name is that starts with this word.
COMMON_WORD = 1
VERY_COMMON_WORD = 2
FIRST_NAME = 4
SURNAME = 8
LONGEST_SHIFT = 4

# How an entry comes by a key, from the surest to the least sure.
CANONICAL, ALIAS, ALTERNATE, SOUND = range(4)


def hash_key(key: bytes) -> int:
    """Hashes a key to 64 bits, the same on every machine and in every process."""
    return int.from_bytes(blake2b(key, digest_size=8).digest(), "little")


def make_filter(keys: Iterable[str]) -> bytes:
    """Sets the filter's bits for all keys."""
    bits = bytearray(1 << FILTER_BITS - 3)
    for key in keys:
        bit = crc32(key.encode()) >> FILTER_SHIFT
        bits[bit >> 3] |= 1 << (bit & 7)
    return bytes(bits)


def write_sections(path: Path, sections: Mapping[str, array[int] | bytes]) -> bytes:
    """Writes a compiled gazetteer.

    Args:
        path: the file to write.
        sections: the content of every section of SECTIONS; arrays in the machine's byte order.

    Returns:
        The file's bytes.
    """
    at = HEADER.size + SECTION.size * len(SECTIONS)
    table, parts = bytearray(), bytearray()
    for name in SECTIONS:
        content = sections[name]
        if isinstance(content, array):
            if sys.byteorder == "big":
                content = array(content.typecode, content)
                content.byteswap()
            content = content.tobytes()
        padding = -(at + len(parts)) % 8
        parts += bytes(padding)
        table += SECTION.pack(at + len(parts), len(content))
        parts += content
    data = HEADER.pack(MAGIC, VERSION, len(SECTIONS)) + bytes(table) + bytes(parts)
    path.write_bytes(data)
    return data


class Tables:
    """An opened gazetteer file: its sections as arrays over the mapped file, nothing copied."""

    def __init__(self, path: Path) -> None:
        """Maps a compiled gazetteer into memory.

        Args:
            path: a file that `write_sections` wrote.

        Raises:
            GazetteerError: where there is no such file or it is of another format.
        """
        try:
            with path.open("rb") as file:
                mapped = mmap(file.fileno(), 0, access=ACCESS_READ)
        except (OSError, ValueError) as error:
            raise GazetteerError(
                f"{path}: no compiled gazetteer there; run `python -m loader.gazetteer compile`"
            ) from error
        if len(mapped) < HEADER.size or HEADER.unpack_from(mapped) != (MAGIC, VERSION, len(SECTIONS)):
            raise GazetteerError(
                f"{path}: not a gazetteer of version {VERSION}; run `python -m loader.gazetteer compile`"
            )
        whole = memoryview(mapped)
        views: dict[str, memoryview] = {}
        for number, (name, type_code) in enumerate(SECTIONS.items()):
            start, length = SECTION.unpack_from(mapped, HEADER.size + number * SECTION.size)
            views[name] = _view(whole[start : start + length], type_code)
        self.filter = views["filter"]
        self.hashes = views["hashes"]
        self.values = views["values"]
        self.word_flags = views["word_flags"]
        self.postings = views["postings"]
        self.name_at = views["name_at"]
        self.geonames = views["geonames"]
        self.latitude = views["latitude"]
        self.longitude = views["longitude"]
        self.admin1 = views["admin1"]
        self.country = views["country"]
        self.kind = views["kind"]
        self.size = views["size"]
        self.names = views["names"]
        wikidata = views["wikidata"]
        self.wikidata = dict(zip(wikidata[::2].tolist(), wikidata[1::2].tolist(), strict=True))
        lines = bytes(views["meta"]).decode().split("\n")
        self.kinds, self.country_codes, self.country_names, self.admin1_codes = (
            tuple(line.split("\t")) for line in lines[:4]
        )

    def find(self, key: str) -> tuple[tuple[int, ...], int]:
        """Looks a key up.

        Args:
            key: from one of the functions of keys.py.

        Returns:
            Its postings, the surest and most populous first, and its word flags; ((), 0) for none.
        """
        encoded = key.encode()
        bit = crc32(encoded) >> FILTER_SHIFT
        if not self.filter[bit >> 3] >> (bit & 7) & 1:
            return (), 0
        wanted = hash_key(encoded)
        at = bisect_left(self.hashes, wanted)
        if at == len(self.hashes) or self.hashes[at] != wanted:
            return (), 0
        value = self.values[at]
        if value == NOTHING:
            return (), self.word_flags[at]
        if value < MANY:
            return (value,), self.word_flags[at]
        first = value - MANY + 1
        return tuple(self.postings[first : first + self.postings[first - 1]]), self.word_flags[at]

    def name(self, entry: int) -> str:
        """Gives an entry's canonical name."""
        at = self.name_at[entry]
        return bytes(self.names[at + 1 : at + 1 + self.names[at]]).decode()


def _view(part: memoryview, type_code: str) -> memoryview:
    if sys.byteorder == "little" or type_code == "B":
        return part.cast(type_code)  # type: ignore[call-overload,no-any-return]  # a key of SECTIONS
    copied = array(type_code, part.tobytes())
    copied.byteswap()
    return memoryview(copied)
