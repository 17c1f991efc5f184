"""Reads the schemas of databases that cannot change once, not for every page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from copy import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

# What Datasette 0.65 asks at each check of a permission to view a table, three times for the page of one row.
_TABLE_NAME = "select name from sqlite_master where type in ('table', 'view') and name = ? collate nocase"
_MOST_NAMES = 1_000  # a name can be written in many ways: QUOTES, Quotes
_CATALOGUE = "_internal"  # where Datasette 0.65 records the schemas; only Datasette writes to it


def refresh_once(datasette: Datasette) -> None:
    """Make Datasette read the schemas of immutable databases once.

    Datasette 0.65 does it for every page, by three queries, and 1.0 every second. As long as one attached
    database is mutable, or when another is attached later, it does so as before.
    """
    refresh = datasette.refresh_schemas
    refreshed: list[Database] = []

    async def refresh_schemas(**options: bool) -> None:
        nonlocal refreshed
        attached = [database for name, database in datasette.databases.items() if name != _CATALOGUE]
        if attached == refreshed and not options.get("force"):
            return
        await refresh(**options)
        if not any(database.is_mutable or database.is_memory for database in attached):
            refreshed = attached

    datasette.refresh_schemas = refresh_schemas


# Methods of Datasette's databases that read the schema of one table, or of all of them, in a thread.
_OF_THE_SCHEMA = (
    "primary_keys",
    "table_columns",
    "table_column_details",
    "foreign_keys_for_table",
    "get_all_foreign_keys",
    "fts_table",
    "label_column_for_table",
)


def remember_schema(database: Database) -> None:
    """Make an immutable database read the columns, keys and indexes of each of its tables once."""
    if not database.is_mutable:
        for name in _OF_THE_SCHEMA:
            setattr(database, name, _remembering(getattr(database, name)))


def _remembering(read: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    results: dict[Hashable, Any] = {}

    async def remembered(*names: str) -> Any:
        if names not in results:
            result = await read(*names)
            if len(results) >= _MOST_NAMES:
                return result
            results[names] = result
        return _copied(results[names])

    return remembered


def _copied(value: Any) -> Any:
    """Copy lists and dictionaries, which who asked may change; what they hold in the end is not changed."""
    if isinstance(value, dict):
        return {key: _copied(part) for key, part in value.items()}
    return copy(value) if isinstance(value, list) else value


def remember_table_names(database: Database) -> None:
    """Make an immutable database look up the name of each of its tables once.

    The answer is the same as long as the file is, and each look-up waits for a thread.
    """
    if database.is_mutable:
        return
    execute = database.execute
    found: dict[object, Any] = {}

    async def remembered(sql: str, *values: Any, **options: Any) -> Any:
        if sql != _TABLE_NAME or len(values) != 1 or options:
            return await execute(sql, *values, **options)
        name = values[0]
        if name not in found:
            results = await execute(sql, name)
            if not results.rows or len(found) >= _MOST_NAMES:
                return results
            found[name] = results
        return found[name]

    database.execute = remembered
