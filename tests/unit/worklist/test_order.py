from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.terms import BadTable
from workstation.worklist.ai import Flag, Polarity
from workstation.worklist.items import Item, Priority, Reading, State
from workstation.worklist.order import Move, Override, Place, Policy, parsed_policy, ranked
from workstation.worklist.turnaround import Turnaround

MINUTE = timedelta(minutes=1)

Rank = Callable[..., tuple[Place, ...]]


@pytest.fixture(scope="session")
def rank(turnaround: Turnaround, policy: Policy, now: datetime) -> Rank:
    def do(items: Sequence[Item], *overrides: Override, at: datetime = now) -> tuple[Place, ...]:
        return ranked(items, now=at, turnaround=turnaround, policy=policy, overrides=overrides)

    return do


def _keys(places: Sequence[Place]) -> list[str]:
    return [place.item.key for place in places]


def test_stat_comes_before_what_is_overdue(rank: Rank, make_item: Callable[..., Item], now: datetime) -> None:
    stat = make_item("stat", priority=Priority.STAT)
    late = make_item("late", due=now - 60 * MINUTE)
    places = rank([late, stat])
    assert _keys(places) == ["stat", "late"]
    assert [place.why for place in places] == ["stat, 20 min left", "60 min overdue"]
    assert [place.rank for place in places] == [1, 2]


def test_the_longer_reading_of_two_with_one_due_time_comes_first(
    rank: Rank, make_item: Callable[..., Item], now: datetime
) -> None:
    quick = make_item("a", due=now + 60 * MINUTE, modalities=("DX",), minutes=100)
    slow = make_item("b", due=now + 60 * MINUTE, modalities=("CT", "PT"))
    assert _keys(rank([quick, slow])) == ["b", "a"]


def test_of_one_class_the_first_to_come_is_the_first_to_be_read(
    rank: Rank, make_item: Callable[..., Item]
) -> None:
    items = [make_item(str(minutes), minutes=minutes) for minutes in (30, 10, 50, 20, 40)]
    assert _keys(rank(items)) == ["50", "40", "30", "20", "10"]


def test_what_has_waited_the_longest_allowed_joins_the_stat_ones(
    rank: Rank, make_item: Callable[..., Item]
) -> None:
    aged = make_item("aged", minutes=72 * 60 + 5, priority=Priority.LOW)
    fresh = make_item("fresh", minutes=71 * 60, priority=Priority.LOW)
    stat = make_item("stat", priority=Priority.STAT)
    places = rank([fresh, stat, aged])
    assert _keys(places) == ["aged", "stat", "fresh"]
    assert places[0].why.startswith("has waited 3 days, the longest that is allowed")


def test_a_stat_study_without_a_clock_is_the_first_of_the_stat_ones(
    rank: Rank, make_item: Callable[..., Item]
) -> None:
    unknown = make_item("unknown", priority=Priority.STAT, available_since=None)
    places = rank([make_item("stat", priority=Priority.STAT, minutes=500), unknown])
    assert _keys(places) == ["unknown", "stat"]
    assert places[0].why == "stat, no due time"


def test_another_study_without_a_clock_waits_behind_those_that_have_one(
    rank: Rank, make_item: Callable[..., Item]
) -> None:
    assert _keys(rank([make_item("a", available_since=None), make_item("b")])) == ["b", "a"]


def test_a_flag_moves_a_study_up_and_says_so(
    rank: Rank, make_item: Callable[..., Item], make_flag: Callable[..., Flag], now: datetime
) -> None:
    flagged = make_item("flagged", due=now + 200 * MINUTE, flag=make_flag())
    sooner = make_item("sooner", due=now + 100 * MINUTE)
    places = rank([sooner, flagged])
    assert _keys(places) == ["flagged", "sooner"]
    assert places[0].why == "3 h left, moved up by 3 h: AI found intracranial haemorrhage 0.93"


def test_a_flag_moves_a_study_by_no_more_than_the_cap(
    rank: Rank, make_item: Callable[..., Item], make_flag: Callable[..., Flag], now: datetime
) -> None:
    flagged = make_item("flagged", due=now + 600 * MINUTE, flag=make_flag())
    before = make_item("before", due=now + 359 * MINUTE)  # the cap is 240 min
    after = make_item("after", due=now + 361 * MINUTE)
    assert _keys(rank([before, after, flagged])) == ["before", "flagged", "after"]


