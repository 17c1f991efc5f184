"""Composes the place engine's steps."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from loader.extract.places.candidates import Candidate
from loader.extract.places.place_lexicon import weights
from loader.extract.places.recognise import Recogniser, folded_for_search
from loader.extract.places.resolve import Answer, Resolver
from loader.extract.places.sense import SenseReader
from loader.gazetteer import Gazetteer
from loader.records import Mention

# The scores are surer of themselves than they should be: scaled so, nine of ten mentions given 0.9 are right.
RECOGNITION_SCALE = 0.6
# Evidence of how a name is filed.
_FILED = frozenset({"alias", "alternate", "sound"})


class Engine:
    """Finds places with one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        """Prepares the steps.

        Args:
            gazetteer: where names are looked up.
        """
        self._gazetteer = gazetteer
        self._recogniser = Recogniser(gazetteer, weights("recognise"))
        self._resolver = Resolver(gazetteer, weights("resolve"))
        self._senses = SenseReader()

    def find(self, text: str, roles: Sequence[str] | None = None) -> list[Mention]:
        """Finds the places in a text, as `loader.extract.places.find_places` says."""
        folded, searched = folded_for_search(text)
        candidates, spoken_of = self._recogniser.candidates(searched, roles)
        mentions = [candidate for candidate in candidates if candidate.score >= 0.0]
        answers = self._resolver.resolve(mentions, spoken_of)
        senses = self._senses.read(searched, mentions, [answer.entry for answer in answers])
        return [
            self._mention(folded, mention, answer, sense)
            for mention, answer, sense in zip(mentions, answers, senses, strict=True)
        ]

    def _mention(self, text: str, mention: Candidate, answer: Answer, sense: str) -> Mention:
        recognised = 1.0 / (1.0 + exp(-RECOGNITION_SCALE * mention.score))
        return Mention(
            start=mention.start,
            end=mention.end,
            text=text[mention.start : mention.end],
            sense=sense,
            rule=f"{_filed_as(mention)}+{answer.reason}",
            place=self._gazetteer.place(answer.entry.number),
            confidence=round(recognised * answer.sure, 3),
        )


def _filed_as(mention: Candidate) -> str:
    """Says how the gazetteer knows a printed name: as a name, an alias, a spelling, an abbreviation."""
    if mention.key[0] == "=":
        return "abbreviation"
    evidence = mention.evidence
    # Most names are filed as they are printed.
    return "name" if _FILED.isdisjoint(evidence) else next(item for item in evidence if item in _FILED)
