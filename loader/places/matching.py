"""Finds the names of the gazetteer in a run of capitalised words, the longest first."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple

from loader.gazetteer import Gazetteer, Hit
from loader.gazetteer.keys import exact_key, head_key, is_abbreviation, plain_key
from loader.gazetteer.layout import FIRST_NAME
from loader.places.patterns import GLUED_ARTICLE
from loader.places.tokens import Token

# Longest name of several words, in characters.
LONGEST_NAME = 80
# Longest clipped word, without its full stop: "Calif.".
LONGEST_CLIPPED = 6
# Capitals from here on may be a word ("IRAQ"); fewer are an abbreviation or nothing ("US", "IN").
SHORTEST_WORD_IN_CAPITALS = 4
# Shortest word looked up by its sound: of shorter ones too many sound alike.
SHORTEST_BY_SOUND = 5


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

    def match(self, run: str, tokens: Sequence[Token]) -> list[Match]:
        """Finds names, at each word the longest.

        Args:
            run: a run of capitalised words.
            tokens: its words.

        Returns:
            The names in order, none overlapping.
        """
        matches = []
        at = 0
        while at < len(tokens):
            match = self._longest(run, tokens, at)
            if match is None:
                at += 1
                continue
            matches.append(match)
            at = match.last + 1
        return matches

    def _longest(self, run: str, tokens: Sequence[Token], at: int) -> Match | None:
        look_up = self._gazetteer.look_up
        token = tokens[at]
        if len(token.text) > LONGEST_NAME:
            return None
        first = plain_key(token.text)
        head = head_key(token.text)
        # A possessive inside a name keeps its s: "People's Republic of China", "Martha's Vineyard".
        longer = look_up(head + "s" if token.possessive else head).longer
        for last in range(min(len(tokens) - 1, at + longer), at, -1):
            if tokens[last].start - token.start > LONGEST_NAME:
                continue
            key = plain_key(run[token.start : tokens[last].end])
            hit = look_up(key)
            if hit.postings:
                return Match(at, last, key, hit)
        if match := self._abbreviation(run, tokens, at):
            return match
        if is_abbreviation(token.text) and len(token.text.replace(".", "")) < SHORTEST_WORD_IN_CAPITALS:
            return None
        hit = look_up(first)
        if hit.postings:
            return Match(at, at, first, hit)
        bare = GLUED_ARTICLE.sub("", token.text)
        if bare != token.text and (without := look_up(plain_key(bare))).postings:
            return Match(at, at, plain_key(bare), without)
        return self._by_sound(run, tokens, at, hit)

    def _abbreviation(self, run: str, tokens: Sequence[Token], at: int) -> Match | None:
        """Finds "U.S.", "UAE", and at a run's end "Calif." with its full stop."""
        text = tokens[at].text
        forms = [text] if is_abbreviation(text) else []
        if at == len(tokens) - 1 and run[tokens[at].end :] == "." and len(text) <= LONGEST_CLIPPED:
            forms.insert(0, text + ".")
        for form in forms:
            key = exact_key(form)
            hit = self._gazetteer.look_up(key)
            if hit.postings:
                return Match(at, at, key, hit)
        return None

    def _by_sound(self, run: str, tokens: Sequence[Token], at: int, hit: Hit) -> Match | None:
        token = tokens[at]
        if len(token.text) < SHORTEST_BY_SOUND or token.small in self._context_words:
            return None
        if at + 1 < len(tokens) and tokens[at + 1].joint in (" ", "-") and not token.possessive:
            last = tokens[at + 1]
            if last.small not in self._context_words:
                pair = self._gazetteer.sounds_like(run[token.start : last.end])
                if pair.postings and not self._gazetteer.look_up(token.small).flags & FIRST_NAME:
                    return Match(at, at + 1, plain_key(run[token.start : last.end]), pair)
        if hit.flags or "." in token.text:
            return None
        alike = self._gazetteer.sounds_like(token.text)
        return Match(at, at, plain_key(token.text), alike) if alike.postings else None
