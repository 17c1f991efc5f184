"""Puts the rows of all shards of a folder together again, in one database."""

# ruff: noqa: S608 - SQL is put together of our own names

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlite_utils import Database

from loader.dataset import schema, summaries
from loader.dataset.build_info import NUMBERING_KEYS
from loader.dataset.columns import INFORMATION, TABLES
from loader.dataset.content import hash_rows
from loader.dataset.digest import UNREADABLE
from loader.dataset.finalize import attached, create_file
from loader.dataset.output_folder import CATALOGUE, shard_files
from loader.errors import InputError
from loader.sharding.split import IN_SEVERAL, add_shared

# Differing rows that are named.
_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What adding a table of a shard gave.

    Attributes:
        shard: the file's name.
        table: the table.
        rows: how many rows the shard has.
        repeated: how many of them another shard has too, though each row is in one shard.
        differing: ids of rows that several shards have, and that are others there; the first ones.
    """

    shard: str
    table: str
    rows: int
    repeated: int
    differing: tuple[int, ...]


def put_together(connection: sqlite3.Connection, folder: Path, names: Sequence[str]) -> Iterator[Added]:
    """Create the tables and add the rows of every shard; tables of information and of counts are left out.

    Args:
        connection: an empty database that `create_file` created.
        folder: where the shards are.
        names: the names of their files, in order.

    Yields:
        What each table of each shard gave.
    """
    schema.create_tables(Database(connection))
    for name in names:
        with attached(connection, folder / name, "one"):
            added = [_add(connection, table, name) for table in TABLES]
        yield from added
    # Who signs first is told by the order of these rows, which have no number of their own.
    connection.execute("create temp table signed as select * from article_authors")
    connection.execute("delete from article_authors")
    connection.execute("insert into article_authors select * from signed order by article_id, position")


def _add(connection: sqlite3.Connection, table: str, shard: str) -> Added:
    [rows] = connection.execute(f"select count(*) from one.[{table}]").fetchone()
    if table not in IN_SEVERAL:
        names = schema.column_list(TABLES[table])
        added = connection.execute(
            f"insert or ignore into main.[{table}] ({names}) select {names} from one.[{table}]"
        ).rowcount
        return Added(shard=shard, table=table, rows=rows, repeated=rows - added, differing=())
    columns = [column for column in TABLES[table].columns if column not in TABLES[table].counts]
    differ = " or ".join(f"here.[{column}] is not there.[{column}]" for column in columns)
    differing = connection.execute(
        f"select here.id from one.[{table}] as here join main.[{table}] as there using (id) "
        f"where {differ} limit {_SHOWN}"
    ).fetchall()
    add_shared(connection, table)
    ids = tuple(row[0] for row in differing)
    return Added(shard=shard, table=table, rows=rows, repeated=0, differing=ids)


def folder_digest(folder: Path) -> str:
    """Hash the rows of all shards of a folder without their ids, each row once.

    Returns:
        What `loader.dataset.content.content_digest` gives for one file of the same sources. Tables of counts
        follow from the rows; those of all shards are hashed, counted again.

    Raises:
        InputError: it is not a folder of shards, or two shards contradict each other.
    """
    names = sorted(shard_files(folder))
    if not names:
        raise InputError(f"{folder}: has no {CATALOGUE} that lists shards; name a database file")
    try:
        with (
            TemporaryDirectory(prefix="press-archive-") as place,
            closing(create_file(Path(place) / "together.db")) as connection,
        ):
            for added in put_together(connection, folder, names):
                if added.repeated or added.differing:
                    raise InputError(
                        f"{folder}: {added.shard} has rows of {added.table} that another shard has "
                        "too or has otherwise; `press-archive verify` names them"
                    )
            schema.create_indexes(Database(connection))
            _add_information(connection, folder, names)
            summaries.create(Database(connection))
            return hash_rows(connection)
    except UNREADABLE as error:
        raise InputError(f"{folder}: its shards cannot be read ({error}); build them again") from error


def _add_information(connection: sqlite3.Connection, folder: Path, names: Sequence[str]) -> None:
    """Add what the shards say of themselves, which is the same in all but for what tells of the shard."""
    schema.create_tables(Database(connection), INFORMATION)
    for number, name in enumerate(names):
        with attached(connection, folder / name, "one"):
            for table in INFORMATION:
                where = f"where key not in {NUMBERING_KEYS}" if table == "build_info" else ""
                columns = schema.column_list(INFORMATION[table])
                there = f"select {columns} from one.[{table}] {where}"
                if number == 0:
                    connection.execute(f"insert into main.[{table}] {there}")
                    continue
                here = f"select {columns} from main.[{table}]"
                differ = (
                    f"select 1 from ({there} except {here}) union all select 1 from ({here} except {there})"
                )
                if connection.execute(differ).fetchone():
                    raise InputError(
                        f"{folder}: {name} has another {table} than {names[0]}; build them again"
                    )
