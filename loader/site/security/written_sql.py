"""The statements of requests that bring SQL of the visitor's own are read in a process that can be killed."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any

from datasette.database import Database, QueryInterrupted, Results

from loader.site.security import turns
from loader.site.security.running_queries import run_until_cancelled
from loader.site.security.sql_process import CannotStartError, Rows, SqlProcess, Statement, StoppedError

_BETWEEN_STARTS = 60  # seconds until a process is tried again where none could be started

Parameters = Mapping[str, Any] | Sequence[Any]


def read_apart(database: Database) -> None:
    """Have a database read in a process of its own while a turn says that the visitor wrote the SQL.

    Without threads, without processes or without a file it goes on as before.
    """
    execute: Callable[..., Awaitable[Results]] = database.execute
    if database.ds.executor is None or not database.path:
        return
    process = SqlProcess()
    next_start = 0.0  # when, by the monotonic clock

    async def execute_apart(
        sql: str,
        params: Parameters | None = None,
        truncate: bool = False,
        custom_time_limit: int | None = None,
        page_size: int | None = None,
        log_sql_errors: bool = True,
    ) -> Results:
        nonlocal next_start
        turn = turns.CURRENT.get()
        if turn is not None and turn.is_written and monotonic() >= next_start:
            statement = _statement(database, sql, params, truncate, custom_time_limit, page_size)
            try:
                async with turn.for_query():
                    rows = await _read(database, process, statement, log_sql_errors)
            except CannotStartError:
                next_start = monotonic() + _BETWEEN_STARTS
                print("press-archive: no process can be started; SQL is read in threads", file=sys.stderr)
            else:
                return _results(rows, statement.most_rows)
        return await execute(sql, params, truncate, custom_time_limit, page_size, log_sql_errors)

    database.execute = execute_apart


def _statement(
    database: Database,
    sql: str,
    params: Parameters | None,
    truncate: bool,
    custom_time_limit: int | None,
    page_size: int | None,
) -> Statement:
    """What Datasette's own method does with the same arguments."""
    limit = database.ds.sql_time_limit_ms
    most = database.ds.max_returned_rows
    if most == (page_size or database.ds.page_size):
        most += 1
    mode = "mode=ro" if database.is_mutable else "immutable=1"
    if database.is_mutable and database.ds.nolock:
        mode += "&nolock=1"
    return Statement(
        uri=f"{Path(database.path).resolve().as_uri()}?{mode}",
        sql=sql,
        parameters=params if params is not None else {},
        seconds=min(custom_time_limit or limit, limit) / 1_000,
        most_rows=most + 1 if most and truncate else None,
    )


async def _read(database: Database, process: SqlProcess, statement: Statement, log_sql_errors: bool) -> Rows:
    def in_thread(read: Callable[[SqlProcess], Rows]) -> Awaitable[Rows]:
        return asyncio.get_running_loop().run_in_executor(database.ds.executor, read, process)

    try:
        rows: Rows = await run_until_cancelled(in_thread, lambda process: process.read(statement))
    except StoppedError as error:
        raise QueryInterrupted(error, statement.sql, statement.parameters) from error
    except sqlite3.DatabaseError as error:
        if error.args == ("interrupted",):
            raise QueryInterrupted(error, statement.sql, statement.parameters) from error
        if log_sql_errors:
            print(f"ERROR: sql = {statement.sql!r}: {error}", file=sys.stderr)
        raise
    return rows


def _results(rows: Rows, most: int | None) -> Results:
    """Return rows as Datasette expects them: of sqlite3, which makes them for a cursor alone."""
    names = ", ".join('null as "{}"'.format(name.replace('"', '""')) for name in rows.columns)
    with closing(sqlite3.connect(":memory:")) as connection:
        cursor = connection.execute(f"select {names}") if names else connection.cursor()
        made = [sqlite3.Row(cursor, tuple(row)) for row in rows.rows]
        is_cut = most is not None and len(made) == most
        return Results(made[: most - 1] if is_cut and most else made, is_cut, cursor.description)
