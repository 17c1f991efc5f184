"""Weighs what stands before and behind a run of capitalised words."""

from __future__ import annotations

from loader.places.lexicon import KIND_WORDS, classes_of, word_class
from loader.places.patterns import AGE
from loader.places.runs import Found

# How many characters before a run are read.
REACH = 40
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

    def kind_after(self, gap: str, after: str, second: str) -> str:
        """Says which kind of place the words behind a name ask for: "province", "military base".

        Args:
            gap: what stands between the name and the next word.
            after: that word in small letters.
            second: the word after it.

        Returns:
            A key of KIND_WORDS, or "".
        """
        if gap != " ":
            return ""
        if after in self._kind_words:
            return self._kind_words[after]
        return self._kind_words.get(second, "") if after in self._kind_prefixes else ""

    def read_before(self, text: str, start: int) -> tuple[str, list[str]]:
        """Weighs the words before a run that starts with a name.

        Args:
            text: the searched text.
            start: offset of the run.

        Returns:
            The evidence, and the clause's words before the run in small letters, nearest last.
        """
        line = text[max(0, start - REACH) : start].rpartition("\n")[2]
        words = line.split()
        if not words:
            return "start_block", []
        plain = [word.strip(_MARKS).lower() for word in words]
        if not line[-1].isspace():
            return self._glued(words[-1][-1]), plain[:-1]
        last = words[-1].lower()
        if last[-1] in _SENTENCE_ENDS and last not in self._before:
            return "start_sentence", []
        if last[-1] in _OTHER_ENDS and last not in self._before:
            return "prev_mark", []
        if last[-1] == ",":
            return "prev_comma", plain
        return self._previous(words, last.strip(_MARKS_BEFORE)), plain

    def _glued(self, mark: str) -> str:
        """Weighs a mark that touches the name: "(Aleppo", "“Syria", "anti-Russia"."""
        if mark in "-‑":
            return "prev_hyphen"
        if mark in "([":
            return "prev_parenthesis"
        return "prev_quotation" if mark in "\"“'‘" else "prev_glued"

    def _previous(self, words: list[str], last: str) -> str:
        """Weighs the word before a name, and the one before it where that is "of"."""
        earlier = words[-2].lower() if len(words) > 1 else ""
        if last in ("of", "from") and earlier[-1:] == "," and earlier[:-1].isdecimal():
            return "of_after_age"
        if last == "of":
            head = self._of.get(earlier.strip(_MARKS_BEFORE))
            return f"of_{head}" if head else "prev_weak_preposition"
        if last in self._before:
            return "prev_" + self._before[last]
        return f"prev_{last}" if last in ("the", "and", "a") else "prev_other"

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
