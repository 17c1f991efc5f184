"""Classes that declare tables, views and their columns.

`loader.dataset.columns` declares the data set with them, `loader.sharding.catalogue` the catalogue of shards.
Schema, order of values, descriptions on the site, the table data_dictionary, the documentation and
`press-archive verify` read these declarations and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter

from sqlite_utils.db import DescIndex

# How `press-archive verify` proves a column: from the sources and the other rows, or only by a rebuild.
FROM_ROWS, BY_REBUILD = "rows", "rebuild"
SQL_TYPES: dict[type, str] = {int: "INTEGER", float: "REAL", str: "TEXT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table.

    Attributes:
        name: its name.
        type: int, float or str.
        description: what it holds, for readers: one or two sentences.
        references: the table whose `id` it holds, or None.
        required: whether it is never null.
        counts: (table, column) if it counts the rows of that table whose column holds this row's id.
        judgement: what has to be judged to fill it, if its value cannot be computed from the sources and the
            other rows: only a rebuild proves it. None if `press-archive verify` computes it.
        facet: whether the site counts the rows by its values.
        sortable: whether the site offers to sort by it; if no column of a table does, all are offered.
    """

    name: str
    type: type
    description: str
    references: str | None = None
    required: bool = False
    counts: tuple[str, str] | None = None
    judgement: str | None = None
    facet: bool = False
    sortable: bool = False

    @property
    def proof(self) -> str:
        """How its values are proved: FROM_ROWS or BY_REBUILD."""
        return BY_REBUILD if self.judgement else FROM_ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewColumn:
    """A column of a view.

    Attributes:
        name: its name.
        sql: the expression that gives it; `table.column` if it is a column of a table.
        description: what it holds; None for the description of that column.
        type: int, float or str; None for the type of that column.
        facet: whether the site counts the rows by its values.
    """

    name: str
    sql: str
    description: str | None = None
    type: type | None = None
    facet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """How the site shows a table or view at first.

    Attributes:
        label: the column that names a row, or None.
        sort: the column to sort by, with "-" before it from the highest value down, or None.
        page_size: rows of a page, or None for the site's own number.
        facet_size: values shown of a facet, or None for the site's own number.
        hidden: whether it is left out of the list of tables.
    """

    label: str | None = None
    sort: str | None = None
    page_size: int | None = None
    facet_size: int | None = None
    hidden: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table: what it holds, its columns in order, its keys, and what is indexed or searched.

    Attributes:
        title: its name for readers.
        description: what a row is, for readers.
        columns: its columns by name, in the order in which they are created.
        primary_key: the column or columns of its key.
        indexes: columns of each index; DescIndex names a column that is indexed from the highest value down.
            A reference that begins no index or key gets an index of its own.
        unique: columns of each unique index.
        searched: columns with full-text search.
        without_rowid: whether it is stored in the order of its key.
        hints: how the site shows it.
    """

    title: str
    description: str
    columns: Mapping[str, Column]
    primary_key: str | tuple[str, ...] = "id"
    indexes: tuple[tuple[str | DescIndex, ...], ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    searched: tuple[str, ...] = ()
    without_rowid: bool = False
    hints: Hints = Hints()

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The columns of its primary key."""
        return (self.primary_key,) if isinstance(self.primary_key, str) else self.primary_key

    @cached_property
    def types(self) -> dict[str, type]:
        """The type of each column."""
        return {name: column.type for name, column in self.columns.items()}

    @cached_property
    def references(self) -> dict[str, str]:
        """For each column that holds the id of another row the table of that row."""
        return {name: one.references for name, one in self.columns.items() if one.references}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The columns that are never null, those of the key left out."""
        return tuple(name for name, one in self.columns.items() if one.required)

    @cached_property
    def counts(self) -> dict[str, tuple[str, str]]:
        """For each column that counts rows of another table that table and the column that names this row."""
        return {name: one.counts for name, one in self.columns.items() if one.counts}

    @cached_property
    def _getter(self) -> Callable[[Mapping[str, object]], tuple[object, ...]]:
        return itemgetter(*self.columns)

    def values(self, row: Mapping[str, object]) -> tuple[object, ...]:
        """Return the values of a row in the order of the columns.

        Raises:
            KeyError: a column has no value.
            ValueError: a value has no column.
        """
        if len(row) != len(self.columns):
            unknown = ", ".join(sorted(row.keys() - self.columns.keys()))
            if unknown:
                raise ValueError(f"no such column: {unknown}")
        return self._getter(row)

    def without(self, *names: str) -> Table:
        """Return the same table without some of its columns, for rows that do not have them yet."""
        kept = {name: column for name, column in self.columns.items() if name not in names}
        return replace(self, columns=kept)


@dataclass(frozen=True, kw_only=True)
class View:
    """A view that joins what readers want side by side.

    Attributes:
        title: its name for readers.
        description: what a row is, for readers.
        rows_of: the table of which it has a row for every row.
        columns: its columns by name, in order.
        source: the rest of its SQL, from "from" on.
        searched_by: the table whose full-text search finds its rows, or None.
        hints: how the site shows it.
    """

    title: str
    description: str
    rows_of: str
    columns: Mapping[str, ViewColumn]
    source: str
    searched_by: str | None = None
    hints: Hints = Hints()

    @cached_property
    def sql(self) -> str:
        """Its select statement."""
        expressions = ",\n".join(
            one.sql if one.sql.rpartition(".")[2] == name else f"{one.sql} as {name}"
            for name, one in self.columns.items()
        )
        return f"select\n{expressions}\n{self.source.strip()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedColumn:
    """A column of a finished file as the table data_dictionary tells of it."""

    table_name: str
    column_name: str
    type: str
    description: str
    proof: str


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """Everything that is declared of one kind of database file.

    Attributes:
        tables: tables with rows of the sources, in an order in which every reference points backwards.
        views: the views.
        summaries: tables of counts that follow from the other tables.
        information: tables that tell of the file itself: build_info and data_dictionary.
    """

    tables: Mapping[str, Table]
    views: Mapping[str, View]
    summaries: Mapping[str, Table]
    information: Mapping[str, Table]

    @cached_property
    def all_tables(self) -> dict[str, Table]:
        """Every table by name."""
        return {**self.tables, **self.summaries, **self.information}

    def dictionary(self) -> list[DescribedColumn]:
        """Describe every column of every table and view, in the order in which they are declared."""
        described = [
            DescribedColumn(
                table_name=table,
                column_name=column.name,
                type=SQL_TYPES[column.type],
                description=column.description,
                proof=column.proof,
            )
            for table, shape in self.all_tables.items()
            for column in shape.columns.values()
        ]
        described += [
            self._describe(view, column)
            for view, shape in self.views.items()
            for column in shape.columns.values()
        ]
        return described

    def _describe(self, view: str, column: ViewColumn) -> DescribedColumn:
        table, _, name = column.sql.partition(".")
        shown = self.tables[table].columns.get(name) if table in self.tables else None
        kind = column.type or (shown.type if shown else None)
        description = column.description or (shown.description if shown else None)
        if kind is None or description is None:
            raise ValueError(f"{view}.{column.name}: declare its type and its description")
        return DescribedColumn(
            table_name=view,
            column_name=column.name,
            type=SQL_TYPES[kind],
            description=description,
            proof=shown.proof if shown else FROM_ROWS,
        )


def integer(name: str, description: str, **properties: object) -> Column:
    """Declare a column of whole numbers; the keywords are those of Column."""
    return Column(name=name, type=int, description=description, **properties)  # type: ignore[arg-type]


def real(name: str, description: str, **properties: object) -> Column:
    """Declare a column of numbers with a fraction; the keywords are those of Column."""
    return Column(name=name, type=float, description=description, **properties)  # type: ignore[arg-type]


def text(name: str, description: str, **properties: object) -> Column:
    """Declare a column of text; the keywords are those of Column."""
    return Column(name=name, type=str, description=description, **properties)  # type: ignore[arg-type]


def shown(name: str, sql: str, description: str | None = None, **properties: object) -> ViewColumn:
    """Declare a column of a view; the keywords are those of ViewColumn."""
    return ViewColumn(name=name, sql=sql, description=description, **properties)  # type: ignore[arg-type]


def columns(*declared: Column) -> dict[str, Column]:
    """Return columns by name, in order."""
    return {column.name: column for column in declared}


def view_columns(*declared: ViewColumn) -> dict[str, ViewColumn]:
    """Return columns of a view by name, in order."""
    return {column.name: column for column in declared}
