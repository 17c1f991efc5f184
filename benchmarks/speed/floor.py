"""The floor: `python -m benchmarks.speed.floor FIGURES FINISHED OUTPUT`.

Writes the rows of a finished database into a new one as plainly as Python's sqlite3 can: executemany table by
table in one transaction, then the indexes, then full-text search, with the finished file's own statements.
No text is read and nothing is looked for; the time to read the rows from the finished file is left out. As in
the loader, no journal is kept and nothing is waited for.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_BATCH = 10_000
# What SQLite may keep of the file in memory, in KiB; with the 2 MB of its own choice, large indexes are slow.
_CACHE = 64_000


def write_again(finished: Path, output: Path) -> dict[str, float]:
    """Writes a database's rows, indexes and full-text search to a new file.

    Args:
        finished: a database that the loader built.
        output: a file that is not there yet.

    Returns:
        Seconds by the clock for rows, indexes and FTS, and in all.
    """
    source = f"{finished.resolve().as_uri()}?mode=ro&immutable=1"
    seconds: dict[str, float] = {}
    with closing(sqlite3.connect(source, uri=True)) as old, closing(sqlite3.connect(output)) as new:
        new.isolation_level = None
        page = old.execute("pragma page_size").fetchone()[0]
        for pragma in (f"page_size={page}", "journal_mode=off", "synchronous=off", f"cache_size=-{_CACHE}"):
            new.execute(f"pragma {pragma}")
        searched = _statements(old, "table", "sql like 'create virtual table%'")
        tables = _statements(
            old, "table", "sql not like 'create virtual table%' and name not like '%\\_fts%' escape '\\'"
        )
        with _clock(seconds, "rows"):
            new.execute("begin")
            for _, statement in tables:
                new.execute(statement)
        for table, _ in tables:
            _copy(old, new, table, seconds)
        with _clock(seconds, "rows"):
            new.execute("commit")
        with _clock(seconds, "indexes"):
            for _, statement in _statements(old, "index", "true"):
                new.execute(statement)
        with _clock(seconds, "FTS"):
            for table, statement in searched:
                new.execute(statement)
                new.execute(f"insert into [{table}] ([{table}]) values ('rebuild')")
    return {**seconds, "total": sum(seconds.values())}


def _statements(old: sqlite3.Connection, kind: str, which: str) -> list[tuple[str, str]]:
    """Names and statements of the schema, in the order in which they were made."""
    wanted = f"select name, sql from sqlite_master where type = '{kind}' and sql is not null and {which}"
    found = old.execute(f"{wanted} and name not like 'sqlite%' order by rowid").fetchall()
    return [(str(name), str(statement)) for name, statement in found]


def _copy(old: sqlite3.Connection, new: sqlite3.Connection, table: str, seconds: dict[str, float]) -> None:
    rows = old.execute(f"select * from [{table}]")
    insert = f"insert into [{table}] values ({','.join('?' * len(rows.description))})"
    while batch := rows.fetchmany(_BATCH):
        with _clock(seconds, "rows"):
            new.executemany(insert, batch)


@contextmanager
def _clock(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - start


def main() -> None:
    """Writes the floor of one database, and its seconds to a file."""
    figures, finished, output = map(Path, sys.argv[1:])
    figures.write_text(json.dumps(write_again(finished, output)), encoding="utf-8")


if __name__ == "__main__":
    main()
