"""What the templates are filled with: names, places and words without end, by rank.

The rank of what is drawn follows the law of Zipf and Mandelbrot, whose tail makes vocabularies grow with the
length of a text as Heaps found it: n draws give about n ** (1 / (1 + TAIL)) different names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from random import Random
from zlib import crc32

from benchmarks.speed.templates import FILLINGS, rows, words_by_class
from loader.gazetteer.layout import Tables
from loader.gazetteer.lookup import COMPILED

# Probability of a rank above r: (1 + r / head) ** -TAIL. Heaps' exponent is then 0.71.
TAIL = 0.4
_POWER = -1 / TAIL
# How many ranks are about as frequent as the first. Few countries make most news, people come and go.
_HEAD = {"country": 3, "world_region": 3, "landmark": 3, "region": 10, "city": 10, "demonym": 3}
_HEAD |= {"person": 50, "organisation": 20, "acronym": 10, "outlet": 5, "author": 30}
_HEAD_OF_WORDS = 40
_DATA = Path(__file__).parents[2] / "loader" / "data"
# Names that read as names: no digits, brackets or commas.
_PLAIN = re.compile(r"[^\W\d_][^\W\d_’' -]*(?:[’' -][^\W\d_]+)*")
_PLACES = ("country", "city", "region", "world_region", "landmark")
_BODIES = (
    "{} Institute", "{} Workers’ Party", "Bank of {}", "University of {}", "{} Brigade",
    "{} Relief Committee", "{} Chamber of Commerce", "{} Police Department", "{} Council",
    "Institute for the Study of {}",
)  # fmt: skip
_OUTLETS = (
    "{} Times",
    "{} Herald",
    "{} Post",
    "{} Journal",
    "{} Tribune",
    "Daily {}",
    "{} Observer",
    "{} News",
)
_LETTERS = "SATCRPNIDMLFBGUEKOHV"

Ranked = Callable[[int], str]


def rank(chance: float, head: int) -> int:
    """Gives the rank that a chance (0 to below 1) means: 0 is the most frequent, and there is no last."""
    drawn: float = (1.0 - chance) ** _POWER
    return int(head * (drawn - 1.0))


class Names:
    """Every vocabulary by rank: lists that begin anew where they end, and names put together without end."""

    def __init__(self) -> None:
        places = _places()
        cities = places["city"]
        # By a number of their own: in order of the alphabet the Abkhaz would make most of the news.
        found = {row["demonym"] for row in rows(_DATA / "words_demonyms.csv")}
        demonyms = sorted(found, key=lambda one: (crc32(one.encode()), one))
        listed: dict[str, Sequence[str]] = {**places, **words_by_class(), "demonym": demonyms}
        self._listed = [
            (_keys(kind), _HEAD.get(kind, _HEAD_OF_WORDS), names) for kind, names in listed.items()
        ]
        self._combined: list[tuple[tuple[str, ...], int, Ranked]] = [
            (_keys("organisation"), _HEAD["organisation"], partial(_with_city, _BODIES, cities)),
            (_keys("acronym"), _HEAD["acronym"], _acronym),
        ]
        self._people = tuple(zip(_keys("person"), _keys("surname"), strict=True))
        self.person = partial(_person, *_given_and_surnames())
        self._outlet = partial(_with_city, _OUTLETS, cities)

    def fillings(self, random: Random) -> dict[str, str]:
        """Draws what an article is about: a name or word for each place in the templates."""
        chance = random.random
        drawn = {}
        for keys, head, names in self._listed:
            length = len(names)
            for key in keys:
                drawn[key] = names[rank(chance(), head) % length]
        for keys, head, name_of in self._combined:
            for key in keys:
                drawn[key] = name_of(rank(chance(), head))
        for whole, last in self._people:
            given, surname = self.person(rank(chance(), _HEAD["person"]))
            drawn[whole] = f"{given} {surname}"
            drawn[last] = surname
        for key in _keys("number"):
            drawn[key] = str(2 + int(97 * chance()))
        return drawn

    def author(self, random: Random) -> str:
        """Draws a journalist's name."""
        return " ".join(self.person(rank(random.random(), _HEAD["author"])))

    def outlet(self, random: Random) -> str:
        """Draws an outlet's name."""
        return self._outlet(rank(random.random(), _HEAD["outlet"]))


@cache
def _keys(kind: str) -> tuple[str, ...]:
    return tuple(f"{kind}{number}" for number in range(FILLINGS[kind]))


@cache
def names() -> Names:
    """Reads the vocabularies, once in a process."""
    return Names()


def _places() -> dict[str, list[str]]:
    """Names of the gazetteer by kind, the larger places first; each name once."""
    tables = Tables(COMPILED)
    found: dict[str, dict[str, None]] = {kind: {} for kind in _PLACES}
    numbers = {number: kind for number, kind in enumerate(tables.kinds) if kind in found}
    for entry, number in enumerate(tables.kind):
        if kind := numbers.get(number):
            name = tables.name(entry)
            if _PLAIN.fullmatch(name):
                found[kind].setdefault(name)
    return {kind: list(found[kind]) for kind in _PLACES}


def _given_and_surnames() -> tuple[list[str], list[str]]:
    """Given names and surnames, the more frequent ones first."""
    given = rows(_DATA / "words_first_names.csv") + rows(_DATA / "words_first_names_world.csv")
    both = []
    for table in (given, rows(_DATA / "words_surnames.csv")):
        table.sort(key=lambda row: (-int(row["per_100000"] or 0), row["name"]))
        both.append(list(dict.fromkeys(row["name"] for row in table)))
    return both[0], both[1]


def _person(given: Sequence[str], surnames: Sequence[str], number: int) -> tuple[str, str]:
    """Pairs given names and surnames so that each pair has one rank, and neighbours share neither."""
    again, first = divmod(number, len(given))
    return given[first], surnames[(again + 613 * first) % len(surnames)]


def _with_city(patterns: Sequence[str], cities: Sequence[str], number: int) -> str:
    city, pattern = divmod(number, len(patterns))
    return patterns[pattern].format(cities[city % len(cities)])


def _acronym(number: int) -> str:
    """Three letters, from eight thousand on four, and so forth."""
    length = 3
    while number >= len(_LETTERS) ** length:
        number -= len(_LETTERS) ** length
        length += 1
    letters = []
    for place in range(length):
        number, letter = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[(letter + 7 * place) % len(_LETTERS)])
    return "".join(letters)
