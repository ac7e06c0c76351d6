from __future__ import annotations

import json
import zlib

import pytest

from workstation.archive import Contents, ListedInstance, ListedSeries
from workstation.dicom.model import Patient, Series, Study
from workstation.sync.contents_form import pack, unpack

PLACED = ListedInstance(
    "3.1", "1.2.840.1", 4, 10, (1.0, 2.0, -3.5), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0), "1.2", 300
)
BARE = ListedInstance("3.2", "1.2.840.1", None)


def contents(*series: ListedSeries) -> Contents:
    return Contents(
        Patient("P1", "", "김^철수", "19660101", "F"),
        Study("1.1", "20130717", "1415", "", "Schädel", "", "", ""),
        series,
        2,
    )


def series_of(uid: str, number: int | None) -> Series:
    return Series(uid, number, "MR", "anat", "HEAD", "", "", "", "", "")


@pytest.mark.parametrize(
    "series",
    [(), (ListedSeries(series_of("2.1", 401), (PLACED, BARE), 2), ListedSeries(series_of("2.2", None), ()))],
)
def test_what_was_packed_comes_back(series: tuple[ListedSeries, ...]) -> None:
    assert unpack(pack(contents(*series))) == contents(*series)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no stream",
        zlib.compress(b"no JSON"),
        zlib.compress(b"[]"),
        zlib.compress(json.dumps({"version": 0}).encode()),
        zlib.compress(json.dumps({"version": 1, "patient": {"shoe": 42}}).encode()),
    ],
)
def test_what_this_version_did_not_pack_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        unpack(body)
