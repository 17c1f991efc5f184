"""Classes of words around place names, read from data/words_place_*.csv, and the rules' weights."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from loader.gazetteer.keys import plain_key
from loader.vocabulary import read_table

# Which kinds of entry a class of kind words asks for.
KIND_WORDS: dict[str, frozenset[str]] = {
    "region": frozenset({"region", "district"}),
    "district": frozenset({"district", "region"}),
    "city": frozenset({"city", "village"}),
    "facility": frozenset({"facility"}),
    "river": frozenset({"river"}),
    "neighbourhood": frozenset({"neighbourhood"}),
    "island": frozenset({"island"}),
    "lake": frozenset({"lake"}),
    "range": frozenset({"range", "mountain"}),
}


@cache
def word_class(name: str) -> frozenset[str]:
    """Reads one class of context words.

    Args:
        name: a value of the tables' column `class`.

    Returns:
        Its words in small letters.
    """
    tables = (*read_table("words_place_context"), *read_table("words_place_sense"))
    return frozenset(row["word"] for row in tables if row["class"] == name)


@cache
def demonyms() -> MappingProxyType[str, str]:
    """Reads which country or region a demonym speaks of.

    Returns:
        Demonym in small letters, without apostrophes, to ISO country code, "CC.admin1" for a region's, ""
        for a people, faith or language of no one country.
    """
    rows = read_table("words_demonyms")
    return MappingProxyType({row["demonym"].lower().replace("'", ""): row["code"] for row in rows})


def classes_of(*names: str) -> dict[str, str]:
    """Reads several classes of context words.

    Args:
        names: values of the tables' column `class`; a word of two classes counts as the later one.

    Returns:
        Word in small letters to class.
    """
    return {word: name for name in names for word in sorted(word_class(name))}


@cache
def country_words() -> MappingProxyType[str, str]:
    """Reads which country or region a word speaks of: demonyms, and offices and bodies of one country.

    Returns:
        Word in small letters to ISO country code, or "CC.admin1" for a region's.
    """
    cues = {row["word"].lower(): row["code"] for row in read_table("words_country_cues")}
    return MappingProxyType({**cues, **{word: code for word, code in demonyms().items() if code}})


@cache
def other_names() -> frozenset[str]:
    """Reads names that news uses for something else than the town so called, in small letters."""
    return frozenset(row["name"].lower() for row in read_table("words_other_names"))


@cache
def photo_agencies() -> frozenset[str]:
    """Reads the names of agencies that stand in photo credits, in small letters."""
    return frozenset(row["name"].lower() for row in read_table("photo_agencies"))


@cache
def capitals() -> frozenset[tuple[str, str]]:
    """Reads the seats of governments.

    Returns:
        Pairs of plain key and ISO country code.
    """
    return frozenset((plain_key(row["name"]), row["country_code"]) for row in read_table("words_capitals"))


@cache
def weights(stage: str) -> MappingProxyType[str, float]:
    """Reads how much each piece of evidence counts.

    Args:
        stage: "recognise" or "resolve".

    Returns:
        Evidence to weight, in units of log odds.
    """
    rows = read_table("place_weights")
    return MappingProxyType({row["evidence"]: float(row["weight"]) for row in rows if row["stage"] == stage})
