"""Opens a database that nobody vouches for: read only, nothing written beside it, nothing in it run.

Also reads its rows. A row whose cells are not of their columns' types is left out, because the check of
types names it and no other check could make sense of it.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from loader.dataset.columns import TABLES
from loader.dataset.schema import KEPT, OF_ALL_SHARDS, column_list
from loader.errors import InputError

# Bytes 18 and 19 of the header are 2 where the file was last used with a write-ahead log.
_FORMATS_AT = 18
_WITH_LOG = 2
# Milliseconds to wait for a writer.
_PATIENCE = 1000

# What reading a broken file raises. The second: SQLite's message quotes a broken schema, whose bytes are no
# text, and Python cannot decode the message.
UNREADABLE = (sqlite3.Error, UnicodeDecodeError)

Row = Any  # a named tuple with the columns of a table


class Opened:
    """A database and the way to its rows."""

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self.file = file
        self.connection = connection

    @property
    def build_info(self) -> dict[str, object]:
        """What the file says of its build, by key: anything at all."""
        return dict(self.connection.execute("select key, value from build_info limit 1000").fetchall())

    @property
    def keeps_ids(self) -> bool:
        """Whether ids tell nothing of the order of its files: kept from other builds, or of all shards."""
        return self.value("select value from build_info where key = 'numbering'") in {KEPT, OF_ALL_SHARDS}

    @property
    def numbering_is_kept(self) -> bool:
        """Whether ids are kept from other builds, so that a full build may number rows otherwise."""
        return bool(self.value("select value from build_info where key = 'numbering'") == KEPT)

    @property
    def is_shard(self) -> bool:
        """Whether it is one of several that together hold what the files hold."""
        return bool(self.value("select value from build_info where key = 'numbering'") == OF_ALL_SHARDS)

    def rows(
        self, table: str, where: str = "true", parameters: Sequence[object] = (), order: str = ""
    ) -> Iterator[Row]:
        """Streams the well-typed rows of a table.

        Args:
            table: one of schema.TABLES.
            where: a condition in SQL.
            parameters: what its question marks stand for.
            order: a column to sort by, else the table's key.
        """
        record = _RECORDS[table]
        accepted = _ACCEPTED[table]
        for values in self.connection.execute(_select(table, where, order), parameters):
            if all(type(value) in types for value, types in zip(values, accepted, strict=True)):
                yield record._make(values)

    def raw(self, table: str) -> Iterator[tuple[int, Row]]:
        """Streams every row of a table, whatever is in it, with its rowid."""
        record = _RECORDS[table]
        query = f"select rowid, {column_list(TABLES[table])} from [{table}] order by rowid"  # noqa: S608
        for rowid, *values in self.connection.execute(query):
            yield rowid, record._make(values)

    def value(self, query: str, parameters: Sequence[object] = ()) -> Any:
        """The first column of a query's first row, None where there is no row."""
        row = self.connection.execute(query, parameters).fetchone()
        return row[0] if row else None


def accepts(table: str, column: str, value: object) -> bool:
    """True where a cell holds what its column is for."""
    return type(value) in _ACCEPTED[table][list(TABLES[table].columns).index(column)]


def _accepted(table: str) -> tuple[frozenset[type], ...]:
    shape = TABLES[table]
    return tuple(
        frozenset({kind}) if column in shape.required + shape.keys else frozenset({kind, type(None)})
        for column, kind in shape.types.items()
    )


_RECORDS: dict[str, Any] = {name: namedtuple(name, tuple(shape.columns)) for name, shape in TABLES.items()}
_ACCEPTED = {name: _accepted(name) for name in TABLES}


def _select(table: str, where: str, order: str) -> str:
    shape = TABLES[table]
    order = order or ", ".join(shape.keys)
    return f"select {column_list(shape)} from [{table}] where {where} order by {order}"  # noqa: S608


@contextmanager
def opened(file: Path, tables: Iterable[str] = TABLES) -> Iterator[Opened]:
    """Opens a database for reading, at one state of it from beginning to end.

    Args:
        file: the database.
        tables: those without which it is no database of its kind.

    Raises:
        InputError: where it is no database of this kind, or somebody is writing to it.
    """
    if not file.is_file():
        raise InputError(f"{file}: no such file; build it with `press-archive build`")
    _refuse_unfinished(file)
    before = file.stat()
    connection = _connect(file, tables)
    try:
        yield Opened(file, connection)
    finally:
        connection.close()
    after = file.stat()
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        raise InputError(f"{file}: changed while it was being verified; verify it again")


def _connect(file: Path, wanted: Iterable[str]) -> sqlite3.Connection:
    try:
        with file.open("rb") as data:
            header = data.read(100)
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}); check its rights") from error
    # With a log SQLite would make two files beside the database even to read it.
    flags = "mode=ro&immutable=1" if _WITH_LOG in header[_FORMATS_AT : _FORMATS_AT + 2] else "mode=ro"
    connection = sqlite3.connect(
        f"{file.resolve().as_uri()}?{flags}", uri=True, isolation_level=None, timeout=_PATIENCE / 1000
    )
    connection.text_factory = _text
    try:
        connection.execute("pragma trusted_schema=off")  # functions in views and indexes do nothing harmful
        connection.execute("pragma cell_size_check=on")
        connection.execute("begin")
        tables = {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}
    except UNREADABLE as error:
        connection.close()
        if "locked" in str(error) or "busy" in str(error):
            raise InputError(
                f"{file}: another program is writing to it; verify it when that is done"
            ) from error
        raise InputError(
            f"{file}: is no SQLite database ({error}); build it with `press-archive build`"
        ) from error
    missing = {*wanted, "build_info"} - tables
    if missing:
        connection.close()
        raise InputError(f"{file}: lacks {', '.join(sorted(missing))}; build it anew with this loader")
    return connection


def _refuse_unfinished(file: Path) -> None:
    """Stops where changes wait beside the file: without them it is not what its owner sees."""
    for ending in ("-wal", "-journal"):
        target = file.resolve()  # of a link, the file that it leads to
        beside = target.with_name(target.name + ending)
        if beside.is_file() and beside.stat().st_size:
            raise InputError(
                f"{file}: {beside.name} holds changes that are not in it; end the program that writes to it, "
                "or build it anew"
            )


def _text(data: bytes) -> str | bytes:
    """Text as text, and what is no UTF-8 as the bytes it is."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data
