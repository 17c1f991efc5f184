"""Maps of places: which part of the world to show, and where each place's circle and name go."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reading_room.basemap import Bounds, project

GRID = 100_000  # the base map's address gives its edges in these parts of the world's width
_LEAST_SPAN = 0.006  # of the world's width (about two degrees): a map of one town shows its surroundings
_MARGIN = 0.12
_LABEL_HEIGHT = 15
_LETTER_WIDTH = 6.6


class Located(NamedTuple):
    """A place to show."""

    name: str
    latitude: float
    longitude: float
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A place on the drawing, in pixels; `label` tells whether there is room for its name."""

    place: Located
    x: float
    y: float
    radius: float
    label: bool


@dataclass(frozen=True, slots=True)
class Map:
    """A drawing of places.

    Attributes:
        width: of the drawing, in pixels.
        height: of the drawing, in pixels.
        dots: the places, the most mentioned first.
        base: the base map's query string.
        base_box: where the base map goes on the drawing: x, y, width, height.
    """

    width: int
    height: int
    dots: tuple[Dot, ...]
    base: str
    base_box: tuple[float, float, float, float]


def _frame(points: Sequence[tuple[float, float]], ratio: float) -> Bounds:
    """Returns a rectangle of that ratio (width to height) around all the points, with a margin."""
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    height = max((bottom - top), (right - left) / ratio, _LEAST_SPAN / ratio) * (1 + 2 * _MARGIN)
    width = height * ratio
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    return Bounds(middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2)


def _labelled(dots: Sequence[Dot], width: int, most: int) -> list[bool]:
    """Decides which names fit: in the order given, each that meets no earlier one."""
    taken: list[tuple[float, float, float, float]] = []
    decided: list[bool] = []
    for dot in dots:
        left = dot.x + dot.radius + 2
        box = (
            left,
            dot.y - _LABEL_HEIGHT / 2,
            left + _LETTER_WIDTH * len(dot.place.name),
            dot.y + _LABEL_HEIGHT / 2,
        )
        free = box[2] <= width and len(taken) < most
        free = free and not any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
            for other in taken
        )
        decided.append(free)
        if free:
            taken.append(box)
    return decided


def draw(
    places: Sequence[Located], width: int, height: int, labels: int = 25, around: float = 0.0
) -> Map | None:
    """Lays places out on a map.

    Args:
        places: what to show; coordinates in WGS 84 degrees.
        width: of the drawing, in pixels.
        height: of the drawing, in pixels.
        labels: how many names at most.
        around: how far the base map goes on beyond the frame, in frames (for a map that can be moved).

    Returns:
        The map, or None where there is nothing to show.
    """
    if not places:
        return None
    ordered = sorted(places, key=lambda place: (-place.count, place.name))
    points = [project(place.latitude, place.longitude) for place in ordered]
    frame = _frame(points, width / height)
    scale = width / (frame.right - frame.left)
    largest = math.sqrt(ordered[0].count or 1)
    dots = [
        Dot(
            place,
            round((x - frame.left) * scale, 1),
            round((y - frame.top) * scale, 1),
            round(3 + 11 * math.sqrt(place.count) / largest, 1),
            False,
        )
        for place, (x, y) in zip(ordered, points, strict=True)
    ]
    shown = tuple(
        Dot(dot.place, dot.x, dot.y, dot.radius, label)
        for dot, label in zip(dots, _labelled(dots, width, labels), strict=True)
    )
    reach_x, reach_y = around * (frame.right - frame.left), around * (frame.bottom - frame.top)
    edges = [
        math.floor(max(0.0, frame.left - reach_x) * GRID),
        math.floor(max(0.0, frame.top - reach_y) * GRID),
        math.ceil(min(1.0, frame.right + reach_x) * GRID),
        math.ceil(min(1.0, frame.bottom + reach_y) * GRID),
    ]
    x, y = (edges[0] / GRID - frame.left) * scale, (edges[1] / GRID - frame.top) * scale
    box = (
        round(x, 2),
        round(y, 2),
        round((edges[2] - edges[0]) / GRID * scale, 2),
        round((edges[3] - edges[1]) / GRID * scale, 2),
    )
    query = "left={}&top={}&right={}&bottom={}".format(*edges)
    return Map(width, height, shown, query, box)
