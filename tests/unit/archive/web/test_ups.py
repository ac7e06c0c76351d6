from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest
from dicom_json import dataset
from pydicom.dataset import Dataset
from scripted_http import ScriptedHttp, reply
from scripted_worklist import Worklist

from workstation.archive import (
    ArchiveError,
    Claim,
    Interrupted,
    NotOffered,
    NotThere,
    Reference,
    Refused,
    TaskState,
)
from workstation.archive.web.capabilities import PROFILES, Capabilities
from workstation.archive.web.transport import Transport
from workstation.archive.web.ups import Workitems

SHARED = Capabilities(workitems=True, percent_decodes=True)
NOW = datetime(2026, 11, 24, 22, 15, tzinfo=UTC)
OURS, THEIRS = "2.25.1", "2.25.2"
OUTPUT = Reference("1.1", "1.9", "1.9.1", "1.2.840.10008.5.1.4.1.1.88.33")


def workitem(uid: str = "5.1", state: str = "SCHEDULED", **more: object) -> Dataset:
    return dataset(
        SOPClassUID="1.2.840.10008.5.1.4.34.6.1",
        SOPInstanceUID=uid,
        PatientName="DOE^JANE",
        PatientID="7",
        ProcedureStepState=state,
        ProcedureStepLabel="Read CT head",
        ScheduledProcedureStepPriority="HIGH",
        **more,
    )


@contextmanager
def worklist(
    script: Callable[..., object], traits: Capabilities = SHARED, requester: str = "LUMEN"
) -> Iterator[Workitems]:
    with ScriptedHttp(script) as server, closing(Transport(server.url)) as transport:  # type: ignore[arg-type]  # answers
        yield Workitems(transport, traits, requester, lambda: NOW)


# --- the list -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ignores", [False, True])
def test_tasks_that_are_scheduled_or_in_progress_are_listed(*, ignores: bool) -> None:
    script = Worklist(
        workitem("5.1"),
        workitem("5.2", "IN PROGRESS"),
        workitem("5.3", "COMPLETED"),
        workitem("5.4", "CANCELED"),
    )
    script.ignores_states = ignores
    for traits in (SHARED, Capabilities(workitems=True)):
        with worklist(script, traits) as work:
            tasks = work.tasks()

        assert {one.uid: one.state for one in tasks} == {
            "5.1": TaskState.SCHEDULED,
            "5.2": TaskState.IN_PROGRESS,
        }


@pytest.mark.parametrize(
    "act",
    [
        lambda work: work.tasks(),
        lambda work: work.claim("5.1", OURS, "ROE^R"),
        lambda work: work.release(Claim("5.1", OURS), ""),
        lambda work: work.complete(Claim("5.1", OURS), []),
    ],
)
def test_an_archive_without_worklist_is_not_asked(act: Callable[[Workitems], object]) -> None:
    with worklist(Worklist(), PROFILES["orthanc"]) as work, pytest.raises(NotOffered, match="cannot share"):
        act(work)


def test_storage_commitment_is_not_offered_this_way() -> None:
    with worklist(Worklist()) as work, pytest.raises(NotOffered):
        work.commit([OUTPUT])


# --- claiming -------------------------------------------------------------------------------------------


def test_who_claims_a_task_is_seen_by_the_others() -> None:
    script = Worklist(workitem())
    with worklist(script) as work:
        assert work.claim("5.1", OURS, "ROE^RICHARD=로^리차드") == Claim("5.1", OURS)
        (task,) = work.tasks()

    assert (task.state, task.performer) == (TaskState.IN_PROGRESS, "ROE^RICHARD=로^리차드")
    assert script.locks == {"5.1": OURS}


def test_a_task_that_someone_else_has_is_refused() -> None:
    script = Worklist(workitem())
    with worklist(script) as work:
        work.claim("5.1", THEIRS, "OTHER")
        with pytest.raises(Refused, match="Someone else") as raised:
            work.claim("5.1", OURS, "ROE")
        (task,) = work.tasks()

    assert raised.value.code == 409
    assert (task.performer, script.locks["5.1"]) == ("OTHER", THEIRS)


def test_a_claim_may_be_repeated_when_its_answer_was_lost() -> None:
    script = Worklist(workitem())
    with worklist(script) as work:
        script.lost_in = 0
        with pytest.raises(Interrupted):
            work.claim("5.1", OURS, "ROE")
        assert work.claim("5.1", OURS, "ROE") == Claim("5.1", OURS)


def test_a_claim_stands_though_its_owner_s_name_did_not_arrive() -> None:
    script = Worklist(workitem())

    def without_updates(seen: object) -> object:
        is_update = seen.method == "POST"  # type: ignore[attr-defined]  # a request
        return [reply(500)] if is_update else script(seen)  # type: ignore[arg-type]  # a request

    with worklist(without_updates) as work:
        assert work.claim("5.1", OURS, "ROE") == Claim("5.1", OURS)


def test_a_task_that_is_gone_can_t_be_claimed() -> None:
    with worklist(Worklist()) as work, pytest.raises(NotThere):
        work.claim("5.1", OURS, "ROE")


# --- giving back ----------------------------------------------------------------------------------------


