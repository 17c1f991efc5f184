"""The archive's database as the pages see it: read only, a row by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted
from datasette.views.base import DatasetteError

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
        """Takes the first database that is a file: a site serves one archive."""
        databases: list[Database] = [one for one in datasette.databases.values() if one.path]
        self.database = databases[0] if databases else datasette.get_database()

    @property
    def name(self) -> str:
        """The database's name in addresses."""
        return str(self.database.name)

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
        try:
            results = await self.database.execute(sql, parameters)
        except QueryInterrupted as interrupted:
            raise TooSlowError from interrupted
        return list(results.rows)

    async def one(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """Runs a query and returns its first row, if it has any."""
        rows = await self.rows(sql, parameters)
        return rows[0] if rows else None
