"""The complete metadata in the form in which Datasette holds it."""

from __future__ import annotations

from typing import Any


class SharedMetadata(dict[str, Any]):
    """Metadata that a deep copy shares, below its first level, with the original.

    Datasette 0.65 copies all of the metadata at each check of a permission to view a table, three times for
    the page of one row. The descriptions of every column made that a third of the page's CPU time. It changes
    only the first level of its copy and what it puts there, and elsewhere (`Datasette.metadata`) shares the
    levels below without copying.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> SharedMetadata:
        return SharedMetadata(self)
