"""What one unit looks like, taken alone: a separator, a credit, a caption, a headline, a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from loader.links import URL, urls_in
from loader.readers.roundup.line_patterns import (
    BULLET,
    CAPTION_DATELINE,
    CLOSERS,
    IMAGE_FILE,
    IMAGE_SLUG,
    LIST_ITEM,
    SEPARATOR,
)
from loader.readers.roundup.phrases import (
    CAPTION_LEADS,
    CAPTION_WORDS,
    CREDIT_LEADS,
    HEADER_CAPTION_WORDS,
    PHOTO_AGENCIES,
    SEE_ALSO,
    SOCIAL_NETWORKS,
    TITLE_WORDS,
)

_LONGEST_HEADLINE_WORDS = 32
_LONGEST_HEADLINE = 240
# A title in title case may end in a full stop where it is no longer than this.
_LONGEST_TITLE_WITH_STOP = 16
_LONGEST_CREDIT_WORDS = 12
_LONGEST_CREDIT = 160
# A caption says it at its beginning or its end; a story that mentions a photo goes on.
_CAPTION_EDGE = 90
_LONGEST_CAPTION = 900
_MOST_CAPTION_SENTENCES = 5


def _stems(phrases: Sequence[str]) -> tuple[str, ...]:
    """A few words one of which stands in each phrase: to rule all phrases out by."""
    left, stems = list(phrases), []
    words = sorted({*phrases, *(word for phrase in phrases for word in re.findall(r"\w+", phrase))})
    while left:
        stems.append(max(words, key=lambda word: sum(word in phrase for phrase in left)))
        left = [phrase for phrase in left if stems[-1] not in phrase]
    return tuple(stems)


_CAPTION_STEMS = _stems(CAPTION_WORDS)
_CAPTION_PHRASE = re.compile("|".join(map(re.escape, CAPTION_WORDS)))
_HEADER_CAPTION_PHRASE = re.compile("|".join(map(re.escape, HEADER_CAPTION_WORDS)))
# What parts the names in a credit: "ANN LEE/AFP/GETTY", "Tass | AFP", "(Reuters)", "AP, file".
_CREDIT_PARTS = re.compile(r"[/|,()–—:·•-]|\bvia\b|\bby\b", re.IGNORECASE)
_AGENCIES_AND_NETWORKS = PHOTO_AGENCIES | SOCIAL_NETWORKS
# One of these words stands in a text that names an agency or a network.
_WORDS = re.compile(r"\w+")
_AGENCY_WORDS = frozenset(_WORDS.findall(name)[0] for name in _AGENCIES_AND_NETWORKS)
_LONGEST_SEE_ALSO = max(map(len, SEE_ALSO))
_SEE_ALSO_EDGE = " *_[("
_SEE_ALSO_OPENINGS = tuple(SEE_ALSO)
# Marks around a word that say nothing about its case; a dash counts for its first letter only.
_WORD_EDGE = "'‘’“”\"(),:;"
_STOP_INSIDE = re.compile(r"[a-z]{2}\.\s")
# A title may begin in lower case only so: "eBay", "iPhone".
_SHORT_PREFIX = re.compile(r"[a-z]{1,3}[A-Z]")
# The abbreviations after which a full stop closes no sentence, at the very end of a headline: "the U.S."
# Only the last characters tell: the longest of the words, or two letters, and one character before them.
_ABBREVIATION_REACH = 6
_ENDS_IN_ABBREVIATION = re.compile(r"\b(?:[A-Z]\.){2,}$|\b(?:Inc|Ltd|Jr|Sr|Co|Corp|St)\.$")


def is_separator(text: str) -> bool:
    """True for "***" and the like."""
    return len(text) < 200 and bool(SEPARATOR.fullmatch(text.strip()))


def is_see_also(text: str) -> bool:
    """True for "Also see:", alone or with headlines behind it on the same line."""
    opening = text.lstrip(_SEE_ALSO_EDGE)[:_LONGEST_SEE_ALSO].casefold()
    if not opening.startswith(_SEE_ALSO_OPENINGS):
        return False
    head, colon, rest = text.partition(":")
    phrase = head.strip(_SEE_ALSO_EDGE).casefold()
    if phrase not in SEE_ALSO:
        return False
    if colon:
        return not rest.strip() or is_headline_like(rest.strip())
    return " " in phrase


def is_image_file(text: str) -> bool:
    """True for an image's file name on its own, with its ending or as a slug."""
    if " " in text:
        return False
    return bool(IMAGE_FILE.fullmatch(text) or IMAGE_SLUG.fullmatch(text))


def is_credit(text: str) -> bool:
    """True for a photo credit on its own: "GETTY", "ANN LEE/AFP/GETTY", "(AP Photo/A. Lee)"."""
    if len(text) > _LONGEST_CREDIT or not 0 < len(text.split()) <= _LONGEST_CREDIT_WORDS:
        return False
    return not text.endswith((";", "?", "!")) and _credits(text) and not any(urls_in(text))


