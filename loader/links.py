"""Web addresses and footnote numbers in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable

# A footnote: "[1] http://...", "[12] The site ...", "[a] ..." is none.
FOOTNOTE = re.compile(r"\[(?P<number>\d{1,3})\]\s*\S")

# A web address; what closes a sentence or a bracket after it is cut off by the reader.
URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"“”{}|\\^`]+", re.IGNORECASE)
URL_TAIL = ".,;:!?'’)]>"


def urls_in(text: str) -> Iterable[re.Match[str]]:
    """The web addresses in a text, what closes a sentence after them included."""
    return URL.finditer(text) if may_hold_url(text) else ()


def may_hold_url(text: str) -> bool:
    """False where `urls_in` finds nothing, as in most texts; its own search, in any case, is a slow one."""
    return "://" in text or "www." in text.lower()
