"""Rows of every table with natural keys in the place of ids: equal for every numbering of the same rows.

A natural key names a row by what the sources give: an article by the path of its source file and its
position, a quotation by its article and offsets. A row of a table that many articles share (an outlet, an
author, a speaker, a place) is named by its first use, because its own values are judgement: "the speaker of
the quotation at these offsets". All follows from the declaration, so a new table needs no line here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from loader.dataset.build_info import NUMBERING_KEYS
from loader.dataset.columns import DATASET, TABLES
from loader.dataset.declaration import Table
from loader.dataset.ownership import OWNED, SHARED

# The columns of a table that refers to rows are these in the tables of counts, which have no foreign keys.
_REFERENCES = {column: other for shape in TABLES.values() for column, other in shape.references.items()}
# What tells the rows of one owner apart, if they have it.
_PLACES = (("start", "end"), ("position",))
# Which of two articles with one date and headline has the slug with a number depends on the order of builds.
_SLUG = "rtrim({0}, '0123456789')"
_WITHOUT_NUMBER = f"case when {_SLUG} like '%-' then rtrim({_SLUG}, '-') else {{0}} end"
_NUMBERED = {("articles", "slug"): _WITHOUT_NUMBER}
# Rows that tell only how ids are numbered.
_OF_NUMBERING = {"build_info": f"this.[key] not in {NUMBERING_KEYS}"}
# The alias of the table itself.
_THIS = "this"


@dataclass(frozen=True, slots=True, kw_only=True)
class NaturalColumn:
    """A column of a table as it is read for a comparison or a hash.

    Attributes:
        name: its name.
        is_key: whether its value is a natural key, of the row itself or of the row that it refers to.
        expressions: SQL; of a natural key whether there is one, then each of its parts; otherwise the value.
    """

    name: str
    is_key: bool
    expressions: tuple[str, ...]

    @property
    def sql(self) -> str:
        """The expression that gives its value as JSON; a natural key is an array."""
        if not self.is_key:
            return self.expressions[0]
        if not self.expressions:
            return "null"
        exists, *parts = self.expressions
        return f"json(case when {exists} then json_array({', '.join(parts)}) end)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NaturalTable:
    """How a table is read.

    Attributes:
        name: its name.
        key: SQL for the parts of a row's natural key; all values if nothing else names a row.
        columns: its columns in order.
        source: the rest of the query, from "from" on.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[NaturalColumn, ...]
    source: str

    @property
    def query(self) -> str:
        """The query for the parts of the key, then every expression of every column, in the key's order."""
        values = [*self.key, *(sql for column in self.columns for sql in column.expressions)]
        order = ", ".join(str(number) for number in range(1, len(values) + 1))
        return f"select {', '.join(values)}\n{self.source}\norder by {order}"


@dataclass(slots=True)
class _Joins:
    """The joins that a query needs, by alias."""

    clauses: dict[str, str] = field(default_factory=dict)

    def parts(self, table: str, alias: str) -> list[str]:
        """Return SQL for the parts of the natural key of a row of a table that is joined as `alias`."""
        key = key_columns(table)
        if key is None:
            clause = f"left join first_{table} as {alias}_first on {alias}_first.id = {alias}.id"
            self.clauses.setdefault(f"{alias}_first", clause)
            return [f"{alias}_first.{part}" for part in _first_parts(table)]
        return [part for column in key for part in self.values(table, alias, column)]

    def values(self, table: str, alias: str, column: str) -> list[str]:
        """Return SQL for a column: its value, or the parts of the key of the row that it refers to."""
        other = _references(table).get(column)
        return [f"{alias}.[{column}]"] if other is None else self.referred(alias, column, other)

    def referred(self, alias: str, column: str, other: str) -> list[str]:
        """Return SQL for the parts of the key of the row that a column refers to."""
        joined = f"{alias}_{column}"
        if key_columns(other) is None:  # its row itself is not needed
            clause = f"left join first_{other} as {joined} on {joined}.id = {alias}.[{column}]"
            self.clauses.setdefault(joined, clause)
            return [f"{joined}.{part}" for part in _first_parts(other)]
        self.clauses.setdefault(joined, f"left join {other} as {joined} on {joined}.id = {alias}.[{column}]")
        return self.parts(other, joined)

    def source(self, table: str) -> str:
        """Return "from" and all joins."""
        return "\n".join([f"from {table} as {_THIS}", *self.clauses.values()])


