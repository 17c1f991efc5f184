"""Finds what a program before us left in the text: characters encoded twice, and HTML's names of characters.

"â€œ" is “ as UTF-8 that was read as Windows-1252 and encoded again; "&#8217;" is ’ as a web page writes it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

_TIMES = 3  # how often a text may have been encoded too much


def _windows(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


# The byte of each character that Windows-1252, or Latin-1, reads from a byte outside ASCII.
_BYTE = {chr(byte): byte for byte in range(0x80, 0x100)} | {
    _windows(byte): byte for byte in range(0x80, 0x100)
}
_FOLLOWING = "".join(re.escape(character) for character, byte in _BYTE.items() if byte < 0xC0)
_ENCODED_TWICE = (
    f"(?:[\xc2-\xdf][{_FOLLOWING}]|[\xe0-\xef][{_FOLLOWING}]{{2}}|[\xf0-\xf4][{_FOLLOWING}]{{3}})"
)
_ENTITY = re.compile(r"&(?:amp;){0,3}(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_DAMAGE = re.compile(f"{_ENTITY.pattern}|{_ENCODED_TWICE}+")
_PERHAPS_TWICE = re.compile(f"[\xc2-\xf4][{_FOLLOWING}]")
_ALL_ENCODED_TWICE = re.compile(f"{_ENCODED_TWICE}+")
_CLOSING = "»”’›«“‘‹"
# Characters that occur alone: accented Latin letters, signs of Latin-1, dashes, quotation marks, the euro.
_ALONE = ((0xA0, 0x17F), (0x2010, 0x203A), (0x20AC, 0x20AC), (0x2122, 0x2122))
# Letters of which there are two or more in a row: Greek to Arabic, Japanese, Chinese, Korean.
_IN_A_ROW = ((0x370, 0x6FF), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3))

DOUBLE_ENCODED = "double_encoded"
HTML_ENTITY = "html_entity"


class Damage(NamedTuple):
    """Characters that stand for another.

    Attributes:
        start: offset of the first.
        end: offset after the last.
        meant: what they stand for.
        kind: DOUBLE_ENCODED or HTML_ENTITY.
    """

    start: int
    end: int
    meant: str
    kind: str


def find_damage(text: str) -> Iterator[Damage]:
    """Yield what stands for another character, in order; in a text without any, none.

    Args:
        text: any text.
    """
    # Few texts have any of either kind; to look for both at once takes longer than to look for each.
    perhaps_twice = not text.isascii() and _PERHAPS_TWICE.search(text) is not None
    pattern = _DAMAGE if perhaps_twice else _ENTITY
    for match in pattern.finditer(text):
        start, end = match.span()
        if text[start] == "&":
            meant, kind = unescaped(match[0]), HTML_ENTITY
        elif _closes_capitals(text, start, end):
            continue
        else:
            meant, kind = decoded_once(match[0]), DOUBLE_ENCODED
        if meant is not None:
            yield Damage(start, end, meant, kind)


def repaired(text: str) -> str:
    """Return what a piece of text stands for that `find_damage` found; any other text as it is."""
    match = _DAMAGE.fullmatch(text)
    if match is None:
        return text
    meant = unescaped(text) if text[0] == "&" else decoded_once(text)
    return text if meant is None else meant


def unescaped(entity: str) -> str | None:
    """Return the character of an HTML entity, also of one that was escaped again; None if it names none."""
    meant = entity
    for _ in range(_TIMES + 1):
        shorter = html.unescape(meant)
        if shorter == meant:
            break
        meant = shorter
    if (
        meant == entity
        or not meant
        or "\ufffd" in meant
        or not all(map(_may_stand_in_text, meant))
        or meant.endswith(";")
    ):
        return None
    return meant


def _may_stand_in_text(character: str) -> bool:
    return character.isprintable() or character in "\xa0\xad\u2002\u2003\u2009\u200b\u200c\u200d\u200e\u200f"


def decoded_once(text: str) -> str | None:
    """Return what a text stands for that was encoded once too often; None if it is a text as it is."""
    meant, read = None, text
    for _ in range(_TIMES):
        try:
            read = bytes(_BYTE[character] for character in read).decode("utf-8")
        except UnicodeDecodeError:
            break
        if _are_in(_ALONE, read) or (len(read) > 1 and _are_in(_IN_A_ROW, read)):
            meant = read
        if not _ALL_ENCODED_TWICE.fullmatch(read):
            break
    return meant


def _are_in(ranges: tuple[tuple[int, int], ...], text: str) -> bool:
    return all(any(first <= ord(character) <= last for first, last in ranges) for character in text)


def _closes_capitals(text: str, start: int, end: int) -> bool:
    """Return whether it ends a word of capitals in quotation marks, as in «BONTÉ»: it only looks encoded."""
    return end - start == 2 and text[end - 1] in _CLOSING and text[max(0, start - 1) : start].isupper()
