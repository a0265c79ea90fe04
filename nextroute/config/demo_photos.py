"""The demo's photos: a street, and bins before and after somebody came. Drawn, so that nobody's house is in them."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from io import BytesIO

from django.db import transaction
from PIL import Image, ImageDraw

from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.scheduling import photos
from nextroute.scheduling.models import Photo, Stop
from nextroute.tenancy.businesses import Business

WIDTH, HEIGHT = 1408, 896
TOP, KERB, FOOT = 330, 700, 770  # of a bin, of the pavement, of the wheels
FINE = 2  # drawn this much larger, so that edges come out smooth

WALLS = ("#e8dccb", "#d9dfd6", "#e3d5d0", "#d5dbe3")
BODIES = ("#5b6b73", "#5f7d6a", "#55708a")
GRASS, PAVING, GRIME, SPARKLE = "#9fb98a", "#c9c4bb", "#7d5c2e", "#f0b93a"


def take(business: Business, refs: Sequence[str], *, today: date) -> None:
    """Before and after, at the visits of these customers in the last three weeks; once."""
    with transaction.atomic(), scope.business(business.id):
        if Photo.objects.exists():
            return
        made = Stop.objects.filter(customer__ref__in=refs, status=Stop.Status.COMPLETED).select_related("property")
        latest = list(made.filter(service_date__gte=today - timedelta(weeks=3)).order_by("service_date", "id"))
    for stop in latest:
        assert stop.completed_at is not None
        for kind in Photo.Kind:
            picture = bins(stop.property.address1, clean=kind is Photo.Kind.AFTER)
            photos.add(stop=stop, kind=kind, content=picture, actor=SYSTEM, now=stop.completed_at)


@cache
def bins(seed: str, *, clean: bool) -> bytes:
    """A PNG of the bins of `seed`; the same seed is the same place. Dirty and shut, or clean and shining."""
    chance = random.Random(seed)  # noqa: S311 - the same demo every time
    image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), chance.choice(WALLS))
    pen = _Pen(ImageDraw.Draw(image))
    _street(pen)
    body, count = chance.choice(BODIES), chance.choice((1, 2, 2))
    left = chance.randint(400, 480)
    for nth in range(count):
        _bin(pen, left + 330 * nth, body)
        (_shine if clean else _dirt)(pen, left + 330 * nth, body, chance)
    if clean:
        _sparkle(pen, left - 40, 240, 90)
        _sparkle(pen, left + 330 * count - 60, 190, 70)
    written = BytesIO()
    image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(written, "PNG")
    return written.getvalue()


class _Pen:
    """Draws in the picture's own pixels."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def box(self, left: int, top: int, right: int, bottom: int, fill: str, radius: int = 0) -> None:
        corners = [FINE * each for each in (left, top, right, bottom)]
        self._draw.rounded_rectangle(corners, radius * FINE, fill)

    def shape(self, points: list[tuple[int, int]], fill: str) -> None:
        self._draw.polygon([(FINE * x, FINE * y) for x, y in points], fill)

    def dot(self, x: int, y: int, radius: int, fill: str) -> None:
        self._draw.ellipse([FINE * each for each in (x - radius, y - radius, x + radius, y + radius)], fill)


def _street(pen: _Pen) -> None:
    for left in (90, 1120):
        pen.box(left, 120, left + 210, 380, "#f7f4ee", 10)
        pen.box(left + 16, 136, left + 194, 364, "#b9cbd6", 6)
        pen.box(left + 100, 136, left + 110, 364, "#f7f4ee")
    pen.box(0, 500, WIDTH, KERB, GRASS)
    pen.box(0, KERB - 40, WIDTH, HEIGHT, PAVING)
    for left in range(-60, WIDTH, 280):
        pen.shape([(left, HEIGHT), (left + 70, KERB - 40), (left + 76, KERB - 40), (left + 8, HEIGHT)], "#bbb5aa")


def _bin(pen: _Pen, left: int, body: str) -> None:
    right = left + 260
    pen.shape([(left - 30, FOOT + 20), (right + 40, FOOT + 20), (right + 70, FOOT), (left, FOOT - 8)], "#aaa499")
    pen.shape([(left, TOP), (right, TOP), (right - 26, FOOT), (left + 26, FOOT)], body)
    for rib in range(1, 4):
        x = left + 65 * rib
        pen.box(x - 4, TOP + 50, x + 4, FOOT - 50, _mixed(body, "#000000", 0.12), 4)
    for wheel in (left + 50, right - 50):
        pen.dot(wheel, FOOT, 34, "#3a3f42")
        pen.dot(wheel, FOOT, 13, "#8d9396")
    lid = _mixed(body, "#000000", 0.22)
    pen.box(left - 22, TOP - 44, right + 22, TOP + 14, lid, 20)
    pen.box(left + 80, TOP - 66, right - 80, TOP - 36, lid, 14)


def _shine(pen: _Pen, left: int, body: str, _chance: random.Random) -> None:
    low, high = FOOT - 60, TOP + 30
    light = [(left + 22, high), (left + 58, high), (left + 66, low), (left + 46, low)]
    pen.shape(light, _mixed(body, "#ffffff", 0.35))


def _dirt(pen: _Pen, left: int, body: str, chance: random.Random) -> None:
    for _ in range(26):
        x, y = left + chance.randint(44, 216), chance.randint(TOP + 40, FOOT - 60)
        pen.dot(x, y, chance.randint(5, 20), _mixed(body, GRIME, chance.uniform(0.6, 1)))
    for x in (left + 70, left + 150, left + 205):
        pen.box(x, TOP + 14, x + 14, TOP + chance.randint(70, 170), GRIME, 7)


def _sparkle(pen: _Pen, x: int, y: int, size: int) -> None:
    thin = size // 5
    points = [(x, y - size), (x + thin, y - thin), (x + size, y), (x + thin, y + thin)]
    points += [(x, y + size), (x - thin, y + thin), (x - size, y), (x - thin, y - thin)]
    pen.shape(points, SPARKLE)


def _mixed(colour: str, into: str, share: float) -> str:
    """`colour` with that share of another."""
    pairs = [(int(colour[at : at + 2], 16), int(into[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)
