"""A piece of a text with the words that a search found between marks, in time that goes with its length.

FTS5's own snippet() compares each occurrence of a term with every other one: a paragraph of twenty thousand
times the same word takes seconds, which no time limit interrupts.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from loader.dataset.schema import TOKENIZER
from loader.site.search import query_syntax
from loader.text import ReadingForm

OPENING, CLOSING, CUT = "⟦", "⟧", "…"
LONGEST = 260  # characters of a snippet, about forty words
_BEFORE = 60  # of them before the first word that was found
# So much of a text is read; what stands behind is found by the search, but its snippet marks nothing.
MOST_READ = 100_000
_PIECE = 10_000  # characters that are read at a time: mostly the first ones hold what is wanted
_MOST_WORDS = 20  # of a phrase that are compared at each place where it may begin
_MOST_STEMS = 100_000  # that are remembered
# A word as FTS5's tokenizer unicode61 takes it: letters and digits, and accents that follow one.
_WORD = r"(?:[^\W_]|[\u0300-\u036f])*"
_NEXT_WORD = re.compile(r"[^\W_]" + _WORD)


class _Pattern(NamedTuple):
    """One way in which a term may stand in a text: stems that follow each other, the last perhaps cut."""

    term: int
    stems: tuple[str, ...]
    is_prefix: bool

    def begins(self, stem: str) -> bool:
        """Tell whether a word of this stem is the first one."""
        first = self.stems[0]
        return stem == first or (self.is_prefix and len(self.stems) == 1 and stem.startswith(first))


class _Hit(NamedTuple):
    """A place where a term stands, in characters."""

    start: int
    end: int
    term: int


class _Wanted(NamedTuple):
    """What is looked for, and the words that it may begin with."""

    patterns: tuple[_Pattern, ...]
    first_word: re.Pattern[str]


class _Stems:
    """The stems of words, as FTS5 computes them itself, and so as they are in the archive's index."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}
        # Of this module alone, whatever thread asks: the lock lets one in at a time.
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._connection.execute(
            f"create virtual table words using fts5(word, content='', tokenize='{TOKENIZER}')"
        )
        self._connection.execute("create virtual table stems using fts5vocab(words, instance)")

    def of(self, words: Sequence[str]) -> list[str]:
        """Return the stem of each word, "" of what is no word to FTS5, or more than one."""
        with self._lock:
            unknown = [word for word in dict.fromkeys(words) if word not in self._known]
            if len(self._known) + len(unknown) > _MOST_STEMS:
                self._known = {}
                unknown = list(dict.fromkeys(words))
            if unknown:
                self._known.update(zip(unknown, self._compute(unknown), strict=True))
            return [self._known[word] for word in words]

    def _compute(self, words: Sequence[str]) -> list[str]:
        stems = self._tokens([" ".join(words)])
        if len(stems) == len(words):
            return [stem for _, stem in stems]
        single: dict[int, str] = {}
        for number, stem in self._tokens(words):
            single[number] = "" if number in single else stem
        return [single.get(number, "") for number in range(len(words))]

    def _tokens(self, texts: Sequence[str]) -> list[tuple[int, str]]:
        self._connection.execute("begin")
        try:
            self._connection.executemany("insert into words(rowid, word) values (?, ?)", enumerate(texts))
            return self._connection.execute("select doc, term from stems order by doc, offset").fetchall()
        finally:
            self._connection.execute("rollback")


@cache
def _stems() -> _Stems:
    """Return this process's stems; made when the first is wanted."""
    return _Stems()


@lru_cache(maxsize=100)
def _wanted(words: str) -> _Wanted | None:
    """Read a search; None if nothing is looked for."""
    patterns: list[_Pattern] = []
    for number, term in enumerate(query_syntax.parse(words)):
        if term.excluded:
            continue
        for text, is_prefix in term.alternatives():
            stems = tuple(_stems().of(_NEXT_WORD.findall(text)[:_MOST_WORDS]))
            if stems and all(stems):
                patterns.append(_Pattern(number, stems, is_prefix))
    if not patterns:
        return None
    # The stem begins as the word does, except for accents and letters that are no ASCII.
    initials = {pattern.stems[0][0] for pattern in patterns}
    letters = re.escape("".join(sorted(initials | {letter.upper() for letter in initials})))
    first_word = re.compile(rf"(?<![^\W_])(?:[{letters}]|(?![\x00-\x7f])[^\W_]){_WORD}")
    return _Wanted(tuple(dict.fromkeys(patterns)), first_word)


def search_snippet(words: object, *texts: object) -> str | None:
    """Return a piece of a text with what a search looks for between ⟦ and ⟧.

    Args:
        words: a search as a visitor types it.
        texts: where to look; the piece is of the text that holds most of the words, or of the first of those.

    Returns:
        At most some three hundred characters; … stands where the text goes on. None if there is no text.
    """
    wanted = _wanted(str(words if words is not None else "")[:MOST_READ])
    read = [_text(text) for text in texts if text is not None]
    if not read:
        return None
    found = [(_find(text, wanted), text) for text in read]
    (densest, around), text = max(found, key=lambda pair: len(_terms(pair[0][0])))
    return _cut(text, densest, around)


