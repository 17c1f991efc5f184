"""A database that is being written: rows as they come, the rest when all are there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlite_utils import Database

from loader.dataset import schema, summaries
from loader.dataset.atomic_output import FINISHED
from loader.dataset.columns import DATASET, TABLES
from loader.dataset.declaration import Table
from loader.dataset.finalize import (
    Closing,
    count_rows,
    create_file,
    finish_file,
    temporary_files_in,
)
from loader.dataset.key_store import Numbers
from loader.dataset.link_speakers import Identities, insert_speaker_names, insert_speakers

# KiB of pages in memory.
_WORK_CACHE = 8_000
_WORK_PRAGMAS = ("journal_mode=off", "synchronous=off", f"cache_size=-{_WORK_CACHE}")
# Rows of a table that are written together.
_AT_ONCE = 2_000
# The file of the rows while they are written.
ROWS = "rows.db"
# Their rows are known only when every article is.
_LAST = ("places", "speakers", "speaker_names")
# Places are counted last; until then they wait without their counts.
_UNCOUNTED_PLACES = TABLES["places"].without(*TABLES["places"].counts)

Row = Mapping[str, object]


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
        self._waiting: dict[str, list[tuple[object, ...]]] = {name: [] for name in TABLES}
        self.identities = Identities(self._connection)
        self._connection.execute(f"create table work.places ({schema.column_list(_UNCOUNTED_PLACES)})")
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
            table: one of TABLES, except speakers.
            rows: values by column; of places without those that count. A quotation's speaker is the number
                of a voice.
        """
        waiting = self._waiting[table]
        waiting.extend(map(_shape(table).values, rows))
        if len(waiting) >= _AT_ONCE:
            self._write(table)

    def _write(self, table: str) -> None:
        """Write the rows of a table that wait, and the words in them that are searched."""
        rows = self._waiting[table]
        if not rows:
            return
        shape = _shape(table)
        name = "work.places" if table == "places" else table
        self._connection.executemany(schema.insert_statement(name, shape), rows)
        if self._search and shape.searched and name == table:
            at = list(shape.columns).index("id")
            schema.index_words(self._connection, table, f"id between {rows[0][at]} and {rows[-1][at]}")
        rows.clear()

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
            self._fill_last()
            self._connection.execute("commit")
            schema.create_indexes(self._database, _LAST)
            summaries.create(self._database)
            schema.create_views(self._database)
            return finish_file(self._connection, DATASET, about, self._folder / FINISHED)

    def finish_rows(self) -> dict[str, int]:
        """Joins the speakers and leaves all rows in ROWS, unindexed, places and speakers uncounted.

        Returns:
            The number of rows of each table.
        """
        self._join_speakers()
        self._connection.execute("begin")
        self._fill_last(counted=False)
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

    def _fill_last(self, *, counted: bool = True) -> None:
        """Fill places and speakers.

        Args:
            counted: whether the mentions and quotations of each are counted; 0 is written otherwise.
        """
        places = TABLES["places"]
        counts = schema.count_expressions(places, "place.id", counted=counted)
        values = schema.expression_list(places, counts, "place.{}")
        self._connection.execute(
            f"insert into places ({schema.column_list(places)}) "  # noqa: S608 - names of ours
            f"select {values} from work.places as place order by id"
        )
        insert_speakers(self._connection, self.identities.introduced(), counted=counted)
        insert_speaker_names(self._connection, self.identities.names())
        if self._search:
            for name in _LAST:
                schema.index_words(self._connection, name)


def _shape(table: str) -> Table:
    return _UNCOUNTED_PLACES if table == "places" else TABLES[table]
