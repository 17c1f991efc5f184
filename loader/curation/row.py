"""A row of corrections.csv, and what it is checked against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from loader.errors import InputError
from loader.gazetteer import Gazetteer
from loader.records import Archive

# What stands in the column `rule` of what was corrected.
RULE = "corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of corrections.csv, with where it stands for the error message."""

    where: str
    archive: str
    start: int
    text: str
    field: str
    corrected: str
    reason: str

    @property
    def end(self) -> int:
        """Offset after the text."""
        return self.start + len(self.text)

    def error(self, what: str) -> InputError:
        """An error that names this row."""
        return InputError(f"{self.where}: {what}")


class Basis(NamedTuple):
    """What corrections are checked against: the archive, and the gazetteer its places were found in."""

    archive: Archive
    gazetteer: Gazetteer
