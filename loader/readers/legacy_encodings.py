"""Guesses the encoding of text that says nothing of it and is not UTF-8.

charset-normalizer proposes encodings. Which of several is right only the language tells: so the letters and
frequent words of each language that an encoding is used for (data/encoding_languages.csv) decide, and a text
for which they decide nothing is refused.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from charset_normalizer import from_bytes

from loader.readers.character_context import fits
from loader.readers.encoding_runs import high_lines
from loader.vocabulary import read_table

# Bytes that are looked at: lines with a byte outside ASCII, and some of the others.
SAMPLE_BYTES = 64_000
# The encoding that is taken if the text is short and nothing contradicts.
USUAL = "cp1252"
# The largest share of characters outside ASCII that the language does not have: foreign names, dirt.
_MAX_STRANGE = 0.05
# The least share of frequent words among all words; a text in the language has a quarter or more.
_MIN_FREQUENT = 0.1
# How much better the best encoding must be than the next that gives another text.
_MARGIN = 0.03
# Encodings of DOS and of the old Macintosh are rare: if a text has no letters outside ASCII in them or in the
# usual encoding (marks and dashes alone), or very few that are letters in that too, they must be this much
# better.
_RARE = ("cp8", "mac_")
_RARITY = 0.05
_VERY_FEW = 3
# What is looked at on its own: lines with so many bytes outside ASCII; fewer characters tell nothing.
_BLOCK = 64
_MIN_CHARACTERS = 12
_MIN_WORDS = 8
_MIN_TOUCHING = 3
_MAX_STRANGE_IN_BLOCK = 0.3
_MIN_FREQUENT_IN_BLOCK = 0.03
_MIN_FREQUENT_IN_CAPITALS = 0.08
_QUOTES_AND_DASHES = frozenset("“”‘’–—…")
_MARKS = frozenset("“”‘’„‚«»–—…\xa0€")
_TWO_ALPHABETS = re.compile("[A-Za-z][\u0370-\u10ff]|[\u0370-\u10ff][A-Za-z]")
_ASCII = bytes(range(0x80))
_WORD = re.compile(r"[^\W\d_]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a guess came to.

    Attributes:
        encoding: the Python codec, or None if none is sure enough.
        tried: the encodings that fit best, in order, for a message.
    """

    encoding: str | None
    tried: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Language:
    encodings: tuple[str, ...]
    letters: frozenset[str]
    words: frozenset[str]


class _Reading:
    """A sample read in one encoding: what it holds outside ASCII, counted."""

    def __init__(self, text: str, *, is_rare: bool) -> None:
        self.text = text
        self.letters: Counter[str] = Counter()
        self.strange = 0
        for match in _NOT_ASCII.finditer(text):
            at = match.start()
            character = match[0]
            before, after = text[at - 1 : at], text[at + 1 : at + 2]
            is_doubtful = is_rare and character in "–—‘´" and before.isalpha() and after.isalpha()
            if is_doubtful or not fits(before, character, after):
                self.strange += 1
            elif character.isalpha() and character not in "ªºµ":
                self.letters[character] += 1
        outside_ascii = _NOT_ASCII.findall(text)
        self.outside_ascii = len(outside_ascii)
        self.has_marks_alone = not self.strange and _QUOTES_AND_DASHES.issuperset(outside_ascii)
        self.words = Counter(word.lower() for word in _WORD.findall(text))
        self.word_count = self.words.total()

    def score(self, language: _Language) -> tuple[float, bool]:
        """Return how well the text fits a language, and whether well enough."""
        if language.letters:
            strange = self.strange + sum(
                count
                for letter, count in self.letters.items()
                if letter not in language.letters and letter.lower() not in language.letters
            )
            frequent = sum(count for word, count in self.words.items() if word in language.words)
            share = frequent / self.word_count if self.word_count else 0.0
        else:  # a script without blanks between words
            strange = self.strange
            total = self.letters.total()
            share = sum(self.letters[letter] for letter in language.words) / total if total else 0.0
        wrong = strange / self.outside_ascii if self.outside_ascii else 0.0
        return share - 2 * wrong, wrong <= _MAX_STRANGE and share >= _MIN_FREQUENT


