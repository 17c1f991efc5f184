"""Quotation marks: which characters are marks, and which way each one points where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from loader.extract.quotes.marks import mark_patterns

DOUBLE, SINGLE = "double", "single"
_SINGLE_GLYPHS = frozenset("'‘’‚‛‹›`")
_STRAIGHT_GLYPHS = frozenset('"＂″')
_OPENING_GLYPHS = frozenset("“„‟«‘‚‛‹`")
_CLOSING_GLYPHS = frozenset("”»’›")
# A pair that no convention of print has: opened by a closing glyph, or closed by an opening one. Outside
# it stand guillemets, which point outwards («a»), inwards (»a«) or to the right (»a»), and low marks („a“).
_OPENED_WRONG = frozenset("”’")
_CLOSED_WRONG = frozenset("“„‟‘‚‛`")
_LOW_GLYPHS = frozenset("„‚")
# What may stand right before an opening mark and right after a closing one, besides a space.
_BEFORE_OPENING = frozenset("([{—―–-/‑“‘„‚\"'«‹…>")
_AFTER_CLOSING = frozenset(")]}.,;:!?—―–-/…”’“‘\"'»›*<")
# What cannot begin a quotation: a mark before it closes one, though a blank stands before it.
_BEGINS_NOTHING = frozenset(",;:!?)]}")


# Never changed, and not frozen: a frozen record takes three times as long to make, and there are millions.
@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Mark:
    """A character that can be a quotation mark.

    Attributes:
        position: its offset.
        glyph: the character.
        kind: DOUBLE or SINGLE.
        opens: whether it can open a quotation where it stands.
        closes: whether it can close one.
    """

    position: int
    glyph: str
    kind: str
    opens: bool
    closes: bool


def style_of(glyph: str) -> str:
    """Names the style of a mark: "curly", "straight", "single" or "guillemet"."""
    if glyph in _STRAIGHT_GLYPHS:
        return "straight"
    if glyph in _SINGLE_GLYPHS:
        return "single"
    return "guillemet" if glyph in "«»" else "curly"


def is_straight(glyph: str) -> bool:
    """Whether a double mark looks the same at both ends of a quotation."""
    return glyph in _STRAIGHT_GLYPHS


def is_turned(opening: str, closing: str | None) -> bool:
    """Whether a pair of glyphs stands the wrong way round (”a“) by every convention of print.

    Args:
        opening: the glyph that opens.
        closing: the glyph that closes, or None where it is missing.
    """
    if opening in _OPENED_WRONG:
        return True
    return closing is not None and closing in _CLOSED_WRONG and opening not in _LOW_GLYPHS


def read_marks(text: str, blocks: Sequence[tuple[int, int]]) -> list[list[Mark]]:
    """Reads the marks of a text.

    Args:
        text: folded text.
        blocks: start and end of each paragraph, in order, apart from each other.

    Returns:
        For each block its marks, by position.
    """
    by_block: list[list[Mark]] = [[] for _ in blocks]
    index = 0
    # Where two apostrophes are the double mark, single ones stand inside and pair with nothing outside.
    doubled = "''" in text and mark_patterns.DOUBLED_APOSTROPHES.search(text)
    pattern = mark_patterns.DOUBLE_MARK if doubled else mark_patterns.MARK
    for match in pattern.finditer(text):
        position = match.start()
        while index < len(blocks) and position >= blocks[index][1]:
            index += 1
        if index == len(blocks):
            break
        start, end = blocks[index]
        if position >= start:
            glyph, after = text[position], position + 1
            before = text[position - 1] if position > start else " "
            kind, opens, closes = _direction(before, glyph, text[after] if after < end else " ")
            by_block[index].append(
                Mark(position=position, glyph=glyph, kind=kind, opens=opens, closes=closes)
            )
    return by_block


@lru_cache(maxsize=4096)
def _direction(before: str, glyph: str, after: str) -> tuple[str, bool, bool]:
    """A mark's kind, and whether it can open and close a quotation between two characters."""
    opens = not after.isspace() and (before.isspace() or before in _BEFORE_OPENING)
    closes = not before.isspace() and (after.isspace() or after in _AFTER_CLOSING)
    if opens and after in _BEGINS_NOTHING and before.isspace():  # « We will rebuild », she said
        opens, closes = False, True
    if opens == closes:  # context is silent: the glyph decides, a straight mark stays open to both
        opens = glyph not in _CLOSING_GLYPHS
        closes = glyph not in _OPENING_GLYPHS
    return SINGLE if glyph in _SINGLE_GLYPHS else DOUBLE, opens, closes