def _credits(text: str) -> bool:
    """True where a short text begins as credits do, or agencies and names are all it holds."""
    whole = text.strip(" ()[].")
    bare = whole.casefold()
    if bare.startswith(CREDIT_LEADS):
        for lead in CREDIT_LEADS:
            rest = bare[len(lead) :].lstrip() if bare.startswith(lead) else ""
            if rest.startswith((":", "/", "by ", "courtesy", "via ", "of ", "©")):
                return not _reads_on(whole[len(lead) :])
    if "/" in text and text.isupper():
        return True
    if bare.startswith(("©", "(c)", "ap photo", "afp photo", "reuters/")):
        return not _reads_on(text)
    if _AGENCY_WORDS.isdisjoint(_WORDS.findall(bare)):
        return False
    pieces = (part.strip().casefold() for part in _CREDIT_PARTS.split(whole))
    parts = [part for part in pieces if part]
    known = _AGENCIES_AND_NETWORKS if len(parts) > 1 else PHOTO_AGENCIES
    agencies = sum(part in known for part in parts)
    # A lone agency, or names beside agencies; "Reuters" within a sentence leaves other parts too long.
    return agencies > 0 and all(len(part.split()) <= 4 for part in parts) and not _reads_on(text)


def _reads_on(text: str) -> bool:
    """True where a sentence follows, so that a lead word is part of a caption and no credit."""
    return len(re.findall(r"[a-z]{2,}\s[a-z]{2,}\s[a-z]{2,}", text)) > 0


def is_caption(text: str, *, in_header: bool) -> bool:
    """True where words stand that only a caption holds, or it begins as agencies' captions do.

    Args:
        text: the unit's text.
        in_header: whether it stands above the source line, where "in this photo" is no part of a report.
    """
    if len(text) > _LONGEST_CAPTION:
        return False
    if CAPTION_DATELINE.match(text):
        return True
    # Folded piece by piece: folding may lengthen a text, but none of its characters reaches into another.
    head, tail = text[:_CAPTION_EDGE].casefold(), text[-_CAPTION_EDGE:].casefold()
    edges = head[:_CAPTION_EDGE] + "\n" + tail[-_CAPTION_EDGE:]
    if any(map(edges.__contains__, _CAPTION_STEMS)) and _CAPTION_PHRASE.search(edges):
        sentences = len(re.findall(r"[.!?][”\"’]?\s", text))
        if sentences <= _MOST_CAPTION_SENTENCES:
            return True
    if head.startswith(CAPTION_LEADS):
        return True
    if in_header and _HEADER_CAPTION_PHRASE.search(text.casefold()):
        return True
    # A credit as the last words: "... at the harbor gate. Tass/AFP/Getty Images."
    if "/" not in text:
        return False
    bare = text.rstrip(" .")
    last = re.split(r"[.!?]\s+", bare)[-1]
    return last != bare and "/" in last and is_credit(last)


def is_title_case(text: str) -> bool:
    """True where nearly all words that title case capitalises are capitalised."""
    told = [capital for word in text.split() if (capital := _capital(word)) is not None]
    return len(told) >= 2 and sum(told) >= 0.75 * len(told)


@lru_cache(maxsize=4096)  # the same words stand in many titles
def _capital(word: str) -> bool | None:
    """Whether a word of a title is capitalised; None where title case leaves it as it is."""
    first = word.strip(_WORD_EDGE + "–—-")[:1]
    if not first.isalpha() or word.casefold().strip(_WORD_EDGE) in TITLE_WORDS:
        return None
    return first.isupper()


def ends_sentence(text: str) -> bool:
    """True where the text closes like a sentence, marks and brackets behind the full stop left aside."""
    bare = text.rstrip(CLOSERS)
    if not bare.endswith((".", "…")):
        return False
    return not _ENDS_IN_ABBREVIATION.search(bare, max(0, len(bare) - _ABBREVIATION_REACH))


def is_headline_like(text: str) -> bool:
    """True where a unit can be a headline: short, no sentence, no list, no web address."""
    if len(text) > _LONGEST_HEADLINE or text.startswith(("(", "[")):
        return False
    words = len(text.split())
    if not 0 < words <= _LONGEST_HEADLINE_WORDS:
        return False
    bare = text.rstrip(CLOSERS)
    if bare.endswith((":", ",", ";")):
        return False
    sentence = ends_sentence(text)
    if sentence and (
        words > _LONGEST_TITLE_WITH_STOP or _STOP_INSIDE.search(bare) or not is_title_case(text)
    ):
        return False
    if URL.match(text) or BULLET.match(text) or is_separator(text) or is_see_also(text):
        return False
    if text[0].islower() and not _SHORT_PREFIX.match(text):
        return False
    if sentence:
        return True
    if LIST_ITEM.match(text) and text[0] in "-–—*·":
        return False
    return text[0].isalpha() or any(character.isalpha() for character in text)
