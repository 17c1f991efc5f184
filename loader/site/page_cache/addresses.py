"""Which addresses always have the same page, as long as the archive's file is the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from datasette.utils import tilde_decode, tilde_encode

if TYPE_CHECKING:
    from loader.site.room import Room

# Parameters with which a page may be another one each time, or is long: SQL of a visitor's own (it may call
# random() and 'now', and few ask for the same), a time limit, a trace with times, a stream of all rows.
_EXCLUDED = frozenset(("sql", "_where", "_timelimit", "_trace", "_stream"))
# What makes a canned query of the owner's give other rows each time: random(), date('now'), date(:day) where
# a visitor may write now, current_date, the magic parameter :_now_epoch.
_VOLATILE = re.compile(
    r"\b(?:random|randomblob|date|time|datetime|julianday|strftime|unixepoch|timediff|changes|total_changes"
    r"|last_insert_rowid)\s*\(|\bcurrent_(?:date|time|timestamp)\b|[:@$]_",
    re.I,
)
# Streams that grow with the archive; the file itself, whose page answers ranges and conditions; parts of the
# base map between any edges, which have a store of their own.
_LEFT_OUT = re.compile(r"/export/|/[^/]+\.db$|/base-map\.svg$")


class CacheableAddresses:
    """Tells which pages may be stored: the reading room's, and Datasette's of the archive alone."""

    def __init__(self, room: Room, own_pages: Iterable[re.Pattern[str]]) -> None:
        """Take the archive and the routes of the reading room's pages."""
        self._own = list(own_pages)
        self._database = tilde_encode(room.name)
        stable = {name for name, query in room.queries.items() if not _VOLATILE.search(_sql(query))}
        self._names = {*room.counts.tables, *room.counts.views, *stable}
        self._names -= set(room.queries) - stable  # a canned query takes the place of a table of its name

    def holds(self, path: str, query_string: bytes) -> bool:
        """Tell whether a page may be stored.

        Args:
            path: as sent, below the site's base address.
            query_string: as sent.
        """
        if _LEFT_OUT.match(path) or _is_excluded(query_string):
            return False
        return any(pattern.match(path) for pattern in self._own) or self._is_of_archive(path)

    def _is_of_archive(self, path: str) -> bool:
        """Tell whether a page is Datasette's of the archive: not the file itself, which is not rendered."""
        parts = path[1:].split("/")
        if parts[0] != self._database:
            return path == f"/{self._database}.json"
        return len(parts) == 1 or (
            len(parts) <= 3 and tilde_decode(parts[1].partition(".")[0]) in self._names and parts[-1] != ""
        )


def _is_excluded(query_string: bytes) -> bool:
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    return any(name in _EXCLUDED for name, _ in pairs)


def _sql(query: object) -> str:
    return str(query.get("sql", "")) if isinstance(query, dict) else str(query)
