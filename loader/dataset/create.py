"""A database that is being written: rows as they come, the rest when all are there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlite_utils import Database

from loader.dataset import schema, summaries
from loader.dataset.atomic_output import FINISHED
from loader.dataset.finalize import (
    Closing,
    count_rows,
    create_file,
    finish_file,
    temporary_files_in,
)
from loader.dataset.key_store import Numbers
from loader.dataset.link_speakers import Identities
from loader.dataset.schema import TABLES

# KiB of pages in memory.
_WORK_CACHE = 8_000
_WORK_PRAGMAS = ("journal_mode=off", "synchronous=off", f"cache_size=-{_WORK_CACHE}")
# Rows of a table that are written together.
_AT_ONCE = 2_000
_MENTIONS = "(select count(*) from mentioned_places where place_id = places.id)"
_QUOTATIONS = "(select count(*) from quotes where speaker_id = ?1)"
# The file of the rows while they are written.
ROWS = "rows.db"
# Their rows are known only when every article is.
_LAST = ("places", "speakers", "speaker_names")

Row = tuple[object, ...]


class NewDatabase(Closing):
    """A database in a folder of its own, with a second one beside it for what is not to stay.

    The finished file depends on the rows alone: same rows, same bytes, with every version of SQLite that
    writes its pages alike. A context manager.
    """

    def __init__(self, folder: Path, *, search: bool = True) -> None:
        """Creates both databases, with the tables and no rows.

        Args:
            folder: where to; nothing else is in it.
            search: whether words are indexed as rows come; not where `finish_rows` is to end it.
        """
        self._folder = folder
        self._search = search
        self._connection = create_file(folder / ROWS)
        self._database = Database(self._connection)
        self._connection.execute("attach cast(? as text) as work", (os.fsencode(folder / "work.db"),))
        for pragma in _WORK_PRAGMAS:
            self._connection.execute(f"pragma work.{pragma}")
        self._waiting: dict[str, list[Row]] = {name: [] for name in TABLES}
        self.identities = Identities(self._connection)
        columns = ", ".join(column for column in TABLES["places"].columns if column != "mention_count")
        self._connection.execute(f"create table work.places ({columns})")
        self._connection.execute("begin")
        schema.create_tables(self._database)
        if search:
            schema.create_search(self._database)

    def last(self, table: str) -> int:
        """The highest id of a table: none is there at the beginning."""
        return 0

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
            if self._search:
                schema.index_words(self._connection, table, f"id between {rows[0][0]} and {rows[-1][0]}")
        rows.clear()

    def _insert(self, table: str, rows: Sequence[Row]) -> None:
        self._connection.executemany(
            f"insert into {table} values ({','.join('?' * len(rows[0]))})",  # noqa: S608
            rows,
        )

    def finish(self, about: Mapping[str, str]) -> dict[str, int]:
        """Joins the speakers, builds indexes and search, and writes the finished file into the folder.

        Args:
            about: what the file says of itself, written to the table `build_info`.

        Returns:
            The number of rows of each table.
        """
        self._join_speakers()
        with temporary_files_in(self._folder):
            schema.create_indexes(self._database, (name for name in TABLES if name not in _LAST))
            self._connection.execute("begin")
            self._fill_last(_MENTIONS, _QUOTATIONS)
            self._connection.execute("commit")
            schema.create_indexes(self._database, _LAST)
            summaries.create(self._database)
            schema.create_views(self._database)
            return finish_file(self._connection, TABLES, about, self._folder / FINISHED)

    def finish_rows(self) -> dict[str, int]:
        """Joins the speakers and leaves all rows in ROWS, unindexed, places and speakers uncounted.

        Returns:
            The number of rows of each table.
        """
        self._join_speakers()
        self._connection.execute("begin")
        self._fill_last("0", "0")
        self._connection.execute("commit")
        return count_rows(self._connection, TABLES)

    def _join_speakers(self) -> None:
        for table in TABLES:
            self._write(table)
        self.identities.join()
        self._connection.execute(
            "update quotes set speaker_id = (select speaker from work.speakers where voice = speaker_id) "
            "where speaker_id >= (select min(voice) from work.speakers where voice <> speaker)"
        )
        self._connection.execute("commit")

    def _fill_last(self, mentions: str, quotations: str) -> None:
        """Fills places and speakers, with expressions that count the mentions and quotations of each."""
        self._connection.execute(
            f"insert into places select *, {mentions} from work.places order by id"  # noqa: S608
        )
        self._connection.executemany(
            f"insert into speakers select ?1, ?2, ?3, ?4, {quotations}",
            ((number, *speaker) for number, speaker in self.identities.introduced()),
        )
        self._connection.executemany(
            "insert into speaker_names (speaker_id, kind, folded_name, family) values (?, ?, ?, ?)",
            self.identities.names(),
        )
        if self._search:
            for name in _LAST:
                schema.index_words(self._connection, name)
