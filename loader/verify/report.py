"""What a proof says: its level and name, how much it covered, and the faults it found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from loader.errors import printable

# Faults kept of one check: a broken file can have a million, and memory stays bounded.
MOST_KEPT = 1000
# Characters of a fault: a cell of a hostile file can hold a gigabyte.
_LONGEST = 400


class Level(StrEnum):
    """What a check reads again, in the order in which checks are reported; each level builds on those before.

    BYTES: the source files. TEXT: their decoded text. ROWS: the rows, against that text and each other.
    REBUILD: the sources are read as a build reads them, and every row is compared.
    """

    BYTES = "bytes"
    TEXT = "text"
    ROWS = "rows"
    REBUILD = "rebuild"


@dataclass(frozen=True, slots=True)
class Proof:
    """The name of a check whose level is not ROWS."""

    name: str
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One proof.

    Attributes:
        name: what was checked.
        level: what was read again for it.
        checked: over how many things.
        faults: what is wrong, each one line that names table, row and column; the first MOST_KEPT.
        found: how many faults there are, those not kept among them.
        unproven: why nothing could be proved, or None.
    """

    name: str
    checked: int
    faults: tuple[str, ...]
    found: int
    level: Level = Level.ROWS
    unproven: str | None = None


def levels(checks: Iterable[Check]) -> dict[str, str]:
    """Return for each level what its checks say together: faults, not proven, proven or not checked."""
    states = {level.value: "not checked" for level in Level}
    order = ["not checked", "proven", "not proven", "faults"]
    for check in checks:
        state = "faults" if check.found else "not proven" if check.unproven else "proven"
        states[check.level.value] = max(states[check.level.value], state, key=order.index)
    return states


class Tally:
    """A check in the making."""

    def __init__(self, name: str, level: Level = Level.ROWS) -> None:
        self.name = name
        self.level = level
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
        return Check(
            name=self.name,
            level=self.level,
            checked=self.checked,
            faults=tuple(self._kept),
            found=self._found,
        )


class Ledger:
    """Checks that fill up together, archive by archive."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}

    def __getitem__(self, proof: str | Proof) -> Tally:
        """The tally of a check, opened at its first use; a name alone is a check of the rows."""
        name, level = (proof, Level.ROWS) if isinstance(proof, str) else (proof.name, proof.level)
        tally = self._tallies.get(name)
        if tally is None:
            tally = self._tallies[name] = Tally(name, level)
        return tally

    def checks(self) -> Iterator[Check]:
        """All of them, finished, by level; those of one level in the order in which they were opened."""
        for level in Level:
            yield from (tally.check() for tally in self._tallies.values() if tally.level is level)
