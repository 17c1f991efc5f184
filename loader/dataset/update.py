"""A finished database, or a copy of it, in which rows of some archives go and others come."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from loader.dataset.atomic_output import FINISHED, settle_header
from loader.dataset.columns import INFORMATION, TABLES
from loader.dataset.finalize import Closing, count_rows
from loader.dataset.key_store import Numbers, first_of, joined_key
from loader.dataset.ownership import OWNED, SHARED
from loader.dataset.relink_speakers import Rejoining
from loader.dataset.schema import KEPT, column_list, count_expressions, index_words, insert_rows
from loader.dataset.system_calls import share_blocks
from loader.dataset.update_summaries import Recounting

# KiB of pages in memory.
_CACHE = 64_000
_PRAGMAS = ("foreign_keys=off", "locking_mode=exclusive", f"cache_size=-{_CACHE}")
# A copy that nobody sees is thrown away after a crash; a file that is changed where it is must come back.
_OF_COPY = ("journal_mode=off", "synchronous=off")
_IN_PLACE = ("journal_mode=delete", "synchronous=full")
_OF_WORK = ("work.journal_mode=off", "work.synchronous=off")
# Shared tables whose rows are deleted here when nothing refers to them any more. Speakers are linked again.
_SHARED = {table: users for table, users in SHARED.items() if table != "speakers"}
# For each table the columns whose values name rows that are counted: these must be counted again.
_COUNTED = {
    (counted, column): table for table in _SHARED for counted, column in TABLES[table].counts.values()
}

Row = Mapping[str, object]


class ChangedDatabase(Closing):
    """A database as an earlier build left it, to be brought up to date. A context manager.

    Ids of rows that stay are kept; new rows are numbered behind them. Search is kept in step row by row, and
    speakers are joined again as far as a quotation that came or went may reach.
    """

    def __init__(
        self, folder: Path, old: Path, gone: Sequence[int], kept: Sequence[int] = (), *, in_place: bool
    ) -> None:
        """Opens the database or a copy of it, and takes out what is gone.

        Args:
            folder: where a copy is made, and what is not to stay; nothing else is in it.
            old: the finished database.
            gone: ids of the files whose rows go.
            kept: ids of source texts of these files whose rows stay, and come under the file's new row.
            in_place: whether the database itself is changed, in one transaction, instead of a copy.
        """
        self._in_place = in_place
        self._file = old if in_place else folder / FINISHED
        if not in_place:
            _copy(old, self._file)
        self._connection = sqlite3.connect(self._file, isolation_level=None)
        self._connection.execute("attach cast(? as text) as work", (os.fsencode(folder / "work.db"),))
        for pragma in (*_PRAGMAS, *(_IN_PLACE if in_place else _OF_COPY), *_OF_WORK):
            self._connection.execute(f"pragma {pragma}")
        self._connection.execute("begin exclusive")
        for table in _SHARED:
            self._connection.execute(f"create table work.touched_{table} (id integer primary key)")
        self.identities = Rejoining(self._connection)
        self._recounting = Recounting(self._connection)
        self._highest = {
            table: int(self._connection.execute(f"select max(rowid) from {table}").fetchone()[0] or 0)  # noqa: S608
            for table in TABLES
        }
        self._remove(gone, kept)

    def last(self, table: str) -> int:
        """The highest id that a table had before rows went: no id stands for another row at once."""
        return self._highest[table]

    def numbers(self, name: str) -> Numbers:
        """A table of texts and numbers that do not stay, behind which stand those of the database."""
        return Numbers(self._connection, f"work.{name}_numbers", lambda key: self._earlier(name, key))

    def insert(self, table: str, rows: Iterable[Row]) -> None:
        """Adds rows.

        Args:
            table: one of TABLES, except speakers.
            rows: values by column, without those that count.
        """
        shape = TABLES[table]
        kept = [{**dict.fromkeys(shape.counts, 0), **row} for row in rows]
        if not kept:
            return
        insert_rows(self._connection, table, kept, shape)
        if shape.searched:  # they are numbered one by one
            index_words(self._connection, table, f"id between {kept[0]['id']} and {kept[-1]['id']}")
        for column in shape.references:
            counted = _COUNTED.get((table, column))
            if counted:
                self._touch(counted, [(row[column],) for row in kept])

    def finish(self, about: Mapping[str, str]) -> dict[str, int]:
        """Joins the speakers again, counts again, and leaves the file as it is to stay.

        Args:
            about: what the file says of itself.

        Returns:
            The number of rows of each table.
        """
        self._settle_kept()
        self.identities.finish()
        self._count_shared()
        self._recount()
        for table, users in _SHARED.items():
            unused = " and ".join(
                f"not exists (select 1 from {user} where {column} = {table}.id)"  # noqa: S608
                for user, column in users
            )
            where = f"id in (select id from work.touched_{table}) and {unused}"  # noqa: S608
            index_words(self._connection, table, where, gone=True)
            self._connection.execute(f"delete from {table} where {where}")  # noqa: S608
        self._connection.execute("delete from build_info")
        facts = [{"key": key, "value": value} for key, value in sorted({**about, "numbering": KEPT}.items())]
        insert_rows(self._connection, "build_info", facts, INFORMATION["build_info"])
        counts = self._renew_statistics()
        self._connection.execute("commit")
        self._connection.close()
        if not self._in_place:  # other programs see by the header that the file was changed
            settle_header(self._file)
        return counts

    def _settle_kept(self) -> None:
        """Name the new row of its file in each source text that stayed while its file went."""
        self._connection.execute(
            "update archives set (file_id, sha256, bytes) = "
            "(select files.id, files.sha256, files.bytes from files where files.path = archives.path) "
            "where id in (select id from work.kept_archives)"
        )

    def _recount(self) -> None:
        self._recounting.shift(f"select id from articles where id > {self._highest['articles']}", 1)  # noqa: S608
        self._recounting.settle("select id from work.touched_places")
        self._recounting.renew_speakers("select speaker from work.reached", "select id from work.chosen")

    def _remove(self, files: Sequence[int], kept: Sequence[int]) -> None:
        """Takes out the rows of files but for some source texts, and notes what they shared with others."""
        execute = self._connection.execute
        execute("create table work.gone_files (id integer primary key)")
        self._connection.executemany("insert into work.gone_files values (?)", ((one,) for one in files))
        execute("create table work.kept_archives (id integer primary key)")
        self._connection.executemany("insert into work.kept_archives values (?)", ((one,) for one in kept))
        execute(
            "create table work.gone_archives as select id from archives "
            "where file_id in (select id from work.gone_files) "
            "and id not in (select id from work.kept_archives)"
        )
        execute(
            "create table work.gone_articles as select id from articles "
            "where archive_id in (select id from work.gone_archives)"
        )
        for table, users in _SHARED.items():
            for user, column in users:
                owner = "id" if user == "articles" else "article_id"
                execute(
                    f"insert or ignore into work.touched_{table} select {column} from {user} "  # noqa: S608
                    f"where {owner} in (select id from work.gone_articles) and {column} is not null"
                )
        self._recounting.shift("select id from work.gone_articles", -1)
        self.identities.forget("select id from work.gone_articles")
        for table, column, owner in OWNED:
            where = f"{column} in (select id from work.gone_{owner})"  # noqa: S608
            index_words(self._connection, table, where, gone=True)
            execute(f"delete from {table} where {where}")  # noqa: S608

    def _touch(self, table: str, ids: Iterable[tuple[object]]) -> None:
        self._connection.executemany(f"insert or ignore into work.touched_{table} values (?)", ids)  # noqa: S608

    def _count_shared(self) -> None:
        """Count the rows that refer to shared rows again, if some of them came or went."""
        for table in _SHARED:
            for column, expression in count_expressions(TABLES[table], f"{table}.id").items():
                self._connection.execute(
                    f"update {table} set {column} = {expression} "  # noqa: S608
                    f"where id in (select id from work.touched_{table})"
                )

    def _earlier(self, name: str, key: str) -> int | None:
        """The number that a text has in the database, None where it has none."""
        if name == "places":
            return self._earlier_place(key)
        query = {
            "slugs": "select 1 from articles where slug = ?",
            "publications": "select id from publications where name = ?",
            "authors": "select id from authors where name = ?",
        }[name]
        found = self._connection.execute(query, (key,)).fetchone()
        return found[0] if found else None

    def _earlier_place(self, key: str) -> int | None:
        shape = TABLES["places"]
        columns = column_list(shape.without("id", *shape.counts))
        for number, *place in self._connection.execute(
            f"select id, {columns} from places where name = ?",  # noqa: S608
            (first_of(key),),
        ):
            if joined_key(place) == key:
                return int(number)
        return None

    def _renew_statistics(self) -> dict[str, int]:
        """Tells the query planner the new numbers of rows; how rows spread over keys changes slowly.

        Returns:
            The number of rows of each table.
        """
        counts: dict[str, int] = {}
        for (table,) in self._connection.execute(
            "select name from sqlite_master where type = 'table' and rootpage > 0 "
            "and name not like '%\\_fts\\_%' escape '\\' and name not like 'sqlite\\_%' escape '\\'"
        ).fetchall():
            count = self._connection.execute(f"select count(*) from [{table}]").fetchone()[0]  # noqa: S608
            counts[table] = count
            known = self._connection.execute("select 1 from sqlite_stat1 where tbl = ?", (table,)).fetchone()
            if bool(known) != bool(count):
                self._connection.execute(f"analyze [{table}]")
            self._connection.execute(
                "update sqlite_stat1 set stat = ?2 || ltrim(stat, '0123456789') where tbl = ?1",
                (table, str(count)),
            )
        return {table: counts[table] for table in TABLES}


def counts_of(file: Path) -> dict[str, int]:
    """The number of rows of each table of a finished database."""
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        return count_rows(connection, TABLES)


def _copy(source: Path, target: Path) -> None:
    """Copy a file, at once if the file system lets two files share their blocks."""
    with source.open("rb") as old, target.open("wb") as new:
        if not share_blocks(old, new):
            shutil.copyfileobj(old, new, 1 << 24)
