"""Which person of an article an office or role means: "the mayor" is the one who is introduced as a mayor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from loader.extract.discourse import descriptions
from loader.extract.discourse.full_names import FullNames
from loader.extract.discourse.lexicon import Lexicon, word_set
from loader.extract.discourse.name_spans import Run, speaker_words
from loader.vocabulary import read_table

_DETERMINERS = word_set("definite")
_ARTICLES = word_set("article") | word_set("definite")
_HEAD_STOP = word_set("head_stop")
_WORD = re.compile(r"[^\W\d_][\w’'-]{0,40}")
_OTHER_ONES = 3  # words that may stand between "a" and the noun of another person
_MOST = 2000  # names that are looked at, so that time stays linear in an article of names alone


class Introduction(NamedTuple):
    """One office or role that the text gives a person.

    Attributes:
        name: the person's full name.
        words: the words of the office, lower case, abbreviations written out, the noun last.
        start: offset of the name beside which it stands.
    """

    name: Run
    words: tuple[str, ...]
    start: int


@cache
def _offices() -> dict[str, str]:
    """The office that an abbreviated title stands for: dr, doctor."""
    return {row["abbreviation"]: row["office"] for row in read_table("speakers_offices")}


class Introductions:
    """The offices and roles of one article's persons, read at first use.

    Args:
        text: the article, folded.
        runs: its names, in the order of the text.
        names: the full names of its persons.
        lexicon: the engine's look-ups.
    """

    def __init__(self, text: str, runs: Sequence[Run], names: FullNames, lexicon: Lexicon) -> None:
        self._text = text
        self._runs = runs
        self._names = names
        self._lexicon = lexicon
        self._by_noun: dict[str, list[Introduction]] | None = None

    def person(self, start: int, end: int) -> Run | None:
        """The one person whom a definite description means.

        Args:
            start: offset of the description ("the mayor", "the prime minister").
            end: offset after it.

        Returns:
            The full name; None if nobody, or more than one person, is introduced so, or if a person without a
            name is introduced in the same words between the introduction and the description.
        """
        words = _WORD.findall(self._text[start:end].lower())
        if len(words) < 2 or words[0] not in _DETERMINERS:
            return None
        office = _office(words[1:])
        if not office or self._lexicon.nouns.get(office[-1]) != "person":
            return None
        found = [one for one in self._introduced(office[-1]) if _fits(office, one.words)]
        if len({one.name.words for one in found}) != 1:
            return None
        before = [one.start for one in found if one.start < start]
        if self._is_another(office[-1], max(before, default=0), start):
            return None
        return found[0].name

    def _introduced(self, noun: str) -> list[Introduction]:
        if self._by_noun is None:
            self._by_noun = {}
            for one in self._read():
                self._by_noun.setdefault(one.words[-1], []).append(one)
        return self._by_noun.get(noun, [])

    def _read(self) -> Iterable[Introduction]:
        for run in self._runs[:_MOST]:
            if run.organisation:
                continue
            description = descriptions.describe(self._text, run, self._lexicon)
            words = _WORD.findall(description.lower()) if description else []
            office = _office(words[1:] if words and words[0] in _ARTICLES else words)
            if office:
                yield Introduction(self._names.fullest(run) or run, office, run.start)

    def _is_another(self, noun: str, start: int, end: int) -> bool:
        """Whether an unnamed person is introduced by the noun in a span: a police officer said."""
        others = _another(noun).finditer(self._text, start, end)
        return any(not self._stands_beside_a_name(match) for match in others)

    def _stands_beside_a_name(self, match: re.Match[str]) -> bool:
        """Whether the noun introduces a name: a teacher, Ann Lee; Ann Lee, a teacher."""
        text, after = self._text, self._text[match.end() : match.end() + 3].lstrip(", ")
        before = text[max(0, match.start() - 40) : match.start()].rstrip()
        return after[:1].isupper() or (before.endswith(",") and before.split()[-1][:1].isupper())


@cache
def _another(noun: str) -> re.Pattern[str]:
    between = rf"(?: [\w’'-]{{1,20}}){{0,{_OTHER_ONES}}}"
    return re.compile(
        rf"(?<![\w’'])(?:[Aa]n?|[Aa]nother|[Oo]ne|[Tt]wo){between} {re.escape(noun)}s?(?![\w’'])"
    )


def _office(words: Sequence[str]) -> tuple[str, ...]:
    """The words of an office up to its noun, abbreviations written out: (education, secretary)."""
    office: list[str] = []
    for word in words:
        if word in _HEAD_STOP:
            break
        bare = word.removesuffix("’s").removesuffix("'s")
        office.append(_offices().get(bare, bare))
    return tuple(office)


def _fits(mention: Sequence[str], introduced: Sequence[str]) -> bool:
    """Whether a description may mean an office: the same noun, no modifier that it lacks, no other rank."""
    told = set(mention[:-1])
    apart = speaker_words("other_office").intersection(introduced[:-1])
    return told.issuperset(apart) and told.issubset(introduced[:-1])
