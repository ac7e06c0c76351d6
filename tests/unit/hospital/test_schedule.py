from __future__ import annotations

import pytest
from hospital_visitor import DATA

from workstation.clock import ManualClock
from workstation.hospital import Event, Moment, Schedule
from workstation.hospital.schedule import parsed_schedule
from workstation.phantoms import PhantomStudy
from workstation.terms import BadTable

MOMENTS = (Moment(360, Event.DROPS), Moment(180, Event.ARRIVES, "head-ct", 12), Moment(420, Event.RETURNS))


def test_the_demonstration_s_schedule_is_the_one_that_is_promised(studies: dict[str, PhantomStudy]) -> None:
    """The stroke CT after three minutes, the line down after six, and then up again."""
    moments = parsed_schedule((DATA / "schedule.toml").read_text(encoding="utf-8"), where="schedule.toml")

    assert [(moment.at, moment.event, moment.study) for moment in moments[:2]] == [
        (180, Event.ARRIVES, "head-ct"),
        (360, Event.DROPS, ""),
    ]
    assert moments[2].event is Event.RETURNS
    assert {moment.study for moment in moments if moment.study} <= studies.keys()


def test_what_is_due_comes_once_and_in_order() -> None:
    clock = ManualClock()
    schedule = Schedule(MOMENTS, clock)

    assert schedule.due() == ()
    clock.wait(180)
    assert [moment.event for moment in schedule.due()] == [Event.ARRIVES]
    clock.wait(1000)
    assert [moment.event for moment in schedule.due()] == [Event.DROPS, Event.RETURNS]
    assert schedule.due() == ()


def test_a_faster_night_keeps_what_has_passed() -> None:
    clock = ManualClock()
    schedule = Schedule(MOMENTS, clock, gone=10)
    clock.wait(20)
    schedule.faster(60)
    clock.wait(2)
    schedule.faster(1)
    clock.wait(5)

    assert schedule.elapsed == 10 + 20 + 120 + 5


def test_a_wall_clock_that_is_moved_moves_no_schedule() -> None:
    clock = ManualClock()
    schedule = Schedule(MOMENTS, clock)
    clock.jump(10_000)

    assert schedule.due() == ()


@pytest.mark.parametrize("times", [0, -1, float("nan")])
def test_time_does_not_stand_still_or_go_back(times: float) -> None:
    with pytest.raises(ValueError, match="fast"):
        Schedule(MOMENTS, ManualClock()).faster(times)


@pytest.mark.parametrize(
    "table",
    [
        '[[moment]]\nat = 1\nline = "arrives"',
        '[[moment]]\nat = 1\nline = "sings"',
        "[[moment]]\nat = 1",
        '[[moment]]\nat = -1\nline = "drops"',
        '[[moment]]\nat = 1\narrives = "head-ct"',
        '[[moment]]\nat = 1\narrives = "head-ct"\nseconds = 0',
        '[[moment]]\nat = 1\nline = "drops"\nseconds = 3',
        '[[moment]]\nat = 1\narrives = "a"\nseconds = 1\n[[moment]]\nat = 2\narrives = "a"\nseconds = 1',
        "moments = 3",
    ],
)
def test_a_table_that_makes_no_sense_is_refused(table: str) -> None:
    with pytest.raises(BadTable):
        parsed_schedule(table, where="here")
