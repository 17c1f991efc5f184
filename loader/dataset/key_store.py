"""Numbers for texts in the order of their first sight, on disk, so that memory stays the same at any size."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable

# Texts kept in memory of one kind: those of the last some hundred articles, and the frequent ones.
_KEPT = 20_000


class Numbers:
    """A table of texts and their numbers behind a bounded cache."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        table: str,
        earlier: Callable[[str], int | None] | None = None,
    ) -> None:
        """Creates the table.

        Args:
            connection: the database.
            table: a name of ours that is free there.
            earlier: where a text that was not added is looked up, None for nowhere.
        """
        self._connection = connection
        self._earlier = earlier
        self._cache: dict[str, int] = {}
        self._new: dict[str, int] = {}  # those of the cache that are not on disk yet
        self._find = f"select number from {table} where key = ?"  # noqa: S608
        self._put = f"insert or replace into {table} values (?, ?)"  # noqa: S608
        connection.execute(f"create table {table} (key text primary key, number integer) without rowid")

    def find(self, key: str) -> int | None:
        """The number of a text, None where it has none."""
        number = self._cache.get(key)
        if number is None:
            found = self._connection.execute(self._find, (key,)).fetchone()
            number = found[0] if found else self._earlier(key) if self._earlier else None
            if number is not None:
                self._keep(key, number)
        return number

    def put(self, key: str, number: int) -> None:
        """Gives a text a number, or another one."""
        self._new[key] = number
        self._keep(key, number)

    def _keep(self, key: str, number: int) -> None:
        if len(self._cache) >= _KEPT:
            self._connection.executemany(self._put, self._new.items())
            self._new.clear()
            self._cache.clear()  # the frequent ones are back at once
        self._cache[key] = number


def joined_key(values: Iterable[object]) -> str:
    """One text for the values of a row, another one for other values."""
    return "\0".join(map(str, values))


def first_of(key: str) -> str:
    """The first value that a joined key was made of."""
    return key.partition("\0")[0]