@cache
def _languages() -> tuple[_Language, ...]:
    return tuple(
        _Language(
            encodings=tuple(row["encodings"].split()),
            letters=frozenset(row["letters"]),
            words=frozenset(row["words"].split() if row["letters"] else row["words"]),
        )
        for row in read_table("encoding_languages")
    )


@cache
def encodings() -> tuple[str, ...]:
    """Return every encoding that is tried, the usual first."""
    return tuple(dict.fromkeys(name for language in _languages() for name in language.encodings))


def guess(data: bytes) -> Guess:
    """Guess the encoding of bytes that hold some outside ASCII and are not UTF-8.

    Args:
        data: the bytes, of one encoding.

    Returns:
        The encoding if one is sure; else None. The same bytes give the same guess.
    """
    sample = sample_of(data)
    proposed = _proposed(sample)
    readings = {
        name: _Reading(text, is_rare=name.startswith(_RARE))
        for name, text in _decoded(sample)
        if name in proposed
    }
    scores = sorted(_scores(readings), key=lambda score: -score[0])
    tried = tuple(dict.fromkeys(name for _, name, _ in scores))[:3]
    sure = [(score, name) for score, name, is_sure in scores if is_sure]
    best = _best(sure, readings) if sure else _usual(readings)
    if best is not None and not (_decodes(data, best) and (not sure or _is_all_alike(data, best))):
        best = None
    return Guess(encoding=best and codecs.lookup(best).name, tried=tried)


def _scores(readings: dict[str, _Reading]) -> Iterator[tuple[float, str, bool]]:
    usual = readings.get(USUAL)
    has_marks_alone = usual is not None and usual.has_marks_alone
    is_likely_usual = has_marks_alone or (usual is not None and not usual.strange and _has_very_few(usual))
    # A word that a mark cuts in two counts for less than one that a letter joins: women’s, womenís.
    rarity = 3 * _RARITY if has_marks_alone else _RARITY
    for language in _languages():
        for name in language.encodings:
            if name in readings:
                score, is_sure = readings[name].score(language)
                if name.startswith(_RARE) and (is_likely_usual or not readings[name].letters):
                    score -= rarity
                yield score, name, is_sure


def _has_very_few(reading: _Reading) -> bool:
    """Return whether a text has few characters outside ASCII: letters, or any of them in English."""
    is_of_letters = reading.letters.total() == reading.outside_ascii
    english = reading.score(_languages()[0])
    return reading.outside_ascii <= _VERY_FEW and (is_of_letters or english[1])


def _best(sure: Sequence[tuple[float, str]], readings: dict[str, _Reading]) -> str | None:
    score, best = sure[0]
    for other, name in sure[1:]:
        if other <= score - _MARGIN:
            break
        if readings[name].text != readings[best].text:
            return None
    same = [name for name in readings if readings[name].text == readings[best].text]
    return min(same, key=encodings().index)


def _usual(readings: dict[str, _Reading]) -> str | None:
    """Return the usual encoding if it fits without a flaw, and no other does that gives another text."""
    usual = readings.get(USUAL)
    if usual is None or usual.strange or not _of_the_west(usual):
        return None
    for name, reading in readings.items():
        if name.startswith(_RARE) and usual.has_marks_alone:
            continue
        if reading.text != usual.text and not reading.strange:
            return None
    return USUAL


def _of_the_west(reading: _Reading) -> bool:
    known: set[str] = set()
    for language in _languages():
        if USUAL in language.encodings:
            known |= language.letters
    return all(letter in known or letter.lower() in known for letter in reading.letters)


