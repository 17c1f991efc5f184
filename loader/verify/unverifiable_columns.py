"""Columns that hold judgement: their values cannot be computed from the sources and the other rows.

Each value is checked as far as its range goes (a known role, a confidence from 0 to 1, an offset inside the
article). That it is the value the loader gives is shown by building the database again: the same input gives
the same bytes.
"""

from __future__ import annotations

from loader.dataset.columns import TABLES

JUDGED: dict[str, str] = {
    f"{table}.{name}": column.judgement
    for table, shape in TABLES.items()
    for name, column in shape.columns.items()
    if column.judgement
}
