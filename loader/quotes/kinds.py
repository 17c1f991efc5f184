"""What a marked segment is: a sentence quoted, a fragment quoted, a scare quote or the title of a work."""

from __future__ import annotations

from loader.quotes.attribution import Attribution
from loader.quotes.clauses import Clauses
from loader.quotes.lexicon import Lexicon, word_set

# Prepositions after which a programme or a paper is named.
_PLACED = word_set("placed")
# Words that stay small in a title.
_SMALL = word_set("small")


def kind_of(
    inner: str, clauses: Clauses, quote: int, found: Attribution | None, lexicon: Lexicon, *, standalone: bool, after_title: bool
) -> str:
    """Names the kind of a segment.

    Args:
        inner: the characters between the marks.
        clauses: its paragraph.
        quote: token index of the segment.
        found: its attribution, or None.
        lexicon: word classes.
        standalone: whether it begins a sentence.
        after_title: whether the quotation before it in the paragraph is a title.

    Returns:
        One of `loader.records.QUOTE_KINDS`.
    """
    words = inner.split()
    if _is_title(words, clauses, quote, lexicon, after_title=after_title):
        return "title"
    if standalone and clauses.tags[quote] in "FKQ" and inner.rstrip()[-1:] in ".!?,…—-":
        return "direct"
    clause = _is_clause(words, lexicon)
    # A fragment is somebody's words only where the text says whose; a word or two only by a verb of saying.
    if found is None and not clause and not _reported(clauses, quote, lexicon):
        return "scare"
    if found is not None and found.rule == "subject-only" and len(words) <= 2:
        return "scare"
    return "direct" if clause else "partial"


def _reported(clauses: Clauses, quote: int, lexicon: Lexicon) -> bool:
    """Whether words before it report it though they name nobody: chants of "no", was described as "fair"."""
    for word in clauses.words[max(0, quote - 3) : quote]:
        if word.lower() in lexicon.cue_nouns or lexicon.frames.get(word.lower()) in ("call", "say", "tell"):
            return True
    return False


def _is_title(words: list[str], clauses: Clauses, quote: int, lexicon: Lexicon, *, after_title: bool) -> bool:
    """A name in capitals where works are named: the show "Morning Joe", on "Meet the Press", CNN's "New Day"."""
    if len(words) > 12 or not _capitalised(words):
        return False
    tags = clauses.tags
    before = quote - 1
    if before >= 0 and tags[before] == ",":
        before -= 1
    near = [word.lower() for word in clauses.words[max(0, before - 1) : before + 1] + clauses.words[quote + 1 : quote + 2]]
    if any(word in lexicon.works for word in near):
        return True
    if after_title and clauses.tags[max(0, quote - 4) : quote].rstrip(",CRa").endswith(("Q", "F", "K")):
        return True  # in a list of titles
    if quote == 0 or tags[quote - 1] not in "XRVT":
        return False
    word = clauses.words[quote - 1].lower()
    if tags[quote - 1] == "X":
        return clauses.words[quote - 1] in lexicon.outlets or (quote > 1 and clauses.words[quote - 2] in _PLACED)
    return word in _PLACED or lexicon.frames.get(word) == "tell"


def _capitalised(words: list[str]) -> bool:
    """Whether every word of weight has a capital, as in a title."""
    first = words[0].lstrip("'‘’[(")
    if not first[:1].isupper() and not first[:1].isdigit():
        return False
    return all(word[:1].isupper() or not word[:1].isalpha() or word in _SMALL for word in words)


def _is_clause(words: list[str], lexicon: Lexicon) -> bool:
    if len(words) < 2:
        return False
    first = words[0].strip("'’‘[(…")
    if first[:1].isupper() and words[-1].rstrip("'’”")[-1:] in ".,!?…":
        return len(words) > 3 or words[-1][-1] in "!?"
    tags = [lexicon.tags.get(word.strip(".,;:!?'’‘[]()")) or "n" for word in words[:12]]
    for index, tag in enumerate(tags[:-1]):
        if tag == "P" and any(other in "HVvB" for other in tags[index + 1 : index + 4]):
            return True
    return False
