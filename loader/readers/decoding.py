"""Bytes to text: which encoding, which line ends, and what is no text at all."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from loader.errors import InputError

# Byte-order marks, the longer before the shorter that it begins with (UTF-32-LE begins as UTF-16-LE).
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Control characters that plain text does not hold: all of C0 but tab, the line ends, form feed,
# vertical tab, and the ends (0x1A, DOS) that old editors left behind.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
# A few stray control characters are dirt; more than one in this many characters is no text.
_CONTROL_RATE = 200


class Decoded(NamedTuple):
    """A file's text and how it was found.

    Attributes:
        text: every character.
        encoding: the Python codec that gives `text` from the bytes.
        line_ends: "LF", "CRLF", "CR", "mixed" or "none".
        guessed: True where nothing in the bytes says which encoding it is.
    """

    text: str
    encoding: str
    line_ends: str
    guessed: bool


def decode(data: bytes, path: str) -> Decoded:
    """Decodes a file.

    A byte-order mark decides; else UTF-8 where the bytes are valid UTF-8; else Windows-1252, and Latin-1
    where a byte has no meaning in Windows-1252.

    Args:
        data: the file's bytes.
        path: its name, for the error.

    Raises:
        InputError: where the bytes are no text.
    """
    text, encoding, guessed = _decode(data, path)
    control = _CONTROL.search(text)
    if control and ("\0" in text or len(_CONTROL.findall(text)) * _CONTROL_RATE > len(text)):
        line = text.count("\n", 0, control.start()) + 1
        raise InputError(
            f"{path}, line {line}: holds the control character U+{ord(control[0]):04X}, so it is no plain "
            "text; save it as plain text in UTF-8 or take it out of the folder"
        )
    return Decoded(text, encoding, line_ends(text), guessed)


def _decode(data: bytes, path: str) -> tuple[str, str, bool]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding, False
            except UnicodeDecodeError as error:
                line = data.count(b"\n", 0, error.start) + 1
                raise InputError(
                    f"{path}, line {line}: byte {error.start} is not {encoding}, as the byte-order mark "
                    "at its start says; save it as UTF-8"
                ) from error
    for encoding in ("utf-8", "cp1252", "latin-1"):
        try:
            return data.decode(encoding), encoding, encoding != "utf-8"
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 decodes any bytes")


def line_ends(text: str) -> str:
    """Return the kind of line ends of a text: "LF", "CRLF", "CR", "mixed" or "none"."""
    windows = text.count("\r\n")
    found = {
        "CRLF": windows,
        "LF": text.count("\n") - windows,
        "CR": text.count("\r") - windows,
    }
    kinds = [name for name, count in found.items() if count]
    if len(kinds) > 1:
        return "mixed"
    return kinds[0] if kinds else "none"
