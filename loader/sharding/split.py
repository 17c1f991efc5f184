"""Parts the rows of a build into shards, and cuts each into a database file of its own."""

# ruff: noqa: S608 - SQL is put together of our own names; values are bound

from __future__ import annotations

import os
import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from loader.dataset import schema, summaries
from loader.dataset.columns import DATASET, TABLES
from loader.dataset.finalize import attached, create_file, finish_file, temporary_files_in
from loader.dataset.ownership import BY_ARCHIVE, BY_ARTICLE, OF_SOURCES, OWNED, OWNED_TABLES, SHARED, User

# For each kind of shards what two articles of one shard have in common. Dates are ISO 8601; the size of an
# article is the part of its file's bytes that its characters are.
KINDS: dict[str, str] = {
    "year": "case when published glob '[0-9][0-9][0-9][0-9]*' then substr(published, 1, 4) else '~' end",
    "publication": "coalesce(publication_id, 0)",
    "size": (
        "(sum((articles.end - articles.start) * archives.bytes / max(archives.characters, 1)) "
        "over (order by articles.id) - 1) / :size"
    ),
}
# What archives have for it that hold no article.
_WITHOUT_ARTICLE = {"year": "~", "publication": 0, "size": 0}
_NAME_WITHOUT = {"year": "undated", "publication": "no-outlet"}
# Characters of a shard's name at most.
_LONGEST_NAME = 60
_TAKEN = ("catalogue", "undated", "no-outlet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A shard to be cut.

    Attributes:
        rows: the database of all rows, with the tables that `assign` made.
        number: the shard's, from 1.
        name: what it is called; no two that a file system takes for one.
        folder: where the finished file goes, as NAME.db.
        about: what the file says of itself.
    """

    rows: Path
    number: int
    name: str
    folder: Path
    about: dict[str, str]


def assign(rows: Path, kind: str, size: int) -> list[tuple[int, str, int]]:
    """Gives every article a shard, and every archive the one where what belongs to no article goes.

    Args:
        rows: the database of all rows; the tables `keys`, `shard_articles` and `shard_archives` are added,
            and the indexes that cutting needs.
        kind: one of KINDS.
        size: bytes of text in a shard, where the kind is `size`.

    Returns:
        Each shard's number, name, and the characters of its articles; at least one shard.
    """
    with closing(sqlite3.connect(os.fsencode(rows), isolation_level=None)) as connection:
        for pragma in ("journal_mode=off", "synchronous=off", "locking_mode=exclusive"):
            connection.execute(f"pragma {pragma}")
        with temporary_files_in(rows.parent):
            for table in BY_ARTICLE + BY_ARCHIVE:
                connection.execute(f"create index cut_{table} on {table} (article_id)")
            for table in ("articles", *BY_ARCHIVE):
                connection.execute(f"create index cut_{table}_archive on {table} (archive_id)")
            connection.execute("create index cut_speaker_names on speaker_names (speaker_id)")
            connection.execute("begin")
            _assign(connection, kind, size)
            connection.execute("commit")
        return connection.execute(
            "select number, name, coalesce(sum(articles.end - articles.start), 0) from keys "
            "left join shard_articles on shard = number left join articles on articles.id = article_id "
            "group by number order by number"
        ).fetchall()


def _assign(connection: sqlite3.Connection, kind: str, size: int) -> None:
    connection.execute("create table keys (number integer primary key, name text not null, key unique)")
    connection.execute(
        "create table keyed as select articles.id as article_id, archive_id, "
        f"{KINDS[kind]} as key from articles join archives on archives.id = archive_id",
        {"size": size} if kind == "size" else {},
    )
    connection.execute("create index keyed_archive on keyed (archive_id, article_id)")
    lonely = "select 1 from archives where id not in (select archive_id from articles)"
    keys = [row[0] for row in connection.execute("select distinct key from keyed order by key")]
    without = _WITHOUT_ARTICLE[kind]
    if without not in keys and (not keys or (kind != "size" and connection.execute(lonely).fetchone())):
        keys.append(without)
    connection.executemany("insert into keys values (?, ?, ?)", _named(connection, kind, keys))
    connection.execute("create table shard_articles (shard, article_id, primary key (shard, article_id))")
    connection.execute(
        "insert into shard_articles select number, article_id from keyed join keys using (key)"
    )
    connection.execute("create table shard_archives (shard, archive_id, primary key (shard, archive_id))")
    # By size an archive without articles goes with what comes before it, otherwise where all such go.
    nearest = "select key from keyed where keyed.archive_id < archives.id order by archive_id desc limit 1"
    fallback = (
        f"coalesce(({nearest}), (select key from keys order by number limit 1))" if kind == "size" else "?"
    )
    connection.execute(
        "insert into shard_archives select number, id from "
        "(select archives.id, coalesce((select key from keyed where keyed.archive_id = archives.id "
        f"order by article_id limit 1), {fallback}) as key from archives) join keys using (key)",
        () if kind == "size" else (without,),
    )


def _named(
    connection: sqlite3.Connection, kind: str, keys: list[object]
) -> Iterator[tuple[int, str, object]]:
    outlets: dict[object, str] = {}
    if kind == "publication":
        outlets.update(connection.execute("select id, name from publications"))
    taken = set(_TAKEN)
    for number, key in enumerate(keys, start=1):
        if key == _WITHOUT_ARTICLE[kind] and kind in _NAME_WITHOUT:
            name = _NAME_WITHOUT[kind]
        elif kind == "size":
            name = f"part-{number:05d}"
        else:
            name = _free(_safe(outlets.get(key, str(key))), taken)
            taken.add(name)
        yield number, name, key


def _safe(words: str) -> str:
    """A name of small letters, figures and hyphens, which every disk and every address takes as it is."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_NAME].strip("-") or "outlet"


def _free(name: str, taken: set[str]) -> str:
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def cut(task: Cut) -> None:
    """Writes a shard: a database like that of a build, with the ids that rows have in all shards together."""
    unfinished = task.folder.with_name(f"{task.number}.db")
    with closing(create_file(unfinished)) as connection, temporary_files_in(unfinished.parent):
        database = Database(connection)
        connection.execute("begin")
        schema.create_tables(database)
        connection.execute("commit")
        with attached(connection, task.rows, "every"):
            _copy(connection, task.number)
        schema.create_indexes(database)
        summaries.create(database)
        schema.create_search(database)
        schema.create_views(database)
        finish_file(connection, DATASET, task.about, task.folder / f"{task.name}.db")
    unfinished.unlink()


# Driven by the shard's articles, so that what a shard costs grows with its own rows alone.
_MINE = (
    "select found.* from every.shard_articles as mine cross join every.{} as found "
    "on found.{} = mine.article_id where mine.shard = ?1"
)
_MINE_WITHOUT_ARTICLE = (
    "select found.* from every.shard_archives as mine cross join every.{} as found "
    "on found.archive_id = mine.archive_id and found.article_id is null where mine.shard = ?1"
)
_MINE_OF_ARCHIVES = (
    "select * from every.archives where id in (select archive_id from main.articles) "
    "or id in (select archive_id from every.shard_archives where shard = ?1)"
)
_OF_OWNERS = "select * from every.{} where {} in (select id from main.{})"
# Files that give no source text are in the first shard.
_MINE_OF_FILES = (
    "select * from every.files where id in (select file_id from main.archives) or (?1 = "
    "(select min(number) from every.keys) and id not in (select file_id from every.archives))"
)


def _copy(connection: sqlite3.Connection, shard: int) -> None:
    """Copies the rows of a shard; what several articles share, where one of them names it."""
    rows = {
        "articles": _MINE.format("articles", "id"),
        "archives": _MINE_OF_ARCHIVES,
        "files": _MINE_OF_FILES,
    }
    rows |= {
        owned.table: _OF_OWNERS.format(owned.table, owned.column, owned.owner)
        for owned in OWNED
        if owned.table in OF_SOURCES and owned.table not in rows
    }
    rows |= {table: _MINE.format(table, "article_id") for table in BY_ARTICLE}
    for table in BY_ARCHIVE:
        rows[table] = f"{_MINE.format(table, 'article_id')} union all {_MINE_WITHOUT_ARTICLE.format(table)}"
    for table, mine in rows.items():
        order = "article_id, position" if table == "article_authors" else "id"
        given = (shard,) if "?1" in mine else ()
        connection.execute(f"insert into {table} {mine} order by {order}", given)
    for table, users in SHARED.items():
        _copy_shared(connection, table, users)
    connection.execute(
        "insert into speaker_names select * from every.speaker_names "
        "where speaker_id in (select id from main.speakers) order by id"
    )


def _copy_shared(connection: sqlite3.Connection, table: str, users: Sequence[User]) -> None:
    """Copy the rows of a shared table that the shard's rows refer to, and fill their counts."""
    shape = TABLES[table]
    used = " union ".join(f"select {column} as id from main.{user}" for user, column in users)
    # Counted in one pass for all of them: the shard has no indexes yet.
    counts = {name: f"coalesce(of_{name}.rows, 0)" for name in shape.counts}
    joins = " ".join(
        f"left join (select {column} as id, count(*) as rows from main.{counted} group by 1) as of_{name} "
        f"on of_{name}.id = found.id"
        for name, (counted, column) in shape.counts.items()
    )
    connection.execute(
        f"insert into {table} ({schema.column_list(shape)}) "
        f"select {schema.expression_list(shape, counts, 'found.{}')} "
        f"from (select distinct id from ({used}) where id is not null) as used "
        f"cross join every.{table} as found on found.id = used.id {joins} order by found.id"
    )


# Rows of these stand in every shard where something refers to them; what is counted in a column is added up.
IN_SEVERAL = tuple(table for table in TABLES if table in OF_SOURCES or table not in OWNED_TABLES)


def add_shared(connection: sqlite3.Connection, table: str) -> None:
    """Adds the rows of one of IN_SEVERAL to those of other shards.

    Args:
        connection: a database with the table; attached to it as `one` is a shard.
        table: which one.
    """
    shape = TABLES[table]
    names, values = (
        schema.column_list(shape),
        schema.expression_list(shape, dict.fromkeys(shape.counts, "0"), "{}"),
    )
    connection.execute(f"insert or ignore into main.[{table}] ({names}) select {values} from one.[{table}]")
    for count in shape.counts:
        connection.execute(
            f"update main.[{table}] set {count} = [{table}].{count} + found.{count} "
            f"from one.[{table}] as found where found.id = [{table}].id"
        )
