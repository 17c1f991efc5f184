"""Finds the names of places in a text and weighs what speaks for and against each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from loader.extract.places.candidates import Candidate
from loader.extract.places.capitalised_runs import NOTHING, Found, RunReader
from loader.extract.places.context import ContextReader
from loader.extract.places.headings import UNTOLD, Headings
from loader.extract.places.organisation_names import Organisations
from loader.extract.places.place_lexicon import word_class
from loader.extract.places.place_patterns import (
    ADDRESS,
    AFTER,
    ARTICLE_RUN,
    CAPITAL_RUN,
    ORGANISATION_AFTER,
    RARE_HYPHEN,
    SMALL_ARTICLE,
    SMALL_WORD,
)
from loader.gazetteer import Gazetteer
from loader.text import fold

# Scores (log odds) from which a mention speaks for or against others of the same name.
SURE = 2.0
DOUBTFUL = -2.0
# Highest score of a name that is part of an organisation's or a person's, whatever else speaks for it.
VETOED = -3.0
# Words between a region and the organisation that is named after it: "Jordan Valley Farmers' Union".
MOST_WORDS_BETWEEN = 2
# So many words are sought one by one; for more the text is split once.
FEW_WORDS = 40
# Sets of evidence whose weight is kept.
KEPT_VERDICTS = 10_000
# Characters between two names that a comma or a conjunction joins, at most.
LONGEST_CONJUNCTION = len(", and the ")


def folded_for_search(text: str) -> tuple[str, str]:
    """Makes the copies of a text that are read, offsets unchanged.

    Args:
        text: any text.

    Returns:
        The text with its blanks folded, and the same with addresses blotted out and single line ends
        made spaces, which is searched.
    """
    # Folding changes only characters that Python calls unprintable: most texts have none but the line ends
    # between their blocks.
    plain = text.replace("\n\n", "").isprintable()
    folded = text if plain else fold(text)
    searched = folded
    if _may_hold_address(searched):
        # Addresses have no line end in them, and only few lines have addresses.
        lines = searched.split("\n")
        blotted = [ADDRESS.sub(_blotted, line) if _may_hold_address(line) else line for line in lines]
        searched = "\n".join(blotted)
    return folded, searched if plain else _join_lines(searched)


def _may_hold_address(text: str) -> bool:
    # Single characters are sought fastest.
    return "@" in text or ("/" in text and "://" in text) or "www." in text


def _blotted(address: re.Match[str]) -> str:
    return " " * len(address.group())


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
        self._context = ContextReader()
        self._organisations = Organisations(gazetteer)
        self._heralds = word_class("organisation_herald")
        self._bodies = word_class("organisation_body")
        # The same few pieces of evidence meet again and again.
        self._judge = lru_cache(maxsize=KEPT_VERDICTS)(self._weigh)

    def candidates(
        self, text: str, roles: Sequence[str] | None = None
    ) -> tuple[list[Candidate], Counter[str]]:
        """Finds and scores every candidate.

        Args:
            text: the searched copy from `folded_for_search`.
            roles: each block's role, or None where unknown.

        Returns:
            The candidates in order of the text, and how often each country or region is spoken of by a
            demonym or the like: ISO code, or "CC.admin1", to count.
        """
        spoken_of: Counter[str] = Counter()
        found: list[Candidate] = []
        surnames: set[str] = set()
        headings = Headings(text, roles)
        readings, candidate = self._reader.readings, self._candidate
        for match in runs_of(text):
            run = match[0]
            reading = readings[run]
            if reading is NOTHING:  # the usual case
                continue
            names, introduced, codes = reading
            if introduced:
                surnames.update(introduced)
            for code in codes:
                spoken_of[code] += 1
            for name in names:
                found.append(candidate(text, match.start(), name, headings))
                if (
                    run[-1] == "s"
                    and not name.closes
                    and self._ends_as_organisation(text, match.end(), name, run)
                ):
                    found[-1].evidence.append("right_organisation_later")
        if found:
            self._in_organisations(text, found)
            _neighbours(found, text, self._lies_in)
            self._counties(found)
            self._score(text, found, surnames)
        return found, spoken_of

    def _ends_as_organisation(self, text: str, run_end: int, name: Found, run: str) -> bool:
        """Tells whether a run on -s goes on to an organisation in small letters: "Jordan Farmers' union"."""
        if name.possessive:
            return False
        rest = run[name.end :]
        if rest[:1] != " " or rest.count(" ") > MOST_WORDS_BETWEEN:
            return False
        after = ORGANISATION_AFTER.match(text, run_end)
        return after is not None and after.group(1) in self._bodies

    def _in_organisations(self, text: str, found: list[Candidate]) -> None:
        """Notes which names the text uses for organisations, and which stand in photo credits."""
        short_names = self._organisations.short_names(text) | {
            text[candidate.start : candidate.end].lower()
            for candidate in found
            if candidate.before
            and candidate.before[-1] in self._heralds
            and text[candidate.start : candidate.end].isupper()
        }
        if short_names:
            for candidate in found:
                if text[candidate.start : candidate.end].lower() in short_names:
                    candidate.evidence.append("short_name")
        at = 0
        for start, end in self._organisations.credits(text):
            while at < len(found) and found[at].start < end:
                if found[at].start >= start:
                    found[at].evidence.append("photo_credit")
                at += 1

    def _candidate(self, text: str, run_start: int, name: Found, headings: Headings) -> Candidate:
        """Makes a candidate of a name in a run and adds what the words around the run say."""
        start, end = run_start + name.start, run_start + name.end
        key, postings, kind, possessive = name.key, name.postings, name.kind, name.possessive
        context = self._context
        evidence = list(name.evidence)
        if name.untold and headings.holds(start):
            evidence = [item for item in evidence if item not in UNTOLD]
        at_start, before = "", _NONE
        if name.opens:
            at_start, before = context.read_before(text, start)
            evidence.append(at_start)
        following = text[end : end + 2]
        match = AFTER.match(text, end + 2 if following in _POSSESSIVES else end)
        gap, after = match.groups() if match else ("", "")
        after = after.lower()
        if name.closes and not possessive and (gap != " " or after in context.telling):
            kind = context.kind_after(text, match.end(), after) if match and gap == " " else ""
            if kind and not self._reader.is_of_kind(postings, kind):
                # "Rafah crossing" is filed as a name of its own beside the town's.
                postings = self._gazetteer.look_up(f"{key} {after}").postings or postings
            if kind and self._reader.is_of_kind(postings, kind):
                evidence.append("next_kind")
            elif behind := context.read_after(text, end, name, gap, after) or _label(gap, at_start):
                evidence.append(behind)
        if name.capitals:
            evidence.append("capitals")
        # "the Netherlands' song": a name on -s is a possessor with the bare mark.
        possessive = possessive or (following in _BARE_POSSESSIVES and text[end - 1] == "s")
        return Candidate(
            start=start,
            end=end,
            key=key,
            postings=postings,
            size=name.size,
            evidence=evidence,
            before=before,
            after=after,
            gap=gap,
            possessive=possessive,
            word=name.word,
            kind=kind,
        )

    def _counties(self, found: list[Candidate]) -> None:
        """Reads lists of counties: "Walton and Oconee counties" names Walton County and Oconee County."""
        if not any(candidate.after == "counties" for candidate in found):
            return
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
        small = _in_small_letters(text, {item.key for item in found if item.word})
        judge = self._judge
        sure: set[str] = set()
        doubtful: set[str] = set()
        for candidate in found:
            evidence, key = candidate.evidence, candidate.key
            if key in surnames:
                evidence.append("surname_in_text")
            if key in small:
                evidence.append("small_in_text")
            candidate.score, of_another = judge(tuple(evidence))
            if candidate.score >= SURE:
                sure.add(key)
            elif candidate.score <= DOUBTFUL and not of_another:
                doubtful.add(key)
        if sure or doubtful:
            self._compare(found, sure, doubtful)

    def _weigh(self, evidence: tuple[str, ...]) -> tuple[float, bool]:
        """Weighs what speaks for and against a name, and tells whether it is in an organisation's."""
        weight = self._weights.get
        score = sum([weight(item, 0.0) for item in evidence])
        if not _VETOES.isdisjoint(evidence):
            score = min(score, VETOED)
        return score, not _ORGANISATIONS.isdisjoint(evidence)

    def _compare(self, found: list[Candidate], sure: set[str], doubtful: set[str]) -> None:
        """Lets the clear mentions of a name speak for or against the unclear ones."""
        for candidate in found:
            if candidate.score < SURE and candidate.key in sure and _OTHERWISE.isdisjoint(candidate.evidence):
                candidate.evidence.append("sure_elsewhere")
            elif candidate.score > DOUBTFUL and candidate.key in doubtful:
                candidate.evidence.append("doubtful_elsewhere")
            else:
                continue
            candidate.score += self._weights.get(candidate.evidence[-1], 0.0)


