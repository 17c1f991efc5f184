"""Text between a pair of quotation marks, as every engine sees it."""

from __future__ import annotations

from dataclasses import dataclass


# Never changed, and not frozen: a frozen record takes three times as long to make, and there are millions.
@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Segment:
    """Text between a pair of quotation marks.

    Attributes:
        start: offset of the first character inside, blanks left out.
        end: offset after the last one inside, blanks left out.
        outer_start: offset of the opening mark (or of the edge, where it is missing).
        outer_end: offset after the closing mark (or the edge).
        style: "curly", "straight", "single" or "guillemet".
        depth: 0 for a quotation that stands in no other one.
        flaw: as in `loader.records.Quote`.
    """

    start: int
    end: int
    outer_start: int
    outer_end: int
    style: str
    depth: int
    flaw: str | None
