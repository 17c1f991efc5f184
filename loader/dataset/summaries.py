"""Counts that a site shows and that would take seconds to make from the rows of a large archive.

They follow from the other tables and are computed once when those are written and indexed; `press-archive
verify` computes them again. Rare places and speakers have none: counting their rows is as quick.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter
from collections.abc import Callable, Iterator

from sqlite_utils import Database

from loader.dataset import schema
from loader.dataset.columns import SUMMARIES

Row = tuple[object, ...]
# A place or speaker with more rows than this is summed up; the site and metadata.yml rely on the number.
FREQUENT = 2_000
_CHUNK = 100_000  # rows that are in memory at a time
MONTH = "coalesce(substr(published, 1, 7), '')"  # blank for articles without a date
OUTLET = "coalesce(publication_id, 0)"  # 0 for articles without one


# Yields the rows of a table of counts, in the order of its key, from a database and the most rows that a
# place or speaker without counts has.
RowSource = Callable[[sqlite3.Connection, int], Iterator[Row]]


def _selected(sql: str) -> Callable[[sqlite3.Connection, int], Iterator[Row]]:
    def rows(connection: sqlite3.Connection, frequent: int) -> Iterator[Row]:
        yield from connection.execute(sql)

    return rows


class _Groups:
    """For every article the number of its group, by id: no join for every row.

    Ids are near each other, and a few bytes each are enough; but in a shard they may lie far apart.
    """

    def __init__(self, connection: sqlite3.Connection, expression: str) -> None:
        names = connection.execute(f"select distinct {expression} from articles order by 1")  # noqa: S608
        self.names = [row[0] for row in names]
        numbers = {name: number for number, name in enumerate(self.names)}
        sql = "select coalesce(max(id), 0), 10 * count(*) + 1000 from articles"
        last, room = connection.execute(sql).fetchone()
        self.of: array[int] | dict[int, int] = array("L", [0]) * (last + 1) if last <= room else {}
        for identifier, name in connection.execute(f"select id, {expression} from articles"):  # noqa: S608
            self.of[identifier] = numbers[name]


def _grouped(owners: str, count: str, rows_of: str, expression: str) -> Callable[..., Iterator[Row]]:
    """Counts the rows and the articles of each frequent place or speaker by the articles' month or outlet."""

    def rows(connection: sqlite3.Connection, frequent: int) -> Iterator[Row]:
        sql = f"select id from {owners} where {count} > ? order by id"  # noqa: S608
        chosen = connection.execute(sql, (frequent,)).fetchall()
        groups = _Groups(connection, expression) if chosen else None
        for [owner] in chosen:
            assert groups is not None  # noqa: S101 - there are owners
            all_rows, articles = _count(connection.execute(rows_of, (owner,)), groups.of)
            for number in sorted(all_rows):
                if groups.names[number] != 0:
                    yield owner, groups.names[number], all_rows[number], articles[number]

    return rows


def _count(
    cursor: sqlite3.Cursor, group_of: array[int] | dict[int, int]
) -> tuple[Counter[int], Counter[int]]:
    """Counts by group the articles that a cursor gives in order, each as often as it comes, and once."""
    all_rows: Counter[int] = Counter()
    articles: Counter[int] = Counter()
    last = None
    while chunk := [row[0] for row in cursor.fetchmany(_CHUNK)]:
        all_rows.update(map(group_of.__getitem__, chunk))
        different = dict.fromkeys(chunk)
        different.pop(last, None)  # counted with the chunk before
        articles.update(map(group_of.__getitem__, different))
        last = chunk[-1]
    return all_rows, articles


_MENTIONS_OF = "select article_id from mentioned_places where place_id = ? order by article_id"
_QUOTES_OF = "select article_id from quotes where speaker_id = ? order by article_id"
_FOUND = "select '{}', rule, count(*), min(id) from {} group by rule"

ROWS: dict[str, RowSource] = {
    "article_months": _selected(f"select {MONTH}, count(*) from articles group by 1 order by 1"),  # noqa: S608
    "publication_counts": _selected(
        "select publication_id, count(*) from articles where publication_id is not null group by 1 order by 1"
    ),
    "rule_counts": _selected(
        f"{_FOUND.format('mention', 'mentioned_places')} union all {_FOUND.format('quotation', 'quotes')}"
        " order by 1, 2"
    ),
    "place_months": _grouped("places", "mention_count", _MENTIONS_OF, MONTH),
    "place_publications": _grouped("places", "mention_count", _MENTIONS_OF, OUTLET),
    "speaker_months": _grouped("speakers", "quote_count", _QUOTES_OF, MONTH),
    "speaker_publications": _grouped("speakers", "quote_count", _QUOTES_OF, OUTLET),
}


def create(database: Database, frequent: int | None = None) -> None:
    """Creates and fills the tables of counts, when all other rows are written and their indexes made.

    Args:
        database: the database.
        frequent: how many rows a place or speaker that is not summed up has at most; None for FREQUENT.
    """
    schema.create_tables(database, SUMMARIES)
    connection = database.conn
    assert connection is not None  # noqa: S101 - its tables are there
    if not connection.in_transaction:
        connection.execute("begin")
    _fill(connection, FREQUENT if frequent is None else frequent)
    connection.commit()


def _fill(connection: sqlite3.Connection, frequent: int) -> None:
    for name, table in SUMMARIES.items():
        connection.executemany(schema.insert_statement(name, table), ROWS[name](connection, frequent))
