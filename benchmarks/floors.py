"""Pinned floors: figures that a measurement must not fall below, a CSV file beside it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path


def pin(path: Path, figures: Mapping[str, float], *, decimals: int) -> None:
    """Makes a run's figures the new floors.

    Args:
        path: the CSV file of the floors.
        figures: name to value.
        decimals: how many are kept.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("figure", "floor"))
        writer.writerows((name, f"{value:.{decimals}f}") for name, value in sorted(figures.items()))


def check(path: Path, figures: Mapping[str, float], *, tolerance: float, decimals: int) -> int:
    """Prints which figures fell below their floors, or that all hold.

    Args:
        path: the CSV file of the floors.
        figures: name to value; a figure that is missing counts as 0.
        tolerance: how far a figure may fall.
        decimals: how many are printed.

    Returns:
        1 where a figure fell, else 0.
    """
    with path.open(encoding="utf-8", newline="") as file:
        floors = {row["figure"]: float(row["floor"]) for row in csv.DictReader(file)}
    fallen = [
        f"{name}: {figures.get(name, 0.0):.{decimals}f} is below its floor {floor:.{decimals}f}"
        for name, floor in floors.items()
        if figures.get(name, 0.0) < floor - tolerance
    ]
    print("\n".join(fallen) if fallen else f"all {len(floors)} floors hold")
    return 1 if fallen else 0
