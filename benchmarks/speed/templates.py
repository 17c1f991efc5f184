"""Templates of paragraphs, cut from the seed archive: where a name, a place, a number or a word may vary.

What is a quotation, a place or a caption in the seed archive is taken from its annotation by hand, never from
the loader, so that a change of the loader leaves the made archives as they are.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

DATA = Path(__file__).parent / "data"
_ROOT = Path(__file__).parents[2]
SEED = _ROOT / "seeds" / "000_b51d602057fa6dcc.txt"
_GOLD = _ROOT / "tests" / "gold"
_WORDS = _ROOT / "loader" / "data"

# How many different fillings of each kind an article has: it comes back to its places and people.
FILLINGS = {
    "country": 5, "city": 8, "region": 3, "world_region": 2, "landmark": 2, "demonym": 5,
    "person": 10, "surname": 10, "organisation": 8, "acronym": 8, "number": 10, "person_noun": 4,
    "adjective": 16, "adverb": 6, "action": 8, "gerund": 8, "past": 10,
}  # fmt: skip
# Kinds of places that other places' names can stand for; "T-4" of "T-4 base" has no second.
_AS_KIND = {
    "country": "country", "city": "city", "neighbourhood": "city", "region": "region",
    "world_region": "world_region", "landmark": "landmark",
}  # fmt: skip
# An ending tells a word's class well enough to put another there. Where words attribute a quotation,
# another verb could make another attribution: there verbs stay.
_ENDINGS = (("adverb", "ly"), ("action", "tion"), ("gerund", "ing"), ("past", "ed"))
_VERBS = ("gerund", "past")
# "45 fighters" or “25 incidents”: a number of two digits, with what stands before it.
_NUMBER = re.compile(r"(?<!\S)([\w.]+ |[“‘])?(?P<number>\d{2})(?= [a-z])")
_SENTENCE_END = re.compile(r"(?<=[a-z]{4}[.!?])\s+(?=[A-Z])")
_MARK = re.compile("[“”‘]")
_WORD = re.compile(r"(?<![\w’-])[a-z]{4,}(?![\w’-])")

Slot = tuple[int, int, str]  # start, end (code points, end exclusive), the filling's name


class Paragraph(NamedTuple):
    """A paragraph with quotation marks: a template, and how many quotations were annotated in it."""

    text: str
    quotes: int


class Templates(NamedTuple):
    """What articles are put together from; every text is for the operator % with a mapping of fillings.

    Attributes:
        headlines: each once for every unit of its weight.
        sentences: sentences of paragraphs without a quotation mark.
        paragraphs: whole paragraphs with quotation marks.
        captions: of photos.
        standfirsts: summaries between headline and source line.
        bios: what is said of an author at the end.
        footnotes: with web addresses.
    """

    headlines: tuple[str, ...]
    sentences: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    captions: tuple[str, ...]
    standfirsts: tuple[str, ...]
    bios: tuple[str, ...]
    footnotes: tuple[str, ...]


def rows(path: Path) -> list[dict[str, str]]:
    """Reads a CSV file, column to value."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def words_by_class() -> dict[str, tuple[str, ...]]:
    """Common words that can stand for each other, the commoner ones first; no verb that attributes."""
    cues = {form for row in rows(_WORDS / "cues.csv") for form in row.values()}
    adjectives = {row["adjective"] for row in rows(_WORDS / "quotes_adjectives.csv")}
    classes: dict[str, list[str]] = defaultdict(list)
    # Within a level the table is in order of the alphabet, and the first words would all begin with an a.
    common = rows(_WORDS / "words_common.csv")
    for row in sorted(common, key=lambda row: (int(row["level"]), crc32(row["word"].encode()))):
        word = row["word"]
        if not _WORD.fullmatch(word) or word in cues:
            continue
        name = "adjective" if word in adjectives else _class_by_ending(word)
        if name:
            classes[name].append(word)
    people = [row["noun"] for row in rows(_WORDS / "nouns.csv") if row["kind"] == "person"]
    classes["person_noun"] = [noun for noun in people if _WORD.fullmatch(noun)]
    return {name: tuple(words) for name, words in classes.items()}


@cache
def _class_of_word() -> dict[str, str]:
    return {word: kind for kind, words in words_by_class().items() for word in words}


def _class_by_ending(word: str) -> str | None:
    return next((name for name, end in _ENDINGS if word.endswith(end) and len(word) > len(end) + 3), None)