def _neighbours(
    found: Sequence[Candidate], text: str, lies_in: Callable[[Candidate, Candidate], bool]
) -> None:
    """Links candidates that stand side by side: "Hama, Syria", "Homs and Idlib"."""
    for one, other in pairwise(found):
        if other.start - one.end > LONGEST_CONJUNCTION:
            continue
        gap = text[one.end : other.start]
        if gap == ", ":
            if lies_in(one, other):
                one.evidence.append("container_after")
                other.evidence.append("contained_before")
                one.container = other
                other.contents = (one,)
            else:
                one.evidence.append("comma_place_after")
                other.evidence.append("comma_place_before")
        elif gap in _CONJUNCTIONS:
            one.evidence.append("and_place_after")
            other.evidence.append("and_place_before")
        elif gap in _LOOSE_CONJUNCTIONS:
            # "Britain and the Baltic": one part in the sentence, but not two of a kind.
            one.evidence.append("and_the_place_after")


def _label(gap: str, at_start: str) -> str:
    """Weighs a mark behind the first words of a block or sentence; "" where it tells nothing."""
    if gap[:1] == ":" and at_start.startswith(("start_", "prev_quotation")):
        # "RAMOS: Secretary Clinton, ...": who speaks in a transcript.
        return "speaker_label"
    return "dateline" if gap in _DASHES and at_start.startswith("start_") else ""


