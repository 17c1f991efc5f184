"""Reads the schemas of databases that cannot change once, not for every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

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
