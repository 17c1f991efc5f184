"""Keeps what has been worked out for words and runs of words: they recur, and never end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


class Kept(dict[str, Value]):
    """What a function gives for each text, worked out once while the text is in use.

    A look-up that succeeds is a dictionary's, with no call: `kept[text]`. When `half` texts are filed, they
    become the older ones, of which those are filed again that are asked for before the next `half` are.
    """

    def __init__(self, work_out: Callable[[str], Value], most: int, longest: int) -> None:
        """Prepares an empty store.

        Args:
            work_out: gives the value of a text.
            most: how many texts are kept.
            longest: longest text that is kept, in characters.
        """
        super().__init__()
        self._work_out = work_out
        self._half = most // 2
        self._longest = longest
        self.older: dict[str, Value] = {}

    def __missing__(self, text: str) -> Value:
        value = self.older.get(text)
        if value is None:
            value = self._work_out(text)
        if len(text) <= self._longest:
            if len(self) >= self._half:
                self.older = dict(self)
                self.clear()
            self[text] = value
        return value
