"""Whether a speaker's full name is the annotated one, where the corpus has the names of the same source.

A corpus row may give `speaker_names`: the other mentions of the quotation's source, found by a
coreference system and so only nearly right. A name agrees where it ends with the last name that most of
them have and, where one of them has a given name, begins with it. What is counted are quotations whose
mention is right; of named speakers only those whose own last name is the one of their chain.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from benchmarks.quotes.scoring import Result
from loader.extract.discourse.name_spans import is_given_name, speaker_words
from loader.vocabulary import read_table

_PAST_NAME = frozenset({",", "and", "or", "'s", "'", "’s", "’"})
_HEAD_END = re.compile(r"[,(—]| (?:who|of|for|and|in|at) ")
_GENITIVE_INSIDE = re.compile(r"['’]s? ")
_CLASSES = {"name": "full name of named speakers", "pronoun": "name behind pronouns"}


def by_name(results: Iterable[Result]) -> dict[str, tuple[int, int]]:
    """For named and for pronominal speakers: how many have names to compare with, and how many agree."""
    counts = {name: [0, 0] for name in _CLASSES.values()}
    for result in results:
        for pair in result.pairs:
            kind = pair.gold.get("speaker_type")
            if pair.claim is None or not pair.speaker_agrees or kind not in _CLASSES:
                continue
            mention = pair.gold["speaker"] if kind == "name" else None
            agrees = _agrees(pair.claim.quote.speaker_name, pair.gold.get("speaker_names") or [], mention)
            if agrees is not None:
                counts[_CLASSES[kind]][0] += 1
                counts[_CLASSES[kind]][1] += agrees
    return {name: (count[0], count[1]) for name, count in counts.items()}


def _agrees(found: str | None, chain: list[str], mention: str | None) -> bool | None:
    """Whether a found name agrees with a chain; None where the chain does not tell."""
    names = [words for words in map(_cleaned, chain) if words]
    if not names:
        return None
    last = Counter(words[-1] for words in names).most_common(1)[0][0]
    given = {words[0] for words in map(_untitled, names) if len(words) > 1 and words[-1] == last}
    given = {word for word in given if is_given_name(word)}
    if mention is not None and not (given and _is_headed_by(mention, last, given)):
        return None
    if found is None:
        return False
    words = _cleaned(found.split())
    if not words or words[-1] != last:
        return False
    return not given or bool(given.intersection(words[:2]))


def _cleaned(name: str | list[str]) -> list[str]:
    """A mention's name words: capitals from the first one to a comma or a genitive, suffixes left out."""
    words: list[str] = []
    for word in name.split() if isinstance(name, str) else name:
        if word in _PAST_NAME:
            break
        if words or word[:1].isupper():
            words.append(word.removesuffix("’s").removesuffix("'s"))
    while words and words[-1].lower() in speaker_words("suffix"):
        words.pop()
    small = speaker_words("particle")
    return words if all(word[:1].isupper() or word in small for word in words) else []


def _untitled(words: list[str]) -> list[str]:
    """A name from its first given name on; empty where it has none."""
    titles = {row["title"] for row in read_table("titles")}
    for index, word in enumerate(words[:-1]):
        if word.rstrip(".").lower() not in titles and is_given_name(word):
            return words[index:]
    return []


def _is_headed_by(mention: str, last: str, given: set[str]) -> bool:
    """Whether an annotated mention is of the person, not of one who belongs to that person."""
    head = _HEAD_END.split(mention)[0].strip()
    words = head.split()
    if not words or words[-1] != last or _GENITIVE_INSIDE.search(head):
        return False
    return len(words) == 1 or not is_given_name(words[0]) or words[0] in given
