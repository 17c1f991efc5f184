"""Create tables, indexes, full-text search and views from their declaration.

Raise VERSION with every change of shape.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from sqlite_utils import Database

from loader.dataset.columns import DATASET
from loader.dataset.declaration import SQL_TYPES, Declaration, Table, View

VERSION = 5
# The oldest SQLite that knows `as materialized` in a query.
MINIMUM_SQLITE = (3, 35, 0)

# What build_info says of ids: whether they follow the order of the files, or keep what earlier builds gave.
READING_ORDER = "in reading order"
KEPT = "kept from earlier builds; new rows behind them"
OF_ALL_SHARDS = "in reading order of all shards together"

TOKENIZER = "porter unicode61 remove_diacritics 2"


def create_tables(database: Database, tables: Mapping[str, Table] = DATASET.tables) -> None:
    """Create tables, empty, in a database that has none of them."""
    for name, table in tables.items():
        if table.without_rowid:
            _create_without_rowid(database, name, table)
            continue
        database.table(name).create(
            table.types,
            pk=table.primary_key,
            foreign_keys=[(column, other, "id") for column, other in table.references.items()],
            not_null=set(table.required),
            column_order=list(table.columns),
        )


def _create_without_rowid(database: Database, name: str, table: Table) -> None:
    """Create a table that is stored in the order of its key, once."""
    columns = ", ".join(
        f"[{column}] {SQL_TYPES[kind]}{' NOT NULL' if column in table.required else ''}"
        for column, kind in table.types.items()
    )
    key = ", ".join(f"[{column}]" for column in table.keys)
    database.execute(f"create table [{name}] ({columns}, primary key ({key})) without rowid")


def create_indexes(
    database: Database, names: Iterable[str] | None = None, tables: Mapping[str, Table] = DATASET.tables
) -> None:
    """Create every index of some tables, or of all. After the rows: building one at once is faster."""
    for name in tables if names is None else names:
        table = tables[name]
        covered = {columns[0] for columns in table.unique + table.indexes}
        if len(table.keys) > 1:
            covered.add(table.keys[0])
        references = tuple((column,) for column in table.references if column not in covered)
        for columns in references + table.indexes:
            database.table(name).create_index(columns)
        for columns in table.unique:
            database.table(name).create_index(columns, unique=True)


def create_search(database: Database, tables: Mapping[str, Table] = DATASET.tables) -> None:
    """Create the full-text search tables (FTS5) and fill them with the rows that are there."""
    for name, table in tables.items():
        if table.searched:
            database.table(name).enable_fts(list(table.searched), tokenize=TOKENIZER)


def index_words(
    connection: sqlite3.Connection, table: str, where: str = "true", *, gone: bool = False
) -> None:
    """Add rows of a table to its full-text search, or remove them; nothing if it has none.

    Args:
        connection: the database.
        table: one of DATASET.tables.
        where: which rows, in SQL.
        gone: whether they are about to be deleted: FTS5 must be given the words that it is to forget.
    """
    searched = DATASET.tables[table].searched
    if not searched:
        return
    columns = ", ".join(searched)
    to, what = (f"{table}_fts, ", "'delete', ") if gone else ("", "")
    connection.execute(
        f"insert into {table}_fts ({to}rowid, {columns}) select {what}rowid, {columns} from {table} "  # noqa: S608
        f"where {where} order by rowid"
    )


def create_views(database: Database, views: Mapping[str, View] = DATASET.views) -> None:
    """Create the views."""
    for name, view in views.items():
        database.create_view(name, "\n".join(line.strip() for line in view.sql.splitlines()))


def create_information(
    database: Database, about: Mapping[str, str], declaration: Declaration = DATASET
) -> None:
    """Create and fill the tables in which a file tells of itself: build_info and data_dictionary.

    Args:
        database: a database that has neither; a transaction that is open is committed.
        about: facts about the data set and the build, by key.
        declaration: what is declared of the file.
    """
    create_tables(database, declaration.information)
    facts = [{"key": key, "value": value} for key, value in sorted(about.items())]
    insert_rows(database.conn, "build_info", facts, declaration.information["build_info"])
    described = [
        {name: getattr(column, name) for name in declaration.information["data_dictionary"].columns}
        for column in declaration.dictionary()
    ]
    insert_rows(database.conn, "data_dictionary", described, declaration.information["data_dictionary"])
    if database.conn is not None and database.conn.in_transaction:
        database.conn.commit()


def insert_rows(
    connection: sqlite3.Connection | None, name: str, rows: Iterable[Mapping[str, object]], table: Table
) -> None:
    """Insert rows that have a value for every column of their table.

    Args:
        connection: the database.
        name: the table's name, with the schema's before it if it is not main's.
        rows: values by column.
        table: its declaration.
    """
    assert connection is not None  # noqa: S101 - the tables are there
    connection.executemany(insert_statement(name, table), map(table.values, rows))


def insert_statement(name: str, table: Table) -> str:
    """Return the statement that inserts the values of a row, in the order of the declared columns."""
    return (
        f"insert into {name} ({column_list(table)}) "  # noqa: S608 - names of ours
        f"values ({', '.join('?' * len(table.columns))})"
    )


def column_list(table: Table, alias: str = "") -> str:
    """Return the names of all columns of a table for a statement, with a table's alias before each."""
    return ", ".join(f"{alias}.[{name}]" if alias else f"[{name}]" for name in table.columns)


def expression_list(table: Table, expressions: Mapping[str, str], otherwise: str) -> str:
    """Return an expression for each column of a table, in their order.

    Args:
        table: its declaration.
        expressions: SQL for some columns.
        otherwise: SQL for the others, with {} for the column's name.
    """
    return ", ".join(expressions.get(name) or otherwise.format(f"[{name}]") for name in table.columns)


def count_expressions(table: Table, owner: str, *, counted: bool = True) -> dict[str, str]:
    """For each column that counts rows of another table the expression that counts them.

    Args:
        table: its declaration.
        owner: SQL for the id of the row that they refer to.
        counted: whether they are counted; the expressions are 0 otherwise.
    """
    return {
        name: f"(select count(*) from {other} where {column} = {owner})" if counted else "0"  # noqa: S608
        for name, (other, column) in table.counts.items()
    }