def _proposed(sample: bytes) -> set[str]:
    """Return what charset-normalizer holds for possible, and the usual encoding."""
    matches = from_bytes(sample, cp_isolation=list(encodings()), enable_fallback=False)
    return {USUAL, *(name for match in matches for name in match.could_be_from_charset)}


def _decoded(sample: bytes) -> Iterator[tuple[str, str]]:
    for name in encodings():
        decoder = codecs.getincrementaldecoder(name)()
        try:
            yield name, decoder.decode(sample)  # the sample may end inside a character
        except UnicodeDecodeError:
            continue


def _decodes(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _is_all_alike(data: bytes, name: str) -> bool:
    """Return whether all of the bytes look like some language in this encoding: files may have been joined.

    Args:
        data: the bytes.
        name: the encoding.
    """
    languages = [language for language in _languages() if name in language.encodings]
    for text in _blocks(data, name):
        characters = Counter(_NOT_ASCII.findall(text))
        if characters.total() < _MIN_CHARACTERS:
            if _is_of_two_alphabets(text, characters.total()):
                return False
            continue
        for number, language in enumerate(languages):
            if _is_of_language(text, characters, language):
                if number:
                    languages.insert(0, languages.pop(number))  # the next block is probably in this one too
                break
        else:
            return False
    return True


def _is_of_language(text: str, characters: Counter[str], language: _Language) -> bool:
    """Return whether a block of lines may be of a language.

    Its characters outside ASCII must be letters of it or marks, letters of two alphabets must not touch in
    many places, and it must not be all capitals without frequent words, as KOI8 read as Windows-1251 is. In a
    script without blanks, some characters must be among the frequent ones.
    """
    total = characters.total()
    if not language.letters:
        frequent = sum(characters[letter] for letter in language.words)
        return frequent >= _MIN_FREQUENT_IN_BLOCK * total
    known = sum(count for character, count in characters.items() if _is_known(character, language))
    touching = len(_TWO_ALPHABETS.findall(text))
    if total - known + touching > _MAX_STRANGE_IN_BLOCK * total:
        return False
    capitals = sum(count for character, count in characters.items() if character.isupper())
    if capitals <= total / 2:
        return True
    words = _WORD.findall(text)
    frequent = sum(word.lower() in language.words for word in words)
    return len(words) < _MIN_WORDS or frequent >= _MIN_FREQUENT_IN_CAPITALS * len(words)


def _is_of_two_alphabets(text: str, total: int) -> bool:
    """Return whether most of few characters touch another alphabet, as of "Straße" read as Cyrillic."""
    touching = len(_TWO_ALPHABETS.findall(text))
    return touching >= _MIN_TOUCHING and 2 * touching >= total


def _is_known(character: str, language: _Language) -> bool:
    return character in _MARKS or character in language.letters or character.lower() in language.letters


def _blocks(data: bytes, name: str) -> Iterator[str]:
    """Yield the text of lines with bytes outside ASCII, so many at once that they have some of these."""
    lines: list[str] = []
    size = 0
    for start, end in high_lines(data):
        line = data[start:end]
        lines.append(line.decode(name, "replace"))
        size += len(line.translate(None, _ASCII))
        if size >= _BLOCK:
            yield "".join(lines)
            lines, size = [], 0
    yield "".join(lines)


def sample_of(data: bytes) -> bytes:
    """Return lines that hold bytes outside ASCII, SAMPLE_BYTES at most, whole if the text has lines."""
    if len(data) <= SAMPLE_BYTES:
        return data
    lines: list[bytes] = []
    size, at = 0, 0
    while size < SAMPLE_BYTES:
        found = _HIGH_BYTE.search(data, at)
        if found is None:
            break
        start = max(data.rfind(b"\n", at, found.start()) + 1, at)
        end = data.find(b"\n", found.start(), start + SAMPLE_BYTES)
        end = min(start + SAMPLE_BYTES, len(data)) if end < 0 else end + 1
        lines.append(data[start:end])
        size += end - start
        at = end
    return b"".join(lines)
