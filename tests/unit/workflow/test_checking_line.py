"""The connection check: what the policy asks for, what was found, what to do, and the history."""

from __future__ import annotations

import pytest
from group_archive import GroupArchive, settings_with

from workstation.archive import Unreachable
from workstation.errors import Cancelled
from workstation.store import ConnectionCheck
from workstation.sync import NoSuchArchive
from workstation.workflow import CheckStep, Desk, Verdict, check_connection, figures_of, past_checks

FIGURES = figures_of(settings_with())


def test_the_policy_s_figures_are_those_of_the_settings() -> None:
    told = figures_of(settings_with(line__megabits=50.0, line__milliseconds=80.0))
    assert (told.download_mbit, told.upload_mbit, told.scroll_seconds) == (50.0, 50.0, 0.08)


def test_a_check_says_what_is_wrong_and_what_to_do_and_is_kept(connected: Desk) -> None:
    shown: list[CheckStep] = []
    report = check_connection(connected, archive="harbor", figures=FIGURES, progress=shown.append)

    assert (report.archive, report.endpoint, report.verdict) == ("harbor", "fibre", Verdict.WARNING)
    odd = [step for step in report.steps if step.verdict is not Verdict.GOOD]
    assert odd
    assert all(step.advice for step in odd)
    assert {step.name for step in shown if step.verdict is Verdict.RUNNING} >= {"Name", "Connection"}
    assert past_checks(connected, archive="harbor") == (report,)
    assert past_checks(connected, archive="city") == ()


def test_what_another_version_kept_is_passed_over(connected: Desk) -> None:
    for body in ("{", "{}", '{"steps": [{"colour": "red"}], "at": "2026-01-01", "verdict": "good"}'):
        check = ConnectionCheck(connected.clock.utc(), "harbor", "fibre", body)
        connected.store.connection_checks.add(check)
    assert past_checks(connected, archive="harbor") == ()


def test_one_that_is_stopped_is_not_kept(connected: Desk) -> None:
    with pytest.raises(Cancelled):
        check_connection(connected, archive="harbor", figures=FIGURES, cancelled=lambda: True)
    assert past_checks(connected, archive="harbor") == ()


def test_what_is_not_set_up_is_told(connected: Desk) -> None:
    with pytest.raises(NoSuchArchive):
        check_connection(connected, archive="city", figures=FIGURES)
    with pytest.raises(NoSuchArchive, match="no way of this name"):
        check_connection(connected, archive="harbor", endpoint="pigeon", figures=FIGURES)


def test_a_line_that_doesn_t_answer_is_bad(connected: Desk, group: GroupArchive) -> None:
    def no_line(_: str) -> None:
        raise Unreachable("No connection", remedy="Look at the cable.")

    group.fault = no_line
    report = check_connection(connected, archive="harbor", figures=FIGURES)
    assert report.summary.startswith("The line is not as it should be.")
