"""Who a speaker is: the fullest name in the article, the kind of source, and how the text introduces it."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from loader.quotes import patterns
from loader.quotes.lexicon import Lexicon, word_set

_HE = word_set("he")
_SHE = word_set("she")
_RELATIVE = word_set("relative")
_PLURAL = word_set("plural")
_SINGULAR = word_set("singular")
_ORGANISATION = word_set("organisation")
_MODIFIERS = word_set("title_modifier")
_HEAD_STOP = word_set("head_stop")
_ARTICLES = tuple(sorted(word_set("name_article")))
_PLACE_PREPOSITIONS = tuple(sorted(word_set("place")))
_RECENT = 30  # names and speakers that a pronoun may look back on
_SPEAKING = 300  # characters around a mention that are looked at for how it is introduced


class Speaker(NamedTuple):
    """A resolved source.

    Attributes:
        name: the fullest name in the article, or None.
        kind: one of `loader.records.SPEAKER_KINDS`.
        description: how the text introduces the speaker, or None.
    """

    name: str | None
    kind: str
    description: str | None


class _Run(NamedTuple):
    """A run of capitalised words: offsets of the name itself, without titles before it."""

    start: int
    end: int
    words: tuple[str, ...]
    titled: bool
    gender: str  # of a title before it


class People:
    """The named sources of one article, resolved from mentions in the order of the text."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self._text = text
        self._lexicon = lexicon
        self._runs: list[_Run] = []
        self._by_last: dict[str, list[_Run]] = {}
        self._abbreviations: dict[str, str] = {}
        self._known: dict[tuple[int, int], Speaker] = {}
        self._full: dict[tuple[tuple[str, ...], str], _Run | None] = {}
        self._place_like: dict[str, bool] = {}
        self._introduced: dict[tuple[str, ...], str | None] = {}
        self._persons: list[tuple[int, Speaker, str]] = []  # offset, source, gender of each person so far
        parsed: dict[str, _Run | None] = {}  # a name is often repeated, so each form is read once
        for match in patterns.NAME_RUN.finditer(text):
            printed, start = match.group(), match.start()
            if printed not in parsed:
                parsed[printed] = _strip_titles(printed, 0, len(printed), lexicon)
            run = parsed[printed]
            if run is not None:
                self._index(run._replace(start=start + run.start, end=start + run.end))

    def _index(self, run: _Run) -> None:
        self._runs.append(run)
        self._by_last.setdefault(_key(run.words[-1]), []).append(run)
        abbreviation = patterns.BRACKETED_ABBREVIATION.match(self._text, run.end)
        if abbreviation and len(run.words) > 1:
            self._abbreviations.setdefault(abbreviation[1], " ".join(run.words))

    def resolve(self, start: int, end: int) -> Speaker:
        """Resolves a mention.

        Args:
            start: offset of the mention.
            end: offset after it.

        Returns:
            The source, as far as the article tells.
        """
        known = self._known.get((start, end))
        if known is None:
            known = self._known[start, end] = self._resolve(start, end)
        return known

    def _resolve(self, start: int, end: int) -> Speaker:
        mention = self._text[start:end]
        low = mention.lower()
        if low in _HE or low in _SHE:
            return self._pronoun(start, "m" if low in _HE else "f")
        if low in _RELATIVE:
            return self._antecedent(start)
        if low in _PLURAL or low in _SINGULAR:
            return Speaker(None, "group" if low in _PLURAL else "person", None)
        found = self._name_in(start, end)
        if found is None:
            return self._unnamed(start, end)
        return self._named(found, start, end)

    # --- names -----------------------------------------------------------------------------------------

    def _name_in(self, start: int, end: int) -> _Run | None:
        """The name that a mention ends with, before any "of", "for" or bracket."""
        best: _Run | None = None
        for match in patterns.NAME_RUN.finditer(self._text, start, end):
            between = self._text[best.end if best else start : match.start()]
            if best is not None and (
                " of" in between or " for" in between or "(" in between or " at" in between
            ):
                break
            run = _strip_titles(self._text, match.start(), match.end(), self._lexicon)
            if run is not None:
                best = run
        if best is None:
            return None
        tail = self._text[best.end : end].split()
        # "a Pentagon spokesman", "State television": the head is the noun, the name only tells whose
        head = tail[0].rstrip(",.") if tail else ""
        if (
            head.startswith(("-", "'s", "’s"))
            or head.lower() in self._lexicon.nouns
            or (head.isalpha() and head.islower() and self._is_noun(head))
        ):
            return None
        before = self._text[start : best.start].split()
        if before and before[-1].lower() in _HEAD_STOP:
            return None
        return best

    def _is_noun(self, word: str) -> bool:
        return self._lexicon.tags.get(word, "n") in "nh"

    def _named(self, run: _Run, start: int, end: int) -> Speaker:
        words = run.words
        if len(words) == 1 and words[0] in self._abbreviations:
            return Speaker(self._abbreviations[words[0]], "organisation", None)
        if self._is_organisation(run):
            return Speaker(" ".join(words), "organisation", None)
        full = self._fullest(run)
        if full is None:
            kind = "organisation" if self._names_a_place(words[-1]) and not run.titled else "person"
            if kind == "organisation":
                return Speaker(" ".join(words), kind, None)
            full = run
        name = " ".join(full.words)
        speaker = Speaker(name, "person", self._describe(full))
        self._persons.append((start, speaker, self._gender(full)))
        return speaker

    def _is_organisation(self, run: _Run) -> bool:
        words = run.words
        if run.titled:
            return False
        if any(self._lexicon.nouns.get(word.lower()) == "organisation" for word in words):
            return True
        if words[-1] in self._lexicon.outlets or any(word.lower() in _ORGANISATION for word in words):
            return True
        return len(words) == 1 and len(words[0]) > 1 and words[0].isupper()

    def _names_a_place(self, word: str) -> bool:
        """Whether the article says "in" or "from" before the word: a place that stands for a government."""
        known = self._place_like.get(word)
        if known is None:
            known = any(f" {preposition} {word}" in self._text for preposition in _PLACE_PREPOSITIONS)
            self._place_like[word] = known
        return known

    def _fullest(self, run: _Run) -> _Run | None:
        """The longest form of a name in the article; of two bearers of a surname the one more often named."""
        key = run.words, run.gender
        if key not in self._full:
            self._full[key] = self._find_fullest(run)
        return self._full[key]

    def _find_fullest(self, run: _Run) -> _Run | None:
        candidates = [
            other
            for other in self._by_last.get(_key(run.words[-1]), ())
            if 1 < len(other.words) <= 4 and not self._is_organisation(other)
        ]
        if len(run.words) > 1:
            candidates = [other for other in candidates if _key(other.words[0]) == _key(run.words[0])]
        elif run.gender:
            candidates = [other for other in candidates if self._gender(other) in ("", run.gender)]
        if not candidates:
            return run if len(run.words) > 1 else None
        counts = Counter(_key(other.words[0]) for other in candidates)
        # max() keeps the first of equals, and a Counter the order of first mentions
        first = max(counts, key=counts.__getitem__)
        same = [other for other in candidates if _key(other.words[0]) == first]
        return max(same, key=lambda other: len(other.words))

    def _gender(self, run: _Run) -> str:
        return run.gender or self._lexicon.genders.get(run.words[0], "")

    # --- pronouns --------------------------------------------------------------------------------------

    def _pronoun(self, start: int, gender: str) -> Speaker:
        """The latest person of that gender who is the subject of a sentence, or spoke, before the pronoun."""
        best: tuple[int, Speaker, str] | None = None
        for person in reversed(self._persons[-_RECENT:]):
            if person[0] < start and person[2] in ("", gender):
                best = person
                break
        for run in reversed(self._before(start)):
            if best is not None and run.start <= best[0]:
                break
            if not self._opens_sentence(run.start) or self._is_organisation(run):
                continue
            full = self._fullest(run) or run
            if self._gender(full) not in ("", gender) or not self._is_person(full):
                continue
            speaker = Speaker(" ".join(full.words), "person", self._describe(full))
            best = (run.start, speaker, self._gender(full))
            break
        if best is None:
            return Speaker(None, "person", None)
        self._persons.append((start, best[1], best[2] or gender))
        return best[1]

    def _before(self, start: int) -> list[_Run]:
        low, high = 0, len(self._runs)
        while low < high:
            middle = (low + high) // 2
            if self._runs[middle].start < start:
                low = middle + 1
            else:
                high = middle
        return self._runs[max(0, low - _RECENT) : low]

    def _is_person(self, run: _Run) -> bool:
        return bool(self._gender(run)) or run.titled

    def _opens_sentence(self, start: int) -> bool:
        """Whether a name stands at the start of a sentence, but for titles and a word or two."""
        before = self._text[max(0, start - 40) : start]
        for mark in (". ", "\n", "” ", '" ', "! ", "? "):
            position = before.rfind(mark)
            if position >= 0 and len(before) - position - len(mark) <= 30:
                return True
        return start < 30

    def _antecedent(self, start: int) -> Speaker:
        before = self._before(start)
        if before and start - before[-1].end <= 3:
            run = before[-1]
            return self._named(run, run.start, run.end)
        return Speaker(None, "person", None)

    # --- descriptions ----------------------------------------------------------------------------------

    def _unnamed(self, start: int, end: int) -> Speaker:
        """A group, a document, an office, or a person named only by a description."""
        mention = self._text[start:end]
        kind = self._kind_of_noun(mention)
        if kind in ("person", "organisation"):
            after = self._text[end : end + 2]
            match = patterns.NAME_RUN.match(self._text, end + 2) if after == ", " else None
            run = _strip_titles(self._text, match.start(), match.end(), self._lexicon) if match else None
            if run is not None and kind == "organisation":
                return Speaker(" ".join(run.words), kind, mention)
            if run is not None and len(run.words) > 1 and not self._is_organisation(run):
                named = self._named(run, start, end)
                return named._replace(description=named.description or mention)
        return Speaker(None, kind, mention if kind == "person" else None)

    def _kind_of_noun(self, mention: str) -> str:
        """The kind of source that a description's head names; "group" where no noun is known."""
        return self._head(mention)[0] or "group"

    def _introduces_person(self, phrase: str) -> bool:
        """Whether a phrase beside a name is an office or the like: a top adviser to the mayor."""
        first = phrase.split(maxsplit=1)[0]
        kind, last = self._head(phrase)
        return kind == "person" and last and self._lexicon.tags.get(first, "n") in "DnhNX"

    def _head(self, phrase: str) -> tuple[str | None, bool]:
        """The kind of the last known noun before any "of" or "who", and whether it is the last word there."""
        kind, last = None, False
        for word in phrase.lower().replace(",", " , ").split():
            if word == "," or word in _HEAD_STOP:
                break
            found = self._lexicon.nouns.get(word) or self._lexicon.nouns.get(
                word.rstrip(".").removesuffix("’s")
            )
            kind, last = found or kind, found is not None
        return kind, last

    def _describe(self, run: _Run) -> str | None:
        """How the first full mention introduces the person: an apposition, or words before the name."""
        if run.words not in self._introduced:
            self._introduced[run.words] = self._find_description(run)
        return self._introduced[run.words]

    def _find_description(self, run: _Run) -> str | None:
        text = self._text
        first = next(
            (other for other in self._by_last.get(_key(run.words[-1]), ()) if other.words == run.words), run
        )
        match = patterns.APPOSITION_AFTER.match(text, first.end, first.end + _SPEAKING)
        if match and self._introduces_person(match[1]):
            return match[1].strip()
        low = max(0, first.start - 120)
        line = max(text.rfind("\n", low, first.start) + 1, low)
        title_start = _titles_start(text, line, first.start, self._lexicon)
        apposition = patterns.APPOSITION_BEFORE.search(text, line, title_start)
        if apposition and self._introduces_person(apposition[2]):
            return f"{apposition[1]} {apposition[2]}"
        return text[title_start : first.start].strip() or None


