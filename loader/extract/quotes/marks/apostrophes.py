"""Marks that quote nothing: apostrophes, and the signs of feet, inches, minutes and seconds."""

from __future__ import annotations

from collections.abc import Sequence

from loader.extract.discourse.lexicon import Lexicon
from loader.extract.quotes.marks import mark_patterns
from loader.extract.quotes.marks.quotation_marks import DOUBLE, SINGLE, Mark, is_straight

# Marks that are looked at after one that may be an apostrophe.
_AHEAD = 12
_LONGEST_ELISION = 8
# A plural possessive stands before its noun (the soldiers' pay), so never before a word of these classes.
_NO_NOUN = frozenset("CRTHVDPWSO")
# Last letters of a word whose apostrophe may stand for a genitive's s (soldiers', Gomez').
_POSSESSIVE = frozenset("sSzxZX")


def is_apostrophe(
    text: str, marks: Sequence[Mark], index: int, lexicon: Lexicon, *, inside: str | None, opened: bool
) -> bool:
    """Whether a single mark is an apostrophe where it stands.

    Args:
        text: folded text.
        marks: the paragraph's marks.
        index: which of them.
        lexicon: word classes.
        inside: the kind of the mark that the open single quotation itself stands in, or None.
        opened: whether a single quotation is open.
    """
    mark = marks[index]
    if mark.opens and not mark.closes:
        return _shortens(text, marks, index, lexicon, opened=opened)
    if not opened:
        return text[mark.position - 1].isdigit()
    if not _may_be_apostrophe(text, mark):
        return False
    return _better_one_follows(text, marks, index, lexicon, inside)


def _shortens(text: str, marks: Sequence[Mark], index: int, lexicon: Lexicon, *, opened: bool) -> bool:
    """Whether the mark is the apostrophe of a word shortened at its start ('90s)."""
    start = marks[index].position + 1
    end = start
    while end < len(text) and end - start < _LONGEST_ELISION and text[end].isalnum():
        end += 1
    word = text[start:end].lower()
    doubtful = word in lexicon.doubtful_elisions or (len(word) == 2 and word.isdigit())  # the class of '09
    if not doubtful or opened:
        return doubtful or lexicon.is_elision(word)
    # The 'all clear' was given: the mark opens where one that can be nothing else closes.
    for other in marks[index + 1 : index + 1 + _AHEAD]:
        if other.kind == SINGLE:
            return other.opens or _may_be_apostrophe(text, other)
    return True


def _may_be_apostrophe(text: str, mark: Mark) -> bool:
    """Whether it may end a genitive or a shortened word inside a sentence (soldiers' pay, goin' on)."""
    after = text[mark.position + 1 : mark.position + 3]
    if len(after) < 2 or not after[0].isspace() or not after[1].islower():
        return False
    return text[mark.position - 1] in _POSSESSIVE or text[mark.position - 2 : mark.position] == "in"


def _better_one_follows(
    text: str, marks: Sequence[Mark], index: int, lexicon: Lexicon, inside: str | None
) -> bool:
    """Whether a mark further on closes the quotation that this one could close."""
    weak = False  # whether another one follows that may be an apostrophe as well
    doubles = 0
    for ahead in range(index + 1, min(len(marks), index + 1 + _AHEAD)):
        other = marks[ahead]
        if other.kind == DOUBLE:
            doubles += 1
            if inside == DOUBLE:
                break  # the quotation around it ends
        elif other.opens and not other.closes:
            if not _shortens(text, marks, ahead, lexicon, opened=True):
                break
        elif not _may_be_apostrophe(text, other):
            return doubles % 2 == 0
        else:
            weak = True
    return weak and not _closes_before_word(text, marks[index].position, lexicon)


def _closes_before_word(text: str, position: int, lexicon: Lexicon) -> bool:
    """Whether the word after a mark cannot follow a genitive: 'the poor and their lawyers' and left."""
    word = mark_patterns.WORD_AHEAD.match(text, position + 1)
    if word is None:
        return True
    return lexicon.tags.get(word[1], "n") in _NO_NOUN and word[1] not in lexicon.noun_verbs


def is_measure(text: str, marks: Sequence[Mark], index: int, start: int, *, opened: bool) -> bool:
    """Whether a double mark is the sign of inches or seconds where it stands (12", 57°42'11").

    Args:
        text: folded text.
        marks: the paragraph's marks.
        index: which of them.
        start: the paragraph's start.
        opened: whether a double quotation is open.
    """
    mark = marks[index]
    position = mark.position
    if position == start or not text[position - 1].isdigit() or mark.kind == SINGLE:
        return False
    if mark_patterns.FEET_AND_INCHES.search(text, max(start, position - 8), position) or not opened:
        return True
    # An open quotation ends here unless the next mark is the one that closes it.
    following = next((other for other in marks[index + 1 : index + 4] if other.kind == DOUBLE), None)
    return is_straight(mark.glyph) and following is not None and following.closes and not following.opens
