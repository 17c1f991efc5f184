"""Reads single words of runs: which classes they belong to, what the gazetteer knows of them.

Words recur far more often than runs do, so each is read once.
"""

from __future__ import annotations

from dataclasses import dataclass

from loader.extract.places.cache import Kept
from loader.extract.places.place_lexicon import country_words, demonyms, word_class
from loader.extract.places.place_patterns import GLUED_ARTICLE
from loader.gazetteer import Gazetteer, Hit
from loader.gazetteer.keys import exact_key, head_key, is_abbreviation, plain_key
from loader.gazetteer.layout import COMMON_WORD, FIRST_NAME, SURNAME, VERY_COMMON_WORD
from loader.gazetteer.lookup import NO_HIT

# Words whose reading is kept, those met last.
KEPT_WORDS = 28_000
# Longest name, in characters.
LONGEST_NAME = 80
# Capitals from here on may be a word ("IRAQ"); fewer are an abbreviation or nothing ("US", "IN").
SHORTEST_WORD_IN_CAPITALS = 4
# Shortest word looked up by its sound: of shorter ones too many sound alike.
SHORTEST_BY_SOUND = 5

# Classes of words in a run; a word of two classes counts as the later one: "State" is administrative.
_CLASSES = (
    "organisation", "title", "generic", "administrative", "calendar", "demonym", "direction",
    "weak_preposition", "preposition",
)  # fmt: skip
# What the word before a surname may be.
_BEFORE_SURNAME = frozenset({"title", "first_name", "initial"})
# What a word is printed with or without: "U.S.", "Shi'ite", "Baha’i".
_UNSAID = str.maketrans(dict.fromkeys("'’‘`ʿʾʼ."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What is known of one word of a run.

    Attributes:
        small: the word in small letters, without full stops and apostrophes.
        what: its class among the context words, or "".
        code: the country or region that it speaks of, as in lexicon.country_words, or "".
        neighbour: what it is to a name that it stands beside: its class, or a sort of word or name.
        introduces: whether a surname may follow it.
        surname: its key where it may be a surname behind such a word, else "".
        flags: what its plain key is besides a place's name, as in Hit.
        key: the key under which it is a name by itself, or would be.
        hit: what the gazetteer knows of that key.
        longer: how many words more the longest name has that starts with it.
        sounds: whether it may be a spelling that no table holds.
        begins: whether a name may begin with it, as far as the word itself tells.
    """

    small: str
    what: str
    code: str
    neighbour: str
    introduces: bool
    surname: str
    flags: int
    key: str
    hit: Hit
    longer: int
    sounds: bool
    begins: bool


class WordReader:
    """Reads words against one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        """Prepares the reader.

        Args:
            gazetteer: where words are looked up.
        """
        self._gazetteer = gazetteer
        # Of a word as printed, a possessive's mark left out: what is known of it.
        self.kept = Kept(self._read, KEPT_WORDS, LONGEST_NAME)
        # Context words in small letters to their class.
        self.classes: dict[str, str] = {word: name for name in _CLASSES for word in word_class(name)}
        for word in demonyms():
            self.classes.setdefault(word, "demonym")
        self._codes = country_words()

    def _read(self, text: str) -> Word:
        small = text.lower()
        if not small.isalpha():
            small = small.translate(_UNSAID)
        what = self.classes.get(small, "")
        plain = plain_key(text)
        known = self._gazetteer.look_up(plain)
        neighbour = what or _sort(text, small, known.flags)
        # "Houston Mayor Annise Parker", but "Mayor Jackson": a title may also end a phrase.
        named = not what and (known.flags & (SURNAME | FIRST_NAME) or not known.postings)
        key, hit, longer, sounds = self._as_name(text, plain, known)
        return Word(
            small=small,
            what=what,
            code=self._codes.get(small, ""),
            neighbour=neighbour,
            introduces=neighbour in _BEFORE_SURNAME,
            surname=plain if named else "",
            flags=known.flags,
            key=key,
            hit=hit,
            longer=longer,
            sounds=sounds,
            begins=bool(longer or hit.postings or sounds),
        )

    def _as_name(self, text: str, plain: str, known: Hit) -> tuple[str, Hit, int, bool]:
        """Looks a word up as a name by itself, or as the first word of one."""
        if len(text) > LONGEST_NAME:
            return plain, NO_HIT, 0, False
        look_up = self._gazetteer.look_up
        head = head_key(plain)
        longer = known.longer if head == plain else look_up(head).longer
        keys = [plain]
        # The first tests are cheap and rule most words out.
        if (text.isupper() or text[-1:] == ".") and is_abbreviation(text):
            if len(text.replace(".", "")) < SHORTEST_WORD_IN_CAPITALS:
                keys.clear()
            keys.insert(0, exact_key(text))
        bare = text if text.isalpha() else GLUED_ARTICLE.sub("", text)
        if bare != text:
            keys.append(plain_key(bare))
        for key in keys:
            hit = known if key == plain else look_up(key)
            if hit.postings:
                return key, hit, longer, False
        # Keys have no apostrophes: "Shi'ite" is a context word too.
        in_class = keys[-1] in self.classes or text.lower() in self.classes
        sounds = len(text) >= SHORTEST_BY_SOUND and "." not in text and not in_class
        return keys[0], known if keys[0] == plain else look_up(keys[0]), longer, sounds


def _sort(text: str, small: str, flags: int) -> str:
    """Names the sort of a word that is of no class."""
    if text in ("A", "I"):
        return "very_common"
    if len(small) <= 1 or "." in text:
        return "initial"
    if len(small) > LONGEST_NAME:
        return "unknown"
    if flags & VERY_COMMON_WORD:
        return "very_common"
    if flags & FIRST_NAME:
        return "first_name"
    if flags & COMMON_WORD:
        return "common"
    return "surname" if flags & SURNAME else "unknown"
