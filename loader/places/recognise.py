"""Finds the names of places in a text and weighs what speaks for and against each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from loader.gazetteer import Gazetteer
from loader.gazetteer.keys import exact_key
from loader.places.lexicon import KIND_WORDS, word_class
from loader.places.patterns import ADDRESS, AFTER, AGE, POSSESSIVE, RUN, SMALL_WORD
from loader.places.runs import Found, RunReader
from loader.text import fold

# Scores (log odds) from which a mention speaks for or against others of the same name.
SURE = 2.0
DOUBTFUL = -2.0


@dataclass(slots=True)
class Candidate:
    """A name that may be a place's.

    Attributes:
        start: offset in the text.
        end: offset after it.
        key: the key under which it was found.
        postings: the places so named, as in Hit.
        size: size class of the largest of them.
        evidence: what speaks for and against its being a place.
        score: the evidence's weight, in log odds.
        before: the words before it in small letters, nearest last.
        after: the word after it in small letters.
        gap: what stands between it and that word.
        possessive: whether an 's follows.
        kind: which kind of place the words behind it ask for ("region" in "Hama province"), or "".
        container: the candidate that names what it lies in ("Syria" in "Hama, Syria"), or None.
        contents: the candidates whose container it is.
    """

    start: int
    end: int
    key: str
    postings: tuple[tuple[int, int], ...]
    size: str
    evidence: list[str]
    before: list[str]
    after: str
    gap: str
    possessive: bool
    kind: str = ""
    score: float = 0.0
    container: Candidate | None = None
    contents: list[Candidate] = field(default_factory=list)


def prepare(text: str) -> str:
    """Makes the copy that is searched: blanks folded, addresses blotted out, offsets unchanged.

    Args:
        text: any text.

    Returns:
        A text of the same length.
    """
    # Folding changes only characters that Python calls unprintable; most texts have none.
    folded = text if text.replace("\n", " ").isprintable() else fold(text)
    if "@" in folded or "://" in folded or "www." in folded:
        folded = ADDRESS.sub(lambda match: " " * len(match.group()), folded)
    return _join_lines(folded)


def _join_lines(text: str) -> str:
    """Makes each single line end a space, for names that run over it; blank lines stay."""
    if text.count("\n") == 2 * text.count("\n\n"):
        return text
    return text.replace("\n\n", "\0\0").replace("\n", " ").replace("\0", "\n")


class Recogniser:
    """Finds candidates, scores them and keeps those that are more likely places than not."""

    def __init__(self, gazetteer: Gazetteer, weights: Mapping[str, float]) -> None:
        """Prepares the recogniser.

        Args:
            gazetteer: where names are looked up.
            weights: evidence to log odds.
        """
        self._gazetteer = gazetteer
        self._weights = weights
        self._reader = RunReader(gazetteer)
        self._before = {
            word: evidence
            for evidence in ("title", "direction", "weak_preposition", "preposition")
            for word in word_class(evidence)
        }
        self._after = {
            word: evidence
            for evidence in ("organisation", "deciding", "saying", "generic", "administrative")
            for word in word_class(evidence)
        }
        self._of = {
            word: evidence
            for evidence in ("title", "generic", "administrative", "organisation_of")
            for word in word_class(evidence)
        }
        self._kind_words = {word: kind for kind in KIND_WORDS for word in word_class(f"kind_{kind}")}
        self._kind_prefixes = word_class("kind_prefix")
        self._suffixes = word_class("actor_suffix")

    def candidates(self, text: str) -> tuple[list[Candidate], Counter[str]]:
        """Finds and scores every candidate.

        Args:
            text: a text from `prepare`.

        Returns:
            The candidates in order of the text, and how often each country or region is spoken of by a
            demonym or the like: ISO code, or "CC.admin1", to count.
        """
        spoken_of: Counter[str] = Counter()
        found: list[Candidate] = []
        surnames: set[str] = set()
        read = self._reader.read
        for match in RUN.finditer(text):
            reading = read(match.group())
            surnames.update(reading.surnames)
            for code in reading.codes:
                spoken_of[code] += 1
            for name in reading.found:
                found.append(self._candidate(text, match.start(), match.end(), name))
        self._neighbours(text, found)
        self._counties(found)
        self._score(text, found, surnames)
        return found, spoken_of

    def _candidate(self, text: str, run_start: int, run_end: int, name: Found) -> Candidate:
        start, end = run_start + name.start, run_start + name.end
        evidence = list(name.evidence)
        before: list[str] = []
        kind = name.kind
        if name.opens:
            before = self._read_before(text, start, evidence)
        after = gap = second = ""
        match = AFTER.match(text, end + 2 if name.possessive and text[end : end + 2] in ("'s", "’s") else end)
        if match:
            gap, after, second = match.groups("")
            after = after.lower()
        if name.closes:
            kind = self._kind_after(gap, after, second)
            if kind and self._is_of_kind(name, kind):
                evidence.append("next_kind")
            else:
                self._read_after(text, end, name, gap, after, evidence)
            if gap in _DASHES and evidence[-1] in ("start_block", "start_sentence"):
                evidence.append("dateline")
        if len(name.key) > 3 and text[start:end].isupper():
            evidence.append("capitals")
        return Candidate(
            start, end, name.key, name.postings, name.size, evidence, before, after, gap, name.possessive, kind
        )

    def _kind_after(self, gap: str, after: str, second: str) -> str:
        """Says which kind of place the words behind a name ask for: "province", "military base"."""
        if gap != " ":
            return ""
        if after in self._kind_words:
            return self._kind_words[after]
        return self._kind_words.get(second, "") if after in self._kind_prefixes else ""

    def _is_of_kind(self, name: Found, kind: str) -> bool:
        entry = self._gazetteer.entry
        return any(entry(number).kind in KIND_WORDS[kind] for _, number in name.postings[:4])

    def _read_before(self, text: str, start: int, evidence: list[str]) -> list[str]:
        """Weighs the words before a run that starts with a name."""
        chunk = text[max(0, start - 40) : start]
        line = chunk.rpartition("\n")[2]
        words = line.split()
        if not words:
            evidence.append("start_block")
            return []
        if line[-1:].isspace():
            last = words[-1].lower()
        else:
            # Glued to what stands before: "(Aleppo", "“Syria", "anti-Russia".
            glue = words[-1][-1]
            if glue in "-‑":
                evidence.append("prev_hyphen")
                return []
            last = (words[-2].lower() if len(words) > 1 else "")
            if glue in "(\\[":
                evidence.append("prev_parenthesis")
            elif glue in "\"“'‘":
                evidence.append("prev_quotation")
            else:
                evidence.append("prev_glued")
            return [word.strip(".,;:!?\"“”()").lower() for word in words[:-1]]
        if last[-1] in ".!?:;\"”)—–-" and last not in self._before:
            evidence.append("start_sentence" if last[-1] in ".!?\"”" else "prev_mark")
            return []
        plain = last.strip("“\"(‘'")
        if last[-1] == ",":
            evidence.append("prev_comma")
        elif plain in ("of", "from") and len(words) > 1 and words[-2][-1] == "," and words[-2][:-1].isdecimal():
            evidence.append("of_after_age")
        elif plain == "of" and len(words) > 1:
            head = words[-2].lower().strip("“\"(‘'")
            evidence.append("of_" + self._of.get(head, "small") if head in self._of else "prev_weak_preposition")
        elif plain in self._before:
            evidence.append("prev_" + self._before[plain])
        elif plain in ("the", "and", "a"):
            evidence.append(f"prev_{plain}")
        else:
            evidence.append("prev_other")
        return [word.strip(".,;:!?\"“”()").lower() for word in words]

    def _read_after(self, text: str, end: int, name: Found, gap: str, after: str, evidence: list[str]) -> None:
        """Weighs the words after a run that ends with a name."""
        rank = "large" if name.size in _ACTORS else "small"
        if gap == " ":
            what = self._after.get(after)
            if what is not None and not name.possessive:
                evidence.append(f"next_{what}_{rank}" if what in ("saying", "deciding") else f"next_{what}")
        elif gap[:1] in ("$", "€", "£"):
            evidence.append("next_currency")
        elif gap[:1] in ("-", "‑"):
            evidence.append("next_actor_suffix" if after in self._suffixes else "next_hyphen")
        elif gap == ", " and AGE.match(text, end):
            evidence.append("next_age")

    def _neighbours(self, text: str, found: list[Candidate]) -> None:
        """Links candidates that stand side by side: "Hama, Syria", "Homs and Idlib"."""
        for one, other in zip(found, found[1:], strict=False):
            gap = text[one.end : other.start]
            if gap == ", ":
                if self._lies_in(one, other):
                    one.evidence.append("container_after")
                    other.evidence.append("contained_before")
                    one.container = other
                    other.contents.append(one)
                else:
                    one.evidence.append("comma_place_after")
                    other.evidence.append("comma_place_before")
            elif gap in (" and ", ", and ", " or "):
                one.evidence.append("and_place_after")
                other.evidence.append("and_place_before")

    def _counties(self, found: list[Candidate]) -> None:
        """Reads lists of counties: "Walton and Oconee counties" names Walton County and Oconee County."""
        listed = False
        for candidate in reversed(found):
            if candidate.gap == " " and candidate.after == "counties":
                listed = True
            elif not (listed and {"and_place_after", "comma_place_after"} & set(candidate.evidence)):
                listed = False
            if listed:
                county = self._gazetteer.look_up(f"{candidate.key} county")
                if county.postings:
                    candidate.postings = county.postings
                    candidate.evidence.append("listed_county")

    def _lies_in(self, one: Candidate, other: Candidate) -> bool:
        """Tells whether a place named `one` lies in a country or region named `other`."""
        entry = self._gazetteer.entry
        insides = [entry(number) for _, number in one.postings[:80]]
        for name_class, number in other.postings[:8]:
            outside = entry(number)
            if name_class > 1 or outside.kind not in ("country", "region"):
                continue
            for inside in insides:
                if inside.number == outside.number or inside.kind in ("country", "continent"):
                    continue
                if inside.country == outside.country and (
                    outside.kind == "country" or inside.region == outside.region
                ):
                    return True
        return False

    def _score(self, text: str, found: list[Candidate], surnames: set[str]) -> None:
        weight = self._weights.get
        small_words: frozenset[str] | None = None
        sure: set[str] = set()
        doubtful: set[str] = set()
        for candidate in found:
            evidence = candidate.evidence
            if candidate.key in surnames:
                evidence.append("surname_in_text")
            if any(item in _WORDS for item in evidence):
                if small_words is None:
                    small_words = frozenset(SMALL_WORD.findall(text))
                if candidate.key in small_words:
                    evidence.append("small_in_text")
            candidate.score = sum(weight(item, 0.0) for item in evidence)
            if candidate.score >= SURE:
                sure.add(candidate.key)
            elif candidate.score <= DOUBTFUL:
                doubtful.add(candidate.key)
        for candidate in found:
            if candidate.score < SURE and candidate.key in sure:
                candidate.evidence.append("sure_elsewhere")
                candidate.score += weight("sure_elsewhere", 0.0)
            if candidate.score > DOUBTFUL and candidate.key in doubtful:
                candidate.evidence.append("doubtful_elsewhere")
                candidate.score += weight("doubtful_elsewhere", 0.0)


# Size classes of places that speak and act in the news.
_ACTORS = frozenset({"country", "wide", "region", "landmark", "city_5"})
# What parts a dateline from the report: "ALEPPO — ", "Beirut (Reuters) - ".
_DASHES = frozenset({" - ", " -- ", " – ", " — ", "—", "–", " (", ": "})
_WORDS = frozenset({"very_common_large", "very_common_small", "common_large", "common_small"})
