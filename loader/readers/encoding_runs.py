"""Parts the bytes of a file into runs of UTF-8 and runs of some older encoding, line by line.

A few bytes that are not UTF-8 do not make a file of UTF-8 one of another encoding: they are its faults. Whole
paragraphs of them do: somebody joined files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_SEQUENCE = (
    rb"[\xc2-\xdf][\x80-\xbf]"
    rb"|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
# What is left of a sequence that was cut off, or one byte that begins none: Python's codec replaces each of
# these by one U+FFFD.
_FAULT = (
    rb"\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]?|[\xf1-\xf3][\x80-\xbf]{1,2}|\xf4[\x80-\x8f][\x80-\xbf]?"
    rb"|[\x80-\xff]"
)
_VALID = re.compile(_SEQUENCE)
_VALID_OR_FAULT = re.compile(rb"(?:" + _SEQUENCE + rb")+|(" + _FAULT + rb")")
# A capital and a closing quotation mark in Windows-1252, as in "BONTÉ»", which by chance are valid UTF-8.
_CHANCE = re.compile(rb"(?<=[A-Z])[\xc4-\xdd][\x92\x94\xbb](?![A-Za-z\x80-\xff])")
_HIGH = re.compile(rb"[\x80-\xff]")
_LINE_END = re.compile(rb"[\r\n]")
_ASCII = bytes(range(0x80))
# What it costs to pass from UTF-8 to another encoding or back, in bytes that are faults without it.
_CHANGE = 4


class Run(NamedTuple):
    """Bytes of one kind.

    Attributes:
        start: offset of the first byte.
        end: offset after the last one.
        is_utf8: whether they are UTF-8, perhaps with faults.
        faulty_lines: the lines, as offsets, that hold bytes that are not UTF-8; empty for another encoding.
    """

    start: int
    end: int
    is_utf8: bool
    faulty_lines: tuple[tuple[int, int], ...]


class _Line(NamedTuple):
    start: int
    end: int
    faults: int  # bytes that are not UTF-8
    valid: int  # bytes of UTF-8 sequences


def split_runs(data: bytes, *, as_utf8: bool = False) -> list[Run]:
    """Return the runs of some bytes, in order; together they are all of the bytes.

    Args:
        data: any bytes. Without a byte outside ASCII they are one run of UTF-8.
        as_utf8: whether all of them are taken for UTF-8, whatever their faults.
    """
    lines = list(_lines(data))
    kinds = bytearray(b"\1" * len(lines)) if as_utf8 else _kinds(lines)
    runs: list[Run] = []
    start, first = 0, 0
    for number in range(1, len(lines) + 1):
        if number < len(lines) and kinds[number] == kinds[first]:
            continue
        end = lines[number].start if number < len(lines) else len(data)
        is_utf8 = bool(kinds[first])
        faulty = tuple((line.start, line.end) for line in lines[first:number] if line.faults)
        runs.append(Run(start, end, is_utf8, faulty if is_utf8 else ()))
        start, first = end, number
    return runs or [Run(0, len(data), True, ())]


def is_mostly_not_utf8(data: bytes) -> bool:
    """Return whether as many bytes outside ASCII are faults of UTF-8 as belong to its sequences, or more."""
    high = len(data.translate(None, _ASCII))
    return 2 * len(_VALID.sub(b"", data).translate(None, _ASCII)) >= high


def faults(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the offsets of what is not UTF-8: a byte each, or the beginning of a cut off sequence."""
    for match in _VALID_OR_FAULT.finditer(data, start, end):
        if match[1] is not None:
            yield match.span()


def high_lines(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the offsets of the lines that hold bytes outside ASCII."""
    at = 0
    while found := _HIGH.search(data, at):
        start = max(data.rfind(b"\n", at, found.start()), data.rfind(b"\r", at, found.start())) + 1
        last = _LINE_END.search(data, found.end())
        end = last.end() if last else len(data)
        yield max(start, at), end
        at = end


def _lines(data: bytes) -> Iterator[_Line]:
    for start, end in high_lines(data):
        line = data[start:end]
        high = len(line.translate(None, _ASCII))
        rest = len(_VALID.sub(b"", line).translate(None, _ASCII))
        chance = 2 * len(_CHANCE.findall(line))
        yield _Line(start, end, rest + chance, high - rest - chance)


def _kinds(lines: list[_Line]) -> bytearray:
    """Return 1 for each line that is UTF-8, 0 for another encoding: the cheapest way through all lines."""
    if not any(line.valid for line in lines):
        return bytearray(len(lines))
    other, utf8 = 0, 0  # what the cheapest way costs that ends in this kind
    came_to_other, came_to_utf8 = bytearray(), bytearray()  # the kind before it
    for line in lines:
        came_to_other.append(utf8 + _CHANGE < other)
        came_to_utf8.append(utf8 <= other + _CHANGE)
        other, utf8 = (
            min(other, utf8 + _CHANGE) + line.valid,
            min(utf8, other + _CHANGE) + line.faults,
        )
    kinds = bytearray(len(lines))
    kind = int(utf8 <= other)
    for number in range(len(lines) - 1, -1, -1):
        kinds[number] = kind
        kind = (came_to_utf8 if kind else came_to_other)[number]
    return kinds
