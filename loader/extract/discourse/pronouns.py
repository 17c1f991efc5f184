"""Whom a pronoun stands for: salience of the names before it, in the manner of Lappin and Leass (1994).

A name's weight tells its part in its sentence, and each sentence between it and the pronoun lessens it.
Names inside quotation marks do not count: the writer's own sentences carry the topic.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from loader.extract.discourse import name_patterns
from loader.extract.discourse.lexicon import Lexicon
from loader.extract.discourse.name_spans import Run

RECENT = 30  # names that a pronoun may look back on
_SUBJECT, OPENING, _EMBEDDED, _OTHER, _GOVERNED = 1.0, 1.0, 0.7, 0.35, 0.15
SPOKE = 1.0  # for a source of a quotation
_INVERTING = frozenset("”\"’',—")  # before a verb whose subject follows: “No,” said Brandt; he told Brandt
_LOOK_BACK = 60  # characters before a name that tell its part in the sentence
_FAR = 16  # sentences after which nothing is left
_FADING = tuple(0.45**sentences for sentences in range(_FAR + 1))  # what they leave of a name's weight


class Candidate(NamedTuple):
    """A mention that a pronoun may stand for: its offset, an identity and its weight there."""

    start: int
    identity: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Referent:
    """A name as a person whom a pronoun may stand for.

    Attributes:
        start: its offset.
        full: its longest form in the article.
        name: that form as one string.
        gender: "m" or "f" where the names show it, else empty.
        weight: its weight where it stands.
    """

    start: int
    full: Run
    name: str
    gender: str
    weight: float


class Scene:
    """Sentences and quotations of one article, read when the first pronoun asks.

    Args:
        text: the article, folded.
        quotations: start and end of each marked part, marks included, in order.
        lexicon: word classes.
    """

    def __init__(self, text: str, quotations: Sequence[tuple[int, int]], lexicon: Lexicon) -> None:
        self._text = text
        self._lexicon = lexicon
        self._quotations = quotations
        self._inside: list[int] = []  # starts and ends of quotations, in turn
        self._ends: list[int] = []
        self._weights: dict[int, float] = {}
        self._read = False

    def _scan(self) -> None:
        self._read = True
        for start, end in self._quotations:
            if not self._inside or start >= self._inside[-1]:  # not inside the one before
                self._inside += (start, end - 1)  # the marks themselves are no part of it
        inside = self._inside
        for match in name_patterns.SENTENCE_END.finditer(self._text):
            end = match.start()
            if not bisect_left(inside, end) % 2 and not self._abbreviated(end):
                self._ends.append(end)

    def _abbreviated(self, dot: int) -> bool:
        if self._text[dot] != ".":
            return False
        word = self._text[max(0, dot - 12) : dot].rpartition(" ")[2].lower()
        return len(word) == 1 or word in self._lexicon.abbreviations

    def quoted(self, offset: int) -> bool:
        """Whether an offset lies between quotation marks."""
        if not self._read:
            self._scan()
        return bisect_left(self._inside, offset) % 2 == 1

    def sentence(self, offset: int) -> int:
        """The number of sentence and paragraph ends before an offset, those inside quotations left out."""
        if not self._read:
            self._scan()
        return bisect_right(self._ends, offset)

    def window(self, offset: int) -> int:
        """Where the sentence before the one at an offset begins, quotations' sentences left out."""
        number = self.sentence(offset)
        return self._ends[number - 2] + 1 if number >= 2 else 0

    def weight(self, run: Run) -> float:
        """How much a name is the topic of its sentence: 1 for a subject, 0 inside a quotation."""
        known = self._weights.get(run.start)
        if known is None:
            known = self._weights[run.start] = self._weigh(run)
        return known

    def _weigh(self, run: Run) -> float:
        if self.quoted(run.start):
            return 0.0
        tags, text = self._lexicon.tags, self._text
        number = self.sentence(run.start)
        low = max(0, run.start - _LOOK_BACK, self._ends[number - 1] + 1 if number else 0)
        last = ""  # the word right before the name, titles in capitals left out
        for word in reversed(text[low : run.start].split()):
            if word[-1] in ",:;" or not word[0].isupper():
                last = word if word[-1].isalpha() else ""
                break
        if text[run.end : run.end + 2] in ("’s", "'s", "’ ", "' "):
            return _OTHER
        if last and tags.get(last) in ("R", "T", "O"):
            return _GOVERNED
        age = name_patterns.AGE.match(text, run.end)
        match = name_patterns.NEXT_WORD.match(text, age.end() if age else run.end)
        comma, following = (match[1], match[2] or "") if match else (None, "")
        tag = tags.get(following) or (self._lexicon.tag(following) if following else "")
        finite = bool(tag) and tag in "VvHW"
        if tags.get(last) == "V":
            if finite:
                return _EMBEDDED  # said Brandt was late
            verb = text.rfind(last, low, run.start)
            return _SUBJECT if text[max(0, verb - 2) : verb - 1] in _INVERTING else _GOVERNED
        if finite:
            return _EMBEDDED if last == "that" else _SUBJECT
        if comma and not last:
            return OPENING  # the head of the yard, Lena Brandt, a sailor,
        if not last and low > run.start - _LOOK_BACK:  # the sentence begins with the name
            return _OTHER if not tag or tag in "nh" else OPENING  # Union members
        return _OTHER

    def near(self, runs: list[Run], offset: int) -> list[Run]:
        """Those of some names before an offset that are not too many sentences away."""
        first = self.sentence(offset) - _FAR
        if first <= 0 or not runs or runs[0].start >= self._ends[first - 1]:
            return runs
        low = self._ends[first - 1]  # where sentence number `first` begins
        return [run for run in runs if run.start >= low]

    def choose(self, start: int, candidates: Iterable[Candidate]) -> str | None:
        """The identity that a pronoun stands for.

        Args:
            start: offset of the pronoun.
            candidates: the mentions before it that fit.

        Returns:
            The most salient identity, the later of equals; None where no candidate has weight.
        """
        here, ends = self.sentence(start), self._ends
        parts: dict[tuple[str, int], float] = {}  # what each identity weighs in each sentence: once
        totals: dict[str, float] = {}
        for offset, identity, weight in candidates:
            between = here - bisect_right(ends, offset)
            if not weight or between > _FAR:
                continue
            gain = weight * _FADING[between]
            more = gain - parts.get((identity, between), 0.0)
            totals.setdefault(identity, 0.0)
            if more > 0:
                parts[identity, between] = gain
                totals[identity] += more
        return max(reversed(totals), key=totals.__getitem__, default=None)
