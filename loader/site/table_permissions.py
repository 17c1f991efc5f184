"""Answers quickly which tables are restricted, if none is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasette.plugins import pm

if TYPE_CHECKING:
    from datasette.app import Datasette

_CHECK = "_table_permission_allows"  # of Datasette 0.65


def answer_if_unrestricted(datasette: Datasette) -> None:
    """Keep Datasette 0.65 from copying all metadata to find that no table has an `allow`.

    It copies all of it at each check of a permission to view a table, three times for the page of one row,
    and our metadata is long, with a description for every column. If a table has an `allow`, or a plugin has
    metadata of its own, Datasette decides as before. Datasette 1.0 decides in another way.
    """
    decide = getattr(datasette, _CHECK, None)
    if decide is None:
        return

    def allows(database: str, table: str) -> object:
        if _has_further_metadata() or _restricts_tables(datasette._metadata_local, database):
            return decide(database, table)
        return []

    setattr(datasette, _CHECK, allows)


def _has_further_metadata() -> bool:
    """Tell whether a plugin has metadata of its own."""
    hook = getattr(pm.hook, "get_metadata", None)  # Datasette 1.0 has no such hook
    return hook is not None and bool(hook.get_hookimpls())


def _restricts_tables(metadata: object, database: str) -> bool:
    """Tell whether a table of a database has an `allow`; True of metadata of another shape than ours."""
    if not isinstance(metadata, dict) or not isinstance(metadata.get("databases"), dict):
        return True
    levels = (metadata, metadata["databases"].get(database) or {})
    tables = [level.get("tables") or {} for level in levels if isinstance(level, dict)]
    if len(tables) != len(levels) or not all(isinstance(named, dict) for named in tables):
        return True
    return any(
        not isinstance(table, dict) or table.get("allow") is not None
        for named in tables
        for table in named.values()
    )
