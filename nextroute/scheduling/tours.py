"""An order to drive places in that makes sense on a map, in plain Python.

Along a Hilbert curve over the places' bounding box, which keeps neighbours near each other at any size and costs one
sort; then, for as many as a lorry serves in a day, improved by turning stretches round while that shortens the way.
The way is open: where the lorry starts and ends is not known.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import cos, dist, radians

type Place = tuple[float, float]  # latitude, longitude: WGS 84 degrees
type Point = tuple[float, float]  # on a plane, in degrees of latitude

IMPROVED_UP_TO = 200
_NEIGHBOURS = 8
_ROUNDS = 20
_SIDE = 1 << 16


def order(places: Sequence[Place | None]) -> list[int]:
    """The indexes of `places` in driving order; those that are nowhere (none) last, as they come.

    The same places give the same order of places, however they were ordered before.
    """
    somewhere = [(place, index) for index, place in enumerate(places) if place is not None]
    nowhere = [index for index, place in enumerate(places) if place is None]
    somewhere.sort()
    points = _on_plane([place for place, _ in somewhere])
    path = _along_curve(points)
    if len(path) <= IMPROVED_UP_TO:
        path = _improved(path, points)
    return [somewhere[stop][1] for stop in path] + nowhere


def length(places: Sequence[Place]) -> float:
    """How long the way through places in this order is, in degrees of latitude as the crow flies."""
    return sum(dist(a, b) for a, b in pairwise(_on_plane(places)))


def _on_plane(places: Sequence[Place]) -> list[Point]:
    """Degrees of longitude shrink towards the poles, and go on from 180 to -180."""
    if not places:
        return []
    latitudes, longitudes = zip(*places, strict=True)
    across_180 = max(longitudes) - min(longitudes) > 180
    shrunk = cos(radians((max(latitudes) + min(latitudes)) / 2))
    return [
        (latitude, (longitude + 360 if across_180 and longitude < 0 else longitude) * shrunk)
        for latitude, longitude in places
    ]


def _along_curve(points: Sequence[Point]) -> list[int]:
    if not points:
        return []
    low_y, low_x = (min(axis) for axis in zip(*points, strict=True))
    high_y, high_x = (max(axis) for axis in zip(*points, strict=True))
    scale = (_SIDE - 1) / (max(high_y - low_y, high_x - low_x) or 1)
    cells = [_hilbert(int((x - low_x) * scale), int((y - low_y) * scale)) for y, x in points]
    return sorted(range(len(points)), key=cells.__getitem__)


def _hilbert(x: int, y: int) -> int:
    """How far along the Hilbert curve through a _SIDE x _SIDE grid a cell lies."""
    distance, side = 0, _SIDE >> 1
    while side:
        right, upper = bool(x & side), bool(y & side)
        distance += side * side * ((3 * right) ^ upper)
        if not upper:
            if right:
                x, y = ~x, ~y
            x, y = y, x
        side >>= 1
    return distance


def _improved(path: list[int], points: Sequence[Point]) -> list[int]:
    """2-opt: while two legs, or one and an end, can be swapped for shorter ones, turn round the stretch between."""
    near = _neighbours(points)
    for _ in range(_ROUNDS):
        if not (_shorten_legs(path, points, near) or _shorten_ends(path, points)):
            break
    return path


def _neighbours(points: Sequence[Point]) -> list[list[int]]:
    """The nearest few of each, itself left out."""
    near = []
    for here in points:
        away = [dist(here, other) for other in points]
        near.append(sorted(range(len(points)), key=away.__getitem__)[1 : _NEIGHBOURS + 1])
    return near


def _shorten_legs(path: list[int], points: Sequence[Point], near: Sequence[Sequence[int]]) -> bool:
    """One pass over all stops; whether it shortened the way."""
    place = {stop: index for index, stop in enumerate(path)}
    better = False
    for stop in range(len(points)):
        for other in near[stop]:
            first, last = sorted((place[stop], place[other]))
            for start, end in ((first + 1, last), (first, last - 1)):
                # Either the stops after the two, or those before them, become neighbours as well.
                if _gain(path, points, start, end) > 1e-12:
                    path[start : end + 1] = path[start : end + 1][::-1]
                    place.update((path[index], index) for index in range(start, end + 1))
                    better = True
                    first, last = sorted((place[stop], place[other]))
    return better


def _shorten_ends(path: list[int], points: Sequence[Point]) -> bool:
    better = False
    for index in range(1, len(path) - 1):
        for start, end in ((0, index), (index, len(path) - 1)):
            if _gain(path, points, start, end) > 1e-12:
                path[start : end + 1] = path[start : end + 1][::-1]
                better = True
    return better


def _gain(path: Sequence[int], points: Sequence[Point], start: int, end: int) -> float:
    """How much shorter the way gets by turning round the stretch from `start` through `end`."""
    if start >= end:
        return 0.0
    gain = 0.0
    first, last = points[path[start]], points[path[end]]
    if start > 0:
        before = points[path[start - 1]]
        gain += dist(before, first) - dist(before, last)
    if end < len(path) - 1:
        after = points[path[end + 1]]
        gain += dist(last, after) - dist(first, after)
    return gain
