"""A finished database, or a copy of it, in which rows of some archives go and others come."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from loader.dataset.atomic_output import FINISHED, settle_header
from loader.dataset.finalize import Closing, count_rows
from loader.dataset.key_store import Numbers, first_of, joined_key
from loader.dataset.relink_speakers import Rejoining
from loader.dataset.schema import KEPT, TABLES, index_words
from loader.dataset.update_summaries import Recounting

# KiB of pages in memory.
_CACHE = 64_000
_PRAGMAS = ("foreign_keys=off", "locking_mode=exclusive", f"cache_size=-{_CACHE}")
# A copy that nobody sees is thrown away after a crash; a file that is changed where it is must come back.
_OF_COPY = ("journal_mode=off", "synchronous=off")
_IN_PLACE = ("journal_mode=delete", "synchronous=full")
_OF_WORK = ("work.journal_mode=off", "work.synchronous=off")
_FICLONE = 0x40049409  # lets two files share their bytes until one is changed; linux/fs.h
# Tables whose rows belong to an archive or article, those that refer to others first.
_OWNED = (
    ("corrections", "archive_id", "archives"),
    ("data_notes", "archive_id", "archives"),
    ("furniture", "archive_id", "archives"),
    ("links", "article_id", "articles"),
    ("mentioned_places", "article_id", "articles"),
    ("quotes", "article_id", "articles"),
    ("paragraphs", "article_id", "articles"),
    ("article_authors", "article_id", "articles"),
    ("articles", "archive_id", "archives"),
    ("archives", "id", "archives"),
)
# Tables whose rows stay while another row refers to them.
_SHARED = (
    ("publications", "articles", "publication_id"),
    ("authors", "article_authors", "author_id"),
    ("places", "mentioned_places", "place_id"),
)

Row = tuple[object, ...]


class ChangedDatabase(Closing):
    """A database as an earlier build left it, to be brought up to date. A context manager.

    Ids of rows that stay are kept; new rows are numbered behind them. Search is kept in step row by row, and
    speakers are joined again as far as a quotation that came or went may reach.
    """

    def __init__(self, folder: Path, old: Path, gone: Sequence[int], *, in_place: bool) -> None:
        """Opens the database or a copy of it, and takes out what is gone.

        Args:
            folder: where a copy is made, and what is not to stay; nothing else is in it.
            old: the finished database.
            gone: ids of the archives whose rows go.
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
        for table, _, _ in _SHARED:
            self._connection.execute(f"create table work.touched_{table} (id integer primary key)")
        self.identities = Rejoining(self._connection)
        self._recounting = Recounting(self._connection)
        self._highest = {
            table: int(self._connection.execute(f"select max(rowid) from {table}").fetchone()[0] or 0)  # noqa: S608
            for table in TABLES
        }
        self._remove(gone)

    def last(self, table: str) -> int:
        """The highest id that a table had before rows went: no id stands for another row at once."""
        return self._highest[table]

    def numbers(self, name: str) -> Numbers:
        """A table of texts and numbers that do not stay, behind which stand those of the database."""
        return Numbers(self._connection, f"work.{name}_numbers", lambda key: self._earlier(name, key))

    def insert(self, table: str, rows: Iterable[Row]) -> None:
        """Adds rows.

        Args:
            table: one of schema.TABLES, but speakers; of places without the last column, which is counted.
            rows: values in the order of its columns.
        """
        kept = [(*row, 0) for row in rows] if table == "places" else list(rows)
        if not kept:
            return
        columns = ", ".join(f"[{column}]" for column in TABLES[table].columns)
        marks = ", ".join("?" * len(kept[0]))
        self._connection.executemany(f"insert into {table} ({columns}) values ({marks})", kept)  # noqa: S608
        if TABLES[table].searched:  # they are numbered one by one
            index_words(self._connection, table, f"id between {kept[0][0]} and {kept[-1][0]}")
        if table == "mentioned_places":
            self._touch("places", [(row[1],) for row in kept])

    def finish(self, about: Mapping[str, str]) -> dict[str, int]:
        """Joins the speakers again, counts again, and leaves the file as it is to stay.

        Args:
            about: what the file says of itself.

        Returns:
            The number of rows of each table.
        """
        self.identities.finish()
        self._count_places()
        self._recount()
        for table, user, column in _SHARED:
            unused = f"not exists (select 1 from {user} where {column} = {table}.id)"  # noqa: S608
            where = f"id in (select id from work.touched_{table}) and {unused}"  # noqa: S608
            index_words(self._connection, table, where, gone=True)
            self._connection.execute(f"delete from {table} where {where}")  # noqa: S608
        told = {**about, "numbering": KEPT}
        self._connection.executemany("update build_info set value = ?2 where key = ?1", told.items())
        counts = self._renew_statistics()
        self._connection.execute("commit")
        self._connection.close()
        if not self._in_place:  # other programs see by the header that the file was changed
            settle_header(self._file)
        return counts

    def _recount(self) -> None:
        self._recounting.shift(f"select id from articles where id > {self._highest['articles']}", 1)  # noqa: S608
        self._recounting.settle("select id from work.touched_places")
        self._recounting.renew_speakers("select speaker from work.reached", "select id from work.chosen")

    def _remove(self, archives: Sequence[int]) -> None:
        """Takes out the rows of archives, and notes what they shared with others."""
        execute = self._connection.execute
        execute("create table work.gone_archives (id integer primary key)")
        self._connection.executemany(
            "insert into work.gone_archives values (?)", ((one,) for one in archives)
        )
        execute(
            "create table work.gone_articles as select id from articles "
            "where archive_id in (select id from work.gone_archives)"
        )
        for table, user, column in _SHARED:
            owner = "id" if user == "articles" else "article_id"
            execute(
                f"insert or ignore into work.touched_{table} select {column} from {user} "  # noqa: S608
                f"where {owner} in (select id from work.gone_articles) and {column} is not null"
            )
        self._recounting.shift("select id from work.gone_articles", -1)
        self.identities.forget("select id from work.gone_articles")
        for table, column, owner in _OWNED:
            where = f"{column} in (select id from work.gone_{owner})"  # noqa: S608
            index_words(self._connection, table, where, gone=True)
            execute(f"delete from {table} where {where}")  # noqa: S608

    def _touch(self, table: str, ids: Iterable[tuple[object]]) -> None:
        self._connection.executemany(f"insert or ignore into work.touched_{table} values (?)", ids)  # noqa: S608

    def _count_places(self) -> None:
        self._connection.execute(
            "update places set mention_count = "
            "(select count(*) from mentioned_places where place_id = places.id) "
            "where id in (select id from work.touched_places)"
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
        columns = ", ".join(list(TABLES["places"].columns)[1:-1])
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
    """Copies a file, in no time where the file system lets two files share their bytes."""
    with source.open("rb") as old, target.open("wb") as new:
        try:
            fcntl.ioctl(new.fileno(), _FICLONE, old.fileno())
        except OSError:
            shutil.copyfileobj(old, new, 1 << 24)
