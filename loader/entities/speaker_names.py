"""Names of sources folded for comparison across articles: spelling, order and parts, by rules and data/."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from loader.vocabulary import read_table

ARTICLES = ("the ", "a ", "an ")
_MARKS = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "‑": "-", ",": " ", "&": " and "})
# An abbreviation at the end:   Harbour Authority (NHA)
_BRACKETS = re.compile(r" \([^()]{1,40}\)$")
# A nickname between given name and last name; group 1 is the nickname.   William "Bill" Hart
_NICKNAME = re.compile(r' ["\']([^"\']{1,30})["\'](?= )')
_GENITIVE = "'s"
_LONG_WORD = 4  # letters after "servant of" in a name of one word: Abdulkarim, not Abdullah
_PREFIXES = ("al", "el")  # an Arabic article on its own


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonName:
    """A folded name of a person in its parts.

    Attributes:
        first: the given name, or its initial; empty where the name is one word.
        middles: the words between.
        last: the last name, particles left out.
        particles: the words that belong to the last name (van, de).
        suffix: Jr., Sr., a number; else empty.
    """

    first: str
    middles: tuple[str, ...]
    last: str
    particles: tuple[str, ...]
    suffix: str


def fold_name(name: str) -> str:
    """A name for comparison: lower case, no accents, articles, titles or full stops, one spelling.

    Args:
        name: a name as printed.

    Returns:
        Its words, each in the spelling that data/speakers_spellings.csv gives, joined by spaces.
    """
    low = _plain(name)
    words = [word.removesuffix(_GENITIVE) for word in low.replace(".", " ").split()]
    while len(words) > 1 and words[0] in titles():
        words = words[1:]
    parts = [part for word in words for part in _bare(word).split("-") if part]
    kept = [_spelled(word) for word in parts if word not in _PREFIXES]
    return " ".join(_joined_servant(kept)) or low or name


def fold_organisation(name: str) -> str:
    """An organisation's name for comparison: as `fold_name`, one order, a country's code, no legal form.

    Args:
        name: a name as printed.

    Returns:
        The words: "no health ministry" for Norway's Ministry of Health.
    """
    words = _initials_joined(fold_name(_BRACKETS.sub("", name)).split()) or [name]
    while len(words) > 1 and words[-1] in speaker_words("legal_form"):
        words.pop()
    for index, word in enumerate(words[:-2]):
        if word in speaker_words("invertible") and words[index + 1] in ("of", "for"):
            words = [*words[:index], *(w for w in words[index + 2 :] if w != "the"), word]
            break
    if words[-1] in speaker_words("invertible"):
        words = _country_coded(words)
    return " ".join(words)


def fold_words(printed: str) -> str:
    """The words of a mention without a name, for comparison: small, no article, one kind of apostrophe."""
    return without_article(printed.strip().casefold().replace("’", "'"))


def fold_office(description: str) -> str:
    """A description for comparison: as `fold_words`, shortened titles written out."""
    words = fold_words(description).replace(".", "").split()
    return " ".join(_offices().get(word, word) for word in words)


def nickname(name: str) -> str | None:
    """The name by which a nickname in quotation marks lets one be called: Bill Hart, folded; or None."""
    found = _NICKNAME.search(name.translate(_MARKS))
    if found is None:
        return None
    return f"{fold_name(found[1])} {fold_name(name).rpartition(' ')[2]}"


def read_person(folded: str) -> PersonName:
    """The parts of a folded name."""
    words = folded.split()
    suffix = words.pop() if len(words) > 1 and words[-1] in speaker_words("suffix") else ""
    last = words.pop()
    particles: list[str] = []
    while len(words) > 1 and words[-1] in speaker_words("particle"):
        particles.insert(0, words.pop())
    return PersonName(
        first=words[0] if words else "",
        middles=tuple(words[1:]),
        last=last,
        particles=tuple(particles),
        suffix=suffix,
    )


def shown(name: str) -> str:
    """A name for readers: a title before a full name, a genitive and an abbreviation behind it left out."""
    words = _BRACKETS.sub("", name).removesuffix("’s").removesuffix("'s").split()
    while len(words) > 2 and words[0].rstrip(".").lower() in titles():
        words = words[1:]
    return " ".join(words) or name


def without_article(text: str) -> str:
    """Lower-case text without an article in front."""
    for article in ARTICLES:
        if text.startswith(article):
            return text[len(article) :]
    return text


def _plain(name: str) -> str:
    letters = _letters()
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_MARKS))
    plain = "".join(letters.get(letter, letter) for letter in plain if not unicodedata.combining(letter))
    return without_article(_NICKNAME.sub("", plain).strip())


def _bare(word: str) -> str:
    """A word of a name without an Arabic article joined to it."""
    for article in _name_articles():
        if word.startswith(article) and len(word) > len(article) + 2:
            return word.removeprefix(article)
    return word


def _spelled(word: str) -> str:
    """A word in the one spelling of data/, its ending too (Petrovskiy, Petrovsky)."""
    spellings = _spellings()
    for length in (4, 3):
        ending = spellings.get(f"-{word[-length:]}")
        if ending is not None and len(word) > length + 1:
            word = word[:-length] + ending[1:]
    return spellings.get(word, word)


def _joined_servant(words: list[str]) -> list[str]:
    """Words with "servant of" joined to what follows, in one form: Abdul Karim, Abd al-Karim, Abdelkarim."""
    servants = speaker_words("servant_of")
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] in servants:
            joined[-1] = "abd" + word
            continue
        for servant in servants:
            if word.startswith(servant) and len(word) >= len(servant) + _LONG_WORD and servant != "abd":
                word = "abd" + word.removeprefix(servant)  # noqa: PLW2901
                break
        joined.append(word)
    return joined


def _initials_joined(words: list[str]) -> list[str]:
    """Words with single letters in a row made one word: u s -> us."""
    joined: list[str] = []
    run = False
    for word in words:
        if run and len(word) == 1:
            joined[-1] += word
        else:
            joined.append(word)
        run = len(word) == 1
    return joined


def _country_coded(words: list[str]) -> list[str]:
    """Words whose country in front, as an adjective or a name, is its ISO code: norwegian, norway -> :no."""
    codes = _country_codes()
    for length in (3, 2, 1):
        code = codes.get(" ".join(words[:length]))
        if code and len(words) > length:
            return [f":{code}", *words[length:]]
    return words


@cache
def titles() -> frozenset[str]:
    """Titles, lower-case, without full stops."""
    return frozenset(row["title"] for row in read_table("titles"))


@cache
def speaker_words(name: str) -> frozenset[str]:
    """A set of words by its name in data/speakers_words.csv, without full stops."""
    rows = read_table("speakers_words")
    return frozenset(row["word"].rstrip(".") for row in rows if row["set"] == name)


@cache
def short_forms() -> frozenset[tuple[str, str]]:
    """Pairs of a short form and a given name, both folded: bill, william."""
    return frozenset((row["short"], row["given"]) for row in read_table("speakers_short_forms"))


@cache
def given_names() -> frozenset[str]:
    """Given names, folded."""
    tables = ("words_first_names", "words_first_names_world", "given_names")
    return frozenset(_plain(row["name"]) for table in tables for row in read_table(table))


@cache
def _name_articles() -> tuple[str, ...]:
    return tuple(row["word"] for row in read_table("quotes_word_sets") if row["set"] == "name_article")


@cache
def _spellings() -> dict[str, str]:
    return {row["variant"]: row["spelling"] for row in read_table("speakers_spellings")}


@cache
def _letters() -> dict[str, str]:
    return {row["letter"]: row["plain"] for row in read_table("speakers_letters")}


@cache
def _offices() -> dict[str, str]:
    return {row["abbreviation"]: row["office"] for row in read_table("speakers_offices")}


@cache
def _country_codes() -> dict[str, str]:
    """Folded adjectives and names of countries to ISO 3166-1 codes, lower-case."""
    codes = {
        fold_name(row["name"]): row["country_code"].lower()
        for row in read_table("regions")
        if row["kind"] == "country"
    }
    for row in read_table("words_demonyms"):
        if row["code"]:
            codes[fold_name(row["demonym"])] = row["code"].lower()
    return codes