@pytest.mark.parametrize(
    "changes",
    [
        {"minutes": None, "polarity": Polarity.ABSENT},
        {"minutes": None, "doubt": "another result says that it is absent"},
        {"minutes": 100_000.0},
    ],
)
def test_a_flag_that_is_absent_doubtful_or_less_urgent_than_the_order_changes_nothing(
    rank: Rank, make_item: Callable[..., Item], make_flag: Callable[..., Flag], changes: dict[str, Any]
) -> None:
    (plain,), (flagged,) = rank([make_item()]), rank([make_item(flag=make_flag(**changes))])
    assert plain.why == flagged.why
    others = [make_item("1.2.2"), make_item("1.2.4")]
    assert _keys(rank([*others, make_item(flag=make_flag(**changes))])) == _keys(rank([*others, make_item()]))


def test_with_a_cap_of_nothing_a_flag_is_shown_and_changes_nothing(
    make_item: Callable[..., Item],
    make_flag: Callable[..., Flag],
    turnaround: Turnaround,
    policy: Policy,
    now: datetime,
) -> None:
    uncapped = replace(policy, ai_cap=timedelta(0))
    item = make_item(due=now + 600 * MINUTE, flag=make_flag())
    (place,) = ranked([item], now=now, turnaround=turnaround, policy=uncapped)
    assert place.why == "10 h left"


def test_a_flag_never_makes_a_study_stat(
    rank: Rank, make_item: Callable[..., Item], make_flag: Callable[..., Flag], now: datetime
) -> None:
    flagged = make_item("flagged", due=now + MINUTE, flag=make_flag())
    assert _keys(rank([flagged, make_item("stat", priority=Priority.STAT)])) == ["stat", "flagged"]


def test_a_person_s_word_goes_before_stat_and_the_latest_holds(
    rank: Rank, make_item: Callable[..., Item], now: datetime
) -> None:
    items = [make_item("a"), make_item("b"), make_item("stat", priority=Priority.STAT)]
    earlier = Override("b", Move.LAST, "Imai", now - MINUTE)
    places = rank(items, Override("b", Move.FIRST, "Haverford", now), earlier)
    assert _keys(places) == ["b", "stat", "a"]
    assert places[0].why == "moved to the front by Haverford"
    assert _keys(rank(items, Override("stat", Move.LAST, "Imai", now))) == ["a", "b", "stat"]


def test_what_needs_no_reader_stands_last(rank: Rank, make_item: Callable[..., Item], now: datetime) -> None:
    done = make_item("done", priority=Priority.STAT, reading=Reading(State.FINAL))
    preliminary = make_item("preliminary", reading=Reading(State.PRELIMINARY))
    places = rank([done, preliminary], Override("done", Move.FIRST, "Imai", now))
    assert _keys(places) == ["preliminary", "done"]
    assert places[1].why == "final"


# --- properties -----------------------------------------------------------------------------------------

FACTS = st.fixed_dictionaries(
    {
        "priority": st.sampled_from(Priority),
        "minutes": st.sampled_from([0, 5, 60, 600, 5000]),
        "modalities": st.sampled_from([("CT",), ("DX",), ("PT", "CT")]),
        "reading": st.builds(Reading, st.sampled_from(State)),
    }
)
FLAGS = st.none() | st.sampled_from([None, 5.0, 20.0, 500.0])


@pytest.fixture(scope="session")
def made(make_item: Callable[..., Item], make_flag: Callable[..., Flag]) -> Callable[..., list[Item]]:
    def make(drawn: list[tuple[dict[str, Any], float | None]]) -> list[Item]:
        return [
            make_item(f"1.{place}", flag=make_flag(minutes), **facts)
            for place, (facts, minutes) in enumerate(drawn)
        ]

    return make


DRAWN = st.lists(st.tuples(FACTS, FLAGS), max_size=12)


