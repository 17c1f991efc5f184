"""Splits a run of capitalised words into its words."""

from __future__ import annotations

from typing import NamedTuple

from loader.places.patterns import POSSESSIVE, TOKEN

_MARKS = ("'", "’")
# What a word is printed with or without: "U.S.", "Shi'ite", "Baha’i".
_UNSAID = str.maketrans(dict.fromkeys("'’‘`ʿʾʼ."))


class Token(NamedTuple):
    """A word of a run.

    Attributes:
        start: offset in the run.
        end: offset after it, a possessive's mark left out.
        text: the word between them.
        small: the same in small letters, without full stops and apostrophes.
        joint: what joins it to the word before: "", " ", "-", "of", "and", ... in small letters.
        possessive: whether an 's follows.
    """

    start: int
    end: int
    text: str
    small: str
    joint: str
    possessive: bool


def split_run(run: str) -> list[Token]:
    """Splits a run.

    Args:
        run: what patterns.RUN matched.

    Returns:
        Its words in order, what joins them left out.
    """
    tokens = []
    previous = 0
    for match in TOKEN.finditer(run):
        text = match.group()
        end = match.end()
        mark = None if text.isalnum() else POSSESSIVE.search(text)
        if mark:
            end -= len(mark.group())
            text = text[: mark.start()]
        # "Farmers' Union": the possessor's mark stands before the joint.
        plural = run[end : end + 1] in _MARKS and run[end + 1 : end + 2] == " "
        possessive = mark is not None or plural
        joint = run[previous : match.start()]
        small = text.lower()
        if not small.isalpha():
            small = small.translate(_UNSAID)
        tokens.append(Token(match.start(), end, text, small, joint.strip().lower() or joint[:1], possessive))
        previous = match.end() + plural
    return tokens
