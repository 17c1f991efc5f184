"""Names in a source line: persons who sign, outlets, and telling the two apart by their words alone."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

from loader.readers.roundup.phrases import (
    AUTHOR_ROLES,
    AUTHOR_SUFFIXES,
    NAME_PARTICLES,
    NO_OUTLETS,
    OUTLET_LEADS,
    OUTLET_WORDS,
    TITLE_WORDS,
)

# What parts two authors: "A and B", "A & B", "A, B", "A; B", "A with B".
_BETWEEN_AUTHORS = re.compile(r"\s*(?:,\s*and\s|,\s*&\s|;|,|\band\s|&|\bwith\s)\s*", re.IGNORECASE)
# Where an author writes from: "Ann Lee in Cairo". What a publication adds behind its name: ", vol. 3".
_WHERE = re.compile(r"\s(?:in|at|from|reporting from)\s[A-Z]")
_ADDED = re.compile(r",\s[a-z][^,]{0,40}(?:,\s[a-z][^,]{0,40})?$|\s\([a-z][^()]{0,40}\)$")
_BRACKETS = re.compile(r"\s*\([^()]{1,40}\)")
_EDGE = " \t,;:|–—-·•/"


class Span(NamedTuple):
    """A piece of a line: its text and its offsets in the line."""

    text: str
    start: int
    end: int


def trimmed(line: str, start: int, end: int, edge: str = _EDGE) -> Span:
    """The piece of a line without the blanks and separators at its edges."""
    behind = line[start:end].lstrip(edge)
    text = behind.rstrip(edge)
    start = end - len(behind)
    return Span(text, start, start + len(text))


def split_authors(line: str, start: int, end: int) -> list[Span]:
    """Splits the words after "by" into names.

    Args:
        line: the source line.
        start: offset of the first character after "by".
        end: offset after the last one.

    Returns:
        One span a person; a suffix ("Jr.") stays with its name, a job ("staff writer") is left out.
    """
    pieces: list[Span] = []
    at = start
    for match in [*_BETWEEN_AUTHORS.finditer(line, start, end), None]:
        piece = trimmed(line, at, match.start() if match else end)
        where = _WHERE.search(piece.text)
        if where:
            piece = trimmed(line, piece.start, piece.start + where.start())
        if piece.text.casefold() in AUTHOR_SUFFIXES and pieces:
            pieces[-1] = Span(line[pieces[-1].start : piece.end], pieces[-1].start, piece.end)
        elif piece.text and piece.text.casefold() not in AUTHOR_ROLES:
            pieces.append(piece)
        at = match.end() if match else end
    return pieces


def is_person(name: str) -> bool:
    """True for two to six capitalised words (initials and particles among them), none an outlet's.

    What stands in brackets, a party or "ret.", is left aside.
    """
    name = _BRACKETS.sub("", name).strip()
    words = name.split()
    capitalised = [word for word in words if word[:1].isupper() or _prefixed(word)]
    return (
        2 <= len(words) <= 6
        and len(capitalised) >= 2
        and all(word[:1].isupper() or word.casefold() in NAME_PARTICLES or _prefixed(word) for word in words)
        and not any(word.casefold() in OUTLET_WORDS for word in words)
        and not any(character.isdigit() or character in '"“”:;?!()' for character in name)
        and words[0].casefold() != "the"
    )


def _prefixed(word: str) -> bool:
    """True for "al-Assad", "d'Ancona": a particle joined to a capitalised name."""
    head, mark, tail = word.replace("’", "'").replace("'", "-").partition("-")
    return bool(mark) and len(head) <= 4 and tail[:1].isupper()


def is_outlet(name: str, *, most_words: int = 10, foreign: bool = False) -> bool:
    """True where a run of words can be an outlet's name: short, capitalised, no sentence.

    Args:
        name: the words.
        most_words: how many words it may have.
        foreign: whether only its first word need be capitalised, as in many languages.
    """
    words = name.split()
    if not words or len(words) > most_words or len(name) > 90 or name.casefold().rstrip(":.") in NO_OUTLETS:
        return False
    if not any(character.isalpha() for character in name) or name[-1] in "?!…":
        return False
    if re.search(r"[a-z]{3}[.!?]\s", name) or any(mark in name for mark in '“”"[]'):
        return False
    if foreign and name[0].isalnum() and not name[0].islower() and len(words) <= 6:
        return True
    return all(_fits_in_title(word) for word in words) and any(_is_capitalised(word) for word in words)


def is_like(name: str, other: str, likeness: float) -> bool:
    """True where two names are spelled nearly alike: `ratio` of difflib reaches the likeness, 0 to 1."""
    # The bounds above the ratio cost little, and nearly all names differ more than they allow.
    length = len(name) + len(other)
    if length and 2.0 * min(len(name), len(other)) / length < likeness:
        return False
    match = SequenceMatcher(None, name, other)
    return match.quick_ratio() >= likeness and match.ratio() >= likeness


def outlet_of(line: str, start: int, end: int) -> Span:
    """The outlet's name in a piece of a source line, without "Special to" before or ", vol. 3" behind it."""
    piece = trimmed(line, start, end)
    lead = _outlet_lead(piece.text)
    if lead:
        piece = trimmed(line, piece.start + len(lead), piece.end)
    added = _ADDED.search(piece.text) if "," in piece.text or "(" in piece.text else None
    return trimmed(line, piece.start, piece.start + added.start()) if added else piece


def has_outlet_lead(text: str) -> bool:
    """True for "Special to The Globe": words that say an outlet's name follows."""
    return _outlet_lead(text) is not None


def _outlet_lead(text: str) -> str | None:
    lowered = text.casefold()
    if not lowered.startswith(OUTLET_LEADS):
        return None
    for lead in OUTLET_LEADS:
        if lowered.startswith(lead) and (lead.endswith(":") or lowered[len(lead) :].startswith(" ")):
            return lead
    return None


def has_outlet_word(text: str) -> bool:
    """True where a word of the text is one that outlets are called by."""
    return not OUTLET_WORDS.isdisjoint(word.strip(".,") for word in text.casefold().split())


def _is_capitalised(word: str) -> bool:
    return any(character.isupper() for character in word)


def _fits_in_title(word: str) -> bool:
    return _is_capitalised(word) or word.casefold() in TITLE_WORDS or not word[:1].isalpha()
