"""Who speaks across articles: one identity for each person, organisation, document or group.

Two mentions become one only on evidence: the same full name, a form of it that fits exactly one person
(initials, a middle name or a suffix left out, a second last name left out), a spelling or a name that data/
lists, or, for a bare surname or a short form, the same office. A surname alone is no evidence, and what is
called by no name ("a spokesman", "the report") is the same only within an article. Groups are joined by
their words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from loader.speaker_names import (
    ARTICLES,
    PersonName,
    fold_name,
    fold_office,
    fold_organisation,
    fold_words,
    given_names,
    nickname,
    read_person,
    short_forms,
    shown,
)
from loader.vocabulary import read_table

_UNNAMED = "unnamed "  # begins the key of a source without a name
_ALIKE = 200  # names of one surname and initial that are compared, so that time stays linear

Key = tuple[str, str]  # kind and folded name


@dataclass(frozen=True, slots=True)
class Said:
    """A speaker as one quotation gives it.

    Attributes:
        name: the fullest name in the article, or None.
        printed: the words of the mention.
        kind: one of `loader.records.SPEAKER_KINDS`.
        description: how the article introduces the speaker, or None.
        article: a number that tells articles apart.
    """

    name: str | None
    printed: str
    kind: str
    description: str | None
    article: int


@dataclass(frozen=True, slots=True)
class Identity:
    """One person, organisation, document or group of the archive.

    Attributes:
        name: the fullest name that the archive gives.
        kind: one of `loader.records.SPEAKER_KINDS`.
        description: as printed at the first mention that has one, or None.
        mentions: indices of the mentions, in order.
    """

    name: str
    kind: str
    description: str | None
    mentions: tuple[int, ...]


def identify(mentions: Sequence[Said]) -> list[Identity]:
    """Joins the mentions of an archive into identities.

    Args:
        mentions: every quotation's speaker, in reading order.

    Returns:
        The identities by first mention. A mention without a name whose words are a pronoun is in none.
    """
    keys = [_first_key(said) for said in mentions]
    persons = _person_names(mentions, keys)
    acronyms = _acronyms(mentions, keys)
    joined: dict[Key, list[int]] = {}
    for index, key in enumerate(keys):
        if key is None:
            continue
        kind, folded = key
        standing = persons if kind == "person" else acronyms if kind == "organisation" else {}
        joined.setdefault((kind, standing.get(folded, folded)), []).append(index)
    return [_identity(mentions, indices) for indices in joined.values()]


def _identity(mentions: Sequence[Said], indices: list[int]) -> Identity:
    said = [mentions[index] for index in indices]
    kind = said[0].kind
    description = next((one.description for one in said if one.description), None)
    names = [shown(one.name) for one in said if one.name]
    if not names:
        return Identity(said[0].printed, kind, description, tuple(indices))
    name = max(names, key=lambda text: (len(text.replace("-", " ").split()), not text.isupper(), len(text)))
    if kind == "organisation":
        # an organisation's name has no article in front, however the text prints it
        name = _organisations().get(fold_organisation(name), _cut_article(name))
    return Identity(name, kind, description, tuple(indices))


def _first_key(said: Said) -> Key | None:
    if said.name is None:
        words = fold_words(said.printed)
        if not words or words in _pronouns():
            return None
        return said.kind, _UNNAMED + (words if said.kind == "group" else f"{said.article} {words}")
    if said.kind != "organisation":
        return said.kind, fold_name(said.name)
    folded = fold_organisation(said.name)
    listed = _organisations().get(folded)
    return said.kind, fold_organisation(listed) if listed else folded


# --- persons ---------------------------------------------------------------------------------------------


def _person_names(mentions: Sequence[Said], keys: Sequence[Key | None]) -> dict[str, str]:
    """For each folded name of a person the folded name that stands for all its forms.

    A name that fits two people who do not fit each other is joined to neither.
    """
    offices: dict[str, set[str]] = {}
    called: list[tuple[str, str]] = []  # a name with its nickname for given name, and the full name
    for said, key in zip(mentions, keys, strict=True):
        if key is None or key[0] != "person" or said.name is None:
            continue
        known = offices.setdefault(key[1], set())
        if said.description:
            known.add(fold_office(said.description))
        alias = nickname(said.name)
        if alias:
            called.append((alias, key[1]))
    matches: dict[str, dict[str, None]] = {name: {} for name in offices}
    for one, other in (*_likely_pairs(offices), *called):
        if one in matches and other in matches and one != other:
            matches[one][other] = matches[other][one] = None
    ambiguous = {
        name
        for name, others in matches.items()
        if any(other != third and third not in matches[other] for other in others for third in others)
    }
    order = {name: number for number, name in enumerate(matches)}
    return {
        name: min((name, *(other for other in others if other not in ambiguous)), key=order.__getitem__)
        for name, others in matches.items()
        if name not in ambiguous
    }


def _likely_pairs(offices: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Pairs of names that may be one person's, those with one surname or one more last name."""
    parts = {name: read_person(name) for name in offices}
    same_letter: dict[tuple[str, str], list[str]] = {}
    by_surname: dict[str, list[str]] = {}
    for name, person in parts.items():
        bearers = by_surname.setdefault(person.last, [])
        if len(bearers) < _ALIKE:
            yield from (
                (other, name)
                for other in bearers
                if offices[other] & offices[name] and _may_share_office(parts[other], person)
            )
            bearers.append(name)
        if person.first:
            alike = same_letter.setdefault((person.last, person.first[0]), [])
            if len(alike) < _ALIKE:
                yield from ((other, name) for other in alike if _same_person(parts[other], person))
                alike.append(name)
        shorter = name.rpartition(" ")[0]
        if shorter in parts and _ends_with_last_name(parts[shorter]):
            yield shorter, name  # Carlos Ruiz, Carlos Ruiz Ortega


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


def _acronyms(mentions: Sequence[Said], keys: Sequence[Key | None]) -> dict[str, str]:
    """For each abbreviation the one organisation of the archive whose initials it is."""
    long_names: dict[str, set[str]] = {}
    short: list[str] = []
    for said, key in zip(mentions, keys, strict=True):
        if key is None or key[0] != "organisation" or said.name is None:
            continue
        words = [word for word in said.name.replace("-", " ").split() if word[:1].isupper() and word != "The"]
        if len(words) > 1:
            initials = "".join(word[0] for word in words).casefold()
            long_names.setdefault(initials, set()).add(key[1])
        elif said.name.replace(".", "").isupper():
            short.append(key[1])
    fitting = {name: long_names.get(_joined(name), set()) for name in short}
    return {name: next(iter(names)) for name, names in fitting.items() if len(names) == 1}


def _joined(name: str) -> str:
    return name.replace(" ", "")


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
