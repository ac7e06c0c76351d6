from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from workstation.archive import ListedInstance
from workstation.sync.order import arranged, in_space, outwards

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def _slice(number: int, z: float | None) -> ListedInstance:
    position = None if z is None else (0.0, 0.0, z)
    return ListedInstance(f"1.{number}", "1.2", number, position=position, orientation=AXIAL)


@given(st.integers(0, 300), st.none() | st.integers(-5, 310))
def test_every_place_comes_once_and_ever_further_out(count: int, start: int | None) -> None:
    places = outwards(count, start)
    assert sorted(places) == list(range(count))
    if places:
        distances = [abs(place - places[0]) for place in places]
        assert distances == sorted(distances)


def test_the_middle_of_space_comes_first_whatever_the_numbers_say() -> None:
    instances = [_slice(number, z) for number, z in ((1, 40.0), (2, 0.0), (3, 20.0), (4, 10.0), (5, 30.0))]
    assert [one.position and one.position[2] for one in arranged(instances)] == [20.0, 30.0, 10.0, 40.0, 0.0]


def test_without_positions_the_numbers_decide() -> None:
    instances = [_slice(number, None) for number in (3, 1, 2)]
    assert [one.number for one in in_space(instances)] == [1, 2, 3]


def test_one_instance_without_a_place_makes_numbers_decide_for_all() -> None:
    instances = [_slice(1, 5.0), _slice(2, None), _slice(3, 1.0)]
    assert [one.number for one in in_space(instances)] == [1, 2, 3]


def test_instances_without_numbers_come_last() -> None:
    nameless = replace(_slice(9, None), number=None)
    assert [one.number for one in in_space([nameless, _slice(2, None), _slice(1, None)])] == [1, 2, None]
