"""What a proof says: a name, how much it covered, and the faults it found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loader.errors import printable

# Faults kept of one check: a broken file can have a million, and memory stays bounded.
MOST_KEPT = 1000
# Characters of a fault: a cell of a hostile file can hold a gigabyte.
_LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One proof.

    Attributes:
        name: what was checked.
        checked: over how many things.
        faults: what is wrong, each one line that names table, row and column; the first MOST_KEPT.
        found: how many faults there are, those not kept among them.
        unproven: why nothing could be proved, or None.
    """

    name: str
    checked: int
    faults: tuple[str, ...]
    found: int
    unproven: str | None = None


class Tally:
    """A check in the making."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.checked = 0
        self._found = 0
        self._kept: list[str] = []

    def fault(self, what: str) -> None:
        """Takes a fault down, on one line that holds nothing a terminal would obey."""
        self._found += 1
        if len(self._kept) < MOST_KEPT:
            self._kept.append(printable(what if len(what) <= _LONGEST else what[:_LONGEST] + "…"))

    def expect(self, holds: bool, what: str) -> None:
        """Counts one thing that was checked, and takes the fault down where it does not hold."""
        self.checked += 1
        if not holds:
            self.fault(what)

    def check(self) -> Check:
        """The finished check."""
        return Check(name=self.name, checked=self.checked, faults=tuple(self._kept), found=self._found)


class Ledger:
    """Checks that fill up together, archive by archive; each is told in the order in which it was named."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}

    def __getitem__(self, name: str) -> Tally:
        """The tally of this name, opened at its first use."""
        return self._tallies.setdefault(name, Tally(name))

    def checks(self) -> Iterator[Check]:
        """All of them, finished."""
        return (tally.check() for tally in self._tallies.values())
