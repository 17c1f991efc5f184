"""Finds the headings of a text: there, a capital says nothing about a word."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from loader.extract.places.place_patterns import BLANK_LINES, SMALL_LONG_WORD

# Roles of blocks that may be set with capitals throughout.
ROLES = frozenset({"headline", "subheading", "legend"})
# Longer blocks, in characters, are no headings.
LONGEST = 250
# Evidence from neighbours that tells nothing in a heading: "Syria Talks Stall".
UNTOLD = frozenset({"left_common", "left_very_common", "right_common", "right_very_common"})


class Headings:
    """Where the headings of one text are."""

    def __init__(self, text: str, roles: Sequence[str] | None) -> None:
        """Keeps the text; the headings are found when somebody asks.

        Args:
            text: the searched text.
            roles: each block's role, or None where unknown: then any block may be a heading.
        """
        self._text = text
        self._roles = roles
        self._starts: list[int] | None = None
        self._ends: list[int] = []

    def _find(self) -> list[int]:
        """Finds the headings: short blocks in which no long word has a small initial; gives their starts."""
        text, roles = self._text, self._roles
        starts = []
        start = 0
        breaks = [(match.start(), match.end()) for match in BLANK_LINES.finditer(text)]
        for number, (end, following) in enumerate([*breaks, (len(text), len(text))]):
            known = roles is None or number >= len(roles) or roles[number] in ROLES
            if known and 0 < end - start <= LONGEST and not SMALL_LONG_WORD.search(text, start, end):
                starts.append(start)
                self._ends.append(end)
            start = following
        return starts

    def holds(self, offset: int) -> bool:
        """Tells whether a place in the text is in a heading.

        Args:
            offset: offset in the text.

        Returns:
            True in a heading.
        """
        if self._starts is None:
            self._starts = self._find()
        at = bisect_right(self._starts, offset) - 1
        return at >= 0 and offset < self._ends[at]
