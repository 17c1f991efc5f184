"""A corpus as other archives would print it: other marks, lines of one width, or marks that got lost.

What is found in a variant is moved back to the offsets of the plain text and compared there, so that a
variant may be longer or shorter than the text it was made from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from benchmarks.quotes.scoring import Article
from loader.extract.quotes import find_quotes
from loader.records import Quote

_DOUBLE = frozenset('"“”„‟')
_OPENING_STRAIGHT = re.compile(r'(?<![^\s(\[—“‘\'-])"(?=\S)')
_LOST = 10  # every tenth mark
# As many words as have room on a line, up to the blank that becomes its end or to the paragraph's end.
_LINE = re.compile(r"[^\n]{1,72}(?:$| (?=\S))", re.MULTILINE)


class Variant(NamedTuple):
    """An article in another print.

    Attributes:
        text: its text.
        origin: for each offset of the text, and for its end, the offset in the plain text.
    """

    text: str
    origin: list[int]

    def quotes(self) -> list[Quote]:
        """The quotations found in the variant, with the offsets of the plain text."""
        return [self._moved(quote) for quote in find_quotes(self.text)]

    def _moved(self, quote: Quote) -> Quote:
        at = self.origin
        moved = replace(quote, start=at[quote.start], end=at[quote.end])
        if quote.speaker_start is not None and quote.speaker_end is not None:
            moved = replace(moved, speaker_start=at[quote.speaker_start], speaker_end=at[quote.speaker_end])
        return moved


def _rewritten(text: str, changes: dict[int, str]) -> Variant:
    """The text with the characters at some offsets replaced by others, more, or none."""
    parts: list[str] = []
    origin: list[int] = []
    for position, character in enumerate(text):
        printed = changes.get(position, character)
        parts.append(printed)
        origin.extend([position] * len(printed))
    origin.append(len(text))
    return Variant("".join(parts), origin)


def _translated(text: str, table: dict[int, int]) -> Variant:
    return Variant(text.translate(table), list(range(len(text) + 1)))


def _directed(text: str) -> str:
    """The text with its straight marks made curly, by the characters before and after each."""
    return _OPENING_STRAIGHT.sub("“", text).replace('"', "”")


def straight(article: Article) -> Variant:
    """All double marks straight."""
    return _translated(article.text, str.maketrans("“”„‟", '""""'))


def single(article: Article) -> Variant:
    """All double marks made single ones of the same direction."""
    return _translated(article.text, str.maketrans('“”„‟"', "‘’‘‘'"))


def guillemets(article: Article) -> Variant:
    """All double marks guillemets that point outwards: «We won», she said."""
    return _translated(_directed(article.text), str.maketrans("“”", "«»"))


def inward(article: Article) -> Variant:
    """All double marks guillemets that point inwards: »We won«, she said."""
    return _translated(_directed(article.text), str.maketrans("“”", "»«"))


def spaced(article: Article) -> Variant:
    """All double marks guillemets with a blank inside: « We won », she said."""
    text = _directed(article.text)
    marks = {"“": "« ", "”": " »"}
    return _rewritten(text, {at: marks[glyph] for at, glyph in enumerate(text) if glyph in marks})


def low(article: Article) -> Variant:
    """All double marks low and high ones: „We won“, she said."""
    return _translated(_directed(article.text), str.maketrans("“”", "„“"))


def turned(article: Article) -> Variant:
    """All double marks curly ones of the wrong direction: ”We won“, she said."""
    return _translated(_directed(article.text), str.maketrans("“”", "”“"))


def no_closing(article: Article) -> Variant:
    """Every tenth closing mark lost; annotations stay, since a careful editor would put it back."""
    ends = [row["end"] - 1 for row in article.quotes if row.get("closed", True)]
    return _without_every_tenth(article.text, ends)


def no_opening(article: Article) -> Variant:
    """Every tenth opening mark lost."""
    return _without_every_tenth(article.text, [row["start"] for row in article.quotes])


def _without_every_tenth(text: str, positions: list[int]) -> Variant:
    marks = [position for position in positions if text[position] in _DOUBLE]
    return _rewritten(text, dict.fromkeys(marks[_LOST - 1 :: _LOST], ""))


def wrapped(article: Article) -> Variant:
    """Lines of at most 72 characters, paragraphs apart by a blank line."""
    text = article.text
    changes = {at: "\n\n" for at in range(len(text)) if text[at] == "\n" != text[at + 1 : at + 2]}
    for line in _LINE.finditer(text):
        if text[line.end() - 1] == " ":
            changes[line.end() - 1] = "\n"
    return _rewritten(text, changes)


VARIANTS: dict[str, Callable[[Article], Variant]] = {
    "straight": straight,
    "single": single,
    "guillemets": guillemets,
    "inward": inward,
    "spaced": spaced,
    "low": low,
    "turned": turned,
    "missing": no_closing,
    "no opening": no_opening,
    "wrapped": wrapped,
}
# How far soft F1 may fall below the plain text's, in points.
ALLOWED = {
    "straight": 2.0,
    "single": 5.0,
    "guillemets": 2.0,
    "inward": 2.0,
    "spaced": 2.0,
    "low": 2.0,
    "turned": 2.0,
    "missing": 5.0,
    "no opening": 5.0,
    "wrapped": 2.0,
}
