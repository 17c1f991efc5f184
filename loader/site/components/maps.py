"""Maps of places: which part of the world to show, and where each place's circle and name go."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from loader.site.components.basemap import Bounds, project

GRID = 100_000  # the base map's address gives its edges in these parts of the world's width
# How much of the world's width a map shows at least: a country its neighbours, a town its surroundings.
_SPANS = {"country": 0.09, "region": 0.03}
_LEAST_SPAN = 0.015
_MARGIN = 0.12
_LABEL_HEIGHT = 15
_LETTER_WIDTH = 6.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A place to show."""

    name: str
    latitude: float
    longitude: float
    mentions: int
    href: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A place on the drawing, in pixels."""

    place: Located
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """A drawing of places.

    Attributes:
        width: of the drawing, in pixels.
        height: of the drawing, in pixels.
        dots: the places, the most mentioned first.
        named: for each place whether there is room for its name.
        base: the base map's query string.
        base_box: where the base map goes on the drawing: x, y, width, height.
        outside: how many places lie outside of it.
    """

    width: int
    height: int
    dots: tuple[Dot, ...]
    named: tuple[bool, ...]
    base: str
    base_box: tuple[float, float, float, float]
    outside: int


def _middle(places: Sequence[Located], values: Sequence[float]) -> float:
    """Returns the median of the places' values, each counted as often as the place is named."""
    half = sum(place.mentions for place in places) / 2
    for value, count in sorted(zip(values, (place.mentions for place in places), strict=True)):
        half -= count
        if half <= 0:
            return value
    return values[0]


def _nearest(places: Sequence[Located], share: float) -> list[Located]:
    """Returns the places around the middle that make up a share of the mentions.

    A few far ones would shrink all the others to one spot.
    """
    points = [project(place.latitude, place.longitude) for place in places]
    x, y = (_middle(places, [point[axis] for point in points]) for axis in (0, 1))
    distances = [math.hypot(point[0] - x, point[1] - y) for point in points]
    wanted = share * sum(place.mentions for place in places)
    kept: list[Located] = []
    for _, place in sorted(zip(distances, places, strict=True), key=lambda pair: pair[0]):
        if wanted <= 0:
            break
        kept.append(place)
        wanted -= place.mentions
    return kept


def _frame(points: Sequence[tuple[float, float]], ratio: float, least: float) -> Bounds:
    """Returns a rectangle of that ratio (width to height) around all the points, with a margin."""
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    height = max((bottom - top), (right - left) / ratio, least / ratio) * (1 + 2 * _MARGIN)
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


def _base(frame: Bounds, scale: float, around: float) -> tuple[str, tuple[float, float, float, float]]:
    """Returns the base map's query string, and where it goes on the drawing."""
    reach_x, reach_y = around * (frame.right - frame.left), around * (frame.bottom - frame.top)
    left, top = (math.floor(max(0.0, edge) * GRID) for edge in (frame.left - reach_x, frame.top - reach_y))
    right, bottom = (
        math.ceil(min(1.0, edge) * GRID) for edge in (frame.right + reach_x, frame.bottom + reach_y)
    )
    box = (
        round((left / GRID - frame.left) * scale, 2),
        round((top / GRID - frame.top) * scale, 2),
        round((right - left) / GRID * scale, 2),
        round((bottom - top) / GRID * scale, 2),
    )
    return f"left={left}&top={top}&right={right}&bottom={bottom}", box


def draw(
    places: Sequence[Located],
    width: int,
    height: int,
    labels: int = 25,
    around: float = 0.0,
    share: float = 1.0,
) -> Map | None:
    """Lays places out on a map.

    Args:
        places: what to show; coordinates in WGS 84 degrees.
        width: of the drawing, in pixels.
        height: of the drawing, in pixels.
        labels: how many names at most.
        around: how far the base map goes on beyond the frame, in frames (for a map that can be moved).
        share: the share of mentions that the frame must hold; places farther off are left out.

    Returns:
        The map, or None where there is nothing to show.
    """
    if not places:
        return None
    near = _nearest(places, share) if share < 1 else places
    ordered = sorted(near, key=lambda place: (-place.mentions, place.name))
    points = [project(place.latitude, place.longitude) for place in ordered]
    least = max(_SPANS.get(place.kind, _LEAST_SPAN) for place in ordered)
    frame = _frame(points, width / height, least)
    scale = width / (frame.right - frame.left)
    largest = math.sqrt(ordered[0].mentions or 1)
    dots = [
        Dot(
            place,
            round((x - frame.left) * scale, 1),
            round((y - frame.top) * scale, 1),
            round(3 + 11 * math.sqrt(place.mentions) / largest, 1),
        )
        for place, (x, y) in zip(ordered, points, strict=True)
    ]
    base, box = _base(frame, scale, around)
    named = _labelled(dots, width, labels)
    return Map(
        width=width,
        height=height,
        dots=tuple(dots),
        named=tuple(named),
        base=base,
        base_box=box,
        outside=len(places) - len(ordered),
    )
