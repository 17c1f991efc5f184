"""A base map without the internet: country shapes drawn as SVG, in Web Mercator.

The shapes are Natural Earth's 1:50m countries (public domain), as the npm package world-atlas 2.0.2 packs
them (TopoJSON, ISC licence).
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from loader.site.components.text_cache import TextCache

Point = tuple[float, float]
_SOURCE = Path(__file__).with_name("countries-50m.json")
_LIMIT = 85.05112878  # where Web Mercator's square ends, in degrees
_CACHED_BYTES = 16_000_000
_STYLE = (
    "<style>svg{background:#dfe8ea}path{fill:#f6f3ea;stroke:#a9a294;stroke-linejoin:round}"
    "@media(prefers-color-scheme:dark){svg{background:#1b2529}path{fill:#2b302f;stroke:#626a66}}</style>"
)


class Bounds(NamedTuple):
    """A rectangle on the map; the whole world is 0 to 1 both ways, y downwards."""

    left: float
    top: float
    right: float
    bottom: float


def project(latitude: float, longitude: float) -> Point:
    """Projects WGS 84 degrees to Web Mercator, the world being the unit square."""
    phi = math.radians(max(-_LIMIT, min(_LIMIT, latitude)))
    return (longitude + 180) / 360, (1 - math.asinh(math.tan(phi)) / math.pi) / 2


def tile_bounds(zoom: int, column: int, row: int) -> Bounds:
    """Returns the rectangle of a map tile."""
    size = 1 / 2**zoom
    return Bounds(column * size, row * size, (column + 1) * size, (row + 1) * size)


class _Ring(NamedTuple):
    """One outline of a country."""

    points: tuple[Point, ...]
    bounds: Bounds


@lru_cache(maxsize=1)
def _rings() -> tuple[_Ring, ...]:
    """Reads the countries' outlines, projected."""
    topology = json.loads(_SOURCE.read_text(encoding="utf-8"))
    arcs = _decoded_arcs(topology)
    rings: list[_Ring] = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        shapes = geometry.get("arcs", [])
        for polygon in [shapes] if geometry["type"] == "Polygon" else shapes:
            for indexes in polygon:
                rings.extend(_on_the_world(_unrolled(_joined(arcs, indexes))))
    return tuple(rings)


def _unrolled(points: list[Point]) -> list[Point]:
    """Follows an outline across the date line, where longitude jumps, without the jump.

    An outline around the pole ends a whole world away from where it began: it is closed below the map.
    """
    unrolled: list[Point] = []
    turns = 0
    for index, (x, y) in enumerate(points):
        if index:
            step = x - points[index - 1][0]
            turns += -1 if step > 0.5 else 1 if step < -0.5 else 0
        unrolled.append((x + turns, y))
    if turns:
        unrolled += [(unrolled[-1][0], 1.0), (unrolled[0][0], 1.0)]
    return unrolled


def _on_the_world(points: list[Point]) -> list[_Ring]:
    """Returns an outline, and a copy a world to the side where it reaches over the map's edge."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    shifts = [0.0] + ([1.0] if min(xs) < 0 else []) + ([-1.0] if max(xs) > 1 else [])
    return [
        _Ring(
            tuple((x + shift, y) for x, y in points),
            Bounds(min(xs) + shift, min(ys), max(xs) + shift, max(ys)),
        )
        for shift in shifts
    ]


def _decoded_arcs(topology: dict[str, Any]) -> list[list[Point]]:
    """Undoes TopoJSON's quantisation: each arc is a start and steps from point to point."""
    (scale_x, scale_y), (move_x, move_y) = (topology["transform"][key] for key in ("scale", "translate"))
    arcs: list[list[Point]] = []
    for arc in topology["arcs"]:
        x = y = 0
        points: list[Point] = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append(project(y * scale_y + move_y, x * scale_x + move_x))
        arcs.append(points)
    return arcs


def _joined(arcs: list[list[Point]], indexes: list[int]) -> list[Point]:
    """Joins arcs to a ring; a negative index means the arc of its complement, backwards."""
    points: list[Point] = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points.extend(arc[1:] if points else arc)
    return points


