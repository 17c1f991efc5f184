"""Finds what a whole text tells about names of organisations: short names it introduces, photo credits."""

from __future__ import annotations

from collections.abc import Iterator

from loader.extract.places.place_lexicon import photo_agencies, word_class
from loader.extract.places.place_patterns import EXPLAINED, INTRODUCED, LETTERS, SLASH, SLASHED
from loader.gazetteer import Gazetteer
from loader.gazetteer.keys import plain_key

# How many characters before a short name its long name is sought in.
REACH = 100
# Longest short name that is read before a bracket, in characters.
LONGEST = 12
# Marks that no long name runs over.
_ENDS = ".;:!?\n()[]"


class Organisations:
    """Reads which names in a text are organisations' by what stands anywhere in it."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        """Prepares the reader.

        Args:
            gazetteer: where long names are looked up that are places': "United Arab Emirates (UAE)".
        """
        self._gazetteer = gazetteer
        self._nouns = word_class("organisation")
        self._agencies = photo_agencies()

    def short_names(self, text: str) -> frozenset[str]:
        """Finds the short names that a text introduces: "SOHR" of "Syrian Observatory (SOHR)".

        Args:
            text: the searched text.

        Returns:
            The names in small letters: later they may be printed in any case.
        """
        if "(" not in text and "[" not in text and ", or " not in text:
            return frozenset()
        names: dict[str, None] = {}
        for mark, introduced in INTRODUCED.items():
            for match in introduced.finditer(text) if mark in text else ():
                if self._is_introduced(match.group(1), _clause(text, match.start())):
                    names[match.group(1).lower()] = None
        for mark, explained in EXPLAINED.items():
            for match in explained.finditer(text) if mark in text else ():
                long = match.group(1)
                short = text[max(0, match.start() - LONGEST) : match.start()].rsplit(maxsplit=1)[-1]
                if short.isalpha() and _spelt(long, short) == len(long) and not self._is_place(long):
                    names[short.lower()] = None
        return frozenset(names)

    def _is_introduced(self, short: str, clause: str) -> bool:
        """Tells whether the end of a clause is the organisation that a short name stands for."""
        length = _spelt(clause, short)
        if length:
            return not self._is_place(clause[-length:])
        # "Kurdistan Workers' Party (PKK)": the letters are of another language's name.
        last = clause.rpartition(" ")[2]
        return last[:1].isupper() and last.lower() in self._nouns

    def _is_place(self, name: str) -> bool:
        return bool(self._gazetteer.look_up(plain_key(name)).postings)

    def credits(self, text: str) -> Iterator[tuple[int, int]]:
        """Finds the photo credits that are lists of names parted by slashes.

        Args:
            text: the searched text.

        Yields:
            Start and end of each list with an agency in it, in order.
        """
        for start, end in _lines_with_slashes(text):
            for match in SLASHED.finditer(text, start, end):
                names = (name.strip().lower() for name in match.group().split("/"))
                if any(name in self._agencies for name in names):
                    yield match.span()


def _lines_with_slashes(text: str) -> Iterator[tuple[int, int]]:
    """Yields start and end of each line that may hold a list parted by slashes; no list runs over two."""
    end = max(0, text.find("/") - 1) if "/" in text else len(text)
    while slash := SLASH.search(text, end):
        start = text.rfind("\n", 0, slash.start()) + 1
        end = text.find("\n", slash.end())
        if end < 0:
            end = len(text)
        yield start, end


def _clause(text: str, end: int) -> str:
    """Gives the text before an offset back to the clause's start, at most REACH characters."""
    clause = text[max(0, end - REACH) : end].rstrip()
    for mark in _ENDS:
        clause = clause.rpartition(mark)[2]
    return clause


def _spelt(clause: str, short: str) -> int:
    """Measures the long name at a clause's end whose words have a short name's letters as initials.

    Small words may be passed over ("Syrian Observatory for Human Rights"), the first must count.

    Returns:
        The long name's length in characters, 0 where there is none.
    """
    letters = short.lower()
    wanted = len(letters)
    for word in reversed(list(LETTERS.finditer(clause))):
        first = word.group()[0]
        if first.lower() == letters[wanted - 1]:
            wanted -= 1
        elif first.isupper():
            return 0
        if not wanted:
            return len(clause) - word.start() if first.isupper() else 0
    return 0
