"""Weighs what stands before and behind a run of capitalised words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from loader.extract.places.capitalised_runs import Found
from loader.extract.places.place_lexicon import KIND_WORDS, classes_of, word_class
from loader.extract.places.place_patterns import AGE, SECOND

# How many characters before a run are read.
REACH = 40
# Words whose reading is kept.
KEPT_WORDS = 8_000
# Marks around words that are no part of them.
_MARKS = '.,;:!?"“”()'
_MARKS_BEFORE = "“\"(‘'"
_SENTENCE_ENDS = '.!?"”'
_OTHER_ENDS = ":;)—–-"
_CURRENCIES = ("$", "€", "£")
# Size classes of places that speak and act in the news.
_ACTORS = frozenset({"country", "wide", "region", "landmark", "city_5"})


class ContextReader:
    """Reads the words around runs."""

    def __init__(self) -> None:
        """Prepares the reader."""
        self._before = classes_of("title", "direction", "weak_preposition", "preposition")
        self._after = classes_of("organisation", "deciding", "saying", "generic", "administrative")
        self._of = classes_of("title", "generic", "administrative", "organisation_of")
        self._kind_words = {word: kind for kind in KIND_WORDS for word in word_class(f"kind_{kind}")}
        self._kind_prefixes = word_class("kind_prefix")
        self._suffixes = word_class("actor_suffix")
        self._region_followers = word_class("region_follower")
        # Only these words tell something behind a name and a space.
        self.telling = frozenset(
            {*self._kind_words, *self._kind_prefixes, *self._after, *self._region_followers}
        )
        self._word_before = lru_cache(maxsize=KEPT_WORDS)(self._read_word_before)

    def kind_after(self, text: str, end: int, after: str) -> str:
        """Says which kind of place the words behind a name ask for: "province", "military base".

        Args:
            text: the searched text.
            end: offset after the next word.
            after: that word, behind a space, in small letters.

        Returns:
            A key of KIND_WORDS, or "".
        """
        if after in self._kind_words:
            return self._kind_words[after]
        second = SECOND.match(text, end) if after in self._kind_prefixes else None
        return self._kind_words.get(second.group(1), "") if second else ""

    def read_before(self, text: str, start: int) -> tuple[str, Sequence[str]]:
        """Weighs the words before a run that starts with a name.

        Args:
            text: the searched text.
            start: offset of the run.

        Returns:
            The evidence, and at most two of the clause's words before the run in small letters, nearest
            last.
        """
        line = text[start - REACH if start > REACH else 0 : start]
        if "\n" in line:
            line = line.rpartition("\n")[2]
        # Only the last words are read; what stands before them stays in one piece.
        words = line.rsplit(None, 2)
        if not words:
            return "start_block", ()
        if not line[-1].isspace():
            return _glued(line[-1]), [_bare(word) for word in line.split()[-3:-1]]
        evidence, plain = self._word_before(words[-1])
        if plain is None:
            return evidence, ()
        if len(words) == 1:
            return evidence or self._preposition_before(words[-1], ""), (plain,)
        return evidence or self._preposition_before(words[-1], words[-2]), (_bare(words[-2]), plain)

    def _read_word_before(self, word: str) -> tuple[str, str | None]:
        """Weighs the word before a name.

        Returns:
            The evidence, "" where it hangs on the word before that; and the word without marks and in small
            letters, or None where a clause ends with it.
        """
        last = word.lower()
        plain = _bare(word)
        if last[-1] in _SENTENCE_ENDS and last not in self._before:
            return "start_sentence", None
        if last[-1] in _OTHER_ENDS and last not in self._before:
            return "prev_mark", None
        if last[-1] == ",":
            return "prev_comma", plain
        last = last.strip(_MARKS_BEFORE)
        if last in ("of", "from"):
            return "", plain
        if last in self._before:
            return "prev_" + self._before[last], plain
        return f"prev_{last}" if last in ("the", "and", "a") else "prev_other", plain

    def _preposition_before(self, word: str, earlier: str) -> str:
        """Weighs "of" or "from" before a name by the word before it."""
        last, earlier = word.lower().strip(_MARKS_BEFORE), earlier.lower()
        if earlier[-1:] == "," and earlier[:-1].isdecimal():
            return "of_after_age"
        if last == "of":
            head = self._of.get(earlier.strip(_MARKS_BEFORE))
            return f"of_{head}" if head else "prev_weak_preposition"
        return "prev_" + self._before[last] if last in self._before else "prev_other"

    def read_after(self, text: str, end: int, name: Found, gap: str, after: str) -> str:
        """Weighs the words after a run that ends with a name.

        Args:
            text: the searched text.
            end: offset after the name.
            name: the name.
            gap: what stands between the name and the next word.
            after: that word in small letters.

        Returns:
            The evidence, or "" where nothing tells.
        """
        if gap == " ":
            if name.size == "wide" and after in self._region_followers:
                return "next_of_region"
            what = self._after.get(after)
            if what is None or name.possessive:
                return ""
            if what not in ("saying", "deciding"):
                return f"next_{what}"
            return f"next_{what}_large" if name.size in _ACTORS else f"next_{what}_small"
        if gap[:1] in _CURRENCIES and gap:
            return "next_currency"
        if gap[:1] in ("-", "‑"):
            return "next_actor_suffix" if after in self._suffixes else "next_hyphen"
        return "next_age" if gap == ", " and AGE.match(text, end) else ""


@lru_cache(maxsize=KEPT_WORDS)
def _bare(word: str) -> str:
    return word.strip(_MARKS).lower()


def _glued(mark: str) -> str:
    """Weighs a mark that touches the name: "(Aleppo", "“Syria", "anti-Russia"."""
    if mark in "-‑":
        return "prev_hyphen"
    if mark in "([":
        return "prev_parenthesis"
    return "prev_quotation" if mark in "\"“'‘" else "prev_glued"
