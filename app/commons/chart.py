"""A balance over time as one line of an SVG: integers in a box of fixed size, steps and no smoothing."""

from __future__ import annotations

from typing import Final, NamedTuple

WIDTH: Final = 1000
HEIGHT: Final = 240
_TICKS: Final = (1, 2, 5)


class Point(NamedTuple):
    """What the balance was from a moment (ms) on."""

    at: int
    total: int


class Chart(NamedTuple):
    """``path`` and ``area`` in the box; ``ticks``: (y, amount) of lines across; ``days``: (x, ms) along the foot."""

    path: str
    area: str
    ticks: list[tuple[int, int]]
    days: list[tuple[int, int]]


def chart(points: list[Point], until: int) -> Chart | None:
    """The line from the first point to ``until`` (ms); None where there are fewer than two points."""
    if len(points) < 2 or until <= points[0].at:  # noqa: PLR2004
        return None
    first, top = points[0].at, _ceiling(max(point.total for point in points))
    span = until - first

    def x(at: int) -> int:
        return (at - first) * WIDTH // span

    def y(total: int) -> int:
        return HEIGHT - total * HEIGHT // top

    steps = [f"M{x(points[0].at)} {y(points[0].total)}"]
    steps += [f"H{x(point.at)}V{y(point.total)}" for point in points[1:]]
    path = "".join(steps) + f"H{WIDTH}"
    ticks = [(y(top * part // 4), top * part // 4) for part in range(5)]
    days = [(WIDTH * part // 3, first + span * part // 3) for part in range(4)]
    return Chart(path, f"{path}V{HEIGHT}H0Z", ticks, days)


def _ceiling(most: int) -> int:
    """The next round number of four equal parts at or above ``most``."""
    scale = 4
    while True:
        for step in _TICKS:
            if scale * step >= most:
                return scale * step
        scale *= 10
