from __future__ import annotations

import pytest
from dicom_json import item

from workstation.archive import Outgoing, Settled
from workstation.archive.web.store_answers import meaning, settled

OBJECTS = [
    Outgoing(uid, "1.2.840.1", "1", "2", "1.2.840.10008.1.2.1", memoryview(b"")) for uid in ("3.1", "3.2")
]


def named(uid: str, **more: object) -> dict[str, object]:
    return {"ReferencedSOPClassUID": "1.2.840.1", "ReferencedSOPInstanceUID": uid, **more}


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (45070, Settled.ALREADY),  # Azure: it exists
        (45071, Settled.LATER),  # Azure: it is being created, or deleted
        (43264, Settled.REFUSED),  # Azure: validation
        (43265, Settled.REFUSED),  # Azure: another study
        (272, Settled.LATER),  # Azure: general failure; PS3.7 C.5.21 processing failure
        (0x0111, Settled.ALREADY),  # PS3.7 C.5.4 duplicate SOP instance
        (0x0122, Settled.REFUSED),  # PS3.18 I.2: SOP class not supported
        (0x0124, Settled.LATER),  # PS3.7 C.5.17 not authorized
        (0xA700, Settled.LATER),  # PS3.4 GG.4-1: out of resources
        (0xA7FF, Settled.LATER),
        (0xA9FF, Settled.REFUSED),
        (0xC000, Settled.REFUSED),
        (0xC122, Settled.REFUSED),
        (0xCFFF, Settled.REFUSED),
        (0xD000, Settled.LATER),
        (0, Settled.LATER),
    ],
)
def test_a_reason_settles_the_object_as_the_tables_say(code: int, outcome: Settled) -> None:
    answer = item(FailedSOPSequence=[named("3.1", FailureReason=code)])

    found = settled(answer, OBJECTS)

    assert list(found) == ["3.1"]
    assert (found["3.1"].settled, found["3.1"].code) == (outcome, code)
    assert meaning(code)[1] != ""


def test_each_object_is_settled_by_its_own_uid() -> None:
    answer = item(
        ReferencedSOPSequence=[named("3.1"), named("9.9")],
        FailedSOPSequence=[named("3.2", FailureReason=0xA700)],
    )

    found = settled(answer, OBJECTS)

    assert {uid: one.settled for uid, one in found.items()} == {"3.1": Settled.STORED, "3.2": Settled.LATER}


def test_a_warning_is_told_and_changes_nothing() -> None:
    one = settled(item(ReferencedSOPSequence=[named("3.1", WarningReason=0xB000)]), OBJECTS)["3.1"]

    assert (one.settled, one.code) == (Settled.STORED, 0xB000)
    assert "changed" in one.reason


def test_where_an_answer_contradicts_itself_the_object_doesn_t_count_as_stored() -> None:
    answer = item(
        ReferencedSOPSequence=[named("3.1")], FailedSOPSequence=[named("3.1", FailureReason=0xC000)]
    )

    assert settled(answer, OBJECTS)["3.1"].settled is Settled.REFUSED


def test_a_failure_without_a_reason_may_be_tried_again() -> None:
    assert settled(item(FailedSOPSequence=[named("3.1")]), OBJECTS)["3.1"].settled is Settled.LATER


def test_an_empty_answer_says_nothing() -> None:
    assert settled({}, OBJECTS) == {}
    assert settled({"00081199": {"vr": "SQ"}, "00081198": {"vr": "SQ", "Value": []}}, OBJECTS) == {}
