"""Words and names that grow with an archive as they do in life: Zipf's law and Heaps' law."""

from __future__ import annotations

import csv
import random
from array import array
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import loader

_DATA = Path(loader.__file__).parent / "data"
_WORDS = 200_000  # different ones


def column(file: str) -> list[str]:
    """The first column of one of the loader's word lists."""
    with (_DATA / file).open(encoding="utf-8", newline="") as stream:
        return [row[0] for row in list(csv.reader(stream))[1:]]


class Growing:
    """A set of names that grows with the archive; a name is a number, the commonest 1.

    Of n names the one at rank r is drawn in proportion to 1 / r.
    """

    def __init__(self, chance: random.Random, factor: float, exponent: float, most: int = 10**9) -> None:
        """Takes Heaps' law: some articles have factor * articles ** exponent names, at most so many."""
        self._random = chance.random
        self._law = (factor, exponent, most)
        self._known = 1.0
        self.counts = array("Q", [0])

    def grow(self, articles: int) -> None:
        """Lets in the names that an archive of so many articles has."""
        factor, exponent, most = self._law
        self._known = min(most, factor * articles**exponent) + 1
        self.counts.extend([0] * (int(self._known) + 1 - len(self.counts)))

    def draw(self) -> int:
        """Draws a name; who uses it counts it."""
        return int(self._known ** self._random())

    def used(self) -> Iterator[tuple[int, int]]:
        """The names that were counted, with how often."""
        return ((number, times) for number, times in enumerate(self.counts) if times)


class Words:
    """Running text: words by Zipf's law, those of the word list first, then made-up ones."""

    def __init__(self, chance: random.Random, length: int) -> None:
        common = [word for word in column("words_common.csv") if word.isalpha()]
        chance.shuffle(common)
        words = common + [made_up(number) for number in range(_WORDS - len(common))]
        # Mandelbrot's form of the law, as measured in English.
        weights = list(accumulate(1 / (rank + 2.7) for rank in range(1, len(words) + 1)))
        self._drawn = chance.choices(words, cum_weights=weights, k=length)
        self._random = chance.random

    def some(self, least: int, more: int) -> str:
        """Cuts at least so many words, and up to some more, out of the text."""
        start = int(self._random() * (len(self._drawn) - least - more))
        return " ".join(self._drawn[start : start + least + int(self._random() * more)])


def made_up(number: int) -> str:
    """A word of syllables, another one for each number."""
    syllables = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
    word = ""
    number += len(syllables)  # two syllables at least
    while number:
        number, rest = divmod(number, len(syllables))
        word += syllables[rest]
    return word