def _references(table: str) -> dict[str, str]:
    if table in TABLES:
        return TABLES[table].references
    return {name: _REFERENCES[name] for name in DATASET.all_tables[table].columns if name in _REFERENCES}


@cache
def key_columns(table: str) -> tuple[str, ...] | None:
    """Return the columns that name a row; None if the row that first refers to it does.

    In this order: a unique index with a reference (articles by source file and position), the owner with the
    place in it (quotations by article and offsets), a unique index without judgement (source files by path),
    a primary key that is not a number, the first use, all columns.
    """
    shape = DATASET.all_tables[table]
    references = _references(table)
    for columns in shape.unique:
        if any(column in references for column in columns):
            return columns
    for owned in OWNED:
        if owned.table == table and owned.column in references:
            for place in _PLACES:
                if all(column in shape.columns for column in place):
                    return (owned.column, *place)
    for columns in shape.unique:
        if not any(shape.columns[column].judgement for column in columns):
            return columns
    if shape.keys != ("id",):
        return shape.keys
    return None if table in SHARED else tuple(name for name in shape.columns if name != "id")


@cache
def _first_parts(table: str) -> tuple[str, ...]:
    """The names of the parts of a first use: the table that refers, then the parts of its key."""
    longest = max(len(_Joins().parts(user.table, _THIS)) for user in SHARED[table])
    return ("user", *(f"part_{number}" for number in range(1, longest + 1)))


def first_uses() -> Iterator[str]:
    """Yield the statements that make temporary tables of the first uses; `natural_tables` reads them."""
    for table, users in SHARED.items():
        if key_columns(table) is not None:
            continue
        names = _first_parts(table)
        # Of the type of the columns that refer to it: else SQLite reads all of it for every row.
        key = "id integer not null primary key"
        yield f"create temp table first_{table} ({key}, {', '.join(names)}) without rowid"
        for user, column in users:
            joins = _Joins()
            parts = joins.parts(user, _THIS)
            order = ", ".join(parts)
            parts += ["null"] * (len(names) - 1 - len(parts))
            # The first row that is inserted stays.
            yield (
                f"insert or ignore into first_{table}\n"
                f"select {_THIS}.[{column}], '{user}', {', '.join(parts)}\n"
                f"{joins.source(user)}\nwhere {_THIS}.[{column}] is not null\norder by {order}"
            )


def natural_tables(*, with_ids: bool = False) -> Iterator[NaturalTable]:
    """Yield how each table is read.

    Args:
        with_ids: whether ids are read too, beside what they stand for, and what depends on the numbering:
            two files are then equal only if they were numbered alike.
    """
    for name, shape in DATASET.all_tables.items():
        joins = _Joins()
        columns = tuple(_natural_columns(name, shape, joins, with_ids=with_ids))
        if shape.keys == ("id",) and key_columns(name) is None:
            key = tuple(joins.parts(name, _THIS))
        else:
            key = tuple(
                part for column in key_columns(name) or () for part in joins.values(name, _THIS, column)
            )
        source = joins.source(name)
        if name in _OF_NUMBERING and not with_ids:
            source += f"\nwhere {_OF_NUMBERING[name]}"
        yield NaturalTable(name=name, key=key, columns=columns, source=source)


def _natural_columns(table: str, shape: Table, joins: _Joins, *, with_ids: bool) -> Iterator[NaturalColumn]:
    references = _references(table)
    for name in shape.columns:
        value = f"{_THIS}.[{name}]"
        if name == "id" and shape.keys == ("id",):
            named = set(key_columns(table) or ()) != set(shape.columns) - {"id"}
            parts = ("1", *joins.parts(table, _THIS)) if named else ()
            yield NaturalColumn(name=name, is_key=True, expressions=parts)
        elif name in references:
            parts = (f"{value} is not null", *joins.referred(_THIS, name, references[name]))
            yield NaturalColumn(name=name, is_key=True, expressions=parts)
        elif table not in TABLES and name.endswith("_id"):  # an id of one of several tables
            yield NaturalColumn(name=name, is_key=True, expressions=())
        else:
            numbered = None if with_ids else _NUMBERED.get((table, name))
            yield NaturalColumn(
                name=name, is_key=False, expressions=(numbered.format(value) if numbered else value,)
            )
    if with_ids:
        for name in shape.columns:
            if name == "id" or name in references or (table not in TABLES and name.endswith("_id")):
                yield NaturalColumn(name=name, is_key=False, expressions=(f"{_THIS}.[{name}]",))
