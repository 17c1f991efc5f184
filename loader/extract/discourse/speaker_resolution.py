"""Who a speaker is: the fullest name in the article, the kind of source, and how the text introduces it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from operator import itemgetter
from typing import NamedTuple

from loader.extract.discourse import descriptions, name_patterns, pronouns
from loader.extract.discourse.full_names import FullNames
from loader.extract.discourse.introductions import Introductions
from loader.extract.discourse.lexicon import Lexicon, word_set
from loader.extract.discourse.name_spans import (
    Run,
    is_bare_head,
    is_given_name,
    is_surname,
    organisation_heads,
    peoples,
    runs_in,
    speaker_words,
)
from loader.extract.discourse.non_person_names import is_common, is_no_person, is_state
from loader.extract.discourse.organisations import Organisations
from loader.extract.discourse.pronouns import Candidate, Referent, Scene
from loader.gazetteer import default_gazetteer

_HE = word_set("he")
_SHE = word_set("she")
_RELATIVE = word_set("relative")
_PLURAL = word_set("plural")
_SINGULAR = word_set("singular")
_HEAD_STOP = word_set("head_stop")
_PLACE_PREPOSITIONS = word_set("place")
_UNKNOWN_GENDER = 0.7  # of the weight of a name whose given name does not tell he from she
_START = itemgetter(0)  # of a candidate
_OFFICE_TIES = ("of ", "he ", "for ")


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


class People:
    """The named sources of one article, resolved from mentions in the order of the text."""

    def __init__(self, text: str, quotations: Sequence[tuple[int, int]], lexicon: Lexicon) -> None:
        self._text = text
        self._lexicon = lexicon
        self._scene = Scene(text, quotations, lexicon)
        self._runs: list[Run] = []
        self._organisations = Organisations(text, lexicon)
        self._known: dict[tuple[int, int], Speaker] = {}
        self._places: set[str] | None = None  # words after "in" or "from", read at first use
        self._introduced: dict[tuple[str, ...], str | None] = {}
        self._persons: list[Candidate] = []  # the persons and organisations who spoke so far
        self._speakers: dict[str, tuple[Speaker, str]] = {}  # name to source and gender
        self._referents: dict[int, Referent | None] = {}  # by the offset of the name
        self._are_persons: dict[Run, bool] = {}
        for run in runs_in(text, 0, len(text), lexicon):
            words = run.words
            # a word or two that are no organisation's stand for themselves, unless an abbreviation follows
            if run.organisation or len(words) > 2 or (len(words) == 2 and text.startswith(" (", run.end)):
                found = self._whole(run)
                if found is not None:
                    self._runs.append(found)
            else:
                self._runs.append(run)
        self._starts = [run.start for run in self._runs]
        self._names = FullNames(self._runs, lexicon)
        self._introductions = Introductions(text, self._runs, self._names, lexicon)

    def _without_office(self, run: Run) -> Run:
        """The person at the end of "Secretary of State John Kerry"; any other name unchanged."""
        start, words = run.start, run.words
        if len(words) < 3 or self._text[max(0, start - 3) : start] not in _OFFICE_TIES:
            return run
        office = self._text[max(0, start - 40) : start].removesuffix("the ").removesuffix("of ").split()
        last = office[-1].lower() if office else ""
        if last not in self._lexicon.titles and self._lexicon.nouns.get(last) != "person":
            return run
        for index in range(1, len(words) - 1):
            if is_given_name(words[index]) and words[-1].lower() not in organisation_heads():
                skipped = sum(len(word) + 1 for word in words[:index])
                return replace(
                    run, start=start + skipped, words=words[index:], titled=True, organisation=False
                )
        return run

    def _whole(self, run: Run) -> Run | None:
        """An organisation with what belongs to its name, a person without an office; None for no name."""
        run = self._without_office(run)
        if run.organisation:
            run = self._organisations.whole(run)
            if is_bare_head(run, self._lexicon):
                return None
        self._organisations.add(run)
        return run

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
        low = mention.lower().replace("’", "'")
        if low in self._lexicon.contractions:
            low = low.partition("'")[0]  # I've, they're
        if low in _HE or low in _SHE:
            return self._pronoun(start, "m" if low in _HE else "f")
        if low in _RELATIVE:
            return self._antecedent(start)
        if low in _PLURAL:
            return Speaker(None, "group", None)
        if low in ("it", "its"):
            return self._it(start)
        if low in _SINGULAR:
            return Speaker(None, "person", None)
        found = self._name_in(start, end) or self._surname_alone(start, end)
        if found is None:
            return self._unnamed(start, end)
        return self._named(found, start)

    # --- names -----------------------------------------------------------------------------------------

    def _name_in(self, start: int, end: int) -> Run | None:
        """The name that a mention ends with, before any preposition or bracket."""
        best: Run | None = None
        for found in runs_in(self._text, start, end, self._lexicon):
            if best is not None and found.start < best.end:
                continue  # inside an organisation's name that goes on with "of"
            between = self._text[best.end if best else start : found.start]
            if best is not None and ("(" in between or self._has_preposition(between)):
                break
            run = self._without_office(found)
            run = self._organisations.whole(run) if run.organisation else run
            best = best if is_bare_head(run, self._lexicon) else run
        if best is None or (len(best.words) == 1 and best.words[0] in peoples()):
            return None
        # "a Pentagon spokesman", "State television": the head is the noun, the name only tells whose
        tail = self._text[best.end : end].split()
        head = tail[0].rstrip(",.") if tail else ""
        if (
            head.startswith(("-", "'s", "’s"))
            or head.lower() in self._lexicon.nouns
            or (head.isalpha() and head.islower() and self._is_noun(head))
        ):
            return None
        before = self._text[start : best.start].lower().removesuffix("the ").split()
        if before and before[-1] in _HEAD_STOP and not best.titled:
            return None
        if best.words[-1].lower() in speaker_words("plural") or self._is_opening_noun(best):
            return None
        return best

    def _is_opening_noun(self, run: Run) -> bool:
        """Whether a name is a common noun that has its capital from the sentence: Audiences (cheered)."""
        if len(run.words) > 1 or run.titled or run.organisation or not is_common(run.words[0]):
            return False
        before = self._text[max(0, run.start - 3) : run.start].rstrip(" \"“‘'")
        return not before or before[-1] in ".!?…”\n"

    def _surname_alone(self, start: int, end: int) -> Run | None:
        """A common noun or a people with a capital that is somebody's last name here: (Anna) Baker, Law."""
        word = self._text[start:end]
        if word[:1].isupper() and word.isalpha() and self._names.is_surname(word):
            return Run(start=start, end=end, words=(word,), titled=False, gender="", organisation=False)
        return None

    def _has_preposition(self, words: str) -> bool:
        return any(self._lexicon.tags.get(word) == "R" for word in words.split())

    def _is_noun(self, word: str) -> bool:
        return self._lexicon.tags.get(word, "n") in "nh"

    def _named(self, run: Run, start: int) -> Speaker:
        words = run.words
        stands_for = self._organisations.abbreviated(words)
        if stands_for:
            return self._organisation(stands_for, start)
        if run.organisation and not (len(words) == 1 and self._names.is_surname(words[0])):
            return self._organisation(words, start)
        full = self._names.fullest(run)
        if not self._has_evidence(run) and (full is None or not self._has_evidence(full)):
            # what nothing shows to be a person's: a place that stands for a state, an organisation
            place = full is None and self._names_a_place(words[-1])
            body = full is None and self._organisations.fuller(words) != words
            article = self._text[max(0, run.start - 4) : run.start].lower() == "the "
            if place or body or article or is_no_person(words):
                return self._organisation(words, start, fuller=body)
        full = full or run
        speaker = Speaker(full.name, "person", self._describe(full))
        self._spoke(start, speaker, run.gender or self._names.gender(full))
        return speaker

    def _organisation(self, words: tuple[str, ...], start: int, *, fuller: bool = True) -> Speaker:
        name = " ".join(self._organisations.fuller(words) if fuller else words)
        speaker = Speaker(name, "organisation", None)
        self._spoke(start, speaker, "")
        return speaker

    def _spoke(self, start: int, speaker: Speaker, gender: str) -> None:
        if speaker.name is not None:
            self._speakers.setdefault(speaker.name, (speaker, gender))
            self._persons.append(Candidate(start, speaker.name, pronouns.SPOKE))

    def _has_evidence(self, run: Run) -> bool:
        """Whether something shows that a name is a person's: a title, a given name, a noun, an age."""
        if run.titled or run.gender:
            return True
        if len(run.words) > 1 and (is_given_name(run.words[0]) or run.words[0][1:2] == "."):
            return True
        if run.words[0] in self._lexicon.genders and not self._names_a_place(run.words[0]):
            return True
        before = self._text[max(0, run.start - 30) : run.start].rsplit(None, 1)
        if before and self._lexicon.nouns.get(before[-1].lower()) == "person":
            return True
        return name_patterns.AGE.match(self._text, run.end) is not None

    def _names_a_place(self, word: str) -> bool:
        """Whether the article says "in" or "from" before the word: a place that stands for a government."""
        if self._places is None:
            words = self._text.split()
            self._places = {
                name.rstrip(',.;:?!”"').removesuffix("’s").removesuffix("'s")
                for name in compress(words[1:], map(_PLACE_PREPOSITIONS.__contains__, words))
            }
        return word in self._places

    # --- pronouns --------------------------------------------------------------------------------------

    def _pronoun(self, start: int, gender: str) -> Speaker:
        """The most salient person of that gender before the pronoun."""
        speakers, candidates = self._speakers, self._spoken(start, "person", gender)
        for run in self._scene.near(self._before(start), start):
            if run.start not in self._referents:
                self._referents[run.start] = self._referent(run)
            referent = self._referents[run.start]
            if referent is None:
                continue
            name, found, weight = referent.name, referent.gender, referent.weight
            if not found and name in speakers:
                found = speakers[name][1]  # the gender of the pronouns that stood for the person before
            if found and found != gender:
                continue
            if name not in speakers:
                speakers[name] = Speaker(name, "person", self._describe(referent.full)), found
            candidates.append(Candidate(referent.start, name, weight if found else weight * _UNKNOWN_GENDER))
        candidates.sort(key=_START)
        chosen = self._scene.choose(start, candidates)
        if chosen is None:
            return Speaker(None, "person", None)
        speaker = self._speakers[chosen][0]
        self._speakers[chosen] = speaker, gender
        self._spoke(start, speaker, gender)
        return speaker

    def _before(self, start: int) -> list[Run]:
        """The latest names that begin before an offset, in order."""
        high = bisect_left(self._starts, start)
        return self._runs[max(0, high - pronouns.RECENT) : high]

    def _referent(self, run: Run) -> Referent | None:
        """A name as the person whom a pronoun after it may stand for; None where it is none."""
        if run.organisation or run.words[-1] in peoples() or self._scene.quoted(run.start):
            return None
        full = self._names.fullest(run) or run
        if not self._is_person(full):
            return None
        gender = run.gender or self._names.gender(full)
        return Referent(
            start=run.start, full=full, name=full.name, gender=gender, weight=self._scene.weight(run)
        )

    def _spoken(self, start: int, kind: str, gender: str) -> list[Candidate]:
        """The latest of those who spoke before an offset, of a kind and of a gender that fits."""
        candidates = []
        for one in self._persons[-pronouns.RECENT :]:
            speaker, found = self._speakers[one.identity]
            if one.start < start and speaker.kind == kind and found in ("", gender):
                candidates.append(one)
        return candidates

    def _is_person(self, run: Run) -> bool:
        known = self._are_persons.get(run)
        if known is None:
            known = self._has_evidence(run) or self._looks_like_a_person(run)
            self._are_persons[run] = known
        return known

    def _looks_like_a_person(self, run: Run) -> bool:
        if len(run.words) == 1 or self._scene.weight(run) < 1:
            return False
        first = run.words[0]  # the Norwegian Parliament is nobody, nor is (in) New Bergen
        return not (first in peoples() or self._names_a_place(first) or is_no_person(run.words))

    def _it(self, start: int) -> Speaker:
        """An unnamed document of the sentence before, else an organisation.

        An organisation that is that sentence's subject comes first, unless the document is.
        """
        window = self._scene.window(start)
        subject = any(
            run.organisation and run.start >= window and self._scene.weight(run) >= pronouns.OPENING
            for run in self._before(start)
        )
        if descriptions.document_before(self._text, window, start, self._lexicon, opening=subject):
            return Speaker(None, "document", None)
        return self._organisation_before(start, "")

    def _organisation_before(self, start: int, noun: str) -> Speaker:
        """The most salient organisation before "it", or before "the" with a noun of organisations."""
        candidates = self._spoken(start, "organisation", "")
        for run in self._before(start):
            words = self._organisations.abbreviated(run.words)
            if noun and is_state(words or run.words):
                continue  # "the group" is no country
            if not words and not run.organisation and not (noun and self._may_be_a_body(run)):
                continue
            name = " ".join(self._organisations.fuller(words or run.words))
            self._speakers.setdefault(name, (Speaker(name, "organisation", None), ""))
            candidates.append(Candidate(run.start, name, self._scene.weight(run)))
        same = [one for one in candidates if noun and noun in one.identity.lower().split()]
        if same or noun in speaker_words("self_naming"):
            candidates = same  # "the army" is no news agency
        candidates = sorted(candidates, key=_START)
        found = self._scene.choose(start, candidates)
        if found is None:
            return Speaker(None, "organisation" if noun else "person", None)
        self._spoke(start, self._speakers[found][0], "")
        return self._speakers[found][0]

    def _may_be_a_body(self, run: Run) -> bool:
        """Whether a subject that no word shows to be an organisation may be: Oxfam disputed that."""
        word = run.words[0]
        if self._has_evidence(run) or self._scene.weight(run) < pronouns.OPENING:
            return False
        if len(run.words) > 1:
            return is_no_person(run.words)
        is_person = is_given_name(word) or is_surname(word) or self._names.fullest(run) is not None
        if is_person or is_common(word) or word in peoples():
            return False
        return not (self._names_a_place(word) or default_gazetteer().find(word))

    def _antecedent(self, start: int) -> Speaker:
        before = self._before(start)
        if before and start - before[-1].end <= 3:
            return self._named(before[-1], before[-1].start)
        return Speaker(None, "person", None)

    # --- descriptions ----------------------------------------------------------------------------------

    def _unnamed(self, start: int, end: int) -> Speaker:
        """A group, a document, an office, or a person named only by a description."""
        text, lexicon = self._text, self._lexicon
        mention = text[start:end]
        kind = descriptions.kind_of_noun(mention, lexicon)
        words = mention.lower().split()
        if words[:1] == ["its"] or (
            len(words) == 2
            and words[0] in ("the", "this")
            and words[1] in speaker_words("generic_organisation")
        ):
            found = self._organisation_before(start, "" if words[0] == "its" else words[1])
            if found.name is not None or kind == "organisation":
                return found
        given = descriptions.name_given(text, start, lexicon) if kind in ("person", "group") else None
        if given is not None and not given.organisation:
            named = self._named(given, start)
            return named._replace(description=named.description or mention)
        if kind in ("person", "organisation"):
            beside = self._beside(start, end)
            if beside is not None and beside.organisation == (kind == "organisation"):
                named = self._named(beside, start)
                return named._replace(description=named.description or mention)
        if kind == "person":
            person = self._introductions.person(start, end)
            if person is not None:
                return self._named(person, start)
        return Speaker(None, kind, mention if kind == "person" else None)

    def _beside(self, start: int, end: int) -> Run | None:
        """The name to which a description stands in apposition, on either side of a comma."""
        text = self._text
        if text.startswith(", ", end):
            run = descriptions.run_at(text, end + 2, self._lexicon)
            if run is not None and (run.organisation or len(run.words) > 1):
                return run
        if text[max(0, start - 2) : start] == ", ":
            names = self._before(start)
            if names and names[-1].end == start - 2 and self._scene.weight(names[-1]) > 0:
                return names[-1]
        return None

    def _describe(self, run: Run) -> str | None:
        """How the first full mention introduces the person."""
        if run.words not in self._introduced:
            self._introduced[run.words] = descriptions.describe(
                self._text, self._names.first(run), self._lexicon
            )
        return self._introduced[run.words]
