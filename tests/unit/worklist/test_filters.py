import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.model import Study
from workstation.terms import BadTable, Region, examination
from workstation.terms.tables import Row
from workstation.worklist.ai import Flag
from workstation.worklist.filters import Filter, Moment, as_data, filter_of, fits, matching, parsed_filters
from workstation.worklist.items import Conflict, Disagreement, Item, Priority, Reading, State
from workstation.worklist.order import Place
from workstation.worklist.turnaround import Clock


@pytest.fixture(scope="session")
def moment(now: datetime) -> Moment:
    return Moment(now, now.date(), frozenset({"Haverford"}))


@pytest.fixture(scope="session")
def place(make_item: Callable[..., Item]) -> Callable[..., Place]:
    def make(*, clock: Clock | None = None, **facts: object) -> Place:
        return Place(make_item(**facts), 1, "", clock)

    return make


CASES: list[tuple[Filter, dict[str, Any], bool]] = [
    (Filter("all"), {}, True),
    (Filter("mine", mine=True), {}, False),
    (Filter("mine", mine=True), {"assigned": "HAVERFORD"}, True),
    (Filter("mine", mine=True), {"assigned": "Imai"}, False),
    (Filter("mine", mine=True), {"reading": Reading(State.IN_PROGRESS, "Haverford")}, True),
    (Filter("mine", mine=True), {"reading": Reading(State.UNREAD, "Haverford")}, False),
    (Filter("stat", priorities=frozenset({Priority.STAT})), {}, False),
    (Filter("stat", priorities=frozenset({Priority.STAT})), {"priority": Priority.STAT}, True),
    (Filter("unread", states=frozenset({State.UNREAD})), {"reading": Reading(State.FINAL)}, False),
    (Filter("CT", modalities=frozenset({"CT"})), {"modalities": ("CT", "PT")}, True),
    (Filter("MR", modalities=frozenset({"MR"})), {"modalities": ("CT", "PT")}, False),
    (Filter("neuro", regions=frozenset({Region.HEAD})), {"examination": examination("MR brain")}, True),
    (Filter("brain", regions=frozenset({Region.BRAIN})), {"examination": examination("CT chest")}, False),
    (Filter("neuro", regions=frozenset({Region.HEAD})), {"examination": examination("?")}, False),
    (Filter("harbor", sites=frozenset({"HARBOR"})), {}, True),
    (Filter("anne", sites=frozenset({"St. Anne"})), {}, False),
    (Filter("group", archives=frozenset({"group"})), {}, True),
    (Filter("group", archives=frozenset({"group"})), {"archives": ()}, False),
    (Filter("ED", patient_classes=frozenset({"E"})), {"patient_class": "E"}, True),
    (Filter("ED", patient_classes=frozenset({"E"})), {}, False),
    (Filter("incomplete", incomplete=True), {"here": 3}, True),
    (Filter("incomplete", incomplete=True), {}, False),
    (Filter("doubt", conflicting=True), {"conflicts": (Conflict(Disagreement.SEX, ()),)}, True),
    (Filter("doubt", conflicting=True), {}, False),
]


@pytest.mark.parametrize(("wanted", "facts", "shown"), CASES)
def test_a_filter_shows_what_it_asks_for(
    place: Callable[..., Place], moment: Moment, wanted: Filter, facts: dict[str, Any], *, shown: bool
) -> None:
    assert fits(place(**facts), wanted, moment) is shown


@pytest.mark.parametrize(
    ("date", "days", "shown"),
    [
        ("20261124", 1, True),
        ("20261123", 1, False),
        ("20261123", 2, True),
        ("20261125", 1, True),  # a site east of here is a day ahead
        ("", 1, False),
        ("", 0, True),
    ],
)
def test_today_is_the_reader_s_day(
    place: Callable[..., Place],
    make_study: Callable[..., Study],
    moment: Moment,
    date: str,
    days: int,
    *,
    shown: bool,
) -> None:
    one = place(study=make_study(date=date))
    assert fits(one, Filter("today", days=days), moment) is shown


@pytest.mark.parametrize(("minutes", "shown"), [(-30, True), (0, True), (60, True), (61, False)])
def test_due_soon_counts_what_is_overdue(
    place: Callable[..., Place], moment: Moment, minutes: int, *, shown: bool
) -> None:
    left = timedelta(minutes=minutes)
    one = place(clock=Clock(moment.now + left, left, None, 0.0, is_ordered=False))
    assert fits(one, Filter("soon", due_within_minutes=60), moment) is shown
    assert not fits(place(), Filter("soon", due_within_minutes=60), moment)


def test_only_a_flag_that_counts_is_a_finding(
    place: Callable[..., Place], make_flag: Callable[..., Flag], moment: Moment
) -> None:
    wanted = Filter("AI", flagged=True)
    shown = [fits(place(flag=flag), wanted, moment) for flag in (make_flag(), make_flag(None), None)]
    assert shown == [True, False, False]


def test_lines_keep_their_order(place: Callable[..., Place], moment: Moment) -> None:
    places = [place(key=str(number), here=212 * (number % 2)) for number in (3, 0, 5, 2, 4)]
    found = matching(places, Filter("some", incomplete=True), moment)
    assert [one.item.key for one in found] == ["0", "2", "4"]


FILTERS = st.builds(
    Filter,
    st.text(min_size=1),
    mine=st.booleans(),
    priorities=st.frozensets(st.sampled_from(Priority)),
    states=st.frozensets(st.sampled_from(State)),
    modalities=st.frozensets(st.sampled_from(["CT", "MR"])),
    regions=st.frozensets(st.sampled_from(Region)),
    sites=st.frozensets(st.text()),
    archives=st.frozensets(st.text()),
    patient_classes=st.frozensets(st.sampled_from("EIO")),
    days=st.integers(0, 60),
    due_within_minutes=st.floats(0, 1e6),
    flagged=st.booleans(),
    incomplete=st.booleans(),
    conflicting=st.booleans(),
)


@given(FILTERS)
def test_a_filter_survives_being_kept_as_json(wanted: Filter) -> None:
    assert filter_of(Row(json.loads(json.dumps(as_data(wanted))), "kept")) == wanted


def test_the_filters_that_ship_are_the_ones_people_look_for(shipped: Callable[[str], str]) -> None:
    filters = parsed_filters(shipped("filters.toml"), where="filters.toml")
    assert [one.name for one in filters][:4] == ["Mine", "Stat", "Unread", "Today"]


@pytest.mark.parametrize(
    "text",
    [
        '[[filter]]\nname = "x"\nmine = 1',
        '[[filter]]\nname = "x"\nregions = ["haed"]',
        '[[filter]]\nname = "x"\nage = 3',
        '[[filter]]\nname = "x"\ndays = 1.5',
        '[[filter]]\nname = "x"\n[[filter]]\nname = "x"',
        "[[filter]]\nmine = true",
        "mine = true",
    ],
)
def test_a_table_of_filters_that_is_wrong_is_refused(text: str) -> None:
    with pytest.raises(BadTable):
        parsed_filters(text, where="filters.toml")
