"""A row of corrections.csv, what it is checked against, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from loader.errors import InputError
from loader.gazetteer import Gazetteer
from loader.records import Archive

# What stands in the column `rule` of what was corrected.
RULE = "corrected"


class Fault(NamedTuple):
    """What is wrong with one row. Faults sort in the order of the file.

    Attributes:
        file: the corrections.csv.
        line: the number of the line in it on which the row ends.
        message: what is wrong, with file, line and remedy.
    """

    file: str
    line: int
    message: str


class CorrectionError(InputError):
    """Rows of corrections.csv that cannot be used, one message a row."""

    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> CorrectionError:
        """Return the error that reports these faults, each once, in the order of the file."""
        ordered = tuple(sorted(set(faults)))
        error = cls(*(fault.message for fault in ordered))
        error.faults = ordered
        return error


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRow:
    """One row of corrections.csv as it is written: its offset may be left to be searched for.

    Attributes:
        file: the corrections.csv.
        line: the number of the line in it on which the row ends.
        archive: the name of the source file.
        member: the path of an item inside it, "" for the file itself.
        start: the offset of the text; None if the text alone says where.
        text: the words that the row is anchored to.
        field: what is corrected.
        corrected: the value after.
        reason: why.
    """

    file: str
    line: int
    archive: str
    member: str = ""
    start: int | None
    text: str
    field: str
    corrected: str
    reason: str

    @property
    def where(self) -> str:
        """File and line, for messages."""
        return f"{self.file}, line {self.line}"

    def fault(self, what: str) -> Fault:
        """Return a fault of this row."""
        return Fault(self.file, self.line, f"{self.where}: {what}")

    def error(self, what: str) -> CorrectionError:
        """Return an error that names this row."""
        return CorrectionError.of([self.fault(what)])

    def at(self, start: int) -> Row:
        """Return the row with the offset of its text."""
        return Row(
            file=self.file,
            line=self.line,
            archive=self.archive,
            member=self.member,
            start=start,
            text=self.text,
            field=self.field,
            corrected=self.corrected,
            reason=self.reason,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(WrittenRow):
    """One row of corrections.csv with the offset of its text."""

    start: int

    @property
    def end(self) -> int:
        """Offset after the text."""
        return self.start + len(self.text)


class Basis(NamedTuple):
    """What corrections are checked against: the archive, and the gazetteer its places were found in."""

    archive: Archive
    gazetteer: Gazetteer
