"""Quotation marks: which characters are marks, which pairs they form, and what is missing.

Marks are read left to right with a stack. Where glyph and context disagree the context decides; where a
mark is missing the edge goes where a careful editor would put it, and the segment says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from loader.quotes import patterns

DOUBLE, SINGLE = "double", "single"
_SINGLE_GLYPHS = frozenset("'‘’‚‹›")
_OPENING_GLYPHS = frozenset("“„‟«‘‚‹")
_CLOSING_GLYPHS = frozenset("”»’›")
# What may stand right before an opening mark and right after a closing one, besides a space.
_BEFORE_OPENING = frozenset("([{—―–-/‑“‘„\"'«…>")
_AFTER_CLOSING = frozenset(")]}.,;:!?—―–-/…”’\"'»*<")


class Segment(NamedTuple):
    """Text between a pair of quotation marks.

    Attributes:
        start: offset of the first character inside.
        end: offset after the last one inside.
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


class _Mark(NamedTuple):
    position: int
    glyph: str
    kind: str
    opens: bool
    closes: bool


class _Open(NamedTuple):
    mark: _Mark
    flaw: str | None
    start: int


def style_of(glyph: str) -> str:
    """Names the style of a mark: "curly", "straight", "single" or "guillemet"."""
    if glyph == '"':
        return "straight"
    if glyph in _SINGLE_GLYPHS:
        return "single"
    return "guillemet" if glyph in "«»" else "curly"


def find_segments(
    text: str,
    blocks: Sequence[tuple[int, int]],
    *,
    is_cue: Callable[[str], bool],
    is_elision: Callable[[str], bool],
) -> list[list[Segment]]:
    """Pairs the marks of a text.

    Args:
        text: folded text.
        blocks: start and end of each paragraph, in order, apart from each other.
        is_cue: whether a lower-case word is a form of a verb that attributes.
        is_elision: whether a lower-case word after an apostrophe is a shortened one ("90s", "em").

    Returns:
        For each block the segments that begin in it, by start, containers first. A segment that runs over
        several blocks (a mark opens each, one closes the last) is one segment.
    """
    by_block: list[list[_Mark]] = [[] for _ in blocks]
    index = 0
    # Where two apostrophes are the double mark, single ones stand inside and pair with nothing outside.
    pattern = patterns.DOUBLE_MARK if patterns.DOUBLED_APOSTROPHES.search(text) else patterns.MARK
    for match in pattern.finditer(text):
        position = match.start()
        while index < len(blocks) and position >= blocks[index][1]:
            index += 1
        if index == len(blocks):
            break
        start, end = blocks[index]
        if position >= start:
            by_block[index].append(_classify(text, position, start, end))
    pairing = _Pairing(text, is_cue, is_elision)
    for number, (start, end) in enumerate(blocks):
        following = by_block[number + 1] if number + 1 < len(blocks) else []
        continues = following[0] if following and following[0].position == blocks[number + 1][0] else None
        pairing.block(number, start, end, by_block[number], continues)
    return _nest(pairing.segments, len(blocks))


def _nest(segments: list[tuple[int, Segment]], count: int) -> list[list[Segment]]:
    """Sorts segments into blocks and sets their depth; a segment that crosses another is dropped."""
    found: list[list[Segment]] = [[] for _ in range(count)]
    around: list[int] = []  # ends of the segments that are still open
    for number, segment in sorted(segments, key=lambda item: (item[1].start, -item[1].end)):
        while around and around[-1] <= segment.start:
            around.pop()
        if around and around[-1] < segment.end:
            continue
        found[number].append(segment._replace(depth=len(around)))
        around.append(segment.outer_end)
    return found


def _classify(text: str, position: int, start: int, end: int) -> _Mark:
    glyph = text[position]
    before = text[position - 1] if position > start else " "
    after = text[position + 1] if position + 1 < end else " "
    opens = not after.isspace() and (before.isspace() or before in _BEFORE_OPENING)
    closes = not before.isspace() and (after.isspace() or after in _AFTER_CLOSING)
    if opens == closes:  # context is silent: the glyph decides, a straight mark stays open to both
        opens = glyph not in _CLOSING_GLYPHS
        closes = glyph not in _OPENING_GLYPHS
    return _Mark(position, glyph, SINGLE if glyph in _SINGLE_GLYPHS else DOUBLE, opens, closes)


