"""Makes a changed database agree with itself again, as somebody would who wants the change to pass."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from loader.dataset import schema, summaries
from loader.dataset.atomic_output import settle_header
from loader.dataset.columns import SUMMARIES, TABLES
from loader.dataset.ownership import SHARED


def mutate(database: Path, sql: str, *, forge: bool) -> bool:
    """Change a database and reset the counters in its header.

    Args:
        database: the file.
        sql: statements.
        forge: whether everything that follows from the rows is made to agree with them.

    Returns:
        Whether the statements changed anything.
    """
    before = database.read_bytes()
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.executescript(sql)
    settle_header(database)
    is_changed = database.read_bytes() != before
    if forge:
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            numbering = connection.execute("select value from build_info where key = 'numbering'").fetchone()
            _agree(connection, renumber=numbering == (schema.READING_ORDER,))
            connection.execute("vacuum")
        settle_header(database)
    return is_changed


def _agree(connection: sqlite3.Connection, *, renumber: bool) -> None:
    for table, users in SHARED.items():
        used = " union ".join(
            f"select {column} from {user} where {column} is not null" for user, column in users
        )
        for other, shape in TABLES.items():
            for column, referred in shape.references.items():
                if referred == table and other not in {user.table for user in users}:
                    connection.execute(f"delete from {other} where {column} not in ({used})")
        connection.execute(f"delete from {table} where id not in ({used})")
    if renumber:
        for table, shape in TABLES.items():
            if shape.primary_key == "id":
                _renumber(connection, table)
    for table, shape in TABLES.items():
        for column, expression in schema.count_expressions(shape, f"{table}.id").items():
            connection.execute(f"update {table} set {column} = {expression}")
    for name, summary in SUMMARIES.items():
        connection.execute(f"delete from {name}")
        rows = list(summaries.ROWS[name](connection, summaries.FREQUENT))
        connection.executemany(schema.insert_statement(name, summary), rows)
    for table, shape in TABLES.items():
        if shape.searched:
            connection.execute(f"insert into {table}_fts({table}_fts) values ('rebuild')")
    connection.execute("analyze")


def _renumber(connection: sqlite3.Connection, table: str) -> None:
    """Close the gaps in the ids of a table and in what refers to them."""
    ids = [row[0] for row in connection.execute(f"select id from {table} order by id")]
    for new, old in enumerate(ids, start=1):
        if new != old:
            connection.execute(f"update {table} set id = {new} where id = {old}")
            for other, shape in TABLES.items():
                for column, referred in shape.references.items():
                    if referred == table:
                        connection.execute(f"update {other} set {column} = {new} where {column} = {old}")
