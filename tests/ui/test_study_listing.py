"""Words, order, counts, pace and saved filters of the list, without a window; worked out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import many_rows, study_rows
from invented_worklist import NOW, worklist_rows

from workstation.ui.contracts import StudyRow, StudyState, Urgency
from workstation.ui.studies.columns import COLUMNS, NAMES, widths
from workstation.ui.studies.listing import Listing, prepare
from workstation.ui.studies.pace import Pace
from workstation.ui.studies.query import Query, select
from workstation.ui.studies.saved import (
    Saved,
    as_text,
    from_text,
    named_as,
    renamed,
    with_filter,
    without,
)
from workstation.ui.studies.words import due, presses, priority, priors, state, time_left

TODAY = date(2026, 11, 24)
ME = "Dr N. Haverford"


def _first_names(listing: Listing, query: Query) -> list[str]:
    return [made.row.patient_name.split("^")[0] for made in select(listing.entries, query, TODAY)]


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(minutes=14, seconds=2), "14:02"),
        (timedelta(seconds=59), "0:59"),
        (timedelta(seconds=0.4), "0:00"),
        (timedelta(seconds=-0.4), "0:00"),
        (timedelta(minutes=-3, seconds=-10), "−3:10"),
        (timedelta(minutes=59, seconds=59), "59:59"),
        (timedelta(hours=1), "1:00 h"),
        (timedelta(hours=1, minutes=12, seconds=59), "1:12 h"),
        (timedelta(hours=-26), "−26:00 h"),
        (timedelta(hours=48), "2 d"),
        (timedelta(days=-9), "−9 d"),
    ],
)
def test_time_left_is_told_as_precisely_as_it_matters(left: timedelta, text: str) -> None:
    assert time_left(left) == text


def test_the_clock_is_that_of_the_moment_whatever_zone_it_is_written_in() -> None:
    row = replace(study_rows()[0], due=NOW + timedelta(minutes=20))
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-8)))

    assert due(row, elsewhere) == due(row, NOW) == "20:00"
    assert presses(row, NOW)
    assert not presses(row, NOW - timedelta(minutes=10))
    assert presses(row, NOW + timedelta(hours=9))
    assert due(replace(row, due=None), NOW) == "–"


@pytest.mark.parametrize(
    ("here", "known", "text"), [(0, None, "–"), (0, 0, "none"), (2, 2, "2 ready"), (1, 3, "1 of 3")]
)
def test_priors_say_how_many_are_here(here: int, known: int | None, text: str) -> None:
    assert priors(replace(study_rows()[0], priors_here=here, priors_known=known)) == text


def test_a_state_says_with_whom_and_a_priority_only_where_a_reading_was_asked_for() -> None:
    row = study_rows()[1]

    assert state(replace(row, state=StudyState.IN_PROGRESS, who="Dr Imai")) == "in progress, Dr Imai"
    assert state(replace(row, is_claimed=True)) == "unread, yours"
    assert state(row) == "unread"
    assert priority(row) == ""
    assert priority(replace(row, urgency=Urgency.HIGH)) == "Urgent"
    assert priority(replace(row, is_prior=True)) == "Prior"


def test_the_lists_own_order_is_that_of_reading() -> None:
    rows = worklist_rows()
    listing = prepare(rows[::-1], Listing())

    assert [made.row for made in listing.entries][:12] == rows[:12]
    assert listing.is_ranked


def test_without_ranks_the_newest_comes_first() -> None:
    listing = prepare(study_rows(), Listing())
    moments = [(made.row.date, made.row.time) for made in listing.entries]

    assert moments == sorted(moments, reverse=True)
    assert not listing.is_ranked


def test_priors_are_out_of_sight_until_they_are_asked_or_searched_for() -> None:
    listing = prepare(worklist_rows(), Listing())

    assert len(_first_names(listing, Query())) == 12
    assert len(_first_names(listing, Query(priors=True))) == 14
    assert _first_names(listing, Query("vale")) == ["VALE"] * 3
    assert len(_first_names(listing, Query("   "))) == 12
    assert listing.tally.studies == 12


def test_the_counts_are_those_of_the_invented_night() -> None:
    """Unread: all but one opened, one taken, two read. Mine: two that are assigned, one that is claimed."""
    tally = prepare(worklist_rows(), Listing(), ME).tally

    assert (tally.unread, tally.stat, tally.mine) == (8, 3, 3)
    assert tally.overdue(NOW) == 1
    assert tally.next_due(NOW) == NOW + timedelta(minutes=14, seconds=2)
    assert tally.overdue(NOW + timedelta(days=9)) == 9
    assert tally.next_due(NOW + timedelta(days=9)) is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(stat=True), ["VALE", "OKAFOR", "LINDQVIST"]),
        (Query(mine=True), ["VALE", "HOLLOWAY", "ABERNATHY"]),
        (Query(mine=True, stat=True), ["VALE"]),
        (Query(unread=True, days=1), ["VALE", "OKAFOR", "LINDQVIST", "ABERNATHY"]),
        (Query("embolism"), ["OKAFOR"]),
    ],
)
def test_chips_narrow_and_go_together(query: Query, found: list[str]) -> None:
    assert _first_names(prepare(worklist_rows(), Listing(), ME), query) == found


def test_what_is_read_already_is_neither_stat_nor_mine_any_more() -> None:
    rows = [replace(row, state=StudyState.FINAL) for row in worklist_rows()]
    tally = prepare(rows, Listing(), ME).tally

    assert (tally.unread, tally.stat, tally.mine, tally.dues) == (0, 0, 0, ())


def test_columns_that_nobody_has_something_for_are_absent() -> None:
    store = prepare(study_rows(), Listing()).columns
    worklist = prepare(worklist_rows(), Listing()).columns

    assert set(NAMES) - store == {"priority", "due", "priors", "flag"}
    assert worklist == set(NAMES)
    assert prepare([], Listing()).columns == store


@given(
    room=st.integers(0, 3000),
    is_ranked=st.booleans(),
    absent=st.sets(st.sampled_from(["priority", "due", "priors", "flag"])),
)
def test_columns_fill_any_room_and_what_tells_the_patient_always_stays(
    *, room: int, is_ranked: bool, absent: set[str]
) -> None:
    made = dict(zip(NAMES, widths(room, set(NAMES) - absent, is_ranked=is_ranked), strict=True))
    least = {column.name: column.least for column in COLUMNS}

    assert sum(made.values()) == max(room, sum(least[name] for name, width in made.items() if width))
    assert made["patient"] >= least["patient"]
    assert made["study"] >= least["study"]
    assert all(width == 0 or width >= least[name] for name, width in made.items())
    assert not any(made[name] for name in absent)


def test_only_what_has_changed_is_made_ready_again() -> None:
    rows = many_rows(30)
    before = prepare(rows, Listing())
    rows[4] = replace(rows[4], description="another")

    after = prepare([replace(row) for row in rows], before)

    changed = [uid for uid, made in after.known.items() if made is not before.known[uid]]
    assert changed == [rows[4].uid]
    assert [made.row.uid for made in select(after.entries, Query("another"), TODAY)] == [rows[4].uid]


def _arriving(here: int) -> list[StudyRow]:
    return [replace(study_rows()[0], here=here, expected=200, state=StudyState.ARRIVING)]


def test_the_time_left_comes_from_what_has_arrived() -> None:
    """Forty images in four seconds: the hundred that are missing take ten."""
    pace = Pace()
    for second in range(5):
        pace.note(_arriving(60 + 10 * second), float(second))
    row = _arriving(100)[0]

    assert pace.left(row, 4.0) == pytest.approx(10.0)
    assert pace.left(row, 6.0) == pytest.approx(8.0)
    assert pace.left(row, 60.0) is None


def test_nothing_is_foretold_from_nothing() -> None:
    pace, row = Pace(), _arriving(60)[0]
    assert pace.left(row, 0.0) is None

    pace.note([row], 0.0)
    assert pace.left(row, 5.0) is None

    pace.note(_arriving(61), 0.2)
    assert pace.left(row, 0.3) is None

    pace.note([], 1.0)
    assert pace.left(row, 1.0) is None


def test_after_a_pause_the_pace_is_measured_anew() -> None:
    pace = Pace()
    for at, here in ((0.0, 0), (2.0, 100), (100.0, 100), (102.0, 104)):
        pace.note(_arriving(here), at)

    assert pace.left(_arriving(104)[0], 102.0) == pytest.approx(96 / 2)


TEXTS = st.text(max_size=12)
QUERIES = st.builds(
    Query,
    TEXTS,
    st.frozensets(st.sampled_from(["CT", "MR", "US"])),
    st.none() | st.integers(1, 30),
    *[st.booleans()] * 4,
)
FILTERS = st.lists(
    st.builds(Saved, st.text(min_size=1, max_size=12), QUERIES), unique_by=lambda one: one.name
)


@given(FILTERS)
def test_saved_filters_come_back_as_they_were(filters: list[Saved]) -> None:
    assert from_text(as_text(filters)) == tuple(filters)


@given(FILTERS, st.text(min_size=1, max_size=12), QUERIES)
def test_a_name_stands_for_one_filter(filters: list[Saved], name: str, query: Query) -> None:
    more = with_filter(tuple(filters), name, query)

    assert [one.query for one in more if one.name == name] == [query]
    assert named_as(more, query)
    assert name not in {one.name for one in without(more, name)}


def test_a_filter_keeps_its_place_when_it_is_renamed_and_takes_over_a_name() -> None:
    one, two, three = (Saved(name, Query(name)) for name in "abc")

    assert renamed((one, two, three), "b", "x") == (one, Saved("x", Query("b")), three)
    assert renamed((one, two, three), "a", "c") == (Saved("c", Query("a")), two)
    assert renamed((one, two), "a", "a") == (one, two)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "{}",
        "null",
        "[1, null, []]",
        '[{"text": "without a name"}]',
        '[{"name": "x", "days": -1}]',
        '[{"name": "x", "days": true}]',
        '[{"name": "x", "days": "today"}]',
        '[{"name": "x", "modalities": "CT"}]',
        '[{"name": 7}]',
    ],
)
def test_what_nobody_could_have_saved_is_no_filter(text: str) -> None:
    assert from_text(text) == ()


def test_a_bad_filter_takes_no_good_one_with_it() -> None:
    text = json.dumps([{"name": 7}, {"name": "x", "stat": True, "new": 1}])

    assert from_text(text) == (Saved("x", Query(stat=True)),)