class _Pairing:
    """Pairs the marks of one text, block by block."""

    def __init__(self, text: str, is_cue: Callable[[str], bool], is_elision: Callable[[str], bool]) -> None:
        self._text = text
        self._is_cue = is_cue
        self._is_elision = is_elision
        self._stack: list[_Open] = []
        self._first_block = 0  # in which the open quotation began
        self._edge = 0  # where the last quotation of this block ended
        self.segments: list[tuple[int, Segment]] = []

    def block(self, number: int, start: int, end: int, marks: list[_Mark], continues: _Mark | None) -> None:
        """Pairs one block's marks; leaves a quotation open where the next block continues it."""
        if not marks and not self._stack:
            return
        carried = bool(self._stack)
        if not carried:
            self._first_block = number
        self._edge = start
        for index, mark in enumerate(marks):
            if carried and index == 0 and mark.position == start:
                continue  # the mark that opens each further paragraph
            if mark.kind == SINGLE and self._is_apostrophe(marks, index):
                continue
            if self._is_inch(marks, index, start):
                continue
            self._step(number, marks, index)
            if not self._stack:
                self._first_block = number
        self._finish(number, start, end, continues)

    def _step(self, number: int, marks: list[_Mark], index: int) -> None:
        mark = marks[index]
        level = self._open_level(mark.kind)
        if level is None:
            if mark.opens:
                flaw = "turned_mark" if mark.glyph in _CLOSING_GLYPHS else None
                self._stack.append(_Open(mark, flaw, mark.position + 1))
            elif mark.kind == DOUBLE and not self._stack:
                self._missing_opening(number, mark)
            return
        if mark.opens and not mark.closes and self._reopens(marks, index, level):
            return
        del self._stack[level + 1 :]  # single marks left open inside were apostrophes
        opened = self._stack.pop()
        turned = (
            mark.glyph in _OPENING_GLYPHS
            and opened.mark.glyph not in "„‚"
            and mark.glyph != opened.mark.glyph
        )
        turned = turned or (mark.glyph in _OPENING_GLYPHS and mark.glyph == opened.mark.glyph)
        self._add(number, opened, mark.position, mark.position + 1, "turned_mark" if turned else None)

    def _reopens(self, marks: list[_Mark], index: int, level: int) -> bool:
        """An opening mark while one of its kind is open: nested, or the last one was never closed."""
        mark = marks[index]
        opened = self._stack[level]
        if mark.kind == SINGLE:
            self._stack[level:] = [_Open(mark, None, mark.position + 1)]
            return True
        following = [other for other in marks[index + 1 : index + 4] if other.kind == DOUBLE][:2]
        if (
            mark.glyph != '"'
            and len(following) == 2
            and all(other.closes and not other.opens for other in following)
        ):
            self._stack.append(_Open(mark, None, mark.position + 1))
            return True
        if (
            opened.mark.position < self._edge
        ):  # carried over from an earlier block: its own paragraph ended it
            return False
        edge = self._closing_edge(opened.start, mark.position)
        del self._stack[level:]
        self._add_flawed(opened, edge)
        self._stack.append(_Open(mark, None, mark.position + 1))
        return True

    def _open_level(self, kind: str) -> int | None:
        for level in range(len(self._stack) - 1, -1, -1):
            if self._stack[level].mark.kind == kind:
                return level
        return None

    def _add(self, number: int, opened: _Open, end: int, outer_end: int, flaw: str | None) -> None:
        number = self._first_block if not self._stack else number
        segment = Segment(
            opened.start,
            end,
            opened.mark.position,
            outer_end,
            style_of(opened.mark.glyph),
            0,
            opened.flaw or flaw,
        )
        attribute = self._text[opened.mark.position - 1 : opened.mark.position] == "="  # <a href="...">
        if self._text[segment.start : segment.end].strip() and not attribute:
            self.segments.append((number, segment))
        if not self._stack:
            self._edge = outer_end

    def _add_flawed(self, opened: _Open, edge: int) -> None:
        self._add(self._first_block, opened, edge, edge, "missing_closing_mark")

    def _missing_opening(self, number: int, mark: _Mark) -> None:
        start = self._opening_edge(self._edge, mark.position)
        segment = Segment(
            start, mark.position, start, mark.position + 1, style_of(mark.glyph), 0, "missing_opening_mark"
        )
        if self._text[start : mark.position].strip():
            self.segments.append((number, segment))
        self._edge = mark.position + 1

    def _finish(self, number: int, start: int, end: int, continues: _Mark | None) -> None:
        if not self._stack:
            return
        outer = self._stack[0]
        if continues is not None and continues.opens and continues.kind == outer.mark.kind:
            del self._stack[1:]
            return
        self._stack.clear()
        if outer.mark.kind == SINGLE:
            return
        began = outer.start if outer.start >= start else start
        self._add_flawed(outer, self._closing_edge(began, end))

    def _closing_edge(self, start: int, limit: int) -> int:
        """Where a careful editor would close a quotation that starts at `start`, at the latest at `limit`."""
        text = self._text
        for match in patterns.ATTRIBUTION_INSIDE.finditer(text, start, limit):
            if self._is_cue(match["inverted"] or match["plain"]):
                return match.start() + 1
        if text[start : start + 1].islower():
            match_end = patterns.SENTENCE_END.search(text, start, limit)
            if match_end:
                return match_end.end()
        return _rstrip(text, start, limit)

    def _opening_edge(self, start: int, limit: int) -> int:
        """Where a careful editor would open a quotation that ends at `limit`, at the earliest at `start`."""
        edge = sentence = start
        for match in patterns.SENTENCE_END.finditer(self._text, start, limit):
            # A sentence with a verb of saying is the writer's; the quotation starts after it.
            words = patterns.LOWER_WORD.findall(self._text, sentence, match.end())
            if match.end() < limit and any(map(self._is_cue, words)):
                edge = match.end()
            sentence = match.end()
        for match in patterns.CUE_BEFORE.finditer(self._text, edge, limit):
            if self._is_cue(match["cue"]):
                edge = match.end()
        while edge < limit and not self._text[edge].isalnum():
            edge += 1
        return edge

    def _is_inch(self, marks: list[_Mark], index: int, start: int) -> bool:
        mark = marks[index]
        position = mark.position
        if position == start or not self._text[position - 1].isdigit() or mark.kind == SINGLE:
            return False
        if patterns.FEET_AND_INCHES.search(self._text, max(start, position - 8), position):
            return True
        if self._open_level(DOUBLE) is None:
            return True
        # An open quotation ends here unless the next mark is the one that closes it.
        following = next((other for other in marks[index + 1 : index + 4] if other.kind == DOUBLE), None)
        return mark.glyph == '"' and following is not None and following.closes and not following.opens

    def _is_apostrophe(self, marks: list[_Mark], index: int) -> bool:
        mark = marks[index]
        text = self._text
        if mark.opens and not mark.closes:
            return self._shortens(mark)
        # "the soldiers' pay": a closing mark only where no better one follows inside the same quotation
        before, after = text[mark.position - 1], text[mark.position + 1 : mark.position + 3]
        if before not in "sSzx" or not (len(after) == 2 and after[0] == " " and after[1].islower()):
            return before.isdigit() and self._open_level(SINGLE) is None
        for other in marks[index + 1 : index + 9]:
            if other.kind == SINGLE and other.opens and not other.closes and self._shortens(other):
                continue
            return other.kind == SINGLE and other.closes
        return False

    def _shortens(self, mark: _Mark) -> bool:
        """Whether the mark is the apostrophe of a word shortened at its start ('90s)."""
        end = mark.position + 1
        while end < len(self._text) and end - mark.position < 8 and self._text[end].isalnum():
            end += 1
        return self._is_elision(self._text[mark.position + 1 : end].lower())


def _rstrip(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end
