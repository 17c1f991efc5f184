"""Reads runs of capitalised words: which names of the gazetteer are in one, and what stands around them.

What a run alone tells is the same wherever the run stands, so each distinct run is read once.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from loader.extract.places.cache import Kept
from loader.extract.places.headings import UNTOLD
from loader.extract.places.matching import Match, NameMatcher
from loader.extract.places.place_lexicon import KIND_WORDS, other_names, word_class
from loader.extract.places.tokens import Token, split_run
from loader.extract.places.word_features import WordReader
from loader.gazetteer import Gazetteer, Hit
from loader.gazetteer.keys import plain_key
from loader.gazetteer.layout import ALIAS, COMMON_WORD, FIRST_NAME, SURNAME, VERY_COMMON_WORD

# Runs whose reading is kept, those met last.
KEPT_RUNS = 16_000
# Names whose own evidence is kept, and namesakes looked at for it.
KEPT_NAMES = 4_000
MOST_NAMESAKES = 6
# Longest run that is worth keeping, in characters.
LONGEST_KEPT = 200
# A name in capitals of so many letters is no abbreviation.
SHORTEST_IN_CAPITALS = 4
# A single word of so many letters that is nothing else speaks for itself.
SHORTEST_TELLING = 5

_COUNTRY_KINDS = frozenset({"country"})
_WIDE_KINDS = frozenset({"continent", "world_region", "ocean", "sea", "gulf"})
_REGION_KINDS = frozenset({"region"})
_CITY_KINDS = frozenset({"city", "village"})
# Steps of Entry.size at which a city counts as larger: 2,000, 10,000, 50,000, 250,000, 1,000,000 people.
_CITY_STEPS = (88, 106, 125, 143, 159)


# Never changed, and not frozen: a frozen record takes three times as long to make, and there are millions.
@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Found:
    """A name of the gazetteer in a run.

    Attributes:
        start: offset in the run.
        end: offset after it.
        key: the key under which it was found.
        postings: the places so named, as in Hit.
        size: which size class the largest of them has ("country", "city_3", ...).
        evidence: what the run says for and against its being a place.
        kind: which kind of place the capitalised words behind it ask for ("Homs Province"), or "".
        opens: whether nothing of the run stands before it that belongs to the sentence.
        closes: whether it ends the run.
        possessive: whether an 's follows.
        capitals: whether it is printed in capitals, and neither an abbreviation nor short.
        word: whether it is a common word too.
        untold: whether some of the evidence tells nothing in a heading.
    """

    start: int
    end: int
    key: str
    postings: tuple[tuple[int, int], ...]
    size: str
    evidence: tuple[str, ...]
    kind: str
    opens: bool
    closes: bool
    possessive: bool
    capitals: bool
    word: bool
    untold: bool


class Reading(NamedTuple):
    """What a run tells.

    Attributes:
        found: the names in it.
        surnames: the keys of surnames that it introduces.
        codes: the countries and regions that its demonyms speak of.
    """

    found: tuple[Found, ...]
    surnames: tuple[str, ...]
    codes: tuple[str, ...]


# What most runs tell.
NOTHING = Reading((), (), ())


class RunReader:
    """Reads runs against one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        """Prepares the reader.

        Args:
            gazetteer: where names are looked up.
        """
        self.gazetteer = gazetteer
        self._name_evidence = lru_cache(maxsize=KEPT_NAMES)(self._weigh_name)
        # Of a run, as patterns.RUN matches it: what it tells.
        self.readings = Kept(self._read, KEPT_RUNS, LONGEST_KEPT)
        words = WordReader(gazetteer)
        self._words = words.kept
        self._classes = words.classes
        self._matcher = NameMatcher(gazetteer, words.classes)
        self._of = word_class("organisation_of")
        self._verbs = word_class("saying") | word_class("volition")
        self._other_names = other_names()
        self._region_followers = word_class("region_follower")
        self._kind_words = {word: kind for kind in KIND_WORDS for word in word_class(f"kind_{kind}")}
        self._kind_prefixes = word_class("kind_prefix")

    def _read(self, run: str) -> Reading:
        if run.isalpha() and not (word := self._words[run]).begins:
            # A single word that is no name.
            return Reading((), (), (word.code,)) if word.code else NOTHING
        tokens = split_run(run, self._words)
        found: tuple[Found, ...] = ()
        if matches := self._matcher.match(run, tokens):
            described = [self._describe(run, tokens, matches, at) for at in range(len(matches))]
            found = tuple([name for name in described if name is not None])
        codes = tuple([token.word.code for token in tokens if token.word.code])
        surnames = _surnames(tokens) if len(tokens) > 1 else ()
        return Reading(found, surnames, codes) if found or surnames or codes else NOTHING

    def _describe(self, run: str, tokens: list[Token], matches: list[Match], at: int) -> Found | None:
        """Says what a run tells of a name in it; None where no context could make the name a place's."""
        first, last, key, hit = matches[at]
        in_class = bool(tokens[first].word.what)
        size, known = self._name_evidence(key, first != last, in_class, hit.postings[:MOST_NAMESAKES])
        evidence = list(known)
        left_match = at > 0 and matches[at - 1][1] == first - 1
        right_match = at + 1 < len(matches) and matches[at + 1][0] == last + 1
        opens = first == 0
        if first:
            evidence.append(self._left(tokens, first, left_match and self._stands_alone(matches[at - 1])))
        if size not in _LARGE and not _HOPELESS.isdisjoint(evidence):
            return None
        kind = self._kind_behind(tokens, last, hit)
        if last + 1 < len(tokens):
            alone = right_match and self._stands_alone(matches[at + 1])
            right = self._right(tokens, last, alone, region=size == "wide")
            if kind:
                right[0] = "next_kind"
            elif self._names_person(tokens, first, last, key, right):
                right[0] = "person_name"
            evidence.extend(right)
        if tokens[last].possessive:
            evidence.append("possessive")
        start, end = tokens[first].start, tokens[last].end
        if key[0] == "=" and key[-1] == "." and run[end : end + 1] == ".":
            end += 1
        # Short names in capitals may be abbreviations of something else.
        capitals = len(key) >= SHORTEST_IN_CAPITALS and key[0] != "=" and run[start:end].isupper()
        return Found(
            start=start,
            end=end,
            key=key,
            postings=hit.postings,
            size=size,
            evidence=tuple(evidence),
            kind=kind,
            opens=opens,
            closes=last == len(tokens) - 1,
            possessive=tokens[last].possessive,
            capitals=capitals,
            word=not _WORDS.isdisjoint(evidence),
            untold=not UNTOLD.isdisjoint(evidence),
        )

    def _weigh_name(
        self, key: str, several: bool, in_class: bool, postings: tuple[tuple[int, int], ...]
    ) -> tuple[str, list[str]]:
        """Says what a name tells by itself, of one word that may be a context word or of several."""
        name_class, number = postings[0]
        sure = [number for name_class, number in postings if name_class <= ALIAS]
        entry = self.gazetteer.entry(min(sure, default=number))
        size = _size(entry.kind, entry.size)
        evidence = [f"name_{size}"]
        if name_class:
            evidence.append(("", "alias", "alternate", "sound")[name_class])
        if key[0] == "=":
            evidence.append(_abbreviation(key, size))
            if key[-1] == "." and self.gazetteer.look_up(plain_key(key[1:])).flags & COMMON_WORD:
                # "Wash." and "Miss." may be words that end a sentence.
                evidence.append("clipped_word")
            return size, evidence
        if several:
            evidence.append("several_words")
            return size, evidence
        flags = self.gazetteer.look_up(key).flags
        rank = "large" if size in _LARGE else "small"
        if flags & VERY_COMMON_WORD:
            evidence.append(f"very_common_{rank}")
        elif flags & COMMON_WORD:
            evidence.append(f"common_{rank}")
        if flags & FIRST_NAME:
            evidence.append(f"first_name_{rank}")
        if flags & SURNAME:
            evidence.append(f"surname_{rank}")
        if in_class:
            evidence.append("context_word")
        elif key in self._other_names:
            evidence.append(f"other_name_{rank}")
        elif not flags and len(key) >= SHORTEST_TELLING and name_class <= ALIAS:
            evidence.append(f"only_place_{rank}")
        if len(key) <= 4 and rank == "small" and key.isalpha():
            evidence.append("short")
        return size, evidence

    def _kind_behind(self, tokens: list[Token], last: int, hit: Hit) -> str:
        """Says which kind the words behind a name ask for, where the gazetteer has one of this kind."""
        if last + 1 == len(tokens) or tokens[last].possessive or tokens[last + 1].joint != " ":
            return ""
        word = tokens[last + 1].word.small
        if word in self._kind_prefixes and last + 2 < len(tokens):
            word = tokens[last + 2].word.small
        kind = self._kind_words.get(word, "")
        return kind if kind and self.is_of_kind(hit.postings, kind) else ""

    def is_of_kind(self, postings: tuple[tuple[int, int], ...], kind: str) -> bool:
        """Tells whether the gazetteer has a place of this name of the kind that words ask for.

        Args:
            postings: the places of this name, as in Hit.
            kind: a key of KIND_WORDS.

        Returns:
            True where one of the first few is of this kind.
        """
        entry = self.gazetteer.entry
        return any(entry(number).kind in KIND_WORDS[kind] for _, number in postings[:4])

    def _names_person(self, tokens: list[Token], first: int, last: int, key: str, right: list[str]) -> bool:
        """Tells whether a name is a person's first name before a surname: "Chad Smith", "Jordan Spieth"."""
        if first != last or not right or right[0] not in _BEFORE_SURNAME or "=" in key:
            return False
        if not self.gazetteer.look_up(key).flags & FIRST_NAME:
            return False
        return right[0] != "right_common" or bool(tokens[last + 1].word.flags & SURNAME)

    def _stands_alone(self, match: Match) -> bool:
        """Tells whether a name is a place's even where nothing speaks for it, unlike "Smith" or "Lake"."""
        first, last, key, hit = match
        if first != last or key[0] == "=":
            return True
        entry = self.gazetteer.entry(hit.postings[0][1])
        if key in self._classes:
            return False
        if _size(entry.kind, entry.size) in _LARGE:
            return True
        return not self.gazetteer.look_up(key).flags

    def _left(self, tokens: list[Token], first: int, left_match: bool) -> str:
        """Says what stands before a name in its run."""
        joint, before = tokens[first].joint, tokens[first - 1]
        if joint.startswith("of"):
            return self._of_what(tokens, first - 1)
        if joint in _AT:
            # "met Annan at the T-4 base": a preposition, but "University of Texas at Austin".
            return "of_organisation" if self._in_organisation(tokens, first - 1) else "prev_preposition"
        if joint.startswith("and") or joint == "&":
            if self._in_organisation(tokens, first - 1):
                return "of_organisation"
            return "left_and_place" if left_match else "left_and_other"
        if joint == "-":
            return "left_hyphen_place" if left_match else "left_hyphen"
        if before.possessive:
            return "left_possessive"
        if tokens[first].text == "US" and before.text.isupper() and before.text.isalpha() and not left_match:
            # "LET US IN": in a line of capitals the pronoun looks like the country.
            return "left_capitals"
        if left_match:
            return "left_place"
        return "left_" + before.word.neighbour

    def _of_what(self, tokens: list[Token], head: int) -> str:
        """Says what the place is "of": an organisation, an office, a province, something else."""
        small = tokens[head].word.small
        if small in self._of:
            return "of_organisation"
        what = tokens[head].word.what or "other"
        if what == "administrative" and head and tokens[head - 1].word.what == "demonym":
            # "Islamic State of Iraq"; official names of countries are in the gazetteer.
            return "of_organisation"
        return f"of_{what}" if what in _OF_WHAT else "of_other"

    def _in_organisation(self, tokens: list[Token], at: int) -> bool:
        """Tells whether a word belongs to an organisation "of" it: "Iraq" of "Islamic State of Iraq"."""
        return (
            at > 0
            and tokens[at].joint.startswith("of")
            and self._of_what(tokens, at - 1) == "of_organisation"
        )

    def _right(self, tokens: list[Token], last: int, right_match: bool, region: bool) -> list[str]:
        """Says what follows a name in its run."""
        after = tokens[last + 1]
        if tokens[last].possessive:
            return ["possessive_generic"] if after.word.what == "generic" else []
        if after.joint.startswith("of"):
            return ["right_of"]
        if after.joint.startswith("and") or after.joint == "&":
            return ["right_and_place" if right_match else "right_and_other"]
        if after.joint == "-":
            return ["right_hyphen_place" if right_match else "right_hyphen"]
        if after.word.small in self._verbs:
            # "Russia Sends Navy": in a heading verbs have capitals too.
            return ["right_verb"]
        if region and after.word.small in self._region_followers:
            # "Gulf Arab allies", "Gulf States".
            return ["next_of_region"]
        evidence = ["right_place" if right_match else "right_" + after.word.neighbour]
        if evidence[0] in ("right_organisation", "right_title"):
            return evidence
        for later in tokens[last + 2 : last + 6]:
            if later.joint not in (" ", "and", "&", "of", "of the") or later.word.small in self._verbs:
                break
            if later.word.what == "organisation":
                evidence.append("right_organisation_later")
                break
        return evidence


