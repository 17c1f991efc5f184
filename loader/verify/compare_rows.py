"""Compares the rows of two databases in the order of their natural keys, one row of each in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from loader.dataset.declaration import Declaration
from loader.dataset.natural_rows import NaturalTable, first_uses, natural_tables
from loader.metadata_file import PREFIX
from loader.verify.report import Check, Level, Tally

Row = tuple[object, ...]
# Characters of a value that a fault shows.
_LONGEST = 60
_MISSING = "no row is missing"
_FURTHER = "a rebuild has every row"


def compare_rows(
    stored: sqlite3.Connection, rebuilt: sqlite3.Connection, *, with_ids: bool, has_metadata: bool = True
) -> Iterator[Check]:
    """Compare every table of two databases.

    Args:
        stored: the database that is proved; temporary tables are made in both.
        rebuilt: the one that was built from its sources.
        with_ids: whether both number their rows alike, so that ids are compared too.
        has_metadata: whether facts about the data set are compared; they come from its metadata file.

    Yields:
        A check for each table; if it has faults, one for each column that differs, for rows that are missing
        and for rows that a rebuild does not have.

    Raises:
        UNREADABLE: a database is damaged.
    """
    for statement in first_uses():
        stored.execute(statement)
        rebuilt.execute(statement)
    for table in natural_tables(with_ids=with_ids):
        skip = _is_dataset_fact if table.name == "build_info" and not has_metadata else None
        yield from _Comparison(table).checks(stored, rebuilt, skip)


def _is_dataset_fact(key: Row) -> bool:
    return isinstance(key[0], str) and key[0].startswith(PREFIX)


@dataclass(slots=True)
class _Comparison:
    """The comparison of one table."""

    table: NaturalTable
    rows: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)

    def checks(
        self, stored: sqlite3.Connection, rebuilt: sqlite3.Connection, skip: Callable[[Row], bool] | None
    ) -> Iterator[Check]:
        """Compare the rows; each is a key and its values."""
        size = len(self.table.key)
        columns = self._slices()
        for one, other in _side_by_side(
            _rows(stored, self.table.query), _rows(rebuilt, self.table.query), size
        ):
            key = (one or other or ())[:size]
            if skip and skip(key):
                continue
            self.rows += 1
            if one == other and _types(one) == _types(other):
                continue
            where = f"{self.table.name} {_shown(key)}"
            if one is None:
                self._fault(_MISSING, f"{where}: is missing")
            elif other is None:
                self._fault(_FURTHER, f"{where}: is not in a rebuild")
            else:
                self._compare(columns, one[size:], other[size:], where)
        if not self.tallies:
            yield Check(name=self.table.name, level=Level.REBUILD, checked=self.rows, faults=(), found=0)
        for tally in self.tallies.values():
            tally.checked = self.rows
            yield tally.check()

    def _slices(self) -> list[tuple[str, slice]]:
        """Where the values of each column are, behind the key."""
        slices = []
        at = 0
        for column in self.table.columns:
            slices.append((column.name, slice(at, at + len(column.expressions))))
            at += len(column.expressions)
        return slices

    def _compare(self, columns: list[tuple[str, slice]], one: Row, other: Row, where: str) -> None:
        seen = set()
        for column, part in columns:
            here, there = one[part], other[part]
            if (here != there or _types(here) != _types(there)) and column not in seen:
                seen.add(column)  # a reference may differ in what it names and in the id
                self._fault(column, f"{where}: {column} is {_value(here)}, of a rebuild {_value(there)}")

    def _fault(self, what: str, message: str) -> None:
        name = f"{self.table.name}: {what}" if " " in what else f"{self.table.name}.{what}"
        self.tallies.setdefault(name, Tally(name, Level.REBUILD)).fault(message)


def _rows(connection: sqlite3.Connection, query: str) -> Iterator[Row]:
    return iter(connection.execute(query))


def _side_by_side(
    stored: Iterator[Row], rebuilt: Iterator[Row], size: int
) -> Iterator[tuple[Row | None, Row | None]]:
    """Yield rows of one key together, and None beside a row whose key the other side does not have.

    Args:
        stored: rows in the order of their values, of which the first are the key.
        rebuilt: the same of the other side.
        size: how many values are the key.
    """
    one, other = next(stored, None), next(rebuilt, None)
    while one is not None or other is not None:
        order = _order(one, other, size)
        yield (one if order <= 0 else None), (other if order >= 0 else None)
        if order <= 0:
            one = next(stored, None)
        if order >= 0:
            other = next(rebuilt, None)


def _order(one: Row | None, other: Row | None, size: int) -> int:
    """Tell which of two rows comes first by its key: -1, 1, or 0 if they have the same."""
    if one is None or other is None:
        return 1 if one is None else -1
    here, there = one[:size], other[:size]
    if here == there:
        return 0
    return -1 if tuple(map(_rank, here)) < tuple(map(_rank, there)) else 1


def _rank(value: object) -> tuple[int, object]:
    """Give values the order of SQLite: null, numbers, text by code points, binary."""
    if value is None:
        return (0, 0)
    if isinstance(value, int | float):
        return (1, value)
    return (2, value) if isinstance(value, str) else (3, value)


def _types(row: Row | None) -> tuple[type, ...]:
    return tuple(map(type, row or ()))


def _shown(values: Row) -> str:
    return f"[{', '.join(_cut(value) for value in values if value is not None)}]"


def _value(values: Row) -> str:
    """A column's value: what it holds, or of a reference the key of the row, without whether there is one."""
    if len(values) == 1:
        return _cut(values[0])
    return _shown(values[1:]) if values and values[0] else "None"


def _cut(value: object) -> str:
    if isinstance(value, str | bytes) and len(value) > _LONGEST:
        return f"{value[:_LONGEST]!r}…"
    return repr(value)


def compare_information(
    stored: sqlite3.Connection, rebuilt: sqlite3.Connection, declaration: Declaration, *, has_metadata: bool
) -> Iterator[Check]:
    """Compare build_info and data_dictionary, in which two files tell of themselves.

    Raises:
        UNREADABLE: a database is damaged.
    """
    of_information = {table.name: table for table in natural_tables(with_ids=True)}
    for name in declaration.information:
        skip = _is_dataset_fact if name == "build_info" and not has_metadata else None
        yield from _Comparison(of_information[name]).checks(stored, rebuilt, skip)


def compare_statistics(
    stored: sqlite3.Connection, rebuilt: sqlite3.Connection, without: str | None = None
) -> Check:
    """Compare what the query planner is told of the tables, of one of them perhaps not.

    Raises:
        UNREADABLE: a database is damaged.
    """
    tally = Tally("sqlite_stat1", Level.REBUILD)
    query = "select tbl, idx, stat from sqlite_stat1 where tbl is not ? order by tbl, idx, stat"
    here, there = (iter(connection.execute(query, (without,))) for connection in (stored, rebuilt))
    for one, other in _side_by_side(here, there, 3):
        what = "is missing" if one is None else "is not in a rebuild"
        tally.expect(one == other, f"sqlite_stat1 {_shown(one or other or ())}: {what}")
    return tally.check()
