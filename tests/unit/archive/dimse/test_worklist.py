from __future__ import annotations

from datetime import UTC, datetime

import pytest
from dimse_peer import PLAIN, WORKLIST, DimsePeer
from pydicom.dataset import Dataset

from workstation.archive import Task, TaskState
from workstation.archive.dimse import worklist
from workstation.archive.dimse.identifiers import keys
from workstation.archive.dimse.opening import open_association


def item(
    date: str = "20260301", time: str = "0830", offset: str = "+0100", description: str = "CT chest"
) -> Dataset:
    entry = keys(
        PatientName="DOE^JANE", PatientID="4711", AccessionNumber="A-1", StudyInstanceUID="1.2.3",
        RequestedProcedureDescription=description, RequestedProcedurePriority="STAT",
        ReasonForTheRequestedProcedure="Dyspnoea", RequestingPhysician="ROE^RICHARD",
    )  # fmt: skip
    if offset:
        entry.TimezoneOffsetFromUTC = offset
    entry.ScheduledProcedureStepSequence = [
        keys(
            Modality="CT", ScheduledProcedureStepStartDate=date, ScheduledProcedureStepStartTime=time,
            ScheduledProcedureStepDescription="Thorax native",
        )
    ]  # fmt: skip
    entry.RequestedProcedureCodeSequence = [keys(CodeValue="71250", CodingSchemeDesignator="C4")]
    return entry


def asked_of(*entries: Dataset) -> tuple[tuple[Task, ...], Dataset]:
    with DimsePeer((WORKLIST,), find=lambda _: iter([(0xFF00, one) for one in entries])) as peer:
        association = open_association(peer.route, (worklist.WORKLIST,))
        tasks = worklist.tasks(association)
        association.release()
        return tasks, peer.asked[0]


def test_an_item_becomes_a_task_that_cant_be_claimed() -> None:
    ((task,), asked) = asked_of(item())

    assert (task.uid, task.study_uid, task.patient.name, task.accession) == ("", "1.2.3", "DOE^JANE", "A-1")
    assert (task.description, task.reason, task.priority) == ("CT chest", "Dyspnoea", "STAT")
    assert (task.modality, task.procedure_code, task.requester) == ("CT", "71250", "ROE^RICHARD")
    assert task.state is TaskState.SCHEDULED
    assert task.scheduled == datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
    assert "ScheduledProcedureStepStartDate" in asked.ScheduledProcedureStepSequence[0]


def test_what_is_to_be_read_is_said_in_the_words_that_there_are() -> None:
    assert asked_of(item(description=""))[0][0].description == "Thorax native"


@pytest.mark.parametrize(
    ("date", "time", "moment"),
    [
        ("20260301", "", datetime(2026, 3, 1, 0, 0, tzinfo=UTC)),
        ("20260301", "08", datetime(2026, 3, 1, 8, 0, tzinfo=UTC)),
        ("20260301", "083015.123", datetime(2026, 3, 1, 8, 30, 15, tzinfo=UTC)),
        ("", "0830", None),
        ("2026", "0830", None),
        ("20261301", "", None),
        ("20260301", "8:30", None),
        ("20260301", "083", None),
    ],
)
def test_a_moment_is_read_as_far_as_it_is_one(date: str, time: str, moment: datetime | None) -> None:
    assert asked_of(item(date, time, "+0000"))[0][0].scheduled == moment


def test_a_date_before_the_calendar_keeps_no_other_entry_from_the_list() -> None:
    least = item("00010101", "", "+0100")  # what some systems write for "none"

    assert [one.scheduled for one in asked_of(least, item())[0]] == [
        None,
        datetime(2026, 3, 1, 7, 30, tzinfo=UTC),
    ]


def test_a_time_without_an_offset_is_local() -> None:
    local = datetime(2026, 3, 1, 8, 30).astimezone()

    assert asked_of(item(offset=""))[0][0].scheduled == local


def test_an_empty_worklist_is_no_error() -> None:
    assert asked_of()[0] == ()


def test_it_is_asked_for_in_the_syntaxes_that_are_read() -> None:
    assert set(worklist.WORKLIST.syntaxes) == set(PLAIN)
