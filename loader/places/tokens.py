"""Splits a run of capitalised words into its words."""

from __future__ import annotations

from typing import NamedTuple

from loader.places.patterns import POSSESSIVE, TOKEN


class Token(NamedTuple):
    """A word of a run.

    Attributes:
        start: offset in the run.
        end: offset after it, a possessive's mark left out.
        text: the word between them.
        small: the same in small letters, without a glued article and full stops.
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
        possessive = POSSESSIVE.search(text)
        if possessive:
            end -= len(possessive.group())
            text = text[: possessive.start()]
        joint = run[previous : match.start()]
        small = text.lower().replace(".", "")
        tokens.append(
            Token(match.start(), end, text, small, joint.strip().lower() or joint[:1], possessive is not None)
        )
        previous = match.end()
    return tokens