def _clip(points: list[Point], axis: int, edge: float, keep_above: bool) -> list[Point]:
    """Cuts a polygon at a line parallel to an axis (one step of Sutherland and Hodgman's algorithm)."""
    result: list[Point] = []
    for index, current in enumerate(points):
        previous = points[index - 1]
        inside = (current[axis] >= edge) == keep_above
        if inside != ((previous[axis] >= edge) == keep_above):
            share = (edge - previous[axis]) / (current[axis] - previous[axis])
            other = previous[1 - axis] + share * (current[1 - axis] - previous[1 - axis])
            result.append((edge, other) if axis == 0 else (other, edge))
        if inside:
            result.append(current)
    return result


def _simplified(points: list[Point], tolerance: float) -> list[Point]:
    """Leaves out points that are nearer than the tolerance to the last one kept."""
    kept: list[Point] = []
    for point in points:
        if not kept or abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= tolerance:
            kept.append(point)
    return kept


def _outlines(bounds: Bounds, tolerance: float) -> list[list[Point]]:
    """Returns the outlines inside the bounds, cut a little outside of them."""
    margin_x, margin_y = (bounds.right - bounds.left) / 50, (bounds.bottom - bounds.top) / 50
    left, right = bounds.left - margin_x, bounds.right + margin_x
    top, bottom = bounds.top - margin_y, bounds.bottom + margin_y
    found: list[list[Point]] = []
    for ring in _rings():
        box = ring.bounds
        if box.right < left or box.left > right or box.bottom < top or box.top > bottom:
            continue
        if box.right - box.left < 2 * tolerance and box.bottom - box.top < 2 * tolerance:
            continue  # an island of a pixel
        points = list(ring.points)
        for axis, edge, keep_above in (
            (0, left, True),
            (0, right, False),
            (1, top, True),
            (1, bottom, False),
        ):
            if points:
                points = _clip(points, axis, edge, keep_above)
        points = _simplified(points, tolerance)
        if len(points) > 2:
            found.append(points)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The outlines of a part of the world whose edges lie on a grid: what is drawn once for many addresses.

    Attributes:
        step: width of a square of the grid, a power of two.
        left: its edges, in squares.
        top: likewise.
        right: likewise.
        bottom: likewise.
        detail: pixels of a square.
    """

    step: float
    left: int
    top: int
    right: int
    bottom: int
    detail: int

    @classmethod
    def around(cls, bounds: Bounds, detail: int) -> Drawing:
        """Return the drawing that holds a part of the world, whose longer side is four to eight squares."""
        longer = max(bounds.right - bounds.left, bounds.bottom - bounds.top)
        step = 2.0 ** math.ceil(math.log2(longer / 8))
        edges = (math.floor(bounds.left / step), math.floor(bounds.top / step))
        return cls(
            step=step,
            left=edges[0],
            top=edges[1],
            right=math.ceil(bounds.right / step),
            bottom=math.ceil(bounds.bottom / step),
            detail=detail,
        )

    @property
    def is_cached(self) -> bool:
        """Whether it need not be drawn."""
        return self in _PATHS

    def path(self) -> str:
        """Return the outlines as an SVG path, in pixels from the left and top edges."""
        cached = _PATHS.get(self)
        if cached is not None:
            return cached
        bounds = Bounds(*(edge * self.step for edge in (self.left, self.top, self.right, self.bottom)))
        scale = self.detail / self.step
        pieces = []
        for points in _outlines(bounds, tolerance=0.7 / scale):
            corners = (f"{(x - bounds.left) * scale:.1f} {(y - bounds.top) * scale:.1f}" for x, y in points)
            pieces.append(f"M{'L'.join(corners)}Z")
        path = "".join(pieces)
        _PATHS.put(self, path)
        return path


_PATHS = TextCache(_CACHED_BYTES)


def draw(bounds: Bounds, longer: int, drawing: Drawing) -> str:
    """Draw the countries.

    Args:
        bounds: which part of the world.
        longer: length of the picture's longer side, in pixels.
        drawing: that of a part of the world around it.

    Returns:
        An SVG document.
    """
    width, height = bounds.right - bounds.left, bounds.bottom - bounds.top
    size = longer / max(width, height)
    scale = drawing.detail / drawing.step
    box = (
        bounds.left * scale - drawing.left * drawing.detail,
        bounds.top * scale - drawing.top * drawing.detail,
        width * scale,
        height * scale,
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * size:.0f}" height="{height * size:.0f}"'
        f' viewBox="{" ".join(f"{value:.2f}" for value in box)}">'
        f'{_STYLE}<path d="{drawing.path()}" stroke-width="{0.8 * scale / size:.2f}"/></svg>'
    )
