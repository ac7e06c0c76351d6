"""What is said of lines and deliveries, against sentences written by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from invented_network import HARBOR, NOW, ST_ANNE, deliveries, delivery

from workstation.ui.contracts import DeliveryState, LineRow, LineStatus, OutboxRow, Tone
from workstation.ui.network.wording import (
    arriving_item,
    clock_time,
    countdown,
    elapsed,
    lines_item,
    outbox_item,
    size_text,
    state_text,
    title,
)

SINCE = NOW - timedelta(minutes=12)
CLOCK = clock_time(SINCE, NOW)
WARNING = "The site allows TLS 1.2 here, which is older than it should be."


@pytest.mark.parametrize(
    ("changes", "text", "tone"),
    [
        ({}, "Harbor · fibre · 184 Mbit/s · 22 ms", Tone.GOOD),
        ({"rate": None}, "Harbor · fibre · 22 ms", Tone.GOOD),
        ({"rate": 965_000_000}, "Harbor · fibre · 7.7 Gbit/s · 22 ms", Tone.GOOD),
        ({"rate": 900_000}, "Harbor · fibre · 7.2 Mbit/s · 22 ms", Tone.GOOD),
        ({"status": LineStatus.OFFLINE}, f"Harbor: no line since {CLOCK}", Tone.ATTENTION),
        ({"status": LineStatus.SIGNED_OUT}, "Harbor: signed out, sign in", Tone.ATTENTION),
        (
            {"status": LineStatus.CAPTIVE},
            "Harbor: something else answers (a sign-in page?)",
            Tone.ATTENTION,
        ),
        ({"status": LineStatus.UNTRUSTED}, "Harbor: not trusted, so nothing is sent", Tone.FAULT),
        ({"status": LineStatus.UNKNOWN}, "Harbor: not asked yet", Tone.PLAIN),
        (
            {"warning": WARNING},
            "Harbor · fibre · 184 Mbit/s · 22 ms · The site allows TLS 1.2 here",
            Tone.ATTENTION,
        ),
    ],
)
def test_a_line_says_how_it_stands(changes: dict[str, object], text: str, tone: Tone) -> None:
    item = lines_item([line(since=SINCE, **changes)], NOW)

    assert (item.text, item.tone) == (text, tone)


def line(**changes: object) -> LineRow:
    return replace(HARBOR, **changes)  # type: ignore[arg-type]  # any field, as the test wants it


def test_every_status_is_put_into_words() -> None:
    texts = {lines_item([line(status=status)], NOW).text for status in LineStatus}

    assert len(texts) == len(LineStatus)


def test_of_several_lines_the_worst_is_shown_and_each_stands_in_the_hint() -> None:
    down = line(archive="x", name="Millbrook", status=LineStatus.OFFLINE, since=SINCE, why="No answer")
    odd = line(archive="y", name="Exchange", status=LineStatus.UNTRUSTED, why="Its certificate has expired")

    item = lines_item([HARBOR, ST_ANNE, down, odd], NOW)

    assert item.text == "Exchange: not trusted, so nothing is sent · 1 more"
    assert item.tone is Tone.FAULT
    assert [hint.split(" ")[0] for hint in item.hint.splitlines()] == [
        "Exchange:",
        "Millbrook:",
        "Harbor",
        "St.",
    ]
    assert "Its certificate has expired." in item.hint


def test_a_warning_stays_in_sight_behind_a_line_that_is_worse() -> None:
    item = lines_item([line(warning=WARNING), line(archive="x", status=LineStatus.UNTRUSTED)], NOW)

    assert "The site allows TLS 1.2 here" in item.text
    assert item.tone is Tone.FAULT
    assert WARNING in item.hint


def test_without_archives_nothing_is_said() -> None:
    assert lines_item([], NOW).text == ""
    assert arriving_item(0).text == ""
    assert arriving_item(1).text == "1 study arriving"
    assert arriving_item(2).text == "2 studies arriving"


@pytest.mark.parametrize(
    ("rows", "text", "tone"),
    [
        ([], "Outbox 0", Tone.PLAIN),
        (
            [delivery(state=DeliveryState.VERIFIED), delivery(state=DeliveryState.CLOSED)],
            "Outbox 0",
            Tone.PLAIN,
        ),
        (
            [delivery(error="", created=NOW - timedelta(seconds=9))],
            "Outbox: 1 waiting, oldest 9 s",
            Tone.PLAIN,
        ),
        ([delivery(0), delivery(1, created=NOW)], "Outbox: 2 waiting, oldest 12 min", Tone.ATTENTION),
        ([delivery(created=NOW)], "Outbox: 1 waiting, oldest 0 s", Tone.ATTENTION),  # it has failed already
        ([delivery(state=DeliveryState.CONFLICT)], "Outbox: 1 needs you", Tone.FAULT),
        (
            [delivery(0, state=DeliveryState.QUARANTINED), delivery(1, state=DeliveryState.CONFLICT)],
            "Outbox: 2 need you",
            Tone.FAULT,
        ),
        (deliveries(), "Outbox: 1 needs you · 3 waiting", Tone.FAULT),
    ],
)
def test_the_outbox_says_what_waits_and_what_needs_a_person(
    rows: list[OutboxRow], text: str, tone: Tone
) -> None:
    item = outbox_item(rows, NOW)

    assert (item.text, item.tone) == (text, tone)


@pytest.mark.parametrize("state", [state for state in DeliveryState if state is not DeliveryState.QUEUED])
def test_what_is_not_delivered_never_counts_as_delivered(state: DeliveryState) -> None:
    is_over = state in (DeliveryState.VERIFIED, DeliveryState.CLOSED)

    assert (outbox_item([delivery(state=state)], NOW).text == "Outbox 0") is is_over


def test_a_wait_counts_down_to_the_second_and_then_is_now() -> None:
    row = delivery(next_try=NOW + timedelta(seconds=3661))

    assert state_text(row, NOW) == "waiting, next try in 1:01:01"
    assert state_text(row, NOW + timedelta(seconds=3660.5)) == "waiting, next try in 0:01"
    assert state_text(row, NOW + timedelta(seconds=3661)) == "waiting, next try now"
    assert state_text(delivery(next_try=None), NOW) == "waiting"
    assert countdown(timedelta(seconds=-5)) == "now"


def test_ages_are_told_in_one_unit_and_never_negative() -> None:
    assert elapsed(timedelta(seconds=59.9)) == "59 s"
    assert elapsed(timedelta(seconds=60)) == "1 min"
    assert elapsed(timedelta(hours=1)) == "1 h"
    assert elapsed(timedelta(hours=47)) == "1 d"
    assert elapsed(timedelta(seconds=-3)) == "0 s"  # the clock was set back


def test_another_day_is_named() -> None:
    now = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    before = now - timedelta(days=1)

    assert clock_time(now, now) == now.astimezone().strftime("%H:%M")
    assert clock_time(before, now) == before.astimezone().strftime("%Y-%m-%d %H:%M")


def test_images_of_one_study_are_one_thing_with_a_count() -> None:
    assert title(delivery(kind="image", count=1240)) == "1\u2009240 images · VALE, Marisol"
    assert title(delivery(kind="report", patient_name="")) == "Report"
    assert size_text(2_300_000_000) == "2.3 GB"
