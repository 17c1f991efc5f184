"""What is true of the places of one name in every text: worked out once, as names recur."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache, partial

from loader.extract.places.place_lexicon import KIND_WORDS
from loader.gazetteer import Entry, Gazetteer
from loader.gazetteer.layout import ALIAS

# Entry.size of 250,000 people: a region that is called like such a city of its country is rarely meant.
LARGE_CITY = 143
# Entry.size of 1,000,000 people: readers everywhere take the bare name for this city.
WORLD_CITY = 159
# Sets of namesakes kept, those met last.
KEPT = 2_000

CONTAINERS = frozenset({"country", "region"})
# Kinds that stand for one another in a list.
_LIST_KINDS = {"village": "city", "neighbourhood": "city", "world_region": "continent"}

Postings = tuple[tuple[int, int], ...]


class Namesakes:
    """The places of one name, or those of them that a text leaves to choose from.

    Attributes:
        postings: (name class, entry number) of each, as in Hit.
        entries: the places.
        cities: the countries in which a large city bears the name.
        twins: for each place, whether its country is one of these.
        list_kinds: for each, as what kind it counts in a list.
        seats: the first-level regions in which they lie, and how likely each is by itself.
        claims: of what its naming speaks whatever the text: "wide" for the first one's country and region,
            "country" for the country that all lie in, or "".
    """

    __slots__ = ("_priors", "cities", "claims", "entries", "list_kinds", "postings", "seats", "twins")

    def __init__(self, gazetteer: Gazetteer, postings: Postings) -> None:
        """Reads the places.

        Args:
            gazetteer: where they were found.
            postings: as in Hit, at least one.
        """
        self.postings = postings
        self.entries = tuple([gazetteer.entry(number) for _, number in postings])
        self.cities = frozenset(
            [
                entry.country
                for (name_class, _), entry in zip(postings, self.entries, strict=True)
                if entry.kind == "city" and name_class <= ALIAS and entry.size >= LARGE_CITY
            ]
        )
        self.twins = tuple([entry.country in self.cities for entry in self.entries])
        self.list_kinds = tuple([_LIST_KINDS.get(entry.kind, entry.kind) for entry in self.entries])
        self.seats = _seats(self.entries, postings)
        self.claims = _claims(self.entries, postings[0][0])
        self._priors: dict[tuple[str, bool], tuple[float, ...]] = {}

    def priors(self, kind: str, encloses: bool, weight: Mapping[str, float]) -> tuple[float, ...]:
        """Weighs each place by itself and by the kind of place that the words around the name ask for.

        Args:
            kind: a key of KIND_WORDS, or "".
            encloses: whether the text names something that lies in it.
            weight: evidence to log odds.

        Returns:
            A score for each, in log odds.
        """
        priors = self._priors.get((kind, encloses))
        if priors is None:
            priors = self._priors[kind, encloses] = tuple(
                [
                    _prior(entry, name_class, kind, twin, encloses, weight)
                    for (name_class, _), entry, twin in zip(
                        self.postings, self.entries, self.twins, strict=True
                    )
                ]
            )
        return priors


class NamesakeTable:
    """Keeps the namesakes of one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        """Prepares the table.

        Args:
            gazetteer: where places are looked up.
        """
        self._kept = lru_cache(maxsize=KEPT)(partial(Namesakes, gazetteer))

    def of(self, postings: Postings) -> Namesakes:
        """Gives the places of some postings."""
        return self._kept(postings)


def _prior(
    entry: Entry, name_class: int, kind: str, twin: bool, encloses: bool, weight: Mapping[str, float]
) -> float:
    score = weight["size"] * entry.size / 8.0 + weight[f"class_{name_class}"]
    score += weight.get(f"kind_{entry.kind}", 0.0)
    if entry.kind == "city" and entry.size >= WORLD_CITY and name_class <= ALIAS:
        score += weight["world_city"]
    if kind:
        score += weight["kind_asked"] if entry.kind in KIND_WORDS[kind] else 0.0
    elif entry.kind == "district":
        score += weight["kind_not_asked"]
    elif entry.kind == "region" and twin:
        score += weight["region_of_city"]
    if encloses and entry.kind in CONTAINERS:
        score += weight["contains"]
    return score


def _seats(entries: tuple[Entry, ...], postings: Postings) -> dict[str, float]:
    seats: dict[str, float] = {}
    total = 0.0
    for entry, (name_class, _) in zip(entries, postings, strict=True):
        likely = _likely(entry.size, name_class)
        total += likely
        if entry.region and entry.kind != "region":
            seats[entry.region] = seats.get(entry.region, 0.0) + likely
    return {region: likely / total for region, likely in seats.items()}


@cache
def _likely(size: int, name_class: int) -> float:
    """The square root of the population, halved for each step from the canonical name."""
    return float(2.0 ** (size / 16.0 - name_class))


def _claims(entries: tuple[Entry, ...], name_class: int) -> str:
    if name_class > ALIAS:
        return ""
    wide = [entry for entry in entries if entry.kind in CONTAINERS]
    if len(wide) == 1 and entries[0] is wide[0]:
        return "wide"
    return "country" if not wide and len({entry.country for entry in entries}) == 1 else ""
