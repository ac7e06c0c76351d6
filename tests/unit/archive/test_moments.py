from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.archive.moments import dicom_moment, http_moment


@pytest.fixture
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let this computer's zone be another than UTC."""
    if not hasattr(time, "tzset"):
        pytest.skip("this system's zone can't be set for one program")
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("text", "zone", "meant"),
    [
        ("20261124223015.25+0000", "", datetime(2026, 11, 24, 22, 30, 15, 250_000, UTC)),
        ("2026112422+0930", "", datetime(2026, 11, 24, 12, 30, tzinfo=UTC)),
        ("2026-0500", "", datetime(2026, 1, 1, 5, tzinfo=UTC)),
        ("20261124223015", "+0100", datetime(2026, 11, 24, 21, 30, 15, tzinfo=UTC)),
        ("20261124223015-0200", "+0100", datetime(2026, 11, 25, 0, 30, 15, tzinfo=UTC)),
        ("", "", None),
        ("20261324", "", None),
        ("20261124236099", "+0000", None),
        ("20261124+9999", "", None),
        ("soon", "", None),
        ("00010101+1400", "", None),
    ],
)
def test_a_moment_of_dicom_is_read_with_its_offset(text: str, zone: str, meant: datetime | None) -> None:
    assert dicom_moment(text, zone) == meant


def test_a_moment_of_dicom_without_offset_is_in_this_computer_s_zone() -> None:
    local = datetime(2026, 11, 24, 22, 30, 15).astimezone()

    assert dicom_moment("20261124223015") == local


# The three forms of RFC 9110 section 5.6.7 and their common meaning; the others are nobody's.
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        ("Sun Nov  6 08:49:37 1994", datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)),
        ("", None),
        ("soon", None),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", None),
        ("Mon, 01 Jan 2026 00:00:00 +999999999999999999", None),
    ],
)
@pytest.mark.usefixtures("far_east")
def test_a_moment_of_http_is_read_in_each_of_its_forms(text: str, meant: datetime | None) -> None:
    assert http_moment(text) == meant


@given(st.text(st.sampled_from("0123456789 :,+-GMTJanSu"), max_size=40))
def test_whatever_stands_in_a_header_is_a_moment_or_none(text: str) -> None:
    found = http_moment(text)

    assert found is None or found.tzinfo is UTC
