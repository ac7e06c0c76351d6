"""Examples of PS3.4 C.2.2.2, worked by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.hospital.matching import Key

NAME, ID, STUDY, DATE, TIME, SCHEDULED = (
    "00100010",
    "00100020",
    "0020000D",
    "00080020",
    "00080030",
    "00404005",
)
NUMBER, ORDERS, ACCESSION = "00200013", "0040A370", "00080050"


def _matches(tag: str, wanted: str, held: object) -> bool:
    value = {"Alphabetic": held} if tag == NAME else held
    return Key((tag,), wanted).matches({tag: {"vr": "", "Value": [value]}})


@pytest.mark.parametrize(
    ("tag", "wanted", "held", "fits"),
    [
        (ID, "PH-4711", "PH-4711", True),
        (ID, "ph-4711", "PH-4711", False),  # only names of people match whatever their case
        (ID, "PH-47", "PH-4711", False),
        (ID, "PH-47*", "PH-4711", True),
        (ID, "PH-47?1", "PH-4711", True),
        (ID, "PH-47?", "PH-4711", False),
        (ID, "PH.4711", "PH-4711", False),  # no pattern but * and ?
        (NAME, "testcase^amber", "TESTCASE^Amber", True),
        (NAME, "TESTCASE^*", "TESTCASE^Amber", True),
        (NAME, "TESTCASE?Amber", "TESTCASE^Amber", True),
        (NAME, "TESTCASE^Amber^^", "TESTCASE^Amber", True),  # PS3.5 6.2.1: trailing ^ say nothing
        (NAME, "TESTCASE", "TESTCASE^Amber", False),
        (STUDY, "1.2.3", "1.2.3", True),
        (STUDY, "1.2.4,1.2.3", "1.2.3", True),
        (STUDY, "1.2.4\\1.2.3", "1.2.3", True),
        (STUDY, "1.2.*", "1.2.3", False),  # UIDs know no wildcards
        (DATE, "20261124", "20261124", True),
        (DATE, "20261101-20261130", "20261124", True),
        (DATE, "20261124-20261124", "20261124", True),  # both ends belong to it
        (DATE, "20261125-", "20261124", False),
        (DATE, "-20261123", "20261124", False),
        (DATE, "-20261124", "20261124", True),
        (TIME, "0211-0212", "021130.5", True),
        (TIME, "02", "021130", True),
        (TIME, "-0210", "021130", False),
        (SCHEDULED, "20261124-20261125", "20261124021100+0000", True),
        (SCHEDULED, "202611", "20261130235959+0000", True),
        (SCHEDULED, "20261124021100-0500", "20261124071100+0000", True),  # a zone, not a range
        (SCHEDULED, "20261124030000+0100-20261124031500+0100", "20261124021100+0000", True),
        (SCHEDULED, "20261124021101+0000-", "20261124021100+0000", False),
        (NUMBER, "7", 7, True),
        (NUMBER, "7", 70, False),
        (ID, "", "anything", True),
    ],
)
def test_a_value_matches_as_the_standard_says(tag: str, wanted: str, held: object, *, fits: bool) -> None:
    assert _matches(tag, wanted, held) is fits


def test_a_record_without_the_attribute_fits_only_a_key_that_asks_for_nothing() -> None:
    assert Key((ID,), "").matches({})
    assert not Key((ID,), "*").matches({ID: {"vr": "LO"}})
    assert not Key((DATE,), "-20261124").matches({})


def test_one_of_several_values_is_enough() -> None:
    record = {"00080061": {"vr": "CS", "Value": ["CT", "PT"]}}

    assert Key(("00080061",), "PT").matches(record)
    assert not Key(("00080061",), "MR").matches(record)


def test_a_key_inside_a_sequence_looks_at_every_item() -> None:
    items = [{ACCESSION: {"vr": "SH", "Value": [number]}} for number in ("A1", "A2")]
    record = {ORDERS: {"vr": "SQ", "Value": items}}

    assert Key((ORDERS, ACCESSION), "A2").matches(record)
    assert not Key((ORDERS, ACCESSION), "A3").matches(record)


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [(DATE, "yesterday"), (DATE, "-"), (TIME, "25h"), (SCHEDULED, "soon"), (NUMBER, "x"), (ORDERS, "A1")],
)
def test_a_value_that_makes_no_sense_is_refused(tag: str, wanted: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Key((tag,), wanted).check()


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)),  # noqa: DTZ001 - zoned below
    st.integers(-23, 23),
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=900)),
)
def test_a_moment_lies_between_any_two_around_it_whatever_their_zones(
    when: datetime, hours: int, around: timedelta
) -> None:
    held = when.replace(microsecond=0, tzinfo=UTC)
    zone = timezone(timedelta(hours=hours))
    first, last = ((held + shift).astimezone(zone) for shift in (-around, around))
    wanted = "-".join(moment.strftime("%Y%m%d%H%M%S%z").rjust(19, "0") for moment in (first, last))

    assert _matches(SCHEDULED, wanted, held.strftime("%Y%m%d%H%M%S+0000"))
