"""What a name is that no title, given name or noun shows to be a person's: a place, a body, a common word."""

from __future__ import annotations

from functools import cache

from loader.extract.discourse.name_spans import is_given_name, is_surname
from loader.vocabulary import read_table


def is_no_person(words: tuple[str, ...]) -> bool:
    """Whether words with capitals name a place that stands for its government, or a body.

    Args:
        words: a name's words, without title or article.

    Returns:
        True for a place of the gazetteer, a listed organisation, and common words at both ends of a
        longer name (Harbour Watch); False where the words may be a person's.
    """
    if " ".join(words) in _places() or words[0] in _bodies():
        return len(words) > 1 or not _may_be_a_person(words[0])
    return len(words) > 1 and is_common(words[0]) and is_common(words[-1])


def is_state(words: tuple[str, ...]) -> bool:
    """Whether a name is that of a country, a region or a town, or a state's initials: Russia, U.S."""
    return " ".join(words) in _places() or (len(words) == 1 and words[0].count(".") > 1)


def is_common(word: str) -> bool:
    """Whether a capitalised word is a common one and no given name or surname: Audiences, not Baker."""
    return word.lower() in _common_words() and not _may_be_a_person(word)


def _may_be_a_person(word: str) -> bool:
    return is_given_name(word) or is_surname(word)


@cache
def _places() -> frozenset[str]:
    return frozenset(row["name"] for table in ("places", "regions") for row in read_table(table))


@cache
def _bodies() -> frozenset[str]:
    return frozenset(row["name"] for row in read_table("words_other_names") if row["note"] == "organisation")


@cache
def _common_words() -> frozenset[str]:
    return frozenset(row["word"] for row in read_table("words_common"))
