"""Orders that make sense on a map."""

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextroute.scheduling import tours
from nextroute.scheduling.tours import Place

degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def around_denver(count: int, seed: int = 1) -> list[Place]:
    some = random.Random(seed)
    return [(39.7 + some.random() / 10, -105 + some.random() / 10) for _ in range(count)]


@given(st.lists(st.one_of(st.none(), degrees), max_size=60))
def test_every_place_is_driven_to_once_and_those_without_coordinates_come_last(places: list[Place | None]) -> None:
    tour = tours.order(places)
    assert sorted(tour) == list(range(len(places)))
    nowhere = [index for index, place in enumerate(places) if place is None]
    assert tour[len(tour) - len(nowhere) :] == nowhere


@given(st.lists(degrees, max_size=40), st.randoms(use_true_random=False))
def test_the_order_depends_on_the_places_only(places: list[Place], some: random.Random) -> None:
    shuffled = some.sample(places, len(places))
    assert [places[i] for i in tours.order(places)] == [shuffled[i] for i in tours.order(shuffled)]


def test_places_on_a_street_are_driven_to_one_after_the_other() -> None:
    street = [(39.8, -105 + house / 1000) for house in range(150)]
    shuffled = random.Random(1).sample(street, len(street))
    tour = [shuffled[i] for i in tours.order(shuffled)]
    assert tour in (street, street[::-1])


@pytest.mark.parametrize("count", [10, 40, 120, 200])
def test_a_day_of_stops_is_close_to_the_shortest_way(count: int) -> None:
    places = around_denver(count)
    shortest = 0.7124 * math.sqrt(count * 0.1 * 0.1 * math.cos(math.radians(39.75)))  # of many random places
    tour = [places[i] for i in tours.order(places)]
    assert tours.length(tour) < 1.4 * shortest


def test_thousands_of_stops_are_still_driven_to_neighbour_by_neighbour() -> None:
    places = around_denver(5000)
    tour = [places[i] for i in tours.order(places)]
    assert tours.length(tour) < tours.length(places) / 30


def test_the_date_line_is_no_detour() -> None:
    places = [(-17.0, 179.99), (-17.0, -179.99), (-17.0, 179.97), (-17.0, -179.97)]
    tour = [places[i] for i in tours.order(places)]
    assert max(abs(a[1] % 360 - b[1] % 360) for a, b in pairwise(tour)) < 0.03
