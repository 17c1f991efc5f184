"""How many rows each table and view of an archive has, without counting them."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from loader.dataset.columns import DATASET


class TableCounts(NamedTuple):
    """Numbers of rows by name.

    Attributes:
        tables: of each table.
        views: of each view.
    """

    tables: dict[str, int]
    views: dict[str, int]


def count_tables(connection: sqlite3.Connection) -> TableCounts:
    """Return how many rows each table and view has.

    Counting takes minutes if there are many, so what the loader recorded for the query planner is read
    (`press-archive verify` proves it); a view or full-text table has as many rows as the table that it shows.
    """
    recorded: dict[str, int] = {}
    if connection.execute("select count(*) from sqlite_master where name = 'sqlite_stat1'").fetchone()[0]:
        for name, stat in connection.execute("select tbl, stat from sqlite_stat1"):
            recorded[name] = int(str(stat).split()[0])
    rows_of = {f"{name}_fts": name for name in recorded}
    rows_of |= {name: view.rows_of for name, view in DATASET.views.items()}
    counts: dict[str, dict[str, int]] = {"table": {}, "view": {}}
    kinds = connection.execute("select type, name from sqlite_master where type in ('table', 'view')")
    for kind, name in kinds.fetchall():
        if "_fts_" in name:
            continue  # what search keeps for itself; the page of all tables is quicker without
        count = recorded.get(rows_of.get(name, name))
        if count is None:  # a table without rows is not recorded
            quoted = name.replace('"', '""')
            count = connection.execute(f'select count(*) from "{quoted}"').fetchone()[0]  # noqa: S608
        counts[kind][name] = count
    return TableCounts(tables=counts["table"], views=counts["view"])