def _key(word: str) -> str:
    """A name's word for comparison: lower case, without article, genitive and full stop."""
    low = word.lower().rstrip(".").replace("’", "'")
    if low.endswith("'s"):
        low = low[:-2]
    for article in _ARTICLES:
        if low.startswith(article):
            return low.removeprefix(article)
    return low


def _strip_titles(text: str, start: int, end: int, lexicon: Lexicon) -> _Run | None:
    """A run without the titles before the name and a genitive after it; None where nothing is left."""
    words = text[start:end].split(" ")
    titled, gender, position = False, "", start
    for index in range(
        len(words) - 2, -1, -1
    ):  # whatever stands before the last title is no part of the name
        low = words[index].lower().rstrip(".")
        if low in lexicon.titles:
            titled, gender = True, lexicon.titles[low]
            position += sum(len(word) + 1 for word in words[: index + 1])
            words = words[index + 1 :]
            break
    while len(words) > 1 and _is_attribute(words[0], lexicon):
        position += len(words[0]) + 1
        words = words[1:]
    if all(word.lower() in lexicon.titles or word.lower() in _MODIFIERS for word in words) and not titled:
        return None  # the Prime Minister
    last = words[-1]
    for ending in ("’s", "'s", "’", "'"):
        if last.endswith(ending):
            words[-1] = last[: -len(ending)]
            end -= len(ending)
            break
    if not words[-1]:
        return None
    if len(words) == 1 and not titled:
        if len(words[0].rstrip(".")) == 1:
            return None
        low = words[0].lower()
        # "Officials" at a sentence's start is no name, nor is "However".
        if low in lexicon.nouns or lexicon.tags.get(words[0], "N") in "PWODRCSHat":
            return None
    return _Run(position, end, tuple(words), titled, gender)


def _is_attribute(word: str, lexicon: Lexicon) -> bool:
    """Whether a capitalised word before a name is none of it: an article, or a compound (Saudi-led)."""
    return ("-" in word and word.rpartition("-")[2].islower()) or lexicon.tags.get(word, "N") not in "Nh"


def _titles_start(text: str, line: int, start: int, lexicon: Lexicon) -> int:
    """Where the titles and offices right before a name begin (Navy Capt., presidential candidate)."""
    position = begin = start
    for word in reversed(text[line:start].split(" ")[:-1]):
        low = word.lower().rstrip(".")
        title = low in lexicon.titles or lexicon.nouns.get(low) == "person"
        if not low.replace("-", "").replace(".", "").isalpha() or (word.endswith(".") and not title):
            break
        if not title and lexicon.tags.get(word, lexicon.tag(word)) not in "Nnh":
            break
        position -= len(word) + 1
        if title or begin != start:
            begin = position
    return begin