def _text(value: object) -> str:
    """The text in the form in which it is searched: whole words, without soft hyphens and ligatures."""
    return ReadingForm(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).text


def _terms(hits: Sequence[_Hit]) -> set[int]:
    return {hit.term for hit in hits}


def _find(text: str, wanted: _Wanted | None) -> tuple[list[_Hit], list[_Hit]]:
    """Return the hits of the piece of a text that has most terms and then most hits, and those around."""
    densest: list[_Hit] = []
    around: list[_Hit] = []
    if wanted is None:
        return densest, around
    every = len({pattern.term for pattern in wanted.patterns})
    before: list[_Hit] = []
    for hits in _hits(text[:MOST_READ], wanted):
        near = [*before, *hits]
        piece = _densest(near)
        if (len(_terms(piece)), len(piece)) > (len(_terms(densest)), len(densest)):
            densest, around = piece, near
        if len(_terms(densest)) == every:
            break
        before = [hit for hit in hits if hit.start > hits[-1].start - LONGEST]
    return densest, around


def _hits(text: str, wanted: _Wanted) -> Iterator[list[_Hit]]:
    """Yield where the terms stand, in the order of the text, some at a time."""
    begun: dict[str, list[_Pattern]] = {}
    position = 0
    while position < len(text):
        words = []
        for word in wanted.first_word.finditer(text, position):
            if word.start() >= position + _PIECE:
                break
            words.append(word)
        hits = []
        for word, stem in zip(words, _stems().of([word[0] for word in words]), strict=True):
            if stem not in begun:
                begun[stem] = [pattern for pattern in wanted.patterns if pattern.begins(stem)]
            ends = [(_end(text, word.end(), pattern), pattern.term) for pattern in begun[stem]]
            hits += [_Hit(word.start(), end, term) for end, term in ends if end]
        yield hits
        position = max(position + _PIECE, words[-1].end() if words else 0)


def _end(text: str, position: int, pattern: _Pattern) -> int:
    """Return where a pattern ends whose first word ends at a position; 0 if the next words are others."""
    last = len(pattern.stems) - 1
    for number, stem in enumerate(pattern.stems[1:], start=1):
        word = _NEXT_WORD.search(text, position)
        if word is None:
            return 0
        found = _stems().of([word[0]])[0]
        is_it = found.startswith(stem) if pattern.is_prefix and number == last else found == stem
        if not is_it:
            return 0
        position = word.end()
    return position


def _densest(hits: Sequence[_Hit]) -> list[_Hit]:
    """Return the hits within a snippet's length that are of most terms, and of those the most."""
    best, best_score = (0, 0), (0, 0)
    terms: Counter[int] = Counter()
    first = 0
    for last, hit in enumerate(hits):
        terms[hit.term] += 1
        while hit.end - hits[first].start > LONGEST - _BEFORE and first < last:
            terms -= Counter((hits[first].term,))
            first += 1
        score = (len(terms), last + 1 - first)
        if score > best_score:
            best, best_score = (first, last + 1), score
    return list(hits[slice(*best)])


def _cut(text: str, hits: Sequence[_Hit], around: Sequence[_Hit]) -> str:
    """Cut a piece with some hits out of a text, between words if it has any, and mark all hits in it."""
    start, end = 0, len(text)
    if end > LONGEST:
        start = _start(text, hits[0].start) if hits else 0
        end = _stop(text, start, hits[-1].end if hits else start)
    pieces = [CUT] if start else []
    position = start
    for hit in _apart(hit for hit in around if start <= hit.start < end):
        stop = min(hit.end, end)
        pieces += [text[position : hit.start], OPENING, text[hit.start : stop], CLOSING]
        position = stop
    pieces.append(text[position:end])
    return "".join(pieces) + (CUT if end < len(text) else "")


def _start(text: str, first: int) -> int:
    """Return where a snippet begins: with a sentence or at least a word before its first hit."""
    earliest = max(0, first - _BEFORE)
    if earliest == 0:
        return 0
    sentence = text.rfind(". ", earliest, first)
    if sentence >= 0:
        return sentence + 2
    space = text.find(" ", earliest, first)
    return space + 1 if space >= 0 else first


def _stop(text: str, start: int, last: int) -> int:
    """Return where a snippet ends: between words, behind its last hit if that is not too long."""
    latest = start + LONGEST
    if latest >= len(text):
        return len(text)
    space = text.rfind(" ", max(start, min(last, latest)), latest + 1)
    return space if space >= 0 else latest


def _apart(hits: Iterable[_Hit]) -> Iterator[_Hit]:
    """Join hits that overlap, as FTS5 does."""
    joined: _Hit | None = None
    for hit in hits:
        if joined is None or hit.start >= joined.end:
            if joined is not None:
                yield joined
            joined = hit
        else:
            joined = joined._replace(end=max(joined.end, hit.end))
    if joined is not None:
        yield joined
