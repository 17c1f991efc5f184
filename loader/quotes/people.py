"""Who a speaker is: the fullest name in the article, the kind of source, and how the text introduces it."""

from __future__ import annotations

from typing import NamedTuple

from loader.quotes.lexicon import Lexicon


class Speaker(NamedTuple):
    """A resolved source.

    Attributes:
        name: the fullest name in the article, or None.
        kind: one of `loader.records.SPEAKER_KINDS`.
        description: how the text introduces the speaker, or None.
    """

    name: str | None
    kind: str
    description: str | None


class People:
    """The named sources of one article."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._lexicon = lexicon

    def resolve(self, start: int, end: int) -> Speaker:
        """Resolves the mention at an offset."""
        mention = self._text[start:end]
        return Speaker(mention if mention[:1].isupper() else None, "person", None)
