"""Finds the names of the gazetteer in a run of capitalised words, the longest first."""

from __future__ import annotations

from collections.abc import Container, Sequence
from functools import lru_cache
from typing import NamedTuple

from loader.extract.places.tokens import Token
from loader.extract.places.word_features import LONGEST_NAME
from loader.gazetteer import Gazetteer, Hit
from loader.gazetteer.keys import exact_key, head_key, plain_key
from loader.gazetteer.layout import FIRST_NAME

# Longest clipped word, without its full stop: "Calif.".
LONGEST_CLIPPED = 6
# Words whose look-up by sound is kept.
KEPT_SOUNDS = 4_000


class Match(NamedTuple):
    """A name of the gazetteer in a run.

    Attributes:
        first: number of its first word in the run.
        last: number of its last word.
        key: the key under which it was found.
        hit: what the gazetteer knows of it.
    """

    first: int
    last: int
    key: str
    hit: Hit


class NameMatcher:
    """Matches runs against one gazetteer."""

    def __init__(self, gazetteer: Gazetteer, context_words: Container[str]) -> None:
        """Prepares the matcher.

        Args:
            gazetteer: where names are looked up.
            context_words: words in small letters that are too well known to be looked up by their sound.
        """
        self._gazetteer = gazetteer
        self._context_words = context_words
        self._alike = lru_cache(maxsize=KEPT_SOUNDS)(gazetteer.sounds_like)

    def match(self, run: str, tokens: Sequence[Token]) -> list[Match]:
        """Finds names, at each word the longest.

        Args:
            run: a run of capitalised words.
            tokens: its words.

        Returns:
            The names in order, none overlapping.
        """
        matches = []
        after = -1
        clipped = len(tokens) - 1 if run[-1] == "." else -1
        for at, token in enumerate(tokens):
            # Most words begin no name.
            if at <= after or not (token.word.begins or token.possessive or at == clipped):
                continue
            match = self._longest(run, tokens, at)
            if match is not None:
                matches.append(match)
                after = match.last
        return matches

    def _longest(self, run: str, tokens: Sequence[Token], at: int) -> Match | None:
        token = tokens[at]
        if len(token.text) > LONGEST_NAME:
            return None
        word = token.word
        most = len(tokens) - 1
        if at < most:
            longer = word.longer
            if token.possessive:
                # A possessive inside a name keeps its s: "People's Republic of China", "Martha's Vineyard".
                longer = self._gazetteer.look_up(head_key(plain_key(token.text)) + "s").longer
            for last in range(min(most, at + longer), at, -1):
                if tokens[last].start - token.start > LONGEST_NAME:
                    continue
                key = plain_key(run[token.start : tokens[last].end])
                hit = self._gazetteer.look_up(key)
                if hit.postings:
                    return Match(at, last, key, hit)
        elif run[token.end :] == "." and len(token.text) <= LONGEST_CLIPPED:
            key = exact_key(token.text + ".")
            hit = self._gazetteer.look_up(key)
            if hit.postings:
                return Match(at, at, key, hit)
        if word.hit.postings:
            return Match(at, at, word.key, word.hit)
        return self._by_sound(run, tokens, at) if word.sounds else None

    def _by_sound(self, run: str, tokens: Sequence[Token], at: int) -> Match | None:
        """Finds a spelling that no table holds, of two words or of one."""
        token = tokens[at]
        word = token.word
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if following and following.joint in (" ", "-") and not token.possessive:
            stranger = word.hit.flags & FIRST_NAME or following.word.small in self._context_words
            pair = None if stranger else self._gazetteer.sounds_like(run[token.start : following.end])
            if pair and pair.postings:
                return Match(at, at + 1, plain_key(run[token.start : following.end]), pair)
        if word.hit.flags:
            return None
        alike = self._alike(token.text)
        return Match(at, at, word.key, alike) if alike.postings else None
