"""Real outlines from TopoJSON, drawn small: paths in whole tenths of a picture unit, joined to nodes by `ubigeo`.

Guarantees that neighbours share their border exactly, because an arc is simplified once, before it is used twice.
Source: the TopoJSON format specification, 1.0 (`transform`, delta-encoded arcs, `~i` for an arc walked backwards).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import cos, radians
from pathlib import Path
from typing import Any

import msgspec

from tinkuy.words import Spoken, say

WIDTH = 3600  # tenths of a picture unit
MAX_BYTES = 20_000_000

Point = tuple[int, int]


class OutlinesError(Spoken):
    """The file of outlines is not TopoJSON as expected."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A node's borders as the `d` of an SVG path, with the middle of its box, in tenths."""

    path: str
    middle: Point


@dataclass(frozen=True, slots=True)
class Outlines:
    """The outlines of some nodes in a picture of `width` by `height` tenths."""

    width: int
    height: int
    shapes: dict[str, Outline]


def outlines(paths: Sequence[Path], codes: Iterable[str]) -> Outlines | None:
    """The outlines of `codes` from the first file that has nearly all of them (nine in ten); None when none has."""
    wanted = tuple(sorted(codes))
    for path in paths:
        found = _drawn(path, wanted)
        if found is not None and wanted and len(found.shapes) * 10 >= len(wanted) * 9:
            return found
    return None


@lru_cache(maxsize=256)
def _drawn(path: Path, codes: tuple[str, ...]) -> Outlines | None:
    topology, rings = _topology(path)
    chosen = {code: rings[code] for code in codes if code in rings}
    if not chosen:
        return None
    arcs = {arc if arc >= 0 else ~arc for shape in chosen.values() for ring in shape for arc in ring}
    xs = [x for arc in arcs for x, _ in topology[arc]]
    ys = [y for arc in arcs for _, y in topology[arc]]
    left, top, wide = min(xs), max(ys), max(max(xs) - min(xs), 1)
    height = max((top - min(ys)) * WIDTH // wide, 1)
    small = {
        arc: _simplified([((x - left) * WIDTH // wide, (top - y) * WIDTH // wide) for x, y in topology[arc]])
        for arc in arcs
    }
    return Outlines(WIDTH, height, {code: _outline(shape, small) for code, shape in chosen.items()})


def _outline(shape: list[list[int]], arcs: dict[int, list[Point]]) -> Outline:
    rings = [_ring(ring, arcs) for ring in shape]
    largest = max(rings, key=len)
    text = "".join(_path(ring) for ring in rings if len(ring) > 3 or ring is largest)
    xs, ys = [x for x, _ in largest], [y for _, y in largest]
    return Outline(text, ((min(xs) + max(xs)) // 2, (min(ys) + max(ys)) // 2))


def _ring(ring: list[int], arcs: dict[int, list[Point]]) -> list[Point]:
    points: list[Point] = []
    for arc in ring:
        part = arcs[arc] if arc >= 0 else arcs[~arc][::-1]
        points.extend(part[1:] if points else part)
    return points


def _path(points: list[Point]) -> str:
    """Whole picture units, each step from the one before; a unit is about a pixel on a telephone."""
    whole = [((x + 5) // 10, (y + 5) // 10) for x, y in points]
    steps = [f"M{whole[0][0]} {whole[0][1]}l"]
    for before, after in pairwise(whole):
        if after != before:
            steps.append(f"{after[0] - before[0]} {after[1] - before[1]} ")
    return "".join(steps).rstrip().replace(" -", "-") + "z"


def _simplified(points: list[Point], tolerance: int = 8) -> list[Point]:
    """Douglas and Peucker (1973), in integers: no point left out lies further than `tolerance` tenths from the line."""
    keep = {0, len(points) - 1}
    parts = [(0, len(points) - 1)]
    while parts:
        first, last = parts.pop()
        (ax, ay), (bx, by) = points[first], points[last]
        dx, dy = bx - ax, by - ay
        length = dx * dx + dy * dy
        worst, place = -1, first
        for number in range(first + 1, last):
            x, y = points[number]
            across = (dx * (ay - y) - dy * (ax - x)) ** 2
            away = across // length if length else (x - ax) ** 2 + (y - ay) ** 2
            if away > worst:
                worst, place = away, number
        if worst > tolerance * tolerance:
            keep.add(place)
            parts += [(first, place), (place, last)]
    return [points[number] for number in sorted(keep)]


@lru_cache(maxsize=8)
def _topology(path: Path) -> tuple[list[list[Point]], dict[str, list[list[int]]]]:
    """The arcs as absolute points of the file's own grid, and each code's rings."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"more than {MAX_BYTES} bytes")
        topology: dict[str, Any] = msgspec.json.decode(path.read_bytes())
        if "transform" not in topology:
            raise ValueError("not quantised: no transform")
        scale_x, scale_y = topology["transform"]["scale"]
        _, south = topology["transform"]["translate"]
        arcs = [_absolute(arc) for arc in topology["arcs"]]
        north = south + scale_y * max(y for arc in arcs for _, y in arc)
        # A degree of longitude is shorter than one of latitude by the cosine: enough for a schematic picture.
        wide = round(scale_x * cos(radians((south + north) / 2)) * 1e9)
        arcs = [[(x * wide // 1000, y * round(scale_y * 1e9) // 1000) for x, y in arc] for arc in arcs]
        rings: dict[str, list[list[int]]] = {}
        for collection in topology["objects"].values():
            for shape in collection["geometries"]:
                code = str((shape.get("properties") or {}).get("ubigeo", ""))
                if code and shape.get("type") in ("Polygon", "MultiPolygon"):
                    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
                    rings[code] = [ring for polygon in polygons for ring in polygon]
                    _within(rings[code], len(arcs))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, msgspec.DecodeError) as error:
        raise OutlinesError(
            say("{path}: not TopoJSON with `ubigeo` properties ({reason})", path=str(path), reason=str(error))
        ) from error
    return arcs, rings


def _within(rings: list[list[int]], arcs: int) -> None:
    if any(not -arcs <= arc < arcs for ring in rings for arc in ring):
        raise ValueError("a shape names an arc that is not there")


def _absolute(steps: list[list[int]]) -> list[Point]:
    points, x, y = [], 0, 0
    for dx, dy, *_ in steps:
        x, y = x + int(dx), y + int(dy)
        points.append((x, y))
    return points