@cache
def seed_templates() -> Templates:
    """Cuts the seed archive's blocks into templates."""
    text = SEED.read_text(encoding="utf-8")
    slots = [*_place_slots(), *_name_slots(text)]
    quotes = [int(row["start"]) for row in rows(_GOLD / "quotes.csv")]
    sentences: list[str] = []
    paragraphs: list[Paragraph] = []
    others: dict[str, list[str]] = defaultdict(list)
    for block in rows(_GOLD / "blocks.csv"):
        start, end, role = int(block["start"]), int(block["end"]), block["role"]
        marked = _MARK.search(text, start, end) is not None
        template = _template(text, start, end, slots, verbs=role == "body" and not marked)
        if role != "body":
            others[role].append(template)
        elif marked:
            paragraphs.append(Paragraph(template, sum(start <= at < end for at in quotes)))
        else:
            sentences.extend(_SENTENCE_END.split(template))
    headlines = [text for text in others["headline"] if not _MARK.search(text)]
    return Templates(
        headlines=(*headlines, *_own_headlines()),
        sentences=tuple(sentences),
        paragraphs=tuple(paragraphs),
        captions=tuple(text for text in others["caption"] if " " in text),
        standfirsts=tuple(others["standfirst"]),
        bios=tuple(re.sub(r"^\w+ \w+(?= is )", "%(author)s", text) for text in others["author_bio"]),
        footnotes=tuple(others["footnote"]),
    )


def _own_headlines() -> Iterator[str]:
    for row in rows(DATA / "headlines.csv"):
        yield from [re.sub(r"\{(\w+)\}", r"%(\1)s", row["template"])] * int(row["weight"])


def _place_slots() -> Iterator[Slot]:
    """The annotated places whose name may vary. The same place has the same filling throughout."""
    numbers: dict[str, dict[str, int]] = defaultdict(dict)
    for row in rows(_GOLD / "places.csv"):
        kind = _AS_KIND.get(row["kind"])
        if kind and not re.fullmatch(r"[A-Z.]+", row["text"]):  # "US" and "U.S." stay: half of all news
            number = numbers[kind].setdefault(row["place"], len(numbers[kind])) % FILLINGS[kind]
            yield int(row["start"]), int(row["end"]), f"{kind}{number}"


def _name_slots(text: str) -> Iterator[Slot]:
    """Where people, organisations and peoples are named."""
    names = {row["text"]: f"{row['kind']}{row['number']}" for row in rows(DATA / "names.csv")}
    numbers = count()
    words = set(re.findall(r"\w+", text))
    for row in rows(_WORDS / "words_demonyms.csv"):
        if row["demonym"] in words:
            names.setdefault(row["demonym"], f"demonym{next(numbers) % FILLINGS['demonym']}")
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    pattern = re.compile(rf"(?<![\w’-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")
    for match in pattern.finditer(text):
        yield match.start(), match.end(), names[match[0]]


def _template(text: str, start: int, end: int, slots: list[Slot], *, verbs: bool) -> str:
    """A piece of the archive as a template; of slots that overlap, the first given is kept."""
    kept: list[Slot] = []
    inner = [(at, stop, name) for at, stop, name in slots if start <= at and stop <= end]
    for slot in (*inner, *_word_slots(text, start, end, verbs=verbs)):
        if all(slot[1] <= other[0] or slot[0] >= other[1] for other in kept):
            kept.append(slot)
    parts: list[str] = []
    for at, stop, name in sorted(kept):
        parts += (text[start:at].replace("%", "%%"), f"%({name})s")
        start = stop
    parts.append(text[start:end].replace("%", "%%"))
    return re.sub(r"[\xa0 ]+", " ", "".join(parts).replace("\n", " ")).strip()


def _word_slots(text: str, start: int, end: int, *, verbs: bool) -> Iterator[Slot]:
    """Numbers, and common words of a class."""
    kind_of = _class_of_word()
    numbers: dict[str, Iterator[int]] = defaultdict(count)
    found = [
        (*match.span("number"), "number")
        for match in _NUMBER.finditer(text, start, end)
        if not match[0][0].isupper()  # "April 12", "Airlines 17"
    ]
    found += [(*match.span(), kind_of.get(match[0], "")) for match in _WORD.finditer(text, start, end)]
    for at, stop, kind in found:
        if kind and (verbs or kind not in _VERBS):
            # Begun anew in each block, every block would have the same words; so begin where it stands.
            number = (next(numbers[kind]) + start) % FILLINGS[kind]
            yield at, stop, f"{kind}{number}"
