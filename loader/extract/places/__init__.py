"""Finds the places that a text names and says where they lie.

capitalised_runs.py reads runs of capitalised words against the gazetteer, recognise.py weighs what speaks for
and against each name, resolve.py tells homonyms apart, sense.py says whether the place or its government is
meant. The evidence's weights are in data/place_weights.csv.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from loader.extract.places.find import Engine
from loader.gazetteer import Gazetteer, default_gazetteer
from loader.records import Mention
from loader.text import ReadingForm, one_line_of_same_length

__all__ = ["find_places"]


def find_places(
    text: str, *, roles: Sequence[str] | None = None, gazetteer: Gazetteer | None = None
) -> list[Mention]:
    """Finds and resolves the places that a text mentions.

    Args:
        text: one article, its blocks parted by a blank line.
        roles: each block's role, as in records.PARAGRAPH_ROLES or "headline"; None if unknown.
        gazetteer: where names are looked up; None for the compiled one of the package.

    Returns:
        The mentions in order of the text, none overlapping; offsets in code points of `text`, end
        exclusive.
    """
    reading = ReadingForm(text)
    mentions = _engine(gazetteer or default_gazetteer()).find(reading.text, roles)
    return [_in_text(mention, reading, text) for mention in mentions] if reading.is_changed else mentions


def _in_text(mention: Mention, reading: ReadingForm, text: str) -> Mention:
    """A mention of the reading form with the offsets and words of the text."""
    start, end = reading.span(mention.start, mention.end)
    return replace(mention, start=start, end=end, text=one_line_of_same_length(text[start:end]))


@lru_cache(maxsize=4)
def _engine(gazetteer: Gazetteer) -> Engine:
    return Engine(gazetteer)
