"""How far a build is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a build is.

    Attributes:
        files: how many are read and written.
        of: how many there are.
        bytes: of those that are done.
        of_bytes: of all.
        articles: how many were found.
        name: the file that was done last.
    """

    files: int
    of: int
    bytes: int
    of_bytes: int
    articles: int
    name: str


class FileCounter:
    """Adds up the files that are done, and reports after each."""

    def __init__(self, sizes: Sequence[int], report: Callable[[Progress], None] | None) -> None:
        """Take the size of every file in bytes, and what is called; None for nothing."""
        self._of, self._of_bytes, self._report = len(sizes), sum(sizes), report
        self._files = self._bytes = 0

    def add(self, name: str, size: int, articles: int) -> None:
        """Report a file that is done.

        Args:
            name: the file.
            size: its bytes.
            articles: how many were found so far, in all files.
        """
        self._files += 1
        self._bytes += size
        if self._report:
            self._report(
                Progress(
                    files=self._files,
                    of=self._of,
                    bytes=self._bytes,
                    of_bytes=self._of_bytes,
                    articles=articles,
                    name=name,
                )
            )
