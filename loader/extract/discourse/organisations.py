"""The organisations that an article names: whole names, abbreviations, and the fuller name of a short one."""

from __future__ import annotations

from dataclasses import replace

from loader.extract.discourse import name_patterns
from loader.extract.discourse.lexicon import Lexicon
from loader.extract.discourse.name_spans import Run, in_order, organisation_heads, speaker_words

_ALIKE = 50  # organisations with one word in common that are compared, so that time stays linear
_TIES = (" of ", " for ", " on ", " against ")


class Organisations:
    """The organisations of one article, added in the order of the text."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._lexicon = lexicon
        # An organisation's first mention is kept; by each word the names that have it, in order.
        self._by_word: dict[str, dict[tuple[str, ...], None]] = {}
        self._seen: set[tuple[str, ...]] = set()
        self._abbreviations: dict[str, tuple[str, ...]] = {}

    def whole(self, run: Run) -> Run:
        """An organisation's name with what follows its head: Institute, for the Study of War."""
        head = run.words[-1].lower()
        if head not in organisation_heads() and self._lexicon.nouns.get(head) != "organisation":
            return run
        if not self._text.startswith(_TIES, run.end):
            return run
        tail = name_patterns.ORGANISATION_TAIL.match(self._text, run.end)
        if tail is None:
            return run
        return replace(run, end=tail.end(), words=(*run.words, *tail.group().split()))

    def add(self, run: Run) -> None:
        """Takes note of a name: an organisation's words, and the abbreviation in brackets behind any name."""
        if run.organisation and run.words not in self._seen:
            self._seen.add(run.words)
            for word in run.words:
                names = self._by_word.setdefault(word, {})
                if len(names) < _ALIKE:
                    names.setdefault(run.words)
        if len(run.words) > 1 and self._text.startswith(" (", run.end):
            match = name_patterns.BRACKETED_ABBREVIATION.match(self._text, run.end)
            words = _words_of(match[1], run.words) if match else ()
            if match and words:
                self._abbreviations.setdefault(match[1], words)

    def abbreviated(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The name that an abbreviation stands for in this article; empty where it stands for none."""
        return self._abbreviations.get(words[0], ()) if len(words) == 1 else ()

    def fuller(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The one longer name of the article in which all the words stand, in order; else the words."""
        longer = [
            name
            for name in self._by_word.get(words[0], ())
            if len(name) > len(words) and in_order(words, name) and not _is_part(name, words)
        ]
        longest = max(longer, key=len, default=words)
        return longest if all(in_order(name, longest) for name in longer) else words


def _is_part(long: tuple[str, ...], short: tuple[str, ...]) -> bool:
    """Whether the longer name is a body of the shorter one: UN Security Council."""
    more = [word.lower() for word in long if word not in short]
    if len(short) == 1:
        return short[0].isupper() and not speaker_words("publication").issuperset(more)
    heads = organisation_heads()
    return short[-1].lower() in heads and any(word in heads for word in more)


def _words_of(abbreviation: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that an abbreviation in brackets stands for; none where it shares no letter with them."""
    initials = "".join(word[0] for word in words).upper()
    at = initials.find(abbreviation.upper())
    if at > 0:
        return words[at:]
    return words if set(initials) & set(abbreviation.upper()) else ()
