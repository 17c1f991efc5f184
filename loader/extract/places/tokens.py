"""Splits a run of capitalised words into its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loader.extract.places.place_patterns import POSSESSIVE, TOKEN
from loader.extract.places.word_features import Word

_MARKS = ("'", "’")


# Never changed, and not frozen: a frozen record takes three times as long to make, and there are millions.
@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Token:
    """A word of a run.

    Attributes:
        start: offset in the run.
        end: offset after it, a possessive's mark left out.
        text: the word between them.
        joint: what joins it to the word before: "", " ", "-", "of", "and", ... in small letters.
        possessive: whether an 's follows.
        word: what is known of the word.
    """

    start: int
    end: int
    text: str
    joint: str
    possessive: bool
    word: Word


def split_run(run: str, words: Mapping[str, Word]) -> list[Token]:
    """Splits a run.

    Args:
        run: what patterns.RUN matched.
        words: what is known of each word.

    Returns:
        Its words in order, what joins them left out.
    """
    if run.isalpha():
        return [Token(start=0, end=len(run), text=run, joint="", possessive=False, word=words[run])]
    if run.replace(" ", "").isalpha():
        return _split_at_blanks(run, words)
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
        tokens.append(
            Token(
                start=match.start(),
                end=end,
                text=text,
                joint=joint.strip().lower() or joint[:1],
                possessive=possessive,
                word=words[text],
            )
        )
        previous = match.end() + plural
    return tokens


def _split_at_blanks(run: str, words: Mapping[str, Word]) -> list[Token]:
    """Splits a run of nothing but letters and blanks, as most are: what has no capital is a joint."""
    tokens = []
    start = 0
    joint = ""
    for piece in run.split(" "):
        end = start + len(piece)
        if piece[:1].isupper():
            tokens.append(
                Token(
                    start=start,
                    end=end,
                    text=piece,
                    joint=joint if start else "",
                    possessive=False,
                    word=words[piece],
                )
            )
            joint = " "
        elif piece:
            joint = piece if joint in ("", " ") else f"{joint} {piece}"
        start = end + 1
    return tokens
