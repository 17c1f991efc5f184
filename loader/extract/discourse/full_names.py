"""The full names of one article's persons: who bears a surname, and which full name a shorter one means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from loader.extract.discourse.lexicon import Lexicon
from loader.extract.discourse.name_spans import Run, in_order, is_given_name, key, speaker_words, surname
from loader.extract.discourse.non_person_names import is_common

_BEARERS = 50  # full names of one surname or given name that are compared, so that time stays linear
_LONGEST = 4  # words of a person's full name, particles and suffixes left out


class FullNames:
    """The full names of one article, looked up by a part.

    Args:
        runs: the article's names, in the order of the text.
        lexicon: the engine's look-ups.
    """

    def __init__(self, runs: Sequence[Run], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._first = {run.words: run for run in reversed(runs)}  # each name's first mention
        self._bearers: dict[str, dict[tuple[str, ...], None]] = {}  # surname to full names, in order
        self._counts: dict[tuple[str, ...], int] = {}  # how often each full name is written
        self._by_given: dict[str, dict[str, Run]] = {}  # given name to surnames and their full names
        self._by_word: dict[str, dict[tuple[str, ...], Run]] = {}  # any word to the full names that hold it
        self._inside: dict[str, Run] = {}  # surname to a full name in a longer one: (the) Lena Brandt Show
        self._titled: dict[str, str] = {}  # surname to the gender of its titles, "" where they differ
        self._full: dict[tuple[tuple[str, ...], str], Run | None] = {}

        for run in runs:
            if run.gender:
                self._add_title(run)
            if len(run.words) > 1:
                self._add(run)

    def _add_title(self, run: Run) -> None:
        last = surname(run.words)
        if self._titled.setdefault(last, run.gender) != run.gender:
            self._titled[last] = ""

    def _add(self, run: Run) -> None:
        """Takes note of a name of several words."""
        if run.words in self._counts and not run.organisation:
            self._counts[run.words] += 1  # nothing but the number is new
        else:
            self._add_first(run)

    def _add_first(self, run: Run) -> None:
        """Takes note of a name of several words that is new; of an organisation's each time."""
        words = run.words
        last = surname(words)
        if not run.organisation and _is_of_a_length(words):
            self._counts[words] = 1
            names = self._bearers.setdefault(last, {})
            if len(names) < _BEARERS:
                names[words] = None
            # not (the) Lena Brandt Show, nor Harbour Watch
            if not is_common(words[-1]) or (len(words) == 2 and not is_common(words[0])):
                self._add_words(run)
            if _opens_a_name(words[0]):
                same = self._by_given.setdefault(words[0], {})
                if len(same) < _BEARERS:
                    same.setdefault(last, run)
        if len(words) > 2 or run.organisation:
            for given, word in pairwise(words):
                if is_given_name(given):
                    self._inside.setdefault(key(word), replace(run, words=(given, word), organisation=False))

    def _add_words(self, run: Run) -> None:
        for word in run.words:
            names = self._by_word.setdefault(key(word), {})
            if len(names) < _BEARERS:
                names.setdefault(run.words, run)

    def first(self, run: Run) -> Run:
        """The first mention of a name."""
        return self._first.get(run.words, run)

    def is_surname(self, word: str) -> bool:
        """Whether somebody with a known given name bears a surname in this article."""
        return any(is_given_name(words[0]) for words in self._bearers.get(key(word), ()))

    def gender(self, run: Run) -> str:
        """The letter m or f by a name's title, its given name or its surname's titles; else empty."""
        given = self._lexicon.genders.get(run.words[0], "")
        return run.gender or given or self._titled.get(surname(run.words), "")

    def fullest(self, run: Run) -> Run | None:
        """The longest form of a name; of two bearers of a surname the one more often named."""
        known = run.words, run.gender
        if known not in self._full:
            self._full[known] = self._find(run)
        return self._full[known]

    def _find(self, run: Run) -> Run | None:
        words = run.words
        candidates = [self._first[other] for other in self._bearers.get(surname(words), ())]
        if len(words) > 1:
            folded = _folded(words)
            candidates = [
                other
                for other in candidates
                if key(other.words[0]) == key(words[0]) or in_order(folded, _folded(other.words))
            ]
        elif run.gender:
            candidates = [other for other in candidates if self.gender(other) in ("", run.gender)]
        if not candidates:
            return self._by_words(run) if len(words) > 1 else self._by_part(words[0])
        if len(candidates) == 1:
            return self._by_words(candidates[0]) if candidates[0].words == words else candidates[0]
        counts: Counter[str] = Counter()
        for other in candidates:
            counts[other.words[0]] += self._counts[other.words]
        # max() keeps the first of equals, and a Counter the order of first mentions
        first = max(counts, key=lambda word: (_opens_a_name(word), counts[word]))
        same = [other for other in candidates if key(other.words[0]) == key(first)]
        return max(same, key=lambda other: len(other.words))

    def _by_part(self, word: str) -> Run | None:
        """The full name of one who is named by one word of it, or in full only in another's name."""
        same = self._by_given.get(word, {})
        if len(same) == 1:
            return next(iter(same.values()))
        if same:
            return None
        holders = list(self._by_word.get(key(word), {}).values())
        return _one_person(holders) or (None if len(holders) > 1 else self._inside.get(key(word)))

    def _by_words(self, run: Run) -> Run:
        """The one longer full name that holds all the words of a name, in order; else the name itself."""
        folded = _folded(run.words)
        holders = [
            other
            for other in self._by_word.get(key(run.words[0]), {}).values()
            if len(other.words) > len(run.words) and in_order(folded, _folded(other.words))
        ]
        return _one_person(holders) or run


def _one_person(holders: Sequence[Run]) -> Run | None:
    """The longest of some full names that are forms of one; None if they are not."""
    longest = max(holders, key=lambda run: len(run.words), default=None)
    if longest is None:
        return None
    words = _folded(longest.words)
    return longest if all(in_order(_folded(run.words), words) for run in holders) else None


def _folded(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(key, words))


@lru_cache(maxsize=16384)
def _is_of_a_length(words: tuple[str, ...]) -> bool:
    if len(words) <= _LONGEST:
        return True
    apart = speaker_words("particle") | speaker_words("suffix")
    return len(words) <= 2 * _LONGEST and sum(key(word) not in apart for word in words) <= _LONGEST


def _opens_a_name(word: str) -> bool:
    """Whether a word is a given name or an initial, as what precedes a surname in a headline need not be."""
    return is_given_name(word) or word[1:2] == "."
