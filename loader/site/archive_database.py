"""The archive's database as the pages see it: read only, a row by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from datasette.app import Datasette
from datasette.database import Database
from datasette.utils import sqlite_timelimit, tilde_encode
from datasette.views.base import DatasetteError

from loader.site.room import room_of

Parameters = Mapping[str, Any] | Sequence[Any]
Row = sqlite3.Row


class TooSlowError(DatasetteError):  # type: ignore[misc]  # Datasette ships no types
    """A query took longer than the site's limit; shown to the visitor unless a page has a better answer."""

    def __init__(self) -> None:
        super().__init__(
            "This took too long. Please try again later, or ask for less.", "Too slow", status=503
        )


class Archive:
    """Reads the archive's database through Datasette's threads and time limit."""

    def __init__(self, datasette: Datasette) -> None:
        """Take the database of the reading room; pages are only there if there is one."""
        room = room_of(datasette)
        if room is None:
            raise LookupError("no archive is attached")
        self.room = room
        self._datasette = datasette
        self.database: Database = room.database
        self.limit_ms = int(datasette.setting("sql_time_limit_ms"))

    @property
    def name(self) -> str:
        """The database's name in addresses."""
        return str(self.database.name)

    @property
    def path(self) -> str:
        """The address of the database below the site's, with its name encoded."""
        return f"/{tilde_encode(self.name)}"

    @property
    def download_path(self) -> str | None:
        """The address of the file below the site's; None if Datasette does not give it out."""
        is_open = not self.database.is_mutable and bool(self._datasette.setting("allow_download"))
        return f"{self.path}.db" if is_open else None

    async def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Runs a query.

        Args:
            sql: one select statement.
            parameters: its values.

        Returns:
            All its rows.

        Raises:
            TooSlowError: it took longer than the site's limit.
        """
        return (await self.read([(sql, parameters)]))[0]

    async def read(self, queries: Sequence[tuple[str, Parameters]]) -> list[list[Row]]:
        """Runs several queries in one go: where many visitors wait for a thread, a page waits once.

        Args:
            queries: select statements with their values.

        Returns:
            The rows of each.

        Raises:
            TooSlowError: one of them took longer than the site's limit.
        """

        def run(connection: sqlite3.Connection) -> list[list[Row]]:
            found = []
            for sql, parameters in queries:
                with sqlite_timelimit(connection, self.limit_ms):
                    found.append(connection.execute(sql, parameters).fetchall())
            return found

        try:
            rows: list[list[Row]] = await self.database.execute_fn(run)
        except sqlite3.OperationalError as error:
            if error.args == ("interrupted",):
                raise TooSlowError from error
            raise
        return rows

    async def columns(self, sql: str, parameters: Parameters = ()) -> list[str]:
        """Names the columns of a query."""
        results = await self.database.execute(f"select * from ({sql}) limit 0", parameters)  # noqa: S608 - ours
        return list(results.columns)

    async def one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """Runs a query and returns its first row, if it has any."""
        rows = await self.rows(sql, parameters)
        return rows[0] if rows else None
