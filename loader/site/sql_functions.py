"""SQL functions that the queries in metadata.yml and the pages use."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace

from loader.site.search import query_syntax
from loader.site.search.search_snippet import search_snippet

_EARTH_RADIUS_KM = 6371.0088  # IUGG mean radius


def distance_km(
    latitude: object, longitude: object, other_latitude: object, other_longitude: object
) -> float | None:
    """Great-circle distance by the haversine formula.

    Args:
        latitude: WGS 84 degrees, as a number or its text.
        longitude: WGS 84 degrees.
        other_latitude: WGS 84 degrees.
        other_longitude: WGS 84 degrees.

    Returns:
        Kilometres; None where a value is no coordinate.
    """
    try:
        degrees = [
            value if type(value) is float else float(str(value))
            for value in (latitude, longitude, other_latitude, other_longitude)
        ]
    except ValueError:
        return None
    if not all(map(math.isfinite, degrees)) or max(abs(degrees[0]), abs(degrees[2])) > 90:
        return None
    phi, lam, other_phi, other_lam = map(math.radians, degrees)
    haversine = (
        math.sin((other_phi - phi) / 2) ** 2
        + math.cos(phi) * math.cos(other_phi) * math.sin((other_lam - lam) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(haversine)))


def fts_query(text: object) -> str:
    """A visitor's words as an FTS5 query that is never an error."""
    return query_syntax.fts(query_syntax.parse(str(text if text is not None else "")))


def fts_name(column: object, text: object) -> str:
    """A visitor's words as an FTS5 query for words that begin so in one column; never an error."""
    wanted = (term for term in query_syntax.parse(str(text if text is not None else "")) if not term.excluded)
    query = query_syntax.fts(tuple(replace(term, prefix=True) for term in wanted))
    return query if query == query_syntax.NOTHING else f"{{{column}}} : ({query})"


def has_name(text: object, wanted: object) -> int:
    """Tells whether a name holds the wanted words, whatever their case, accents and marks.

    A blank wish holds for every text, so that a parameter left blank means "any".
    """
    needle = query_syntax.fold_name(str(wanted if wanted is not None else ""))
    if not needle:
        return 1
    return int(text is not None and needle in query_syntax.fold_name(str(text)))


_FUNCTIONS: tuple[tuple[str, int, Callable[..., str | float | None]], ...] = (
    ("distance_km", 4, distance_km),
    ("fts_query", 1, fts_query),
    ("fts_name", 2, fts_name),
    ("has_name", 2, has_name),
    ("search_snippet", -1, search_snippet),
)
_CALL = re.compile(rf"\b(?:{'|'.join(name for name, *_ in _FUNCTIONS)})\s*\(", re.IGNORECASE)


def register(connection: sqlite3.Connection) -> None:
    """Makes the functions known to a connection."""
    for name, arguments, function in _FUNCTIONS:
        connection.create_function(name, arguments, function, deterministic=True)


def are_used(sql: str) -> bool:
    """Tells whether a query calls a function of this package, which no other Datasette has."""
    return _CALL.search(sql) is not None
