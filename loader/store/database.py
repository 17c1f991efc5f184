"""A database that is being written: rows as they come, the rest when all are there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from loader import schema, summaries
from loader.schema import TABLES
from loader.store.identities import Identities
from loader.store.numbers import Numbers
from loader.store.output import FINISHED, settle_header

# Larger pages make fewer of them for long paragraphs; measured no slower for short rows.
PAGE_SIZE = 4096
# KiB of pages in memory. More is no quicker: rows are appended, and what is sorted is sorted in pieces.
_CACHE = 32_000
_WORK_CACHE = 8_000
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
_WORK_PRAGMAS = ("journal_mode=off", "synchronous=off", f"cache_size=-{_WORK_CACHE}")
# Rows of a table that are written together.
_AT_ONCE = 2_000
# Their rows are known only when every article is.
_LAST = ("places", "speakers")

Row = tuple[object, ...]


class NewDatabase:
    """A database in a folder of its own, with a second one beside it for what is not to stay.

    The finished file depends on the rows alone: same rows, same bytes, with every version of SQLite that
    writes its pages alike. A context manager.
    """

    def __init__(self, folder: Path) -> None:
        """Creates both databases, with the tables and no rows.

        Args:
            folder: where to; nothing else is in it.
        """
        self._folder = folder
        self._connection = sqlite3.connect(folder / "rows.db", isolation_level=None)
        self._database = Database(self._connection)
        for pragma in _PRAGMAS:
            self._connection.execute(f"pragma {pragma}")
        self._connection.execute("attach cast(? as text) as work", (os.fsencode(folder / "work.db"),))
        for pragma in _WORK_PRAGMAS:
            self._connection.execute(f"pragma work.{pragma}")
        self._waiting: dict[str, list[Row]] = {name: [] for name in TABLES}
        self.identities = Identities(self._connection)
        columns = ", ".join(column for column in TABLES["places"].columns if column != "mention_count")
        self._connection.execute(f"create table work.places ({columns})")
        self._connection.execute("begin")
        schema.create_tables(self._database)
        schema.create_search(self._database)

    def __enter__(self) -> NewDatabase:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Closes the files."""
        self._connection.close()

    def numbers(self, name: str) -> Numbers:
        """A new table of texts and numbers that does not stay."""
        return Numbers(self._connection, f"work.{name}_numbers")

    def insert(self, table: str, rows: Iterable[Row]) -> None:
        """Adds rows.

        Args:
            table: one of schema.TABLES, but speakers; of places without the last column, which is counted.
            rows: values in the order of its columns. A quotation's speaker is a voice's number.
        """
        waiting = self._waiting[table]
        waiting.extend(rows)
        if len(waiting) >= _AT_ONCE:
            self._write(table)

    def _write(self, table: str) -> None:
        """Writes the rows of a table that wait, and the words in them that are searched."""
        rows = self._waiting[table]
        if not rows:
            return
        if table == "places":
            self._insert("work.places", rows)
        else:
            self._insert(table, rows)
            self._index_words(table, f"id between {rows[0][0]} and {rows[-1][0]}")
        rows.clear()

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        self._connection.executemany(
            f"insert into {table} values ({','.join('?' * len(rows[0]))})",  # noqa: S608
            rows,
        )

    def _index_words(self, table: str, where: str = "true") -> None:
        """Adds rows that are written to the full-text search."""
        searched = TABLES[table].searched
        if searched:
            columns = ", ".join(("rowid", *searched))
            self._connection.execute(
                f"insert into {table}_fts ({columns}) select {columns} from {table} "  # noqa: S608
                f"where {where} order by rowid"
            )

    def finish(self, about: Mapping[str, str]) -> dict[str, int]:
        """Joins the speakers, builds indexes and search, and writes the finished file into the folder.

        Args:
            about: what the file says of itself, written to the table `build_info`.

        Returns:
            The number of rows of each table.
        """
        for table in TABLES:
            self._write(table)
        self.identities.join()
        self._connection.execute(
            "update quotes set speaker_id = (select speaker from work.speakers where voice = speaker_id) "
            "where speaker_id >= (select min(voice) from work.speakers where voice <> speaker)"
        )
        self._connection.execute("commit")
        with _temporary_files_in(self._folder):
            schema.create_indexes(self._database, (name for name in TABLES if name not in _LAST))
            self._connection.execute("begin")
            self._fill_last()
            self._connection.execute("commit")
            schema.create_indexes(self._database, _LAST)
            summaries.create(self._database)
            for name, shape in TABLES.items():
                if shape.searched:
                    self._database.table(name).optimize()
            schema.create_views(self._database)
            schema.create_build_info(self._database, about)
            self._connection.execute(f"pragma user_version={schema.VERSION}")
            _analyze(self._connection)
            counts = {
                name: self._connection.execute(f"select count(*) from [{name}]").fetchone()[0]  # noqa: S608
                for name in TABLES
            }
            # Written once more in the order of its tables: no page is unused, none lies far from its next.
            finished = os.fsencode(self._folder / FINISHED)  # a name need not be text
            self._connection.execute("vacuum main into cast(? as text)", (finished,))
        settle_header(self._folder / FINISHED)
        return counts

    def _fill_last(self) -> None:
        self._connection.execute(
            "insert into places select *, "
            "(select count(*) from mentioned_places where place_id = places.id) from work.places order by id"
        )
        self._connection.executemany(
            "insert into speakers select ?1, ?2, ?3, ?4, (select count(*) from quotes where speaker_id = ?1)",
            ((number, *speaker) for number, speaker in self.identities.introduced()),
        )
        for name in _LAST:
            self._index_words(name)


@contextmanager
def _temporary_files_in(folder: Path) -> Iterator[None]:
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
