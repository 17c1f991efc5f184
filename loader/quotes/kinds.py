"""What a marked segment is: a sentence quoted, a fragment quoted, a scare quote or the title of a work."""

from __future__ import annotations

from loader.quotes.attribution import Attribution
from loader.quotes.clauses import Clauses
from loader.quotes.lexicon import Lexicon


def kind_of(inner: str, clauses: Clauses, quote: int, found: Attribution | None, lexicon: Lexicon) -> str:
    """Names the kind of a segment.

    Args:
        inner: the characters between the marks.
        clauses: its paragraph.
        quote: token index of the segment.
        found: its attribution, or None.
        lexicon: word classes.

    Returns:
        One of `loader.records.QUOTE_KINDS`.
    """
    words = inner.split()
    if _is_title(words, clauses, quote, lexicon):
        return "title"
    if found is None or (found.rule == "subject-only" and len(words) <= 2 and False):
        if len(words) <= 4:
            return "scare"
    return "direct" if _is_clause(words, lexicon) else "partial"


def _is_title(words: list[str], clauses: Clauses, quote: int, lexicon: Lexicon) -> bool:
    if len(words) > 12 or not words[0][:1].isupper():
        return False
    capitals = sum(1 for word in words if word[:1].isupper() or not word[:1].isalpha() or len(word) <= 4)
    if capitals < len(words):
        return False
    before = clauses.words[max(0, quote - 3) : quote]
    after = clauses.words[quote + 1 : quote + 2]
    near = [word.lower() for word in before[-2:] + after]
    if any(word in lexicon.works for word in near):
        return True
    return bool(before) and clauses.tags[quote - 1] == "X"


def _is_clause(words: list[str], lexicon: Lexicon) -> bool:
    if len(words) < 2:
        return words[0][-1:] in ".!?"
    first = words[0].strip("'’‘[(…")
    if first[:1].isupper() and words[-1].rstrip("'’”")[-1:] in ".,!?…":
        return len(words) > 3 or words[-1][-1] in "!?"
    tags = [lexicon.tags.get(word.strip(".,;:!?'’‘[]()")) or "n" for word in words[:12]]
    for index, tag in enumerate(tags[:-1]):
        if tag == "P" and any(other in "HVvB" for other in tags[index + 1 : index + 4]):
            return True
    return False
