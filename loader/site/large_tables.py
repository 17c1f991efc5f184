"""What Datasette's pages leave out of large tables, so that each answers at once, and how they say so."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from loader.dataset.columns import DATASET

if TYPE_CHECKING:
    from loader.site.room import Room

LARGE = 20_000  # rows; counting or sorting that many takes some hundredths of a second
_SAID = (
    '<p class="meta">{rows:,} rows are too many to count by value for everybody; where a filter leaves fewer,'
    " add <code>_facet=</code> and a column to the address.{sorted}</p>"
)
# The first column of each index, and the key.
_INDEXED = """
    select (select name from pragma_index_info(indexes.name) where seqno = 0)
    from pragma_index_list(?1) as indexes
    union select name from pragma_table_info(?1) where pk = 1
"""


def adapted(metadata: dict[str, Any], room: Room) -> dict[str, Any]:
    """Return metadata without default facets, and without sorting that needs an index, of large tables."""
    adapted_metadata = copy.deepcopy(metadata)
    tables = adapted_metadata["databases"][room.name]["tables"]
    for name, rows in {**room.counts.tables, **room.counts.views}.items():
        if rows > LARGE and name in tables:
            view = DATASET.views.get(name)
            cut(tables[name], rows, room.indexed(view.rows_of if view else name, _INDEXED), view is not None)
    return adapted_metadata


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