def _surnames(tokens: list[Token]) -> tuple[str, ...]:
    """Finds surnames behind a title or a first name: "Jordan" of "Michael Jordan"."""
    return tuple(
        [
            token.word.surname
            for before, token in pairwise(tokens)
            if before.word.introduces and token.word.surname and token.joint == " " and not before.possessive
        ]
    )


_AT = frozenset({"at", "at the"})
# Evidence that no context outweighs in a small place's name: "University", "Jackson" of "Andrew Jackson".
_HOPELESS = frozenset({"very_common_small", "left_first_name", "left_initial"})
_OF_WHAT = frozenset({"organisation", "title", "generic", "administrative", "direction"})
_BEFORE_SURNAME = frozenset(
    {"right_unknown", "right_surname", "right_first_name", "right_initial", "right_common"}
)
# Evidence that a name is also a word, so that the text's small letters are worth looking at.
_WORDS = frozenset({"very_common_large", "very_common_small", "common_large", "common_small"})
_LARGE = frozenset({"country", "wide", "region", "landmark", "city_5", "city_4"})


def _abbreviation(key: str, size: str) -> str:
    """Names the sort of an abbreviation: "Calif." is clipped, "CA" postal and rarely meant in a text."""
    if size != "region":
        return "abbreviation"
    if "." in key:
        return "abbreviation_clipped"
    return "abbreviation_postal" if len(key) == len("=CA") else "abbreviation"


def _size(kind: str, size: int) -> str:
    if kind in _COUNTRY_KINDS:
        return "country"
    if kind in _WIDE_KINDS:
        return "wide"
    if kind in _REGION_KINDS:
        return "region"
    if kind in _CITY_KINDS:
        return f"city_{bisect_right(_CITY_STEPS, size)}"
    if kind in ("district", "landmark"):
        return kind
    return "feature"
