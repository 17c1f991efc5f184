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
# Few characters of a text are among these; replacing them one by one is several times cheaper than
# translating the text.
_TO_FOLD = re.compile(rf"[{_SPACES}{_LINE_ENDS}{INVISIBLE}\r]")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
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
    folded = _TO_FOLD.sub(_folded, text)
    if "\r" in folded:
        folded = folded.replace("\r\n", " \n").replace("\r", "\n")
    return _INVISIBLE_OUTSIDE_WORD.sub(" ", folded) if _INVISIBLE.search(folded) else folded


def _folded(match: re.Match[str]) -> str:
    return _FOLD.get(match[0], match[0])


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
