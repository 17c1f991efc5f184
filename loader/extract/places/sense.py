"""Tells whether a mention speaks of a place or of the government, people or state that it stands for.

The rules follow what is known of metonymic place names (Markert and Nissim 2007, Gritta et al. 2017): the
subject of an action, the agent behind "by", the party behind "against" or "with" is an actor; what
stands after "in", "near" or "from" is a place.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from loader.extract.places.candidates import Candidate
from loader.extract.places.mention_groups import stand_in_list
from loader.extract.places.place_lexicon import capitals, word_class
from loader.extract.places.place_patterns import (
    ABSTRACT,
    APPOSITION,
    ASIDE,
    FOLLOWING,
    PARTICIPLE,
    RELATIVE,
)
from loader.gazetteer import Entry

LOCATION = "location"
GOVERNMENT = "government"
# Kinds of places that stand for governments.
_SEATS = frozenset({"country", "region", "landmark", "world_region", "continent"})
# How far back, in characters, the words before a mention are read.
REACH = 60
# Words whose bare form is kept.
KEPT_WORDS = 8_000
# Adverbs and auxiliaries that may stand between a subject and what it does.
MOST_BETWEEN = 3
_SIDES = ("anti-", "pro-")
_NONE: Sequence[str] = ()


class SenseReader:
    """Reads the sense of mentions from the words around them."""

    def __init__(self) -> None:
        """Prepares the reader."""
        self._location = word_class("preposition")
        self._skipped = word_class("direction") | {"the", "a", "its", "their"}
        self._actor_preposition = word_class("actor_preposition")
        self._acts_on = word_class("acts_on")
        self._of = {name: word_class(f"actor_{name}") for name in ("to", "from", "of", "on")}
        self._allies = word_class("ally_noun")
        self._ready = word_class("ready")
        self._place_nouns = word_class("place_noun")
        self._volition = word_class("volition")
        self._be = word_class("be")
        self._capitals = capitals()
        self._shared = word_class("shared_place")
        self._of_for = word_class("actor_for")
        self._relation = word_class("relation")
        self._verbs = word_class("saying") | word_class("deciding") | word_class("verb")
        self._adverbs = word_class("adverb")
        self._states = word_class("state_participle")
        self._suffixes = word_class("actor_suffix") - {"based", "born"}
        self._nouns = word_class("actor_noun")
        self._participles = word_class("volition_participle")
        self._subordinators = word_class("subordinator")
        self._bare_nouns = word_class("actor_noun_bare")

    def read(self, text: str, mentions: Sequence[Candidate], entries: Sequence[Entry]) -> list[str]:
        """Reads the sense of each mention.

        Args:
            text: the text in which they stand.
            mentions: accepted candidates, in order.
            entries: what each resolves to.

        Returns:
            "location" or "government" for each.
        """
        senses = [self._sense(text, mention, entry) for mention, entry in zip(mentions, entries, strict=True)]
        # What stands in one list plays one part: "France and Germany agreed", "with China and India".
        for at in range(1, len(mentions)):
            if (
                not senses[at]
                and senses[at - 1]
                and stand_in_list(mentions[at - 1], mentions[at], loosely=True)
            ):
                senses[at] = senses[at - 1]
        for at in range(len(mentions) - 2, -1, -1):
            if (
                not senses[at]
                and senses[at + 1]
                and stand_in_list(mentions[at], mentions[at + 1], loosely=True)
            ):
                senses[at] = senses[at + 1]
        return [sense or LOCATION for sense in senses]

    def _governs(self, mention: Candidate, entry: Entry) -> bool:
        """Tells whether a place commonly stands for a government: a state, its capital, its palace."""
        return entry.kind in _SEATS or (mention.key, entry.country) in self._capitals

    def _sense(self, text: str, mention: Candidate, entry: Entry) -> str:
        """Reads one mention; "" where nothing speaks for either sense."""
        if mention.container is not None:
            return LOCATION
        governs = self._governs(mention, entry)
        if text[mention.end : mention.end + 1] in ("-", "‑"):
            return GOVERNMENT if mention.after in self._suffixes else ""
        end = mention.end
        comma = text.startswith(", ", end)
        if governs and ((comma and self._set_off(text, end)) or _takes_sides(text, mention.start)):
            return GOVERNMENT
        relative = RELATIVE.match(text, end) if comma else None
        words = FOLLOWING.match(text, relative.end() if relative else end)
        following = words.group(1).lower().split() if words else _NONE
        if mention.contents and not (following and following[0] in self._volition):
            # "Damascus, Syria", but "Strike near Damascus, Syria says".
            return LOCATION
        if governs and not mention.possessive and following and following[0] in self._bare_nouns:
            # Whatever stands before: "according to U.S. officials", "by Russian and U.S. jets".
            return GOVERNMENT
        if mention.possessive:
            # What is owned matters, not what stands before: "in Italy's squad", "with Denmark's channel".
            return self._owns(following[:3], governs) or LOCATION
        before = self._before(text, mention.start)
        by_before = self._read_before(before)
        if by_before == LOCATION:
            return LOCATION
        if governs and following and following[0] == "to" and before and _bare(before[-1]) == "for":
            # "It is hard for Oslo to refuse".
            return GOVERNMENT
        if self._acts(following, governs) or (entry.kind == "country" and self._qualifies(following[:1])):
            return GOVERNMENT
        return by_before

    def _set_off(self, text: str, end: int) -> bool:
        """Tells whether the words set off behind a name make it an actor: "Chile, a close ally, ..."."""
        if ASIDE.match(text, end):
            return True
        participle = PARTICIPLE.match(text, end)
        if participle and participle.group(1) in self._participles:
            return True
        apposition = APPOSITION.match(text, end)
        return apposition is not None and apposition.group(1) in self._allies

    def _owns(self, following: Sequence[str], governs: bool) -> str:
        """Reads what a possessor has: "Russia's intervention", "Iran's largest city"."""
        if any(word in self._nouns for word in following):
            return GOVERNMENT
        if not governs or any(word in self._place_nouns for word in following):
            return ""
        return GOVERNMENT if any(ABSTRACT.match(word) for word in following) else ""

    def _qualifies(self, following: Sequence[str]) -> bool:
        """Tells whether a state's name stands before who or what acts for it, or before its verb."""
        return any(
            word not in self._place_nouns
            and ((word.endswith("s") and len(word) > 3) or ABSTRACT.match(word) is not None)
            for word in following
        )

    def _before(self, text: str, start: int) -> Sequence[str]:
        """Gives the clause's printed words before a mention, determiners and directions left out."""
        chunk = text[start - REACH if start > REACH else 0 : start]
        for mark in ".\n;:?!":
            if mark in chunk:
                chunk = chunk.rpartition(mark)[2]
        words = chunk.split()
        while words and _bare(words[-1]) in self._skipped:
            words.pop()
        return words

    def _read_before(self, before: Sequence[str]) -> str:
        if not before:
            return ""
        last = _bare(before[-1])
        earlier = _bare(before[-2]) if len(before) > 1 else ""
        if last in self._of:
            if earlier in self._of[last]:
                return GOVERNMENT
            return "" if last == "on" else LOCATION
        if last == "between":
            return GOVERNMENT if any(_bare(word) in self._relation for word in before[:-1]) else LOCATION
        if last == "and":
            return ""
        if last in self._allies:
            return GOVERNMENT
        if last == "with" and earlier in self._shared:
            return LOCATION
        if last == "for" and earlier not in self._of_for:
            return ""
        if last in self._actor_preposition or last in self._acts_on:
            return "" if last in self._subordinators else GOVERNMENT
        return LOCATION if last in self._location else ""

    def _acts(self, following: Sequence[str], governs: bool) -> bool:
        """Tells whether the words after a mention say that it does something, and can mean to."""
        verbs = self._verbs if governs else self._volition
        passed: list[str] = []
        for at, word in enumerate(following[: MOST_BETWEEN + 1]):
            if word in self._adverbs or word.endswith("ly"):
                if governs and word in self._verbs and self._be.isdisjoint(following[at + 1 : at + 2]):
                    # "Russia has a veto", "Russia will act", but not "Russia has been".
                    return True
                passed.append(word)
                continue
            passive = word.endswith("ed") and not self._be.isdisjoint(passed)
            if word in verbs:
                return governs or not passive
            if governs and passed and word in self._ready:
                return True
            if word.endswith(("ed", "ing")) and word not in self._states and len(word) > 4:
                return governs and (bool(passed) or word.endswith("ed"))
            return False
        return False


@lru_cache(maxsize=KEPT_WORDS)
def _bare(word: str) -> str:
    return word.strip(",()\"“”'‘’").lower()


def _takes_sides(text: str, start: int) -> bool:
    """Tells whether a name is the second half of "anti-Russia" or "pro-Russia"."""
    return text[start - 1 : start] == "-" and text[max(0, start - 5) : start].lower().endswith(_SIDES)