def test_a_task_that_is_given_back_is_scheduled_again_under_another_uid() -> None:
    script = Worklist(workitem())
    with worklist(script) as work:
        work.release(work.claim("5.1", OURS, "ROE"), "the line is down")
        (task,) = work.tasks()

    assert (task.state, task.performer, task.description) == (TaskState.SCHEDULED, "", "Read CT head")
    assert script.state("5.1") == "CANCELED"
    copy = script.items[task.uid]
    assert copy.ReplacedProcedureStepSequence[0].ReferencedSOPInstanceUID == "5.1"
    progress = script.items["5.1"].ProcedureStepProgressInformationSequence[0]
    assert progress.ReasonForCancellation == "the line is down"
    assert progress.ProcedureStepCancellationDateTime == "20261124221500.000000+0000"


@pytest.mark.parametrize("answered", [0, 1, 2])
def test_wherever_the_line_breaks_a_task_is_never_missing_and_comes_back_once(answered: int) -> None:
    script = Worklist(workitem())
    with worklist(script) as work:
        claim = work.claim("5.1", OURS, "ROE")
        script.lost_in = answered
        with pytest.raises(Interrupted):
            work.release(claim, "")
        assert work.tasks()
        work.release(claim, "")
        tasks = work.tasks()

    assert [one.state for one in tasks] == [TaskState.SCHEDULED]


@pytest.mark.parametrize("state", ["COMPLETED", "CANCELED", "SCHEDULED", None])
def test_what_nobody_holds_any_more_needs_no_giving_back(state: str | None) -> None:
    script = Worklist(*([workitem("5.1", state)] if state else []))
    with worklist(script) as work:
        work.release(Claim("5.1", OURS), "")

    assert len(script.items) == (state is not None)


def test_nobody_gives_back_what_someone_else_holds() -> None:
    script = Worklist(workitem())
    with worklist(script) as work:
        work.claim("5.1", THEIRS, "OTHER")
        with pytest.raises(Refused):
            work.release(Claim("5.1", OURS), "")

    assert {uid: script.state(uid) for uid in script.items} == {"5.1": "IN PROGRESS"}


def test_a_chain_of_givings_back_ends_in_one_task() -> None:
    script = Worklist(workitem())
    with worklist(script) as work:
        for number in range(3):
            (task,) = work.tasks()
            work.release(work.claim(task.uid, f"2.25.{number}", "ROE"), "")
        assert len(work.tasks()) == 1


# --- completing -----------------------------------------------------------------------------------------


def test_a_task_is_completed_with_what_came_out_of_it() -> None:
    codes = [{"CodeValue": "110005", "CodingSchemeDesignator": "DCM", "CodeMeaning": "Interpretation"}]
    script = Worklist(workitem(ScheduledWorkitemCodeSequence=codes))
    more = Reference("1.1", "1.9", "1.9.2", OUTPUT.sop_class)
    with worklist(script) as work:
        claim = work.claim("5.1", OURS, "ROE^R")
        work.complete(claim, [OUTPUT, more])
        work.complete(claim, [OUTPUT, more])  # done already
        assert work.tasks() == ()

    assert script.state("5.1") == "COMPLETED"
    (performed,) = script.items["5.1"].UnifiedProcedureStepPerformedProcedureSequence
    assert performed.ActualHumanPerformersSequence[0].HumanPerformerName == "ROE^R"
    assert performed.PerformedWorkitemCodeSequence[0].CodeValue == "110005"
    (output,) = performed.OutputInformationSequence
    assert (output.StudyInstanceUID, output.SeriesInstanceUID) == ("1.1", "1.9")
    assert [one.ReferencedSOPInstanceUID for one in output.ReferencedSOPSequence] == ["1.9.1", "1.9.2"]
    assert output.WADORSRetrievalSequence[0].RetrieveURL.endswith("/dicom-web/studies/1.1/series/1.9")


@pytest.mark.parametrize("answered", [0, 1])
def test_completing_may_be_repeated_when_an_answer_was_lost(answered: int) -> None:
    script = Worklist(workitem())
    with worklist(script) as work:
        claim = work.claim("5.1", OURS, "ROE")
        script.lost_in = answered
        with pytest.raises(Interrupted):
            work.complete(claim, [OUTPUT])
        work.complete(claim, [OUTPUT])

    assert script.state("5.1") == "COMPLETED"


@pytest.mark.parametrize(
    ("state", "lock", "kind"),
    [("IN PROGRESS", THEIRS, Refused), ("CANCELED", OURS, Refused), (None, "", NotThere)],
)
def test_what_isn_t_ours_to_complete_is_refused(
    state: str | None, lock: str, kind: type[ArchiveError]
) -> None:
    script = Worklist(*([workitem("5.1", state)] if state else []))
    script.locks["5.1"] = lock
    with worklist(script) as work, pytest.raises(kind):
        work.complete(Claim("5.1", OURS), [OUTPUT])


# --- how dcm4chee wants it ------------------------------------------------------------------------------


def test_requesters_and_new_tasks_are_named_where_the_archive_wants_it() -> None:
    script = Worklist(workitem())

    def named(seen: object) -> object:
        targets.append(f"{seen.method} {seen.target}")  # type: ignore[attr-defined]  # a request
        return [reply(200)] if seen.method != "GET" else script(seen)  # type: ignore[attr-defined, arg-type]  # a request

    targets: list[str] = []
    with worklist(named, PROFILES["dcm4chee"], "MY WORK") as work:
        claim = work.claim("5.1", OURS, "ROE")
        script.items["5.1"].ProcedureStepState = "IN PROGRESS"
        work.release(claim, "")

    assert targets[0] == "PUT /dicom-web/workitems/5.1/state/MY%20WORK"
    assert any(one.startswith("POST /dicom-web/workitems?workitem=2.25.") for one in targets)
