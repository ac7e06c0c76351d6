from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from workstation.terms import Region, examination
from workstation.worklist.filters import Filter, Moment
from workstation.worklist.items import Conflict, Disagreement, Item, Reading, State
from workstation.worklist.next_case import next_case
from workstation.worklist.order import Place

NEURO = Filter("neuro", regions=frozenset({Region.HEAD}))


@pytest.fixture(scope="session")
def moment(now: datetime) -> Moment:
    return Moment(now, now.date(), frozenset({"Haverford", "NH1"}))


@pytest.fixture(scope="session")
def places(make_item: Callable[..., Item]) -> Callable[..., list[Place]]:
    def make(*facts: dict[str, Any]) -> list[Place]:
        return [
            Place(make_item(f"1.{rank}", **one), rank, "", None) for rank, one in enumerate(facts, start=1)
        ]

    return make


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"here": 12}, "12 of 212 images are here"),
        ({"here": 0}, "no image is here yet"),
        ({"here": 12, "expected": None}, "12 images are here, and nobody says of how many"),
        ({"reading": Reading(State.FINAL)}, "final already"),
        ({"reading": Reading(State.DICTATED, "Haverford")}, "dictated already"),
        ({"reading": Reading(State.IN_PROGRESS, "Dr Imai")}, "Dr Imai is reading it"),
        ({"reading": Reading(State.IN_PROGRESS)}, "somebody else is reading it"),
        ({"assigned": "Dr Imai"}, "assigned to Dr Imai"),
        (
            {"conflicts": (Conflict(Disagreement.NAME, ()),)},
            "its sources disagree about whose study it is",
        ),
    ],
)
def test_one_that_can_t_be_read_now_is_passed_over_with_its_reason(
    places: Callable[..., list[Place]], moment: Moment, facts: dict[str, Any], why: str
) -> None:
    choice = next_case(places(facts, {}), moment)
    assert choice.place is not None
    assert choice.place.rank == 2
    assert [(skipped.item.key, skipped.why) for skipped in choice.skipped] == [("1.1", why)]


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"reading": Reading(State.IN_PROGRESS, "nh1")},
        {"reading": Reading(State.PRELIMINARY, "Dr Imai")},
        {"assigned": "HAVERFORD"},
        {"conflicts": (Conflict(Disagreement.ACCESSION, ()),)},
    ],
)
def test_what_is_free_or_mine_is_the_next_case(
    places: Callable[..., list[Place]], moment: Moment, facts: dict[str, Any]
) -> None:
    choice = next_case(places(facts, {}), moment)
    assert choice.place is not None
    assert (choice.place.rank, choice.skipped) == (1, ())


def test_a_reader_who_limits_themself_is_told_what_stood_above(
    places: Callable[..., list[Place]], moment: Moment
) -> None:
    listed = places({"examination": examination("CT chest")}, {"examination": examination("MR brain")})
    choice = next_case(listed, moment, wanted=NEURO)
    assert choice.place is not None
    assert choice.place.rank == 2
    assert [skipped.why for skipped in choice.skipped] == ["not in neuro"]


def test_what_was_put_off_comes_back_when_its_time_is_over(
    places: Callable[..., list[Place]], moment: Moment
) -> None:
    listed = places({}, {})
    until = {"1.1": moment.now + timedelta(minutes=9)}
    choice = next_case(listed, moment, put_off=until)
    assert [skipped.why for skipped in choice.skipped] == ["you put it off, for 9 min more"]
    assert choice.note == ""
    again = next_case(listed, moment, put_off={"1.1": moment.now})
    assert again.place is not None
    assert again.place.rank == 1


def test_what_was_opened_waits_for_what_was_not(places: Callable[..., list[Place]], moment: Moment) -> None:
    choice = next_case(places({}, {}), moment, opened={"1.1"})
    assert choice.place is not None
    assert (choice.place.rank, choice.note) == (2, "")
    assert [skipped.why for skipped in choice.skipped] == ["you have opened it already"]


def test_with_nothing_else_left_the_first_of_what_waits_is_offered_and_that_is_said(
    places: Callable[..., list[Place]], moment: Moment
) -> None:
    listed = places({"here": 0}, {}, {}, {"reading": Reading(State.FINAL)})
    until = {"1.3": moment.now + timedelta(minutes=9)}
    choice = next_case(listed, moment, opened={"1.1", "1.2"}, put_off=until)
    assert choice.place is not None
    assert choice.place.rank == 2
    assert choice.note == "Nothing else is left, and you have opened it already."
    assert [skipped.item.key for skipped in choice.skipped] == ["1.1", "1.3", "1.4"]

    choice = next_case(places({}), moment, opened={"1.1"}, put_off={"1.1": moment.now + timedelta(minutes=9)})
    assert choice.note == "Nothing else is left, and you put it off, for 9 min more."


def test_where_nothing_is_left_every_line_says_why(
    places: Callable[..., list[Place]], moment: Moment
) -> None:
    choice = next_case(places({"here": 0}, {"reading": Reading(State.FINAL)}), moment)
    assert choice.place is None
    assert len(choice.skipped) == 2
    assert next_case([], moment).skipped == ()


def test_what_stands_below_the_choice_isn_t_told(places: Callable[..., list[Place]], moment: Moment) -> None:
    assert next_case(places({}, {"here": 0}), moment).skipped == ()
