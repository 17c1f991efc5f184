"""Who speaks across articles: one identity for each person, organisation, document or group.

Two mentions become one only on evidence: the same full name, a form of it that fits exactly one person
(initials, a middle name or a suffix left out, a second last name left out), a spelling or a name that data/
lists, or, for a bare surname or a short form, the same office. A surname alone is no evidence, and what is
called by no name ("a spokesman", "the report") is the same only within an article. Groups are joined by
their words.

The rules are here; `loader.dataset.link_speakers` applies them to archives of any size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from loader.entities.speaker_names import (
    ARTICLES,
    PersonName,
    fold_name,
    fold_office,
    fold_organisation,
    fold_words,
    given_names,
    read_person,
    short_forms,
    shown,
)
from loader.text import one_line
from loader.vocabulary import read_table

_UNNAMED = "unnamed "  # begins the key of a source without a name
_ALIKE = 200  # names of one surname and initial that are compared, so that time stays linear


class Said(NamedTuple):
    """A speaker as one quotation gives it.

    Attributes:
        name: the fullest name in the article, or None.
        printed: the words of the mention.
        kind: one of `loader.records.SPEAKER_KINDS`.
        description: how the article introduces the speaker, or None.
    """

    name: str | None
    printed: str
    kind: str
    description: str | None


class Voice(NamedTuple):
    """What mentions have in common that are one speaker without further evidence.

    Attributes:
        kind: one of `loader.records.SPEAKER_KINDS`.
        key: the folded name, or the folded words of a source without a name.
        family: of a person with a name the last name: with it, a person may be called in several ways.
        is_local: whether it is the same only within its article.
    """

    kind: str
    key: str
    family: str | None
    is_local: bool


class Introduced(NamedTuple):
    """A speaker as readers are told of one.

    Attributes:
        name: the fullest name that the archive gives.
        kind: one of `loader.records.SPEAKER_KINDS`.
        description: as printed at the first mention that has one, or None.
    """

    name: str
    kind: str
    description: str | None


def voice_of(said: Said) -> Voice | None:
    """The voice of a mention; None for a pronoun that stands for nobody named."""
    if said.name is not None:
        return _named_voice(said.name, said.kind)
    words = fold_words(said.printed)
    if not words or words in _pronouns():
        return None
    return Voice(said.kind, _UNNAMED + words, None, said.kind != "group")


@lru_cache(maxsize=8192)
def _named_voice(name: str, kind: str) -> Voice:
    if kind == "organisation":
        folded = fold_organisation(name)
        listed = _organisations().get(folded)
        return Voice(kind, fold_organisation(listed) if listed else folded, None, False)
    key = fold_name(name)
    return Voice(kind, key, read_person(key).last if kind == "person" else None, False)


class Voices:
    """Collects who is quoted in an article, and what it tells of them.

    Attributes:
        voices: each voice once, in order of its first quotation.
        evidence: for each voice what is told of it, each once, in reading order.
    """

    def __init__(self) -> None:
        """Begins with none."""
        self.voices: list[Voice] = []
        self.evidence: list[dict[Said, None]] = []
        self._indexes: dict[Voice, int] = {}

    def index(self, printed: str | None, name: str | None, kind: str, description: str | None) -> int | None:
        """Takes down a quotation's speaker.

        Args:
            printed: the words of the mention, or None.
            name: the fullest name in the article, or None.
            kind: one of `loader.records.SPEAKER_KINDS`.
            description: how the article introduces the speaker, or None.

        Returns:
            The index of the voice; None where there is no speaker, or a pronoun that stands for nobody named.
        """
        if printed is None and name is None:
            return None
        said = Said(name, one_line(printed or name or ""), kind, description)
        voice = voice_of(said)
        if voice is None:
            return None
        index = self._indexes.setdefault(voice, len(self.voices))
        if index == len(self.voices):
            self.voices.append(voice)
            self.evidence.append({})
        self.evidence[index][said] = None
        return index


def introduce(kind: str, mentions: Iterable[Said]) -> Introduced:
    """Chooses what a speaker is called.

    Args:
        kind: one of `loader.records.SPEAKER_KINDS`.
        mentions: what the archive tells of the speaker, in reading order; at least one.
    """
    said = list(mentions)
    description = next((one.description for one in said if one.description), None)
    names = [shown(one.name) for one in said if one.name]
    if not names:
        return Introduced(said[0].printed, kind, description)
    name = max(names, key=lambda text: (len(text.replace("-", " ").split()), not text.isupper(), len(text)))
    if kind == "organisation":
        # an organisation's name has no article in front, however the text prints it
        name = _organisations().get(fold_organisation(name), _cut_article(name))
    return Introduced(name, kind, description)


# --- persons ---------------------------------------------------------------------------------------------


def alike(family: Sequence[tuple[str, Iterable[Said]]]) -> Iterator[tuple[int, int]]:
    """Finds the names of one last name that may be one person's.

    Args:
        family: each folded name with what is told of it, in order of the first mention.

    Yields:
        Pairs of indexes.
    """
    parts = [read_person(name) for name, _ in family]
    offices = [{fold_office(one.description) for one in said if one.description} for _, said in family]
    same_letter: dict[str, list[int]] = {}
    for index, person in enumerate(parts):
        if index < _ALIKE:
            for other in range(index):
                if offices[other] & offices[index] and _may_share_office(parts[other], person):
                    yield other, index
        if person.first:
            known = same_letter.setdefault(person.first[0], [])
            if len(known) < _ALIKE:
                yield from ((other, index) for other in known if _same_person(parts[other], person))
                known.append(index)


def shorter_name(folded: str) -> str | None:
    """The name that may be a longer one's without the second last name: Carlos Ruiz of Carlos Ruiz Ortega.

    Returns:
        The shorter name, folded; None where it could not stand alone.
    """
    shorter = folded.rpartition(" ")[0]
    return shorter if shorter and _ends_with_last_name(read_person(shorter)) else None


def _may_share_office(one: PersonName, other: PersonName) -> bool:
    """Whether the same office makes two names one: a bare surname and any other, or Bill and William."""
    if not one.first or not other.first:
        return one.first != other.first
    pairs = short_forms()
    return (one.first, other.first) in pairs or (other.first, one.first) in pairs


def _ends_with_last_name(person: PersonName) -> bool:
    """Whether a name of two words or more ends with a word that is no given name (Hassan Ali)."""
    return bool(person.first) and len(person.last) > 1 and person.last not in given_names()


def _same_person(one: PersonName, other: PersonName) -> bool:
    """Whether two names with one surname agree word by word: J. Lang, Jonas P. Lang."""
    if not _agree(one.first, other.first) or one.particles != other.particles:
        return False
    if one.suffix and other.suffix and one.suffix != other.suffix:
        return False
    return not one.middles or not other.middles or all(map(_agree, one.middles, other.middles))


def _agree(one: str, other: str) -> bool:
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])


# --- organisations ---------------------------------------------------------------------------------------


def letters_of(name: str, folded: str) -> tuple[str, bool] | None:
    """The letters by which organisations are compared: initials, or an abbreviation that may be made of some.

    Args:
        name: as printed.
        folded: its voice's key.

    Returns:
        The letters, and whether they are the name itself; None where it is neither.
    """
    initials = _initials(name)
    if initials is not None:
        return initials, False
    return (folded.replace(" ", ""), True) if name.replace(".", "").isupper() else None


def _initials(name: str) -> str | None:
    """The initials of a name of several words, or None."""
    words = [word for word in name.replace("-", " ").split() if word[:1].isupper() and word != "The"]
    return "".join(word[0] for word in words).casefold() if len(words) > 1 else None


def _cut_article(name: str) -> str:
    first, blank, rest = name.partition(" ")
    return rest if blank and f"{first.lower()} " in ARTICLES else name


@cache
def _pronouns() -> frozenset[str]:
    classes = ("pronoun", "relative", "object", "possessive")
    return frozenset(
        row["word"] for row in read_table("quotes_function_words") if row["class"] in classes
    ) | {"that"}


@cache
def _organisations() -> dict[str, str]:
    """Folded name or abbreviation of an organisation to its name."""
    return {fold_organisation(row["variant"]): row["name"] for row in read_table("speakers_organisations")}
