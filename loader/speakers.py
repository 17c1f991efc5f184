"""Who speaks across articles: one identity for each person, organisation, document or group.

Two mentions become one only on evidence: the same full name, a name that is an initialled or accented
form of exactly one other, a spelling or a name that data/ lists, or, for a bare surname, the same office.
A surname alone is no evidence.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from loader.vocabulary import read_table

_ARTICLES = ("the ", "a ", "an ")


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
    keys: list[tuple[str, str] | None] = [_first_key(said) for said in mentions]
    persons = _person_names(mentions, keys)
    acronyms = _acronyms(mentions, keys)
    joined: dict[tuple[str, str], list[int]] = {}
    for index, key in enumerate(keys):
        if key is None:
            continue
        kind, folded = key
        standing = persons if kind == "person" else acronyms if kind == "organisation" else {}
        joined.setdefault((kind, standing.get(folded, folded)), []).append(index)
    return [_identity(mentions, indices) for indices in joined.values()]


def _identity(mentions: Sequence[Said], indices: list[int]) -> Identity:
    said = [mentions[index] for index in indices]
    names = [_shown(one) for one in said]
    name = max(names, key=lambda text: (len(text.split()), not text.isupper(), len(text)))
    kind = said[0].kind
    if kind == "organisation":
        # an organisation's name has no article in front, however the text prints it
        name = _organisations().get(fold_name(name), _cut_article(name))
    description = next((one.description for one in said if one.description), None)
    return Identity(name, kind, description, tuple(indices))


def _shown(said: Said) -> str:
    return said.name or said.printed


def _first_key(said: Said) -> tuple[str, str] | None:
    if said.name is None:
        low = said.printed.strip().casefold()
        return None if not low or low in _pronouns() else (said.kind, "printed " + _without_article(low))
    if said.kind == "person":
        return "person", fold_name(said.name)
    name = fold_name(_organisations().get(fold_name(said.name), said.name))
    return said.kind, name


def fold_name(name: str) -> str:
    """A name for comparison: lower case, no accents, articles, titles or full stops, one spelling.

    Args:
        name: a name as printed.

    Returns:
        Its words, each in the spelling that data/speakers_spellings.csv gives, joined by spaces.
    """
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter)
    )
    low = _without_article(plain.casefold().replace("’", "'").replace("‑", "-").replace(".", " ").strip())
    words = [word.removesuffix("'s") for word in low.split()]
    while len(words) > 1 and words[0] in _titles():
        words = words[1:]
    spellings = _spellings()
    kept = []
    for word in words:
        bare = _bare(word)
        if bare and bare not in ("al", "el"):
            kept.append(spellings.get(bare, bare))
    return " ".join(kept) or low or name


def _bare(word: str) -> str:
    """A word of a name without an Arabic article joined to it."""
    for article in _name_articles():
        if word.startswith(article) and len(word) > len(article) + 2:
            return word.removeprefix(article)
    return word


def _person_names(mentions: Sequence[Said], keys: Sequence[tuple[str, str] | None]) -> dict[str, str]:
    """For each folded name of a person the folded name that stands for all its forms."""
    names = list(dict.fromkeys(key[1] for key in keys if key and key[0] == "person"))
    by_surname: dict[str, list[str]] = {}
    for name in names:
        if not name.startswith("printed "):
            by_surname.setdefault(name.split()[-1], []).append(name)
    offices: dict[str, set[str]] = {}
    for said, key in zip(mentions, keys, strict=True):
        if key and said.description:
            offices.setdefault(key[1], set()).add(_without_article(said.description.casefold()))
    result: dict[str, str] = {}
    for bearers in by_surname.values():
        full = [name for name in bearers if len(name.split()) > 1 and len(name.split()[0]) > 1]
        for name in bearers:
            matches = [other for other in full if _same_person(name, other)]
            if name not in full or name not in matches:
                matches = [other for other in matches if other != name]
            if len(name.split()) == 1:
                shared = offices.get(name, set())
                matches = [other for other in full if shared & offices.get(other, set())]
            # Joined only where one bearer of the surname fits.
            firsts = {other.split()[0] for other in matches}
            if len(firsts) == 1:
                result[name] = min(matches, key=lambda other: (len(other.split()), names.index(other)))
    return result


def _same_person(name: str, other: str) -> bool:
    """Whether two folded names with one surname agree word by word: J. Lang, Jonas P. Lang."""
    first, second = name.split(), other.split()
    if len(first) == 1:
        return False
    if not _agree(first[0], second[0]):
        return False
    middles, others = first[1:-1], second[1:-1]
    return not middles or not others or all(map(_agree, middles, others))


def _agree(one: str, other: str) -> bool:
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])


def _acronyms(mentions: Sequence[Said], keys: Sequence[tuple[str, str] | None]) -> dict[str, str]:
    """For each abbreviation the one organisation of the archive whose initials it is."""
    long_names: dict[str, list[str]] = {}
    short: list[str] = []
    for said, key in zip(mentions, keys, strict=True):
        if key is None or key[0] != "organisation" or said.name is None:
            continue
        words = [word for word in said.name.replace("-", " ").split() if word[:1].isupper() and word != "The"]
        if len(words) > 1:
            initials = "".join(word[0] for word in words).casefold()
            if key[1] not in long_names.setdefault(initials, []):
                long_names[initials].append(key[1])
        elif said.name.replace(".", "").isupper():
            short.append(key[1])
    return {
        name: long_names[_joined(name)][0] for name in short if len(long_names.get(_joined(name), ())) == 1
    }


def _joined(name: str) -> str:
    return name.replace(" ", "")


def _without_article(text: str) -> str:
    for article in _ARTICLES:
        if text.startswith(article):
            return text[len(article) :]
    return text


def _cut_article(name: str) -> str:
    first, blank, rest = name.partition(" ")
    return rest if blank and f"{first.lower()} " in _ARTICLES else name


@cache
def _pronouns() -> frozenset[str]:
    classes = ("pronoun", "relative", "object", "possessive")
    return frozenset(
        row["word"] for row in read_table("quotes_function_words") if row["class"] in classes
    ) | {"that"}


@cache
def _name_articles() -> tuple[str, ...]:
    return tuple(row["word"] for row in read_table("quotes_word_sets") if row["set"] == "name_article")


@cache
def _titles() -> frozenset[str]:
    return frozenset(row["title"] for row in read_table("titles"))


@cache
def _spellings() -> dict[str, str]:
    return {row["variant"]: row["spelling"] for row in read_table("speakers_spellings")}


@cache
def _organisations() -> dict[str, str]:
    """Folded name or abbreviation of an organisation to its name."""
    return {fold_name(row["variant"]): row["name"] for row in read_table("speakers_organisations")}
