"""The plane of the paper in a photograph: where a place in millimetres lies among the pixels.

Guarantees the projective map that fits given pairs of points best, by least squares over the linear equations of the
map, scaled so that they are well conditioned (Hartley 1997, "In defense of the eight-point algorithm", for why).

>>> Plane.through([((0, 0), (10, 10)), ((1, 0), (30, 10)), ((1, 1), (30, 30)), ((0, 1), (10, 30))]).at((0.5, 0.5))
(20.0, 20.0)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plane:
    """The map by its eight coefficients, as Pillow's perspective transform takes them."""

    coefficients: tuple[float, ...]

    @classmethod
    def through(cls, pairs: Sequence[tuple[Point, Point]]) -> Plane:
        """The map that takes the first of each pair to the second; at least four pairs, no three of them in line.

        Raises `ZeroDivisionError` when they do not fix a map.
        """
        from_, to = [one for one, _ in pairs], [other for _, other in pairs]
        (ax, ay, scale), (bx, by, spread) = _fit(from_), _fit(to)
        rows, right = [], []
        for (px, py), (qx, qy) in pairs:
            x, y, u, v = (px - ax) * scale, (py - ay) * scale, (qx - bx) * spread, (qy - by) * spread
            rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
            right += [u, v]
        a, b, c, d, e, f, g, h = _solved(rows, right)
        # Back to the units given: the map between scaled points, with the scaling of both sides undone.
        inner = ((a, b, c), (d, e, f), (g, h, 1.0))
        before = ((scale, 0.0, -ax * scale), (0.0, scale, -ay * scale), (0.0, 0.0, 1.0))
        after = ((1 / spread, 0.0, bx), (0.0, 1 / spread, by), (0.0, 0.0, 1.0))
        whole = _times(after, _times(inner, before))
        return cls(tuple(value / whole[2][2] for row in whole for value in row)[:8])

    def at(self, point: Point) -> Point:
        """Where a point lies."""
        (x, y), (a, b, c, d, e, f, g, h) = point, self.coefficients
        below = g * x + h * y + 1
        return (a * x + b * y + c) / below, (d * x + e * y + f) / below


def _fit(points: Sequence[Point]) -> tuple[float, float, float]:
    """The middle of the points and the factor that brings them to distances about 1."""
    x, y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    mean = sum(abs(px - x) + abs(py - y) for px, py in points) / len(points)
    return x, y, 1 / mean


def _solved(rows: list[list[float]], right: list[float]) -> list[float]:
    """The least-squares solution, by the normal equations and elimination with pivots."""
    size = len(rows[0])
    table = [
        [sum(row[i] * row[j] for row in rows) for j in range(size)]
        + [sum(row[i] * value for row, value in zip(rows, right, strict=True))]
        for i in range(size)
    ]
    for at in range(size):
        pivot = max(range(at, size), key=lambda row: abs(table[row][at]))
        table[at], table[pivot] = table[pivot], table[at]
        for row in range(size):
            if row != at:
                factor = table[row][at] / table[at][at]
                table[row] = [one - factor * other for one, other in zip(table[row], table[at], strict=True)]
    return [table[row][size] / table[row][row] for row in range(size)]


def _times(left: Sequence[Sequence[float]], right: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(sum(left[i][k] * right[k][j] for k in range(3)) for j in range(3)) for i in range(3))
