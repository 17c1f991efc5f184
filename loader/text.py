"""Characters: folding that keeps the length, and the form of words that names are looked for in.

Folding maps one character to one character, so an offset found in a folded copy is an offset in the file;
`ReadingForm` maps its offsets back.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right

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
# Marks that compose with the letter before them: accents, of Arabic and Japanese too.
_COMBINING = "\u0300-\u036f\u0653-\u0655\u1ab0-\u1aff\u1dc0-\u1dff\u3099\u309a"
_INVISIBLE_OUTSIDE_WORD = re.compile(
    rf"(?<![\w{_COMBINING}{INVISIBLE}])[{INVISIBLE}]++|(?<=[\w{_COMBINING}])[{INVISIBLE}]++(?!\w)"
)


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
            text = _INVISIBLE_OUTSIDE_WORD.sub(lambda run: " " * len(run[0]), text)
            to_fold = _BLANKS  # those inside words stay
    return text.replace("\r\n", " \n").replace("\r", "\n") if "\r" in text else text


_LIGATURES = "\ufb00-\ufb06"
_JAMO = "[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?"
_PERHAPS_OTHER = re.compile(f"[{_COMBINING}{_LIGATURES}{INVISIBLE}\u1100-\u1112]")
# A letter has at most so many marks: to sort more takes time that grows with the square of their number.
_OTHER = re.compile(
    rf"\w[{_COMBINING}]{{1,30}}|{_JAMO}|[{_LIGATURES}]|(?<=[\w{_COMBINING}])[{INVISIBLE}]++(?=\w)"
)


class ReadingForm:
    """A text as its words are written elsewhere, and the way back to its offsets.

    Accents are one character with their letter (NFC), ligatures such as "ﬁ" are letters, and what has no
    width is taken out of words. Names and words are looked for in this form; the text itself is stored.

    Attributes:
        text: the text in this form.
        is_changed: whether it differs from the text.
    """

    def __init__(self, text: str) -> None:
        """Make the form of a text; one that has none of these characters is its own form."""
        self.text = text
        self.is_changed = False
        if text.isascii() or _PERHAPS_OTHER.search(text) is None:
            return
        pieces: list[str] = []
        length = at = 0
        # Of each change: its offsets in the form, and in the text.
        self._starts: list[int] = []
        self._changes: list[tuple[int, int, int]] = []
        for match in _OTHER.finditer(text):
            written = _composed(match[0])
            if written == match[0]:
                continue
            start, end = match.span()
            pieces += (text[at:start], written)
            length += start - at
            self._starts.append(length)
            length += len(written)
            self._changes.append((length, start, end))
            at = end
        if self._changes:
            self.text = "".join((*pieces, text[at:]))
            self.is_changed = True

    def start(self, offset: int) -> int:
        """Return where what begins at an offset of the form begins in the text."""
        if not self.is_changed:
            return offset
        number = bisect_right(self._starts, offset) - 1
        if number < 0:
            return offset
        form_end, start, end = self._changes[number]
        return start if offset < form_end else end + offset - form_end

    def end(self, offset: int) -> int:
        """Return where what ends at an offset of the form, exclusive, ends in the text."""
        if not self.is_changed:
            return offset
        number = bisect_left(self._starts, offset) - 1
        if number < 0:
            return offset
        form_end, _, end = self._changes[number]
        return end if offset <= form_end else end + offset - form_end

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the text's offsets of a span of the form."""
        first = self.start(start)
        return first, max(first, self.end(end))


def _composed(characters: str) -> str:
    if characters[0] in INVISIBLE:
        return ""
    is_ligature = "\ufb00" <= characters <= "\ufb06"
    return unicodedata.normalize("NFKC" if is_ligature else "NFC", characters)


def one_line_of_same_length(text: str) -> str:
    """Fold the text and replace each line feed by a space: one character by one, so offsets stay."""
    return fold(text).replace("\n", " ")


def one_line(text: str) -> str:
    """Joins the text's words with single spaces, in their `ReadingForm`: for names and titles.

    Args:
        text: any text.

    Returns:
        The text on one line; its length may differ.
    """
    text = ReadingForm(text).text
    if _TO_FOLD.search(text):
        text = fold(text).translate(_WITHOUT_INVISIBLE)
    return " ".join(text.split())


def search_form(text: str) -> str | None:
    """Return the `ReadingForm` of a text for full-text search; None if the text is its own.

    FTS5 splits words at characters without a width, and does not find "office" in "oﬃce".
    """
    form = ReadingForm(text)
    return form.text if form.is_changed else None


WORD = re.compile(r"\w+(?:['’.-]\w+)*")
# Words are counted in a list of them, the quickest way, where the list is short.
_LISTED = 20_000


def word_count(text: str) -> int:
    """How many words a reader counts: runs of letters and digits, joined by apostrophes, points, hyphens."""
    text = ReadingForm(text).text
    if len(text) > _LISTED:
        return sum(1 for _ in WORD.finditer(text))
    return len(WORD.findall(text))
