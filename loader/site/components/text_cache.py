"""A cache of texts that is bounded by their size, not by their number."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock


class TextCache:
    """Keeps the texts that were used last; threads may share it.

    Attributes:
        max_bytes: how much all texts together may take.
        bytes: how much they take.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._texts: OrderedDict[Hashable, str] = OrderedDict()
        self._lock = Lock()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._texts

    def get(self, key: Hashable) -> str | None:
        """Return the text of a key, or None."""
        with self._lock:
            if key in self._texts:
                self._texts.move_to_end(key)
            return self._texts.get(key)

    def put(self, key: Hashable, text: str) -> None:
        """Keep a text, and remove those that were not used for the longest if there is too much."""
        with self._lock:
            self.bytes += _size(text) - _size(self._texts.pop(key, ""))
            self._texts[key] = text
            while self.bytes > self.max_bytes:
                _, removed = self._texts.popitem(last=False)
                self.bytes -= _size(removed)


def _size(text: str) -> int:
    """Return the bytes of a text; a character takes one to four."""
    return len(text) if text.isascii() else 4 * len(text)
