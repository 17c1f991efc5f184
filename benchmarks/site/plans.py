"""What SQL a page runs, and how SQLite finds the rows: its plan in a line, its work in steps."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import quote

from datasette import hookimpl
from datasette.app import Datasette
from datasette.plugins import pm
from datasette.utils import escape_fts

_STOPPED_AFTER = 2.0  # seconds, as on the site
_COUNTED = 1000  # steps of SQLite's machine between two looks
_READS = re.compile(r"(?:\s|--[^\n]*\n)*(?:select|with)\b", re.I)
_OF_A_ROW = 3  # steps of the machine to read a row, look at a value and go on, at least
_VALUE = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")
_ALIAS = re.compile(r'\b"?(\w+)"? as "?(\w+)"?', re.I)
_STEP = re.compile(r"(SCAN|SEARCH) (\w+)(?: USING (?:AUTOMATIC )?(?:PARTIAL )?(?:COVERING )?INDEX (\w+))?")


class Query(NamedTuple):
    """A query that a page ran, with how SQLite answers it.

    Attributes:
        sql: the query with its values.
        seconds: how long it takes by itself.
        steps: how many steps of SQLite's virtual machine; the same on every machine.
        plan: which tables it reads by which indexes, in a line.
        scanned: the tables that it reads from end to end, unless it stops before.
        finished: whether it did, within the site's time limit.
    """

    sql: str
    seconds: float
    steps: int
    plan: str
    scanned: tuple[str, ...]
    finished: bool


class Trace:
    """A plugin of Datasette that notes every query, those of pages and plugins alike."""

    def __init__(self) -> None:
        """Starts with none."""
        self.__name__ = "benchmark_trace"  # Datasette asks plugins for it
        self.queries: list[str] = []
        self._lock = threading.Lock()

    @hookimpl
    def prepare_connection(self, conn: sqlite3.Connection, database: str) -> None:
        """Listens to a connection."""
        if database != "_internal":
            conn.set_trace_callback(self._note)

    def _note(self, sql: str) -> None:
        # Full-text search notes its own reads, each as one line of comment.
        if _READS.match(sql):
            with self._lock:
                self.queries.append(sql)

    def taken(self) -> list[str]:
        """The queries since the last call, of several that differ in their values alone the first."""
        with self._lock:
            found, self.queries = self.queries, []
        return list({shape(sql): sql for sql in reversed(found)}.values())[::-1]


def shape(sql: str) -> str:
    """A query without its values and its layout: the same for every page of a kind."""
    return " ".join(_VALUE.sub("?", sql).split())


@contextmanager
def traced() -> Iterator[Trace]:
    """Notes the queries of every site that is opened in the block."""
    trace = Trace()
    pm.register(trace, name="benchmark-trace")
    try:
        yield trace
    finally:
        pm.unregister(trace)


def connect(site: Datasette) -> sqlite3.Connection:
    """Opens the site's database as the site does, with its SQL functions and its limits."""
    [database] = (one for one in site.databases.values() if one.path)
    connection = sqlite3.connect(f"file:{quote(str(database.path))}?mode=ro&immutable=1", uri=True)
    connection.create_function("escape_fts", 1, escape_fts)
    pm.hook.prepare_connection(conn=connection, database=database.name, datasette=site)
    return connection


def explain(connection: sqlite3.Connection, sql: str) -> tuple[str, list[str]]:
    """Returns a query's plan in a line, and what it reads from end to end (tables, or indexes of them)."""
    aliases: dict[str, str] = {alias: table for table, alias in _ALIAS.findall(sql)}
    words: list[str] = []
    scanned: list[str] = []
    for *_, detail in connection.execute("explain query plan " + sql):
        step = _STEP.match(detail)
        if step is None:
            if "TEMP B-TREE" in detail:
                words.append("sort" if "ORDER" in detail else "group")
            continue
        how, name, index = step[1], step[2], step[3]
        table = aliases.get(name, name)
        if "VIRTUAL TABLE" in detail:
            words.append(f"{table} (match)")
        elif how == "SCAN":
            scanned.append(table)
            words.append(f"ALL {table}" + (f" by {index}" if index else ""))
        else:
            words.append(f"{table} by {index or 'rowid'}")
    return ", ".join(dict.fromkeys(words)) or "no table", scanned


def measure(connection: sqlite3.Connection, sql: str) -> Query:
    """Runs a query by itself, as long as the site would let it."""
    plan, scanned = explain(connection, sql)
    looks = 0
    start = time.perf_counter()

    def look() -> int:
        nonlocal looks
        looks += 1
        return int(time.perf_counter() - start > _STOPPED_AFTER)

    connection.set_progress_handler(look, _COUNTED)
    finished = True
    try:
        connection.execute(sql).fetchmany(1001)  # as many rows as Datasette reads
    except sqlite3.OperationalError as error:
        if error.args != ("interrupted",):
            raise
        finished = False
    finally:
        connection.set_progress_handler(None, 0)
    seconds = time.perf_counter() - start
    return Query(sql, seconds, looks * _COUNTED, plan, tuple(dict.fromkeys(scanned)), finished)


def row_counts(described: Mapping[str, Any]) -> dict[str, int]:
    """How many rows each table has, from what the bundle tells Datasette."""
    return {name: int(one["count"]) for name, one in described["tables"].items()}


def whole_scans(query: Query, counts: Mapping[str, int], most: int) -> list[str]:
    """Names the tables of more rows than that which a query reads from end to end.

    A scan in the wanted order stops when the page is full, so there must be steps enough for all rows.
    """
    return [table for table in query.scanned if most < counts.get(table, 0) <= query.steps / _OF_A_ROW]
