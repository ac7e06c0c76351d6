from __future__ import annotations

from datetime import UTC, datetime

from dicom_json import item

from workstation.archive import Task, TaskState
from workstation.archive.web.workitems import replacement, task_of


def test_a_workitem_is_told_as_a_reading_task() -> None:
    task = task_of(
        item(
            SOPInstanceUID="5.1",
            PatientName="DOE^JANE",
            PatientID="7",
            IssuerOfPatientID="HOSP",
            ProcedureStepState="IN PROGRESS",
            ProcedureStepLabel="Read CT head",
            ScheduledProcedureStepPriority="HIGH",
            ExpectedCompletionDateTime="20261124233000+0100",
            ScheduledProcedureStepStartDateTime="20261124220000",
            TimezoneOffsetFromUTC="-0500",
            InputInformationSequence=[{"StudyInstanceUID": "1.1"}],
            ReferencedRequestSequence=[
                {
                    "AccessionNumber": "A1",
                    "RequestedProcedureDescription": "CT head",
                    "ReasonForTheRequestedProcedure": "stroke?",
                    "RequestingPhysician": "GP^G",
                    "RequestedProcedureCodeSequence": [{"CodeValue": "CTH"}],
                }
            ],
            UnifiedProcedureStepPerformedProcedureSequence=[
                {"ActualHumanPerformersSequence": [{"HumanPerformerName": "ROE^R"}]}
            ],
        )
    )

    assert isinstance(task, Task)
    assert (task.uid, task.study_uid, task.patient.patient_id, task.accession) == ("5.1", "1.1", "7", "A1")
    assert (task.description, task.reason, task.requester) == ("Read CT head", "stroke?", "GP^G")
    assert (task.priority, task.state, task.performer) == ("HIGH", TaskState.IN_PROGRESS, "ROE^R")
    assert task.procedure_code == "CTH"
    assert task.due == datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    assert task.scheduled == datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def test_a_bare_workitem_is_a_scheduled_task_and_one_in_no_known_state_is_none() -> None:
    bare = task_of({})

    assert bare is not None
    assert (bare.state, bare.uid, bare.due) == (TaskState.SCHEDULED, "", None)
    assert task_of(item(ProcedureStepState="LOST")) is None


def test_a_copy_names_what_it_replaces_and_keeps_no_trace_of_who_held_it() -> None:
    old = item(
        SOPInstanceUID="5.1",
        ProcedureStepState="IN PROGRESS",
        PatientID="7",
        TransactionUID="2.25.9",
        ScheduledProcedureStepModificationDateTime="20261124",
        UnifiedProcedureStepPerformedProcedureSequence=[{"PerformedProcedureStepDescription": "x"}],
        ProcedureStepProgressInformationSequence=[{"ReasonForCancellation": "x"}],
    )

    uid, copy = replacement({**old, "00020010": {"vr": "UI", "Value": ["1.2"]}})

    assert uid == replacement(old)[0] != replacement({**old, **item(SOPInstanceUID="5.2")})[0]
    assert len(uid) <= 64
    assert copy["00080018"]["Value"] == [uid]
    assert copy["00741000"]["Value"] == ["SCHEDULED"]
    assert copy["00100020"]["Value"] == ["7"]
    assert [copy[tag].get("Value", []) for tag in ("00081195", "00741216", "00741002")] == [[], [], []]
    assert not {"00020010", "00404010"} & copy.keys()
