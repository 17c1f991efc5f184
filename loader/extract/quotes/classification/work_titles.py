"""Whether marked text is the title of a work: a show, a book, an article."""

from __future__ import annotations

from loader.extract.discourse.lexicon import Lexicon, word_set
from loader.extract.discourse.tagged_paragraph import Clauses

# Prepositions after which a programme or a paper is named.
_PLACED = word_set("placed")
# Those who make works or appear in them (star, host, author).
_MAKERS = word_set("maker")
# Words that stay small in a title.
_SMALL = word_set("small")
_OUTLET = 4  # words of a broadcaster's name


def is_title(words: list[str], clauses: Clauses, quote: int, lexicon: Lexicon, *, after_title: bool) -> bool:
    """A name in capitals where works are named: the show "Harbour Hour", on "Ask the Port"."""
    tags = clauses.tags
    after = clauses.words[quote + 1 : quote + 2]
    if after and after[0].lower() in _MAKERS and words[0][0].isupper() and words[-1][-1] not in ",.":
        return True  # "The Port is Mine" star
    if len(words) > 12 or not capitalised(words):
        return False
    before = quote - 1
    if before >= 0 and tags[before] == ",":
        before -= 1
    near = clauses.words[max(0, before - 1) : before + 1] + after
    if any(word.lower() in lexicon.works for word in near):
        return True
    if quote > 1 and clauses.words[quote - 1] == "of" and clauses.words[quote - 2].lower() in _MAKERS:
        return True
    if after_title and clauses.tags[max(0, quote - 4) : quote].rstrip(",CRa").endswith(("Q", "F", "K")):
        return True  # in a list of titles
    if quote == 0 or tags[quote - 1] not in "XxRVT":
        return False
    word = clauses.words[quote - 1].lower()
    if tags[quote - 1] in "Xx":
        first = quote - 1
        while first > max(0, quote - _OUTLET) and tags[first - 1] == "N":
            first -= 1  # Harbour News Channel's "...", Harbour News channel's "..."
        named = any(name in lexicon.outlets for name in clauses.words[first:quote])
        return named or (quote > 1 and clauses.words[quote - 2] in _PLACED)
    return word in _PLACED or lexicon.frames.get(word) == "tell"


def capitalised(words: list[str]) -> bool:
    """Whether every word of weight has a capital, as in a title."""
    first = words[0].lstrip("'‘’[(")
    if not first[:1].isupper() and not first[:1].isdigit():
        return False
    return all(word[:1].isupper() or not word[:1].isalpha() or word in _SMALL for word in words)


def has_byline(words: list[str], clauses: Clauses, quote: int) -> bool:
    """Whether a comma inside the marks and an author after them make it an article: "...," by Lena Brandt."""
    after = quote + 1
    if not words[-1].rstrip("'’").endswith(",") or clauses.words[after : after + 1] != ["by"]:
        return False
    name = clauses.tags[after + 1 : after + 3].lstrip("D")
    return name[:1] in ("N", "X")
