"""The worklist by scripted requests, against PS3.18 chapter 11: statuses, headers, the lock."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hospital_visitor import DATA, Reply, Visitor, value
from pydicom.uid import generate_uid

from workstation.clock import ManualClock
from workstation.hospital import Hospital
from workstation.phantoms import PhantomStudy

BEGAN = datetime(2026, 11, 24, 2, 11, tzinfo=UTC)
JSON = {"Content-Type": "application/dicom+json"}
UID, STATE, TRANSACTION, PRIORITY, REQUEST = "00080018", "00741000", "00081195", "00741200", "0040A370"
PERFORMED = {
    "00741216": {
        "vr": "SQ",
        "Value": [
            {
                "00404035": {
                    "vr": "SQ",
                    "Value": [{"00404037": {"vr": "PN", "Value": [{"Alphabetic": "N"}]}}],
                },
                "00404050": {"vr": "DT", "Value": ["20261124021500+0000"]},
                "00404051": {"vr": "DT", "Value": ["20261124022500+0000"]},
                "00404033": {"vr": "SQ", "Value": []},
            }
        ],
    }
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Visitor]:
    """Return the way to a hospital whose tasks may be claimed."""
    with Hospital(BEGAN, clock=ManualClock(), data=DATA, folder=tmp_path, workers=1) as opened:
        yield Visitor(opened.url, opened.token)


def _tasks(visitor: Visitor, query: str = "") -> list[dict[str, Any]]:
    reply = visitor.ask(f"workitems?{query}")
    return [] if reply.status == 204 else list(reply.json)


def _change(visitor: Visitor, uid: str, state: str, transaction: str = "") -> Reply:
    told: dict[str, Any] = {STATE: {"vr": "CS", "Value": [state]}}
    if transaction:
        told[TRANSACTION] = {"vr": "UI", "Value": [transaction]}
    return visitor.ask(f"workitems/{uid}/state", "PUT", json.dumps([told]).encode(), JSON)


def _update(visitor: Visitor, path: str, changes: Mapping[str, Any]) -> Reply:
    return visitor.ask(f"workitems/{path}", "POST", json.dumps([changes]).encode(), JSON)


def test_every_study_that_is_to_be_read_has_a_task_and_priors_have_none(
    visitor: Visitor, studies: dict[str, PhantomStudy]
) -> None:
    tasks = _tasks(visitor)
    awaited = studies.keys() - {"head-ct", "head-ct-prior", "chest-ct-prior"}

    assert {value(value(task, REQUEST), "0020000D") for task in tasks} == {
        studies[key].study_uid for key in awaited
    }
    assert {value(task, STATE) for task in tasks} == {"SCHEDULED"}
    assert {value(task, "00404041") for task in tasks} == {"READY"}


def test_a_task_says_why_for_whom_how_urgent_and_until_when(visitor: Visitor) -> None:
    [task] = _tasks(visitor, "PatientID=PH-2093")
    order = value(task, REQUEST)

    assert value(task, PRIORITY) == "HIGH"
    assert value(task, "00404005") == "20261124003600+0000"  # 95 minutes before 02:11
    assert value(task, "00404011") == "20261124025600+0000"  # 45 minutes after
    assert value(order, "00401002") == "Weakness of the right hand. Fresh infarct?"
    assert value(order, "00321032")["Alphabetic"] == "PRETEND^Moss^^Dr"
    assert value(order, "00402010") == "555-0138"
    assert value(order, "00080050") == "MB020934"
    assert value(value(task, "00404018"), "00080100") == "110005"  # DCM Interpretation


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("ScheduledProcedureStepPriority=HIGH", 1), ("ProcedureStepState=COMPLETED", 0),
        ("ExpectedCompletionDateTime=-20261124025600", 1), ("00741000=SCHEDULED&limit=2", 2),
        ("ReferencedRequestSequence.AccessionNumber=MB020934", 1), ("PatientName=specimen*", 1),
    ],
)  # fmt: skip
def test_tasks_are_searched_for(visitor: Visitor, query: str, count: int) -> None:
    assert len(_tasks(visitor, query)) == count


def test_a_task_is_claimed_told_about_and_completed_by_one_reader(desk: Visitor) -> None:
    uid = value(_tasks(desk)[0], UID)
    mine, theirs = generate_uid(), generate_uid()

    assert _change(desk, uid, "IN PROGRESS", mine).status == 200
    taken = _change(desk, uid, "IN PROGRESS", theirs)
    assert taken.status == 409
    assert taken.headers["Warning"] == (
        "299 hospital: The submitted request is inconsistent with the state of the UPS Instance."
    )
    [shown] = desk.ask(f"workitems/{uid}").json
    assert value(shown, STATE) == "IN PROGRESS"
    assert mine not in desk.ask("workitems").body.decode()

    assert _update(desk, f"{uid}?{theirs}", PERFORMED).status == 400
    assert _change(desk, uid, "COMPLETED", mine).status == 409  # nothing came of it yet
    told = _update(desk, f"{uid}?{mine}", PERFORMED)
    assert told.status == 200
    assert told.headers["Content-Location"] == f"{desk.url}/workitems/{uid}"
    assert _change(desk, uid, "COMPLETED", theirs).status == 400
    assert _change(desk, uid, "COMPLETED", mine).status == 200

    again = _change(desk, uid, "COMPLETED", mine)
    assert again.status == 200
    assert "already in the requested state of COMPLETED" in again.headers["Warning"]
    [row] = _tasks(desk, "ProcedureStepState=COMPLETED")
    assert row["00741216"] == PERFORMED["00741216"]


@pytest.mark.parametrize(
    "path", ["{}?{}", "{}?transaction-uid={}"], ids=["as the standard has it", "by a name"]
)
def test_the_transaction_is_named_in_the_query(desk: Visitor, path: str) -> None:
    uid, mine = value(_tasks(desk)[0], UID), generate_uid()
    _change(desk, uid, "IN PROGRESS", mine)

    assert _update(desk, path.format(uid, mine), PERFORMED).status == 200


def test_or_in_the_dataset(desk: Visitor) -> None:
    uid, mine = value(_tasks(desk)[0], UID), generate_uid()
    _change(desk, uid, "IN PROGRESS", mine)

    assert _update(desk, uid, PERFORMED | {TRANSACTION: {"vr": "UI", "Value": [mine]}}).status == 200
    assert _update(desk, uid, PERFORMED).status == 400


def test_a_task_that_is_given_back_comes_anew(desk: Visitor) -> None:
    [before] = _tasks(desk, "PatientID=PH-2093")
    mine = generate_uid()
    _change(desk, value(before, UID), "IN PROGRESS", mine)
    assert _change(desk, value(before, UID), "CANCELED", mine).status == 200

    [after] = _tasks(desk, "PatientID=PH-2093&ProcedureStepState=SCHEDULED")
    assert value(after, UID) != value(before, UID)
    assert {tag: after[tag] for tag in (REQUEST, PRIORITY)} == {
        tag: before[tag] for tag in (REQUEST, PRIORITY)
    }
    [gone] = desk.ask(f"workitems/{value(before, UID)}").json
    assert value(gone, STATE) == "CANCELED"


def test_a_request_to_cancel_is_met_where_nobody_has_begun(desk: Visitor) -> None:
    first, second, third = (value(task, UID) for task in _tasks(desk)[:3])
    mine = generate_uid()
    _change(desk, second, "IN PROGRESS", mine)
    _change(desk, third, "IN PROGRESS", mine)
    _update(desk, f"{third}?{mine}", PERFORMED)
    _change(desk, third, "COMPLETED", mine)
    replies = [desk.ask(f"workitems/{uid}/cancelrequest", "POST") for uid in (first, first, second, third)]

    assert [reply.status for reply in replies] == [202, 202, 409, 409]
    assert [reply.headers["Warning"] for reply in replies] == [
        None,
        "299 hospital: The UPS is already in the requested state of CANCELED.",
        "299 hospital: The performer cannot be contacted.",
        "299 hospital: The UPS is already COMPLETED.",
    ]
    assert len(_tasks(desk, "ProcedureStepState=SCHEDULED")) == len(_tasks(desk)) - 3


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/dicom+json", 400),
        (b"[]", "application/dicom+json", 400),
        (b"[1]", "application/json", 400),
        (b'{"00741000": 1}', "application/json", 400),
        (b"{}", "application/json", 400),
        (b'[{"00741000": {"vr": "CS", "Value": ["SLEEPING"]}}]', "application/json", 400),
        (b'[{"00741000": {"vr": "CS", "Value": ["SCHEDULED"]}}]', "application/json", 400),
        (b'[{"00741000": {"vr": "CS", "Value": ["IN PROGRESS"]}}]', "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
    ],
)
def test_a_change_out_of_form_changes_nothing(desk: Visitor, body: bytes, kind: str, status: int) -> None:
    uid = value(_tasks(desk)[0], UID)
    reply = desk.ask(f"workitems/{uid}/state", "PUT", body, {"Content-Type": kind})

    assert reply.status == status
    assert value(desk.ask(f"workitems/{uid}").json[0], STATE) == "SCHEDULED"


def test_a_transaction_that_is_no_uid_claims_nothing(desk: Visitor) -> None:
    uid = value(_tasks(desk)[0], UID)

    assert _change(desk, uid, "IN PROGRESS", "mine").status == 400


def test_nobody_finds_out_who_holds_a_task_by_guessing(visitor: Visitor) -> None:
    assert visitor.ask(f"workitems?{TRANSACTION}=1.*").status == 400


@pytest.mark.parametrize(
    ("method", "rest"), [("GET", ""), ("POST", ""), ("PUT", "/state"), ("POST", "/cancelrequest")]
)
def test_a_task_that_is_not_there_is_not_found(visitor: Visitor, method: str, rest: str) -> None:
    body = json.dumps([{STATE: {"vr": "CS", "Value": ["IN PROGRESS"]}}]).encode()

    assert (
        visitor.ask(f"workitems/1.2.3{rest}", method, None if method == "GET" else body, JSON).status == 404
    )
