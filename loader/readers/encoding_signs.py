"""Encodings that the bytes give away: UTF-16 and UTF-32 without a mark, and those that hide in ASCII."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from loader.readers.character_context import fits

# In these every character of ASCII has a NUL.
UNICODE_WITH_NUL = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_LOOKED_AT = 4096
# General categories that a text does not hold: unassigned, private, surrogate, control.
_NO_TEXT = frozenset({"Cn", "Co", "Cs", "Cc"})
_PLAIN_CONTROLS = "\t\n\v\f\r\x1a"
# Characters of UTF-16 text in any language: without one it is probably read in the wrong order of bytes.
_BLANKS = re.compile("[ \n\r\u3000]")

_UTF_7 = re.compile(r"\+([A-Za-z0-9+/]+)(-?)")
_ISO_2022 = re.compile(rb"\x1b(?:\$[@ABC]|\$\([A-G]|\([BIJ])")
_HZ = re.compile(rb"~\{(?:[!-w][!-~])+~\}")
# Letters and marks of languages that were sent as UTF-7.
_SENT = (
    (0xA0, 0x6FF),
    (0x1E00, 0x1FFF),
    (0x2010, 0x2040),
    (0x20A0, 0x20BF),
    (0x3000, 0x9FFF),
    (0xAC00, 0xD7A3),
)


class Sign(NamedTuple):
    """An encoding that bytes of ASCII give away.

    Attributes:
        encoding: its Python codec.
        start: offset of the first bytes that do.
    """

    encoding: str
    start: int


def unmarked_unicode(data: bytes) -> str | None:
    """Return which of UTF-16 and UTF-32, in which order of bytes, text without a byte-order mark is in.

    Args:
        data: bytes that hold a NUL, as such text does wherever a character of ASCII stands.

    Returns:
        The codec; None if they are in none of these, or it cannot be told in which.
    """
    fitting = [name for name in UNICODE_WITH_NUL if _is_text(data, name)]
    return fitting[0] if len(fitting) == 1 else None


def _is_text(data: bytes, encoding: str) -> bool:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return False
    if "\0" in text or _BLANKS.search(text) is None:
        return False
    head = text[:_LOOKED_AT]
    return all(
        character in _PLAIN_CONTROLS or unicodedata.category(character) not in _NO_TEXT for character in head
    )


def seven_bit_encoding(data: bytes) -> Sign | None:
    """Return the encoding of bytes of ASCII that stand for other characters; None for plain ASCII.

    These are UTF-7 ("caf+AOk-"), ISO-2022 (with escape codes) and HZ ("~{VPND~}"). It is taken for UTF-7 only
    if every "+" before a letter of base64 opens what is UTF-7 and gives a character that fits there:
    "a+b", "C++11" and telephone numbers are no UTF-7.

    Args:
        data: bytes of ASCII.
    """
    escape = _ISO_2022.search(data)
    if escape is not None:
        return Sign("iso2022_kr" if b"\x1b$)C" in data else "iso2022_jp", escape.start())
    hz = _HZ.search(data)
    if hz is not None:
        return Sign("hz", hz.start())
    if b"+" not in data:
        return None
    first = None
    text = data.decode("ascii")
    for match in _UTF_7.finditer(text):
        if not _is_utf_7(text, match):
            return None
        first = match.start() if first is None else first
    return None if first is None else Sign("utf-7", first)


def _is_utf_7(text: str, match: re.Match[str]) -> bool:
    try:
        characters = f"+{match[1]}-".encode("ascii").decode("utf-7")
    except UnicodeDecodeError:
        return False
    if not characters or not all(any(low <= ord(one) <= high for low, high in _SENT) for one in characters):
        return False
    before, after = text[max(0, match.start() - 2) : match.start()], text[match.end() : match.end() + 1]
    if (
        characters[0].islower() and len(before) == 2 and before.isalpha() and before.isupper()
    ):  # "REST+API-first"
        return False
    return fits(before[-1:], characters[0], characters[1:2] or after)