def runs_of(text: str) -> Iterator[re.Match[str]]:
    """Finds the runs of capitalised words, as patterns.RUN does.

    Args:
        text: the searched text.

    Returns:
        The runs in order.
    """
    with_articles = RARE_HYPHEN in text or SMALL_ARTICLE.search(text)
    return (ARTICLE_RUN if with_articles else CAPITAL_RUN).finditer(text)


def _in_small_letters(text: str, words: set[str]) -> set[str]:
    """Says which of some words a text also writes in small letters."""
    if len(words) > FEW_WORDS:
        return words.intersection(SMALL_WORD.findall(text))
    # Most are not in the text at all, which one search tells.
    seen = {word for word in words if f" {word}" in text}
    return {word for word in seen if any(f" {word}{mark}" in text for mark in " ,.")}


_NONE: Sequence[str] = ()
# What parts a dateline from the report: "ALEPPO — ", "Beirut (Reuters) - ".
_DASHES = frozenset({" - ", " -- ", " – ", " — ", "—", "–", " ("})
# What makes a name a possessor, and the marks that do so behind a name on -s.
_POSSESSIVES = frozenset({"'s", "’s"})
_BARE_POSSESSIVES = frozenset({"' ", "’ "})
# What joins the last items of a list.
_CONJUNCTIONS = frozenset({" and ", ", and ", " or ", ", or "})
_LOOSE_CONJUNCTIONS = frozenset({" and the ", ", and the ", " or the ", ", the "})
# Evidence that a name belongs to an organisation's, which says nothing against the place so called.
_ORGANISATIONS = frozenset(
    {"of_organisation", "right_organisation", "right_organisation_later", "short_name", "photo_credit"}
)
# Evidence that a name is no place's by definition.
_VETOES = _ORGANISATIONS | {"person_name", "left_capitals", "next_currency"}
# Evidence that this mention is of something else, whatever the others are of.
_OTHERWISE = _ORGANISATIONS | {"person_name", "left_first_name", "left_title", "left_capitals", "next_age"}
