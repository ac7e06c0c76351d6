from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from dimse_peer import COMMITMENT, CT, HASTY, HOST, PLAIN, DimsePeer
from pydicom.dataset import Dataset
from pynetdicom import AE, build_role
from pynetdicom.events import Event

from workstation.archive import Commitment, Interrupted, NotOffered, Reference
from workstation.archive.dimse import commitment
from workstation.archive.dimse.callers import Caller, Receipt, Rules
from workstation.archive.dimse.expected import Expectations
from workstation.archive.dimse.listener import Listener
from workstation.archive.dimse.opening import open_association
from workstation.archive.dimse.reports import commitment_of

REFERENCES = [Reference("1.2", "1.2.1", f"1.2.1.{number}", CT) for number in (1, 2, 3)]
INSTANCE = "1.2.840.10008.1.20.1.1"


def report_on(information: Dataset, failed: dict[str, int]) -> Dataset:
    """Return what an archive reports: each object that was asked for, kept or failed (PS3.4 J.3.3.1)."""
    report = Dataset()
    report.TransactionUID = information.TransactionUID
    items = list(information.ReferencedSOPSequence)
    report.ReferencedSOPSequence = [one for one in items if one.ReferencedSOPInstanceUID not in failed]
    report.FailedSOPSequence = [one for one in items if one.ReferencedSOPInstanceUID in failed]
    for one in report.FailedSOPSequence:
        one.FailureReason = failed[one.ReferencedSOPInstanceUID]
    return report


def committed(peer: DimsePeer, expectations: Expectations, report_seconds: float = 20.0) -> Commitment:
    route = replace(peer.route, patience=replace(HASTY, report=report_seconds))
    association = open_association(route, (commitment.COMMIT,))
    try:
        return commitment.commit(association, REFERENCES, {}, expectations)
    finally:
        association.abort()


def acting(
    report: Callable[[Any, Dataset], None], asked: list[Dataset]
) -> Callable[[Event], tuple[int, None]]:
    """Take a request, and report on it afterwards from another thread."""

    def handler(event: Event) -> tuple[int, None]:
        information = event.action_information
        asked.append(information)
        threading.Timer(0.1, report, (event.assoc, information)).start()
        return 0x0000, None

    return handler


def test_the_word_may_come_on_the_same_association() -> None:
    asked: list[Dataset] = []

    def report(association: Any, information: Dataset) -> None:  # noqa: ANN401 - the library's
        said = report_on(information, {"1.2.1.2": 0x0112})
        association.send_n_event_report(said, 2, COMMITMENT, INSTANCE)

    with DimsePeer((COMMITMENT,), action=acting(report, asked)) as peer:
        said = committed(peer, Expectations())

    assert said == Commitment(frozenset({"1.2.1.1", "1.2.1.3"}), {"1.2.1.2": 0x0112})
    assert [one.ReferencedSOPClassUID for one in asked[0].ReferencedSOPSequence] == [CT] * 3
    assert [one.ReferencedSOPInstanceUID for one in asked[0].ReferencedSOPSequence] == [
        one.uid for one in REFERENCES
    ]


def test_the_word_may_come_to_the_listener() -> None:
    rules = Rules("LUMEN", 0, (Caller("PEER", (HOST,)),), host=HOST)
    listener = Listener(rules, lambda _: Receipt.KEPT)
    answers: list[int] = []

    def report(_association: object, information: Dataset) -> None:
        entity = AE(ae_title="PEER")
        entity.add_requested_context(COMMITMENT, list(PLAIN))
        role = build_role(COMMITMENT, scp_role=True)
        association = entity.associate(HOST, listener.port, ae_title="LUMEN", ext_neg=[role])
        said = report_on(information, {})
        answers.append(association.send_n_event_report(said, 1, COMMITMENT, INSTANCE)[0].Status)
        association.release()

    with DimsePeer((COMMITMENT,), action=acting(report, [])) as peer:
        said = committed(peer, listener.expectations)
    listener.close()

    assert said == Commitment(frozenset(one.uid for one in REFERENCES), {})
    assert answers == [0x0000]


def test_no_word_in_time_is_no_commitment() -> None:
    silent = DimsePeer((COMMITMENT,), action=lambda _: (0x0000, None))

    with silent as peer, pytest.raises(Interrupted, match="hasn't said yet"):
        committed(peer, Expectations(), report_seconds=0.3)


@pytest.mark.parametrize("code", [0x0112, 0x0122, 0x0211])
def test_an_archive_that_doesnt_do_it_says_so(code: int) -> None:
    with DimsePeer((COMMITMENT,), action=lambda _: (code, None)) as peer, pytest.raises(NotOffered):
        committed(peer, Expectations())


def test_what_is_listed_as_failed_is_not_kept_whatever_else_is_said() -> None:
    report, one = Dataset(), Dataset()
    one.ReferencedSOPClassUID, one.ReferencedSOPInstanceUID = CT, "1.2.1.1"
    report.ReferencedSOPSequence, report.FailedSOPSequence = [one], [one]

    assert commitment_of(report) == Commitment(frozenset(), {"1.2.1.1": 0x0110})
    assert commitment_of(Dataset()) == Commitment(frozenset(), {})
