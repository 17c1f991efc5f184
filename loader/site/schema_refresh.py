"""Reads the schemas of databases that cannot change once, not for every page."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

_CATALOGUE = "_internal"  # where Datasette 0.65 records the schemas; only Datasette writes to it


def refresh_once(datasette: Datasette) -> None:
    """Make Datasette 0.65 read the schemas of immutable databases once, not by three queries a page.

    As long as one attached database is mutable, or when another is attached later, it refreshes as before.
    Datasette 1.0 itself refreshes once a second at most.
    """
    if "force" in inspect.signature(datasette.refresh_schemas).parameters:  # Datasette 1.0
        return
    refresh = datasette.refresh_schemas
    refreshed: list[Database] = []

    async def refresh_schemas() -> None:
        nonlocal refreshed
        attached = [database for name, database in datasette.databases.items() if name != _CATALOGUE]
        if attached == refreshed:
            return
        await refresh()
        if not any(database.is_mutable or database.is_memory for database in attached):
            refreshed = attached

    datasette.refresh_schemas = refresh_schemas
