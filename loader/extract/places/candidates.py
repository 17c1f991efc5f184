"""A name that may be a place's, with what stands around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Candidate:
    """A name that may be a place's.

    Attributes:
        start: offset in the text.
        end: offset after it.
        key: the key under which it was found.
        postings: the places so named, as in Hit.
        size: size class of the largest of them.
        evidence: what speaks for and against its being a place.
        score: the evidence's weight, in log odds.
        before: at most two words before it in small letters, nearest last.
        after: the word after it in small letters.
        gap: what stands between it and that word.
        possessive: whether an 's follows.
        word: whether the name is a common word too.
        kind: which kind of place the words behind it ask for ("region" in "Hama province"), or "".
        container: the candidate that names what it lies in ("Syria" in "Hama, Syria"), or None.
        contents: the candidates whose container it is.
    """

    start: int
    end: int
    key: str
    postings: tuple[tuple[int, int], ...]
    size: str
    evidence: list[str]
    before: Sequence[str]
    after: str
    gap: str
    possessive: bool
    word: bool
    kind: str
    score: float = 0.0
    container: Candidate | None = None
    contents: Sequence[Candidate] = ()
