"""Lines to units: a unit is a paragraph as a reader sees it, whatever the line ends in the file.

Archives come with a blank line between paragraphs, with none (a line is a paragraph), and hard-wrapped
(a paragraph is many lines). Which it is shows in the lines themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from loader.links import FOOTNOTE
from loader.readers.roundup.dates import find_date
from loader.readers.roundup.line_patterns import BULLET, CLOSERS, GLUED_FILE, IMAGE_FILE, LIST_ITEM, SEPARATOR
from loader.readers.roundup.line_types import is_headline_like, is_see_also, is_separator
from loader.readers.roundup.phrases import DATE_LEADS, NAME_PARTICLES, OUTLET_LEADS, TITLE_WORDS
from loader.text import fold

# Nobody wraps text by hand at more than this many columns; a longer line is a paragraph of its own.
_WIDEST_WRAP = 120
# Below this a line is short for a reason (a byline, a list), not because it was wrapped.
_NARROWEST_WRAP = 40
# How many lines a bracket that is still open may run on before it counts as never closed.
_BRACKET_LINES = 3
# How a line of a byline begins, the longest first.
_BYLINE_LEADS = tuple(
    sorted((f"{lead} " for lead in ("by", *OUTLET_LEADS, *DATE_LEADS)), key=len, reverse=True)
)
_OPENS_UNIT = re.compile("|".join(shape.pattern for shape in (FOOTNOTE, BULLET, LIST_ITEM)))
_WORDS_IN_NAMES = NAME_PARTICLES | TITLE_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A paragraph's span, and what several steps ask of its words.

    Attributes:
        start: offset of its first non-blank character.
        end: offset after its last one.
        text: the folded characters, line ends as spaces; as long as the span.
        chunk: number of the run of lines without a blank line between them.
        delimiter: "separator" or "see_also" where it stands between articles, or None.
        is_headline_like: whether it can be a headline.
    """

    start: int
    end: int
    text: str
    chunk: int
    delimiter: str | None
    is_headline_like: bool


class _Line(NamedTuple):
    start: int
    end: int
    text: str
    indented: bool


def split_units(text: str) -> list[Unit]:
    """Splits an archive's text into units.

    Args:
        text: the decoded file.

    Returns:
        The units in order; every non-blank character is in exactly one.
    """
    folded = fold(text)
    chunks = list(_chunks(folded))
    width = _wrap_width(chunks)
    units = []
    for number, lines in enumerate(chunks):
        for run in _joined(lines, width):
            start, end = run[0].start, run[-1].end
            words = run[0].text if len(run) == 1 else folded[start:end].replace("\n", " ")
            units.append(
                Unit(
                    start=start,
                    end=end,
                    text=words,
                    chunk=number,
                    delimiter=_delimiter(words),
                    is_headline_like=is_headline_like(words),
                )
            )
    return units


def _delimiter(text: str) -> str | None:
    if is_separator(text):
        return "separator"
    return "see_also" if is_see_also(text) else None


def _chunks(folded: str) -> list[list[_Line]]:
    chunks: list[list[_Line]] = [[]]
    at = 0
    for raw in folded.split("\n"):
        content = raw.strip()
        if content:
            indent = raw.index(content[0])
            start = at + indent
            chunks[-1].append(_Line(start, start + len(content), content, indent > 1))
        elif chunks[-1]:
            chunks.append([])
        at += len(raw) + 1
    return [chunk for chunk in chunks if chunk]


def _wrap_width(chunks: list[list[_Line]]) -> int | None:
    """The column at which the file's lines were wrapped, or None where they were not.

    In wrapped text most lines that another line follows are nearly as long as the longest of them.
    """
    followed = sorted(
        len(line.text) for chunk in chunks for line in chunk[:-1] if len(line.text) <= _WIDEST_WRAP
    )
    if not followed:
        return None
    width = followed[int(len(followed) * 0.95)]
    if width < _NARROWEST_WRAP:
        return None
    # A long first word of the next line leaves a gap; sixteen columns hold nearly all such words.
    full = sum(1 for length in followed if length >= width - 16)
    # Wrapped lines go on in the middle of a sentence; lines of a list do not.
    following = [line.text for chunk in chunks for line in chunk[1:]]
    lower = sum(1 for text in following if text[0].islower())
    return width if full >= 0.6 * len(followed) and lower >= 0.4 * len(following) else None


def _joined(lines: list[_Line], width: int | None) -> list[list[_Line]]:
    runs = [[lines[0]]]
    for line in lines[1:]:
        if _continues(runs[-1], line, width):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _continues(run: list[_Line], line: _Line, width: int | None) -> bool:
    last = run[-1]
    if width is None and not line.indented and not line.text[0].islower() and not _open_bracket(run):
        return False  # nothing below would join it
    if _stands_alone(line.text) or _stands_alone(last.text, as_last=True):
        return False
    if _open_bracket(run):
        return True
    if line.indented and LIST_ITEM.match(run[0].text):
        return True
    if line.indented and not last.indented:
        return False
    if line.text[0].islower() and not _is_byline_piece(line.text) and not _begins_source(line.text):
        return True
    if width is None or len(last.text) > width + 8:
        return False
    first_word = line.text.split(" ", 1)[0]
    return len(last.text) + 1 + len(first_word) > width and not _is_byline_piece(last.text)


def _stands_alone(text: str, *, as_last: bool = False) -> bool:
    """True for a line that begins a unit of its own whatever stands before it (or, as_last, ends one)."""
    if SEPARATOR.fullmatch(text) or (" " not in text and IMAGE_FILE.fullmatch(text)):
        return True
    return not as_last and _OPENS_UNIT.match(text) is not None


def _open_bracket(run: list[_Line]) -> bool:
    if len(run) > _BRACKET_LINES:
        return False
    for line in reversed(run):
        opening, closing = line.text.rfind("["), line.text.rfind("]")
        if opening != closing:  # the last line that holds a bracket decides
            return opening > closing
    return False


def _begins_source(text: str) -> bool:
    """True for a source line that begins in lower case: "openDemocracy, by ...", "river-mapThe Sun, ..."."""
    if len(text) > 200 or not (text[:60].lower() != text[:60] and "," in text):
        return False
    if GLUED_FILE.match(text):
        return True
    found = find_date(text)
    return found is not None and found.end >= len(text.rstrip(" :"))


def _fits_in_names(word: str) -> bool:
    return not word[0].islower() or word.strip(",.:") in _WORDS_IN_NAMES


def _is_byline_piece(text: str) -> bool:
    """True for a line of a byline that runs over several lines: "by Ann Lee", "for The Globe", a date."""
    lowered = text.casefold()
    if len(text) > 80 or (text.rstrip(CLOSERS).endswith((".", "?", "!")) and not find_date(text)):
        return False
    if lowered.startswith(_BYLINE_LEADS):
        lead = next(lead for lead in _BYLINE_LEADS if lowered.startswith(lead))
        if all(_fits_in_names(word) for word in text[len(lead) - 1 :].split()):
            return True
    found = find_date(text)
    return bool(found and found.end - found.start > 0.6 * len(text))
