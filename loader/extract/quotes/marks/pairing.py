"""Which marks form a pair, and where the edge goes when one is missing.

Marks are read left to right with a stack. Where glyph and context disagree the context decides; where a
mark is missing the edge goes where a careful editor would put it, and the segment says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from loader.extract.discourse.lexicon import Lexicon, word_set
from loader.extract.discourse.marked_text import Segment
from loader.extract.quotes.marks import mark_patterns
from loader.extract.quotes.marks.apostrophes import is_apostrophe, is_measure
from loader.extract.quotes.marks.quotation_marks import (
    DOUBLE,
    SINGLE,
    Mark,
    is_straight,
    is_turned,
    read_marks,
    style_of,
)

# Marks that are looked at to tell a nested quotation from one that was never closed.
_AHEAD = 10
# Characters before a lost mark's partner in which a fragment begins, and after words of which classes: the
# mayor called it a [miracle” on Monday.
_FRAGMENT = 80
_BEFORE_FRAGMENT = frozenset("DHV")
_FIRST_PERSON = word_set("first_person")
# Words, and characters, of an attribution before a stray mark.
_ATTRIBUTION = 3
_LONGEST_ATTRIBUTION = 60
_ADVERBIAL = 40  # characters of a place or time behind a verb of saying
_ENDS_QUOTATION = frozenset(",.!?…")


class _Open(NamedTuple):
    mark: Mark
    start: int


def find_segments(text: str, blocks: Sequence[tuple[int, int]], lexicon: Lexicon) -> list[list[Segment]]:
    """Pairs the marks of a text.

    Args:
        text: folded text.
        blocks: start and end of each paragraph, in order, apart from each other.
        lexicon: word classes.

    Returns:
        For each block the segments that begin in it, by start, containers first. A segment that runs over
        several blocks (a mark opens each, one closes the last) is one segment.
    """
    by_block = read_marks(text, blocks)
    only_single = not any(mark.kind == DOUBLE for marks in by_block for mark in marks)
    pairing = _Pairing(text, lexicon, only_single=only_single)
    closed = _closed_later(by_block, blocks)
    for number, (start, end) in enumerate(blocks):
        following = by_block[number + 1] if number + 1 < len(blocks) else []
        continues = following[0] if following and following[0].position == blocks[number + 1][0] else None
        is_closed = continues is not None and closed[number + 1]
        pairing.block(number, start, end, by_block[number], continues, is_closed=is_closed)
    return _nest(pairing.segments, len(blocks))


def _closed_later(by_block: Sequence[Sequence[Mark]], blocks: Sequence[tuple[int, int]]) -> list[bool]:
    """Tell for each block whether a mark opens it and one closes what it opens, in it or after it."""
    closed = [False] * len(blocks)
    for number in range(len(blocks) - 1, -1, -1):
        marks = by_block[number]
        if marks and marks[0].opens and marks[0].position == blocks[number][0]:
            here = any(mark.closes and mark.kind == marks[0].kind for mark in marks[1:])
            closed[number] = here or (number + 1 < len(blocks) and closed[number + 1])
    return closed


def _nest(segments: list[tuple[int, Segment]], count: int) -> list[list[Segment]]:
    """Sorts segments into blocks and sets their depth; a segment that crosses another is dropped."""
    found: list[list[Segment]] = [[] for _ in range(count)]
    around: list[int] = []  # ends of the segments that are still open
    for number, segment in sorted(segments, key=lambda item: (item[1].outer_start, -item[1].outer_end)):
        while around and around[-1] <= segment.start:
            around.pop()
        if around and around[-1] < segment.end:
            continue
        found[number].append(replace(segment, depth=len(around)) if around else segment)
        around.append(segment.outer_end)
    return found


class _Pairing:
    """Pairs the marks of one text, block by block."""

    def __init__(self, text: str, lexicon: Lexicon, *, only_single: bool) -> None:
        self._text = text
        self._lexicon = lexicon
        self._only_single = only_single  # then a single mark that is missing counts as a double one's
        self._stack: list[_Open] = []
        self._first_block = 0  # in which the open quotation began
        self._edge = 0  # where the last quotation of this block ended
        self.segments: list[tuple[int, Segment]] = []

    def block(
        self,
        number: int,
        start: int,
        end: int,
        marks: list[Mark],
        continues: Mark | None,
        *,
        is_closed: bool,
    ) -> None:
        """Pair one block's marks; leave a quotation open if the next block continues it.

        Args:
            number: of the block.
            start: its first offset.
            end: the offset after it.
            marks: its marks.
            continues: the mark that opens the next block, if one does.
            is_closed: whether a mark closes what that one opens.
        """
        if not marks and not self._stack:
            return
        carried = bool(self._stack)
        if not carried:
            self._first_block = number
        self._edge = start
        for index, mark in enumerate(marks):
            if carried and index == 0 and mark.position == start:
                continue  # the mark that opens each further paragraph
            if mark.kind == SINGLE:
                level = self._open_level(SINGLE)
                inside = self._stack[level - 1].mark.kind if level else None
                if is_apostrophe(
                    self._text, marks, index, self._lexicon, inside=inside, opened=level is not None
                ):
                    continue
            elif self._text[mark.position - 1].isdigit():
                opened = self._open_level(DOUBLE) is not None
                if is_measure(self._text, marks, index, start, opened=opened):
                    continue
            self._step(number, marks, index)
            if not self._stack:
                self._first_block = number
        self._finish(number, start, end, continues, is_closed=is_closed)

    def _step(self, number: int, marks: list[Mark], index: int) -> None:
        mark = marks[index]
        level = self._open_level(mark.kind)
        if level is None:
            if mark.opens:
                self._stack.append(_Open(mark, mark.position + 1))
            elif not self._stack and (mark.kind == DOUBLE or self._closes_alone(mark)):
                self._missing_opening(number, mark)
            return
        if mark.opens and not mark.closes and self._reopens(marks, index, level):
            return
        del self._stack[level + 1 :]  # single marks left open inside were apostrophes
        opened = self._stack.pop()
        self._add(number, opened, mark.position, mark.position + 1, mark.glyph)

    def _reopens(self, marks: list[Mark], index: int, level: int) -> bool:
        """An opening mark while one of its kind is open: nested, or the last one was never closed."""
        mark = marks[index]
        opened = self._stack[level]
        if self._nests(marks, index, opened.mark.glyph):
            self._stack.append(_Open(mark, mark.position + 1))
            return True
        if mark.kind == SINGLE and not self._introduced(opened):
            self._stack[level:] = [_Open(mark, mark.position + 1)]  # the first was an apostrophe
            return True
        if opened.mark.position < self._edge:
            return False  # carried over from an earlier block: its own paragraph ended it
        del self._stack[level:]
        self._add_unclosed(opened, self._closing_edge(opened.start, mark.position))
        self._stack.append(_Open(mark, mark.position + 1))
        return True

    def _nests(self, marks: list[Mark], index: int, around: str) -> bool:
        """Whether a quotation begins inside the open one, whose mark is `around`.

        The marks that follow close both; or the inner one's are curly and the outer one's straight.
        """
        mark = marks[index]
        straight = is_straight(mark.glyph)
        mixed = is_straight(around) and not straight
        depth = 2
        for ahead in range(index + 1, min(len(marks), index + 1 + _AHEAD)):
            other = marks[ahead]
            if other.kind != mark.kind:
                continue
            if other.opens == other.closes and other.kind == DOUBLE:  # its context is silent
                if straight:
                    return False
                continue
            if other.kind == SINGLE and is_apostrophe(
                self._text, marks, ahead, self._lexicon, inside=None, opened=True
            ):
                continue
            depth += -1 if other.closes else 1
            if not depth or (mixed and depth == 1 and not is_straight(other.glyph)):
                return True
        return False

    def _introduced(self, opened: _Open) -> bool:
        """Whether a single mark opens one of the article's main quotations, not a term or a short form."""
        if not self._only_single:
            return False
        before = self._text[max(0, opened.mark.position - 2) : opened.mark.position].rstrip(" ")
        return opened.mark.position == self._edge or before[-1:] in ("", "\n", ",", ":")

    def _closes_alone(self, mark: Mark) -> bool:
        """Whether a single mark that closes nothing is no apostrophe: safe,' she said."""
        return self._only_single and mark.closes and self._text[mark.position - 1] in _ENDS_QUOTATION

    def _open_level(self, kind: str) -> int | None:
        for level in range(len(self._stack) - 1, -1, -1):
            if self._stack[level].mark.kind == kind:
                return level
        return None

    def _add(self, number: int, opened: _Open, end: int, outer_end: int, glyph: str | None) -> None:
        """Adds the segment from an opening mark to an edge; `glyph` closes it, or is missing."""
        number = self._first_block if not self._stack else number
        flaw = None if glyph else "missing_closing_mark"
        if is_turned(opened.mark.glyph, glyph):
            flaw = "turned_mark"
        attribute = self._text[opened.mark.position - 1 : opened.mark.position] == "="  # <a href="...">
        start, end = _trimmed(self._text, opened.start, end)
        if start < end and not attribute:
            style = style_of(opened.mark.glyph)
            segment = Segment(
                start=start,
                end=end,
                outer_start=opened.mark.position,
                outer_end=outer_end,
                style=style,
                depth=0,
                flaw=flaw,
            )
            self.segments.append((number, segment))
        if not self._stack:
            self._edge = outer_end

    def _add_unclosed(self, opened: _Open, edge: int) -> None:
        self._add(self._first_block, opened, edge, edge, None)

    def _missing_opening(self, number: int, mark: Mark) -> None:
        start = self._opening_edge(self._edge, mark.position)
        _, end = _trimmed(self._text, start, mark.position)
        if start < end and not self._attributes(start, end):
            style = style_of(mark.glyph)
            segment = Segment(
                start=start,
                end=end,
                outer_start=start,
                outer_end=mark.position + 1,
                style=style,
                depth=0,
                flaw="missing_opening_mark",
            )
            self.segments.append((number, segment))
        self._edge = mark.position + 1

    def _attributes(self, start: int, end: int) -> bool:
        """Whether the words before a stray mark attribute a quotation: "We won," she said."""
        if end - start > _LONGEST_ATTRIBUTION:
            return False
        words = mark_patterns.WORD.findall(self._text, start, end)
        return len(words) <= _ATTRIBUTION and any(map(self._lexicon.is_cue, words))

    def _finish(self, number: int, start: int, end: int, continues: Mark | None, *, is_closed: bool) -> None:
        if not self._stack:
            return
        outer = self._stack[0]
        if (
            continues is not None
            and continues.kind == outer.mark.kind
            and self._goes_on(outer, continues, end, is_closed=is_closed)
        ):
            del self._stack[1:]
            return
        self._stack.clear()
        if outer.mark.kind == SINGLE and not self._introduced(outer):
            return
        began = outer.start if outer.start >= start else start
        self._add_unclosed(outer, self._closing_edge(began, end))

    def _goes_on(self, outer: _Open, continues: Mark, end: int, *, is_closed: bool) -> bool:
        """Whether the mark at the next paragraph's start goes on with the open quotation.

        If a mark closes it later, a speaker's own "they said it was safe" does not end it, but only an
        attribution that closes its sentence: we won, she said.
        """
        if not continues.opens and continues.glyph != "»":  # which may stand there for the mark that opens
            return False
        return self._attribution(max(outer.start, self._edge), end, only_final=is_closed) is None

    def _closing_edge(self, start: int, limit: int) -> int:
        """Where a careful editor would close a quotation that starts at `start`, at the latest at `limit`."""
        text = self._text
        attribution = self._attribution(start, limit)
        if attribution is not None:
            return attribution
        if text[start : start + 1].islower():
            match_end = mark_patterns.SENTENCE_END.search(text, start, limit)
            if match_end:
                return match_end.end()
        return _trimmed(text, start, limit)[1]

    def _attribution(self, start: int, limit: int, *, only_final: bool = False) -> int | None:
        """Where the words that attribute begin inside it, or None: after the comma of "we won, she said".

        Args:
            start: where to look.
            limit: up to where.
            only_final: whether the attribution must end its clause.
        """
        for match in mark_patterns.ATTRIBUTION_INSIDE.finditer(self._text, start, limit):
            cues = [
                group
                for group in ("inverted", "plain", "second")
                if match[group] and self._lexicon.is_cue(match[group])
            ]
            if cues and not (only_final and self._has_object(match.end(cues[0]), limit, cues[0])):
                return match.end("edge")
        return None

    def _has_object(self, verb_end: int, limit: int, group: str) -> bool:
        """Whether a clause goes on behind its verb of saying, and its subject if that follows.

        A place or a time that ends the sentence is no object: she said on Monday.
        """
        text = self._text
        if group == "inverted":
            return mark_patterns.CLOSED_NAME.match(text, verb_end, limit) is None
        if mark_patterns.CLOSED_CLAUSE.match(text, verb_end, limit):
            return False
        word = mark_patterns.WORD_AHEAD.match(text, verb_end, limit)
        is_adverbial = word is not None and self._lexicon.tags.get(word[1]) in ("R", "t")
        return not (is_adverbial and mark_patterns.SENTENCE_END.search(text, verb_end, verb_end + _ADVERBIAL))

    def _is_writers(self, sentence: str) -> bool:
        """Whether a sentence reports what was said: it has a verb of saying, and nobody speaks of himself."""
        words = mark_patterns.WORD.findall(sentence)
        small = {word.lower() for word in words if len(word) == 1 or not word.isupper()}  # "US" is no "us"
        return any(map(self._introduces, words)) and _FIRST_PERSON.isdisjoint(small)

    def _introduces(self, word: str) -> bool:
        """Whether a word is a form of a verb of saying that may stand right before a quotation."""
        lexicon = self._lexicon
        return lexicon.tags.get(word) in ("V", "G") and lexicon.frames[word] in ("say", "tell")

    def _opening_edge(self, start: int, limit: int) -> int:
        """Where a careful editor would open a quotation that ends at `limit`, at the earliest at `start`."""
        text = self._text
        edge = sentence = start
        for match in mark_patterns.SENTENCE_END.finditer(text, start, limit):
            if match.end() < limit and self._is_writers(text[sentence : match.end()]):
                edge = match.end()
            sentence = match.end()
        for match in mark_patterns.CUE_BEFORE.finditer(text, edge, limit):
            if match["colon"] or self._introduces(match["cue"]):
                edge = match.end()
        if text[limit - 1].isalnum():  # a fragment inside a sentence
            for match in mark_patterns.WORD_BEFORE.finditer(text, max(edge, limit - _FRAGMENT), limit):
                if self._lexicon.tags.get(match[1]) in _BEFORE_FRAGMENT:
                    edge = match.end()
        while edge < limit and not self._text[edge].isalnum():
            edge += 1
        return edge


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without the blanks at its ends."""
    while end > start and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return start, end
