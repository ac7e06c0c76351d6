"""A night and a day of work, simulated: studies arrive, one reader reads, the order of the list decides.

A discrete-event simulation in the small: arrivals follow a Poisson process, reading times are lognormal, an
AI with some sensitivity and specificity flags. It compares orders with each other and with what queueing
theory says of the simplest case, so that the simulator itself is checked.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

import pytest

from workstation.worklist.ai import Flag
from workstation.worklist.items import Item, Priority
from workstation.worklist.order import Policy, ranked
from workstation.worklist.turnaround import Rule, Turnaround

MINUTE: Final = timedelta(minutes=1)

Choose = Callable[[Sequence[Item], datetime], Item]


@dataclass(frozen=True)
class Arrival:
    """A study that comes, how long its reading takes, and whether it has the finding."""

    item: Item
    reading: timedelta
    is_ill: bool

    @property
    def at(self) -> datetime:
        assert self.item.available_since is not None
        return self.item.available_since


def simulated(arrivals: Sequence[Arrival], choose: Choose) -> dict[str, timedelta]:
    """Return how long each study waited until its reading began; there is one reader."""
    by_key = {arrival.item.key: arrival for arrival in arrivals}
    coming, waiting = sorted(arrivals, key=lambda arrival: arrival.at), dict[str, Item]()
    waits: dict[str, timedelta] = {}
    free = coming[0].at
    while coming or waiting:
        if not waiting:
            free = max(free, coming[0].at)
        while coming and coming[0].at <= free:
            arrived = coming.pop(0).item
            waiting[arrived.key] = arrived
        chosen = by_key[choose(list(waiting.values()), free).key]
        del waiting[chosen.item.key]
        waits[chosen.item.key] = free - chosen.at
        free += chosen.reading
    return waits


def first_come(waiting: Sequence[Item], _: datetime) -> Item:
    return min(waiting, key=lambda item: (item.available_since, item.key))


def by_list(turnaround: Turnaround, policy: Policy) -> Choose:
    """Return the choice of a reader who takes what stands on top."""

    def choose(waiting: Sequence[Item], now: datetime) -> Item:
        return ranked(waiting, now=now, turnaround=turnaround, policy=policy)[0].item

    return choose


def by_flag_first(waiting: Sequence[Item], now: datetime) -> Item:
    """Choose as a list would whose AI knows no bounds: what it flags goes before everything."""
    return min(waiting, key=lambda item: (item.flag is None, item.available_since or now, item.key))


@pytest.fixture(scope="module")
def busy(
    make_item: Callable[..., Item], make_flag: Callable[..., Flag], now: datetime
) -> Callable[..., list[Arrival]]:
    """Return a maker of a busy day: a reader with hardly a minute to spare."""

    def make(seed: int, *, count: int = 250, load: float = 0.97, usual: float = 8.0) -> list[Arrival]:
        draw = Random(seed)
        at, arrivals = now, []
        for place in range(count):
            at += draw.expovariate(load / usual) * MINUTE
            is_ill = draw.random() < 0.15
            is_flagged = draw.random() < (0.9 if is_ill else 0.1)
            item = make_item(
                f"1.{place:04}",
                priority=draw.choices(tuple(Priority), (10, 20, 60, 10))[0],
                available_since=at,
                modalities=("CT",),
                flag=make_flag(20.0) if is_flagged else None,
            )
            reading = draw.lognormvariate(0.0, 0.5) * usual / 1.1331 * MINUTE  # the mean is ``usual``
            arrivals.append(Arrival(item, reading, is_ill))
        return arrivals

    return make


def _mean(
    waits: dict[str, timedelta], arrivals: Sequence[Arrival], which: Callable[[Arrival], bool]
) -> float:
    return statistics.mean(waits[one.item.key] / MINUTE for one in arrivals if which(one))


def _most_paid(waits: dict[str, timedelta], before: dict[str, timedelta]) -> timedelta:
    """Return the most by which any study waits longer than before."""
    return max(waits[key] - before[key] for key in waits)


def _is_stat(arrival: Arrival) -> bool:
    return arrival.item.priority is Priority.STAT


SEEDS: Final = range(5)


def test_the_simulator_agrees_with_queueing_theory(make_item: Callable[..., Item], now: datetime) -> None:
    """M/D/1, first come first served: the mean wait is ρ/(2(1−ρ)) services (Pollaczek and Khinchine).

    With ρ = 0.5 and a service of 8 min: 4 min.
    """
    draw, at, arrivals = Random(1), now, []
    for place in range(20_000):
        at += draw.expovariate(0.5 / 8) * MINUTE
        arrivals.append(Arrival(make_item(f"{place:05}", available_since=at), 8 * MINUTE, is_ill=False))
    waits = simulated(arrivals, first_come)
    assert _mean(waits, arrivals, lambda _: True) == pytest.approx(4.0, rel=0.05)


@pytest.mark.parametrize("seed", SEEDS)
def test_stat_studies_wait_far_less_than_they_would_in_order_of_arrival(
    busy: Callable[..., list[Arrival]], turnaround: Turnaround, policy: Policy, seed: int
) -> None:
    arrivals = busy(seed)
    listed, queued = simulated(arrivals, by_list(turnaround, policy)), simulated(arrivals, first_come)
    assert _mean(listed, arrivals, _is_stat) < 0.5 * _mean(queued, arrivals, _is_stat)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_study_is_read_and_the_order_makes_no_work(
    busy: Callable[..., list[Arrival]], turnaround: Turnaround, policy: Policy, seed: int
) -> None:
    """Whatever the order, a reader who never rests is done at the same moment."""
    arrivals = busy(seed)
    listed, queued = simulated(arrivals, by_list(turnaround, policy)), simulated(arrivals, first_come)
    ends = [max(one.at + waits[one.item.key] + one.reading for one in arrivals) for waits in (listed, queued)]
    assert listed.keys() == queued.keys() == {one.item.key for one in arrivals}
    assert ends[0] == pytest.approx(ends[1], abs=timedelta(seconds=1))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_study_starves_though_urgent_ones_never_stop_coming(
    busy: Callable[..., list[Arrival]], policy: Policy, seed: int
) -> None:
    """Overload: more stat studies than one reader can read, and one routine study among them.

    Without ageing it would wait for the end. With it, it waits until its limit, then at most for those stat
    ones that had come before it, and for the reading under way.
    """
    patient = replace(policy, longest_wait=timedelta(hours=4))
    turnaround = Turnaround((Rule(30, priorities=frozenset({Priority.STAT})), Rule(2000)), ())
    stats = [
        replace(one, item=replace(one.item, priority=Priority.STAT, flag=None))
        for one in busy(seed, load=2.0)
    ]
    came = stats[20].at  # when there is a queue already
    ordinary = replace(stats[0].item, key="routine", priority=Priority.ROUTINE, available_since=came)
    arrivals = [*stats, Arrival(ordinary, 8 * MINUTE, is_ill=False)]
    forever = replace(patient, longest_wait=timedelta(days=30))
    starved = simulated(arrivals, by_list(turnaround, forever))["routine"]
    aged = simulated(arrivals, by_list(turnaround, patient))["routine"]
    limit = came + timedelta(hours=4)
    ahead = sum((one.reading for one in stats if one.at <= limit), timedelta())
    slowest = max(one.reading for one in stats)
    assert timedelta(hours=4) <= aged <= max(timedelta(hours=4), ahead) + slowest
    assert starved > 1.5 * aged


@pytest.mark.parametrize("seed", SEEDS)
def test_an_ai_helps_the_ill_and_its_cap_bounds_what_the_others_pay(
    busy: Callable[..., list[Arrival]], policy: Policy, seed: int
) -> None:
    """Published simulations of unbounded sorting by AI cut the mean for the ill and raised the maximum.

    With the cap, nobody waits longer than in order of arrival by more than the cap and the readings that
    the cap lets in between.
    """
    arrivals = [
        replace(one, item=replace(one.item, priority=Priority.ROUTINE)) for one in busy(seed, load=1.4)
    ]
    turnaround = Turnaround((Rule(600),), ())
    capped = replace(policy, ai_cap=60 * MINUTE)
    queued, unbounded = simulated(arrivals, first_come), simulated(arrivals, by_flag_first)
    bounded = simulated(arrivals, by_list(turnaround, capped))
    assert _mean(bounded, arrivals, lambda one: one.is_ill) < _mean(queued, arrivals, lambda one: one.is_ill)
    assert _most_paid(bounded, queued) < 0.7 * _most_paid(unbounded, queued)
    for one in arrivals:
        passing = [
            other for other in arrivals if one.at < other.at <= one.at + 60 * MINUTE and other.item.flag
        ]
        pays = sum((other.reading for other in passing), timedelta())
        slowest = max(other.reading for other in arrivals)
        assert bounded[one.item.key] <= queued[one.item.key] + pays + slowest
