"""How far a build is."""

from __future__ import annotations

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
