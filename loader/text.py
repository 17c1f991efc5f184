"""Characters: folding that keeps the length, and which characters are blank, marks or dashes.

Every function here maps one character to one character, so an offset found in a folded copy is an
offset in the file.
"""

from __future__ import annotations

import re

# Characters that look like a space or a line end to a reader and are folded to an ordinary one.
_SPACES = (
    "\t\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
# Line ends other than "\n": "\r\n" becomes " \n" and a lone "\r" a line end of its own (fold below).
_LINE_ENDS = "\u2028\u2029"
# Characters without a width. Between letters they stay (a word stays one word); elsewhere they are blank.
INVISIBLE = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\ufeff"
)

_WITHOUT_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE))
_FOLD = {**dict.fromkeys(_SPACES, " "), **dict.fromkeys(_LINE_ENDS, "\n")}
_BLANKS = re.compile(rf"[{_SPACES}{_LINE_ENDS}]")
_TO_FOLD = re.compile(rf"[{_SPACES}{_LINE_ENDS}{INVISIBLE}]")
_INVISIBLE_OUTSIDE_WORD = re.compile(rf"(?<!\w)[{INVISIBLE}]|[{INVISIBLE}](?!\w)")


def fold(text: str) -> str:
    r"""Folds the text's blanks to plain ones, one character to one character.

    No-break and other wide spaces and tabs become spaces, every kind of line end becomes "\n" (the
    "\r" of "\r\n" a space), characters without a width become spaces unless they stand inside a word.

    Args:
        text: any text.

    Returns:
        A text of the same length.
    """
    # A text has few of these characters, and of few kinds: one search goes from the first of a kind to the
    # first of the next, and each kind is replaced at once.
    to_fold, at = _TO_FOLD, 0
    while odd := to_fold.search(text, at):
        at, character = odd.start(), odd[0]
        if character in _FOLD:
            text = text.replace(character, _FOLD[character])
        else:
            text = _INVISIBLE_OUTSIDE_WORD.sub(" ", text)
            to_fold = _BLANKS  # those inside words stay
    return text.replace("\r\n", " \n").replace("\r", "\n") if "\r" in text else text


def one_line_of_same_length(text: str) -> str:
    """Fold the text and replace each line feed by a space: one character by one, so offsets stay."""
    return fold(text).replace("\n", " ")


def one_line(text: str) -> str:
    """Joins the text's words with single spaces and drops what has no width: for names and titles.

    Args:
        text: any text.

    Returns:
        The text on one line; its length may differ.
    """
    if _TO_FOLD.search(text):
        text = fold(text).translate(_WITHOUT_INVISIBLE)
    return " ".join(text.split())


WORD = re.compile(r"\w+(?:['’.-]\w+)*")
# Words are counted in a list of them, the quickest way, where the list is short.
_LISTED = 20_000


def word_count(text: str) -> int:
    """How many words a reader counts: runs of letters and digits, joined by apostrophes, points, hyphens."""
    if len(text) > _LISTED:
        return sum(1 for _ in WORD.finditer(text))
    return len(WORD.findall(text))
