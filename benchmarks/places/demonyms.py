"""Which annotations are demonyms, adjectives or languages: our definition of a place leaves them out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from loader.vocabulary import read_table

# GeoWebNews' annotation types of what is no place name.
DEMONYM_TYPES = frozenset({"Demonym", "Language"})


@cache
def known_demonyms() -> frozenset[str]:
    """Reads the demonyms of the place engine's own table, in small letters."""
    return frozenset(row["demonym"].lower() for row in read_table("words_demonyms"))


def is_demonym(item: Mapping[str, Any]) -> bool:
    """Tells whether an annotation is a demonym, by its type where it has one, else by its last word.

    Args:
        item: an annotated span.

    Returns:
        True for a demonym, an adjective or a language.
    """
    if item.get("type"):
        return item["type"] in DEMONYM_TYPES or item.get("modifier") == "Adjective"
    return item["text"].lower().rpartition(" ")[2] in known_demonyms()
