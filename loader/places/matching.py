"""Finds the names of the gazetteer in a run of capitalised words, the longest first."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import NamedTuple

from loader.gazetteer import Gazetteer, Hit
from loader.gazetteer.keys import exact_key, head_key, is_abbreviation, plain_key
from loader.gazetteer.layout import FIRST_NAME
from loader.places.patterns import GLUED_ARTICLE
from loader.places.tokens import Token

# Words kept; the cache is emptied when full, which keeps memory bounded on any input.
CACHE_SIZE = 50_000
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


class Word(NamedTuple):
    """What the gazetteer knows of one word.

    Attributes:
        key: the key under which it is a name by itself, or would be.
        hit: what the gazetteer knows of that key.
        longer: how many words more the longest name has that starts with it.
        sounds: whether it may be a spelling that no table holds.
    """

    key: str
    hit: Hit
    longer: int
    sounds: bool


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
        self._known: dict[str, Word] = {}

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
        word = self._word(token.text)
        longer = word.longer
        if token.possessive:
            # A possessive inside a name keeps its s: "People's Republic of China", "Martha's Vineyard".
            longer = look_up(head_key(token.text) + "s").longer
        for last in range(min(len(tokens) - 1, at + longer), at, -1):
            if tokens[last].start - token.start > LONGEST_NAME:
                continue
            key = plain_key(run[token.start : tokens[last].end])
            hit = look_up(key)
            if hit.postings:
                return Match(at, last, key, hit)
        if at == len(tokens) - 1 and run[token.end :] == "." and len(token.text) <= LONGEST_CLIPPED:
            key = exact_key(token.text + ".")
            hit = look_up(key)
            if hit.postings:
                return Match(at, at, key, hit)
        if word.hit.postings:
            return Match(at, at, word.key, word.hit)
        return self._by_sound(run, tokens, at, word) if word.sounds else None

    def _word(self, text: str) -> Word:
        """Looks a word up by itself, once."""
        word = self._known.get(text)
        if word is None:
            if len(self._known) >= CACHE_SIZE:
                self._known.clear()
            word = self._known[text] = self._look_up_word(text)
        return word

    def _look_up_word(self, text: str) -> Word:
        look_up = self._gazetteer.look_up
        longer = look_up(head_key(text)).longer
        keys = [plain_key(text)]
        if is_abbreviation(text):
            if len(text.replace(".", "")) < SHORTEST_WORD_IN_CAPITALS:
                keys.clear()
            keys.insert(0, exact_key(text))
        bare = GLUED_ARTICLE.sub("", text)
        if bare != text:
            keys.append(plain_key(bare))
        for key in keys:
            hit = look_up(key)
            if hit.postings:
                return Word(key, hit, longer, False)
        # Keys have no apostrophes: "Shi'ite" is a known word too.
        known = keys[-1] in self._context_words or text.lower() in self._context_words
        sounds = len(text) >= SHORTEST_BY_SOUND and "." not in text and not known
        return Word(keys[0], look_up(keys[0]), longer, sounds)

    def _by_sound(self, run: str, tokens: Sequence[Token], at: int, word: Word) -> Match | None:
        """Finds a spelling that no table holds, of two words or of one."""
        token = tokens[at]
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if following and following.joint in (" ", "-") and not token.possessive:
            stranger = word.hit.flags & FIRST_NAME or following.small in self._context_words
            pair = None if stranger else self._gazetteer.sounds_like(run[token.start : following.end])
            if pair and pair.postings:
                return Match(at, at + 1, plain_key(run[token.start : following.end]), pair)
        if word.hit.flags:
            return None
        alike = self._gazetteer.sounds_like(token.text)
        return Match(at, at, word.key, alike) if alike.postings else None
