from __future__ import annotations

import pytest
from pynetdicom.status import (
    QR_FIND_SERVICE_CLASS_STATUS,
    QR_GET_SERVICE_CLASS_STATUS,
    QR_MOVE_SERVICE_CLASS_STATUS,
    STORAGE_SERVICE_CLASS_STATUS,
)

from workstation.archive import ArchiveError, Busy, NotAllowed, NotOffered, Refused, Settled
from workstation.archive.dimse.statuses import error_of, store_answer


@pytest.mark.parametrize(
    ("code", "settled"),
    [  # PS3.4 table B.2-1 and PS3.7 C
        (0x0000, Settled.STORED),
        (0xB000, Settled.STORED),  # coercion of data elements
        (0xB006, Settled.STORED),  # elements discarded
        (0xB007, Settled.STORED),  # dataset doesn't match SOP class (warning)
        (0x0001, Settled.STORED),
        (0xA700, Settled.LATER),  # out of resources
        (0xA7FF, Settled.LATER),
        (0x0110, Settled.LATER),  # processing failure
        (0x0111, Settled.ALREADY),  # duplicate SOP instance
        (0x0122, Settled.REFUSED),  # SOP class not supported
        (0x0124, Settled.REFUSED),  # not authorised
        (0x0117, Settled.REFUSED),  # invalid SOP instance
        (0xA900, Settled.REFUSED),  # dataset doesn't match SOP class
        (0xA9FF, Settled.REFUSED),
        (0xC000, Settled.REFUSED),  # cannot understand
        (0xCFFF, Settled.REFUSED),
        (0x4242, Settled.REFUSED),  # in no table
    ],
)
def test_each_status_of_a_storage_says_what_became_of_the_object(code: int, settled: Settled) -> None:
    answer = store_answer("1.2.3", code)

    assert (answer.uid, answer.settled, answer.code) == ("1.2.3", settled, code)
    assert answer.reason or code == 0


def test_what_the_library_calls_a_failure_is_never_stored() -> None:
    for code, (category, *_) in STORAGE_SERVICE_CLASS_STATUS.items():
        stored = store_answer("1.2.3", code).settled is Settled.STORED

        assert stored == (category in ("Success", "Warning")), hex(code)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (0xA700, Busy),
        (0xA702, Busy),
        (0xA801, Refused),
        (0xA900, Refused),
        (0xC001, Refused),
        (0x0122, NotOffered),
        (0x0211, NotOffered),
        (0x0124, NotAllowed),
        (0x0110, Busy),
    ],
)
def test_each_failure_of_a_request_is_an_error_of_its_kind(code: int, error: type[ArchiveError]) -> None:
    assert type(error_of(code, "The search", "the archive")) is error


def test_every_status_has_words_and_a_refusal_keeps_its_code() -> None:
    for code in {*QR_FIND_SERVICE_CLASS_STATUS, *QR_GET_SERVICE_CLASS_STATUS, *QR_MOVE_SERVICE_CLASS_STATUS}:
        error = error_of(code, "The search", "the archive")

        assert str(error).startswith("The "), hex(code)
        assert getattr(error, "code", code) == code
