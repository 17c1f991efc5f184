"""How every database file of ours begins and is finished: pages, statistics, and a last writing in order."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlite_utils import Database

from loader.dataset import schema
from loader.dataset.atomic_output import settle_header
from loader.dataset.declaration import Declaration

# Larger pages make fewer of them for long paragraphs; measured no slower for short rows.
PAGE_SIZE = 4096
# KiB of pages in memory. More is no quicker: rows are appended, and what is sorted is sorted in pieces.
_CACHE = 32_000
_PRAGMAS = (
    # Whoever compiles SQLite chooses its defaults, and so the bytes. Overwriting what is deleted keeps
    # scraps of old pages out of the file.
    f"page_size={PAGE_SIZE}",
    "encoding='UTF-8'",
    "auto_vacuum=none",
    "secure_delete=on",
    # Nobody else sees the unfinished file, so a crash needs no journal: it is thrown away.
    "journal_mode=off",
    "synchronous=off",
    "foreign_keys=off",
    "locking_mode=exclusive",
    f"cache_size=-{_CACHE}",
    "temp_store=file",
)


class Closing:
    """A database that is closed when its block ends.

    Attributes:
        _connection: the database.
    """

    _connection: sqlite3.Connection

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Closes the file."""
        self._connection.close()


def create_file(file: Path) -> sqlite3.Connection:
    """Creates a database that nobody else sees until it is finished.

    Args:
        file: where; nothing is there.
    """
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=rwc", uri=True, isolation_level=None)
    for pragma in _PRAGMAS:
        connection.execute(f"pragma {pragma}")
    return connection


@contextmanager
def attached(connection: sqlite3.Connection, file: Path, name: str) -> Iterator[None]:
    """Has a database at hand, to be read only, and makes what is done with it one transaction.

    Args:
        connection: where to; it was opened by an address, and no transaction is open.
        file: the database.
        name: what it is called in statements, a name of ours.
    """
    connection.execute(f"attach ? as {name}", (f"{file.resolve().as_uri()}?mode=ro",))
    connection.execute("begin")
    yield
    connection.execute("commit")
    connection.execute(f"detach {name}")


def finish_file(
    connection: sqlite3.Connection, declaration: Declaration, about: Mapping[str, str], finished: Path
) -> dict[str, int]:
    """Writes the finished file, when rows, indexes and search are there.

    Args:
        connection: the database that `create_file` created; no transaction is open.
        declaration: what the file holds.
        about: what the file says of itself, written to the table `build_info`.
        finished: where to; nothing is there.

    Returns:
        The number of rows of each table.
    """
    database = Database(connection)
    for name, shape in declaration.tables.items():
        if shape.searched:
            database.table(name).optimize()
    schema.create_information(database, about, declaration)
    connection.execute(f"pragma user_version={schema.VERSION}")
    _analyze(connection)
    counts = count_rows(connection, declaration.tables)
    # Written once more in the order of its tables: no page is unused, none lies far from its next.
    connection.execute(
        "vacuum main into cast(? as text)", (os.fsencode(finished),)
    )  # a name need not be text
    settle_header(finished)
    return counts


def count_rows(connection: sqlite3.Connection, tables: Iterable[str]) -> dict[str, int]:
    """The number of rows of each table."""
    return {
        name: connection.execute(f"select count(*) from [{name}]").fetchone()[0]  # noqa: S608
        for name in tables
    }


@contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    """Lets SQLite sort on the disk that the result is on: the system's temporary folder may be small."""
    old = os.environ.get("SQLITE_TMPDIR")
    os.environ["SQLITE_TMPDIR"] = str(folder)
    try:
        yield
    finally:
        if old is None:
            del os.environ["SQLITE_TMPDIR"]
        else:
            os.environ["SQLITE_TMPDIR"] = old


def _analyze(connection: sqlite3.Connection) -> None:
    """Counts what the query planner wants to know, in an order and a form that no version changes."""
    connection.execute("analyze main")
    connection.execute("drop table if exists sqlite_stat4")  # only some builds of SQLite make it
    counts = connection.execute("select tbl, idx, stat from sqlite_stat1 order by tbl, idx").fetchall()
    connection.execute("delete from sqlite_stat1")
    connection.executemany("insert into sqlite_stat1 (tbl, idx, stat) values (?, ?, ?)", counts)
