"""Tells whether a mention speaks of a place or of the government, people or state that it stands for."""

from __future__ import annotations

from loader.places.lexicon import word_class
from loader.places.recognise import Candidate


class SenseReader:
    """Reads the sense of mentions from the words around them."""

    def __init__(self) -> None:
        """Prepares the reader."""
        self._location = word_class("preposition") | word_class("direction")
        self._acts = word_class("saying") | word_class("deciding")
        self._suffixes = word_class("actor_suffix")
        self._actor_nouns = word_class("actor_noun")

    def sense(self, mention: Candidate) -> str:
        """Reads one mention.

        Args:
            mention: an accepted candidate.

        Returns:
            "location" or "government".
        """
        before = mention.before[-1] if mention.before else ""
        if mention.gap == " " and mention.after in self._acts and before not in self._location:
            return "government"
        if mention.gap[:1] in ("-", "‑") and mention.after in self._suffixes:
            return "government"
        if before in self._location:
            return "location"
        if mention.possessive and mention.after in self._actor_nouns:
            return "government"
        return "location"
