"""Text in the columns of a terminal, in which a letter takes two, one or none."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator


def display_width(text: str) -> int:
    """Return how many columns of a terminal a text takes: Chinese letters take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in text)


def _columns_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield a text in lines of at most `width` columns, broken between words; long words are cut."""
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if display_width(joined) <= width:
            line = joined
            continue
        if line:
            yield line
        line = word
        while display_width(line) > width:
            part = cut(line, width + 1)[:-1]
            yield part
            line = line[len(part) :]
    if line:
        yield line


def cut(text: str, width: int) -> str:
    """Return a text that takes at most `width` columns, with an ellipsis if its end is left out."""
    if display_width(text) <= width:
        return text
    kept, used = [], 1
    for character in text:
        used += _columns_of(character)
        if used > width:
            break
        kept.append(character)
    return "".join(kept) + "…"


def fit(text: str, width: int) -> str:
    """Return a text that takes exactly `width` columns; of a path the beginning is left out."""
    if display_width(text) > width:
        text = cut(text[::-1], width)[::-1]
    return text + " " * (width - display_width(text))
