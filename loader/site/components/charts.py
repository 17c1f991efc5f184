"""Numbers by time, ready for a plain chart of bars."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

_MOST_MONTHS = 48  # a longer span is drawn by years


class Bar(NamedTuple):
    """One bar: its name, its number and its height as a share of the highest (0 to 100)."""

    label: str
    number: int
    share: float


def by_time(dated: Iterable[tuple[str | None, int]]) -> list[Bar]:
    """Sums counts by month, or by year where the span is long; every month or year between has its bar.

    Args:
        dated: ISO months or dates (None is left out) with a count each.

    Returns:
        The bars in order of time.
    """
    months: dict[int, int] = {}
    for date, count in dated:
        year, _, rest = (date or "").partition("-")
        if year.isdigit() and rest[:2].isdigit() and 1 <= int(rest[:2]) <= 12:
            month = int(year) * 12 + int(rest[:2]) - 1
            months[month] = months.get(month, 0) + count
    if not months:
        return []
    step = 1 if max(months) - min(months) < _MOST_MONTHS else 12
    steps: dict[int, int] = {}
    for month, count in months.items():
        steps[month // step] = steps.get(month // step, 0) + count
    highest = max(steps.values()) or 1
    return [
        Bar(
            f"{place // 12:04d}-{place % 12 + 1:02d}" if step == 1 else f"{place:04d}",
            steps.get(place, 0),
            round(100 * steps.get(place, 0) / highest, 1),
        )
        for place in range(min(steps), max(steps) + 1)
    ]
