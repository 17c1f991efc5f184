"""Reads the CSV files beside this module, and chooses rows by weight."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from random import Random

DATA = Path(__file__).parent / "data"
Row = dict[str, str]


@cache
def table(name: str) -> tuple[Row, ...]:
    """All rows of data/NAME.csv, column to value."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def choose(random: Random, name: str) -> Row:
    """One row of a table, by its column `weight` where it has one."""
    rows = table(name)
    return random.choices(rows, [int(row.get("weight") or 1) for row in rows])[0]
