"""What one unit looks like, taken alone: a separator, a credit, a caption, a headline, a sentence."""

from __future__ import annotations

import re

from loader.archive.patterns import (
    BULLET,
    CAPTION_DATELINE,
    CLOSERS,
    FOOTNOTE,
    IMAGE_FILE,
    IMAGE_SLUG,
    LIST_ITEM,
    SEPARATOR,
    URL,
    WORD,
)
from loader.archive.phrases import (
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
_LONGEST_CREDIT_WORDS = 12
_LONGEST_CREDIT = 160
# A caption says it at its beginning or its end; a story that mentions a photo goes on.
_CAPTION_EDGE = 90
_MOST_CAPTION_SENTENCES = 5
# What parts the names in a credit: "ANN LEE/AFP/GETTY", "Tass | AFP", "(Reuters)", "AP, file".
_CREDIT_PARTS = re.compile(r"[/|,()–—:·•-]|\bvia\b|\bby\b", re.IGNORECASE)
# The abbreviations after which a full stop closes no sentence, at the very end of a headline: "the U.S."
_ENDS_IN_ABBREVIATION = re.compile(r"\b(?:[A-Z]\.){2,}$|\b(?:Inc|Ltd|Jr|Sr|Co|Corp|St)\.$")


def is_separator(text: str) -> bool:
    """True for "***" and the like."""
    return len(text) < 200 and bool(SEPARATOR.fullmatch(text.strip()))


def is_see_also(text: str) -> bool:
    """True for "Also see:", alone or with headlines behind it on the same line."""
    head, colon, rest = text.partition(":")
    phrase = head.strip(" *_[(").casefold()
    if phrase not in SEE_ALSO:
        return False
    if colon:
        return not rest.strip() or is_headline_like(rest.strip())
    return " " in phrase


def is_image_file(text: str) -> bool:
    """True for an image's file name on its own, with its ending or as a slug."""
    return bool(IMAGE_FILE.fullmatch(text) or IMAGE_SLUG.fullmatch(text))


def is_credit(text: str) -> bool:
    """True for a photo credit on its own: "GETTY", "ANN LEE/AFP/GETTY", "(AP Photo/A. Lee)"."""
    words = text.split()
    if not words or len(words) > _LONGEST_CREDIT_WORDS or len(text) > _LONGEST_CREDIT:
        return False
    if text.endswith((";", "?", "!")) or URL.search(text):
        return False
    bare = text.strip(" ()[].").casefold()
    for lead in CREDIT_LEADS:
        if bare.startswith(lead):
            rest = bare[len(lead) :].lstrip()
            if rest.startswith((":", "/", "by ", "courtesy", "via ", "of ", "©")):
                return not _reads_on(text.strip(" ()[].")[len(lead) :])
    if text.isupper() and "/" in text:
        return True
    if bare.startswith(("©", "(c)", "ap photo", "afp photo", "reuters/")):
        return not _reads_on(text)
    pieces = (part.strip().casefold() for part in _CREDIT_PARTS.split(text.strip(" ()[].")))
    parts = [part for part in pieces if part]
    known = PHOTO_AGENCIES | SOCIAL_NETWORKS if len(parts) > 1 else PHOTO_AGENCIES
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
    if len(text) > 900:
        return False
    lowered = text.casefold()
    if CAPTION_DATELINE.match(text):
        return True
    edges = lowered[:_CAPTION_EDGE] + "\n" + lowered[-_CAPTION_EDGE:]
    sentences = len(re.findall(r"[.!?][”\"’]?\s", text))
    if sentences <= _MOST_CAPTION_SENTENCES and any(phrase in edges for phrase in CAPTION_WORDS):
        return True
    if lowered.startswith(CAPTION_LEADS):
        return True
    if in_header and any(phrase in lowered for phrase in HEADER_CAPTION_WORDS):
        return True
    # A credit as the last words: "... at the harbor gate. Tass/AFP/Getty Images."
    tail = re.split(r"[.!?]\s+", text.rstrip(" ."))[-1]
    return tail != text.rstrip(" .") and "/" in tail and is_credit(tail)


def is_title_case(text: str) -> bool:
    """True where nearly all words that title case capitalises are capitalised."""
    words = [word for word in text.split() if word.strip("'‘’“”\"(),:;–—-")[:1].isalpha()]
    told = [word for word in words if word.casefold().strip("'‘’“”\"(),:;") not in TITLE_WORDS]
    capitalised = sum(1 for word in told if word.strip("'‘’“”\"(),:;–—-")[:1].isupper())
    return len(told) >= 2 and capitalised >= 0.75 * len(told)


def ends_sentence(text: str) -> bool:
    """True where the text closes like a sentence, marks and brackets behind the full stop left aside."""
    bare = text.rstrip(CLOSERS)
    return bare.endswith((".", "…")) and not _ENDS_IN_ABBREVIATION.search(bare)


def is_headline_like(text: str) -> bool:
    """True where a unit can be a headline: short, no sentence, no list, no web address."""
    words = text.split()
    if not words or len(words) > _LONGEST_HEADLINE_WORDS or len(text) > _LONGEST_HEADLINE:
        return False
    bare = text.rstrip(CLOSERS)
    if bare.endswith((":", ",", ";")) or text.startswith(("(", "[")) or URL.match(text):
        return False
    if FOOTNOTE.match(text) or BULLET.match(text) or is_separator(text) or is_see_also(text):
        return False
    if text[0].islower() and not re.match(r"[a-z]{1,3}[A-Z]", text):
        return False
    if ends_sentence(text):
        return is_title_case(text) and len(words) <= 16 and not re.search(r"[a-z]{2}\.\s", bare)
    if LIST_ITEM.match(text) and text[0] in "-–—*·":
        return False
    return any(character.isalpha() for character in text)


def word_count(text: str) -> int:
    """How many words a reader counts: runs of letters and digits, joined by apostrophes, points, hyphens."""
    return sum(1 for _ in WORD.finditer(text))