@given(DRAWN, st.randoms(use_true_random=False))
def test_every_study_has_one_place_with_a_reason_whatever_the_order_of_arrival(
    rank: Rank,
    made: Callable[..., list[Item]],
    drawn: list[tuple[dict[str, Any], float | None]],
    draw: Random,
) -> None:
    items = made(drawn)
    places = rank(items)
    draw.shuffle(items)
    assert rank(items) == places
    assert sorted(_keys(places)) == sorted(item.key for item in items)
    assert all(place.why for place in places)


@given(DRAWN.filter(bool), st.data())
def test_a_flag_never_puts_a_study_further_down(
    rank: Rank,
    made: Callable[..., list[Item]],
    drawn: list[tuple[dict[str, Any], float | None]],
    data: st.DataObject,
) -> None:
    items = made(drawn)
    place = data.draw(st.integers(0, len(items) - 1))
    flagged = items[place]
    plain = [*items[:place], replace(flagged, flag=None), *items[place + 1 :]]
    assert _keys(rank(items)).index(flagged.key) <= _keys(rank(plain)).index(flagged.key)


@given(DRAWN.filter(bool), st.data())
def test_a_study_that_is_due_sooner_never_stands_further_down(
    rank: Rank,
    made: Callable[..., list[Item]],
    now: datetime,
    drawn: list[tuple[dict[str, Any], float | None]],
    data: st.DataObject,
) -> None:
    items = made(drawn)
    place = data.draw(st.integers(0, len(items) - 1))
    later, sooner = sorted(data.draw(st.lists(st.integers(-500, 5000), min_size=2, max_size=2)), reverse=True)
    stands = [
        _keys(
            rank([*items[:place], replace(items[place], due=now + due * MINUTE), *items[place + 1 :]])
        ).index(items[place].key)
        for due in (sooner, later)
    ]
    assert stands == sorted(stands)


@given(DRAWN, st.integers(72 * 60 + 1, 20_000))
def test_nothing_that_comes_later_passes_what_has_waited_the_longest_allowed(
    rank: Rank,
    made: Callable[..., list[Item]],
    make_item: Callable[..., Item],
    drawn: list[tuple[dict[str, Any], float | None]],
    waited: int,
) -> None:
    """The others came within 5,000 minutes; what is due later than the end of the wait can't pass."""
    aged = make_item("aged", minutes=waited, priority=Priority.LOW, modalities=("DX",))
    later = made(drawn)
    end = aged.available_since
    assert end is not None
    end += timedelta(hours=72)
    keys = _keys(rank([aged, *later]))
    ahead = set(keys[: keys.index("aged")])
    came_after = {
        item.key for item in later if item.available_since and item.available_since - 30 * MINUTE > end
    }
    assert not ahead & came_after


def test_the_policy_that_ships_waits_longer_than_the_slowest_rule(
    turnaround: Turnaround, policy: Policy
) -> None:
    """Else ageing would make routine work stat before it is due."""
    assert policy.longest_wait >= max(rule.minutes for rule in turnaround.rules) * MINUTE


def test_an_unknown_modality_takes_the_usual_time(policy: Policy, make_item: Callable[..., Item]) -> None:
    assert policy.reading_of(make_item(modalities=("ZZ",))) == policy.usual_reading
    assert policy.reading_of(make_item(modalities=("CT", "PT"))) == policy.reading["PT"]


@pytest.mark.parametrize(
    "text",
    [
        "longest_wait_hours = 1\nai_cap_minutes = -1\n[reading_minutes]\nusual = 1",
        "longest_wait_hours = 0\nai_cap_minutes = 0\n[reading_minutes]\nusual = 1",
        "longest_wait_hours = 1\nai_cap_minutes = 0\n[reading_minutes]\nCT = 1",
        "longest_wait_hours = 1\nai_cap_minutes = 0\n[reading_minutes]\nusual = 1\nCT = 0",
        "longest_wait_hours = 1\nai_cap_minutes = 0\ncap = 3\n[reading_minutes]\nusual = 1",
    ],
)
def test_a_policy_that_is_wrong_is_refused(text: str) -> None:
    with pytest.raises(BadTable):
        parsed_policy(text, where="order.toml")
