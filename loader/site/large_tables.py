"""What Datasette's pages leave out of large tables, so that each answers at once, and how they say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from datasette.app import Datasette

LARGE = 20_000  # rows; counting or sorting that many takes some hundredths of a second
_SAID = (
    '<p class="meta">{rows:,} rows are too many to count by value for everybody; where a filter leaves fewer,'
    " add <code>_facet=</code> and a column to the address.{sorted}</p>"
)
# The first column of each index, and the key.
_INDEXED = """
    select (select name from pragma_index_info(indexes.name) where seqno = 0)
    from pragma_index_list(:table) as indexes
    union select name from pragma_table_info(:table) where pk = 1
"""


async def adapt(datasette: Datasette) -> None:
    """Takes default facets and sorting without an index away from what metadata.yml says of large tables."""
    for name, described in (datasette.inspect_data or {}).items():
        settings = _settings_of(datasette, name)
        if settings is None:
            continue
        for table, one in {**described["tables"], **described.get("views", {})}.items():
            if one["count"] > LARGE and table in settings:
                indexed = await datasette.get_database(name).execute(
                    _INDEXED, {"table": one.get("rows_of", table)}
                )
                cut(settings[table], one["count"], {row[0] for row in indexed.rows}, "rows_of" in one)


def _settings_of(datasette: Datasette, database: str) -> dict[str, Any] | None:
    # What a plugin says of metadata never replaces what the file says, so what was read from it is changed.
    metadata: Mapping[str, Any] = datasette._metadata_local or {}
    found: dict[str, Any] | None = metadata.get("databases", {}).get(database, {}).get("tables")
    return found


def cut(settings: dict[str, Any], rows: int, indexed: set[str], is_view: bool) -> None:
    """Changes the settings of one large table or view."""
    sortable = settings.get("sortable_columns", [*settings.get("columns", {})])
    kept = [column for column in sortable if column in indexed]
    facets = settings.pop("facets", [])
    # By articles, as an index has them also where a filter leaves one place or speaker: nothing is sorted. In
    # views the filter is a name, which several may have; there the indexes' own order stays.
    if settings.get("sort") == "id" and "article_id" in kept:
        settings["sort"] = None if is_view else "article_id"
    lost = "" if len(kept) == len(sortable) else f" They can be sorted by {', '.join(kept) or 'no column'}."
    settings["sortable_columns"] = kept
    if facets or lost:
        settings["description_html"] = settings.get("description_html", "") + _SAID.format(
            rows=rows, sorted=lost
        )


def startup(datasette: Datasette) -> Callable[[], Any]:
    """What Datasette is to wait for before it answers."""

    async def adapted() -> None:
        await adapt(datasette)

    return adapted
