"""Words of time that stand right before a name and are no part of a speaker: 8:21 a.m., last night."""

from __future__ import annotations

import re

from loader.extract.discourse.lexicon import Lexicon, word_set
from loader.letters import CAPITALS

_CLOCK = re.compile(r"(?:\d{1,2}[:.])?\d{1,2} ?[ap]\.?m\.?,? |\d{1,2}:\d{2},? |[12]\d{3},? ", re.IGNORECASE)
_WORD = re.compile(r"([\w’'-]{1,20}),? ")
_NAME = re.compile(rf"[{CAPITALS}]")
_LAST = word_set("last")
_MOST = 4  # words of time before one name


def without_time(text: str, start: int, end: int, lexicon: Lexicon) -> tuple[int, int]:
    """Return the span of a mention without the words of time before its name.

    Args:
        text: the article, folded.
        start: offset of the mention.
        end: offset after it.
        lexicon: word classes.

    Returns:
        A span that begins with the name; the same span if no name follows the words of time.
    """
    first = start
    for _ in range(_MOST):
        match = _CLOCK.match(text, first, end) or _time_word(text, first, end, lexicon)
        if match is None:
            break
        first = match.end()
    return (first, end) if first > start and _NAME.match(text, first, end) else (start, end)


def _time_word(text: str, start: int, end: int, lexicon: Lexicon) -> re.Match[str] | None:
    match = _WORD.match(text, start, end)
    if match is None:
        return None
    word = match[1]
    if lexicon.tags.get(word) == "t" and not text[start].isupper():
        return match
    following = _WORD.match(text, match.end(), end)
    is_last = word.lower() in _LAST and following is not None and lexicon.tags.get(following[1]) == "t"
    return match if is_last else None
