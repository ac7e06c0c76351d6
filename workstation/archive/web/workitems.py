"""Workitems as data sets: what they mean as reading tasks, and what is written into them.

Units:   a moment without an offset is in the zone that the workitem names, or else in this computer's.
Source:  PS3.4 CC.2.5-3 (attributes and their final state), PS3.3 C.30.1 to C.30.3 (unified procedure step),
         PS3.5 6.2 (DT).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from workstation.archive.model import Reference, Task, TaskState
from workstation.archive.moments import dicom_moment
from workstation.archive.web.json_model import Item, element, person, sequence, tag, text
from workstation.archive.web.listed import patient_of

FIELDS: Final = (
    "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID",
    "ReferencedRequestSequence", "InputInformationSequence", "ProcedureStepState", "ProcedureStepLabel",
    "ScheduledProcedureStepPriority", "ScheduledProcedureStepStartDateTime", "ExpectedCompletionDateTime",
    "UnifiedProcedureStepPerformedProcedureSequence", "ScheduledHumanPerformersSequence",
    "ScheduledWorkitemCodeSequence", "TimezoneOffsetFromUTC",
)  # fmt: skip
"""What a search for workitems asks for by name."""

PUSH_CLASS: Final = "1.2.840.10008.5.1.4.34.6.1"  # every workitem is of this class (PS3.4 CC.1.3)

_PERFORMED: Final = "UnifiedProcedureStepPerformedProcedureSequence"
_PROGRESS: Final = "ProcedureStepProgressInformationSequence"
_NOT_COPIED: Final = (
    "SOPClassUID", "SOPInstanceUID", "TransactionUID", "ProcedureStepState",
    "ScheduledProcedureStepModificationDateTime", "RetrieveURL", _PERFORMED, _PROGRESS,
)  # fmt: skip
"""What belongs to the old workitem alone, with everything of group 0002."""


def task_of(item: Item) -> Task | None:
    """Return the reading task that a workitem stands for; None for one in a state that there isn't."""
    try:
        state = TaskState(text(item, "ProcedureStepState") or TaskState.SCHEDULED)
    except ValueError:
        return None
    requests, inputs = sequence(item, "ReferencedRequestSequence"), sequence(item, "InputInformationSequence")
    request: Item = requests[0] if requests else {}
    first_input: Item = inputs[0] if inputs else {}
    zone = text(item, "TimezoneOffsetFromUTC")
    return Task(
        uid=text(item, "SOPInstanceUID"),
        study_uid=text(first_input, "StudyInstanceUID") or text(item, "StudyInstanceUID"),
        patient=patient_of(item),
        accession=text(request, "AccessionNumber") or text(item, "AccessionNumber"),
        description=text(item, "ProcedureStepLabel") or text(request, "RequestedProcedureDescription"),
        reason=text(request, "ReasonForTheRequestedProcedure"),
        priority=text(item, "ScheduledProcedureStepPriority"),
        state=state,
        performer=_performer(item),
        requester=text(request, "RequestingPhysician"),
        procedure_code=_code(request, "RequestedProcedureCodeSequence")
        or _code(item, "ScheduledWorkitemCodeSequence"),
        due=dicom_moment(text(item, "ExpectedCompletionDateTime"), zone),
        scheduled=dicom_moment(text(item, "ScheduledProcedureStepStartDateTime"), zone),
    )


def claimed(performer: str, now: datetime) -> Item:
    """Return what is written into a workitem when someone takes it."""
    who = element("HumanPerformerName", "PN", person(performer))
    item = element("PerformedProcedureStepStartDateTime", "DT", _written(now))
    return _sequence(_PERFORMED, item | _sequence("ActualHumanPerformersSequence", who))


def given_back(reason: str, now: datetime) -> Item:
    """Return what is written into a workitem before it is cancelled."""
    cancelled = element("ProcedureStepCancellationDateTime", "DT", _written(now))
    return _sequence(_PROGRESS, cancelled | element("ReasonForCancellation", "LT", reason))


def done(item: Item, outputs: Sequence[Reference], place: Callable[[str, str], str], now: datetime) -> Item:
    """Return what is written into a workitem before it is completed; ``place`` gives a series' URL."""
    found = sequence(item, _PERFORMED)
    performed = dict(found[0]) if found else {}
    start = tag("PerformedProcedureStepStartDateTime")
    performed.setdefault(start, element("PerformedProcedureStepStartDateTime", "DT", _written(now))[start])
    performed |= element("PerformedProcedureStepEndDateTime", "DT", _written(now))
    performed |= {tag("OutputInformationSequence"): {"vr": "SQ", "Value": _outputs(outputs, place)}}
    scheduled = item.get(tag("ScheduledWorkitemCodeSequence"))
    if scheduled:
        performed.setdefault(tag("PerformedWorkitemCodeSequence"), scheduled)
    performed.setdefault(tag("PerformedStationNameCodeSequence"), {"vr": "SQ"})
    return _sequence(_PERFORMED, performed)


def replacement(item: Item) -> tuple[str, Item]:
    """Return a scheduled workitem that takes the place of another, and its UID: always the same for it."""
    old = text(item, "SOPInstanceUID")
    uid = f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, old).int}"
    dropped = {tag(keyword) for keyword in _NOT_COPIED}
    copied = {key: value for key, value in item.items() if key not in dropped and not key.startswith("0002")}
    replaced = element("ReferencedSOPClassUID", "UI", PUSH_CLASS) | element(
        "ReferencedSOPInstanceUID", "UI", old
    )
    return uid, (
        copied
        | element("SOPClassUID", "UI", PUSH_CLASS)
        | element("SOPInstanceUID", "UI", uid)
        | element("ProcedureStepState", "CS", TaskState.SCHEDULED.value)
        | element("TransactionUID", "UI")
        | {tag(keyword): {"vr": "SQ"} for keyword in (_PERFORMED, _PROGRESS)}
        | _sequence("ReplacedProcedureStepSequence", replaced)
    )


def _outputs(outputs: Sequence[Reference], place: Callable[[str, str], str]) -> list[Item]:
    series: dict[tuple[str, str], list[Reference]] = defaultdict(list)
    for one in outputs:
        series[one.study_uid, one.series_uid].append(one)
    return [
        element("TypeOfInstances", "CS", "DICOM")
        | element("StudyInstanceUID", "UI", study_uid)
        | element("SeriesInstanceUID", "UI", series_uid)
        | {tag("ReferencedSOPSequence"): {"vr": "SQ", "Value": [_reference(one) for one in listed]}}
        | _sequence("WADORSRetrievalSequence", element("RetrieveURL", "UR", place(study_uid, series_uid)))
        for (study_uid, series_uid), listed in series.items()
    ]


def _reference(one: Reference) -> Item:
    return element("ReferencedSOPClassUID", "UI", one.sop_class) | element(
        "ReferencedSOPInstanceUID", "UI", one.uid
    )


def _sequence(keyword: str, item: Any) -> dict[str, object]:  # noqa: ANN401  a data set
    return {tag(keyword): {"vr": "SQ", "Value": [item]}}


def _performer(item: Item) -> str:
    """Return who has it in progress, or else for whom it is meant."""
    performed = sequence(item, _PERFORMED)
    actual = sequence(performed[0], "ActualHumanPerformersSequence") if performed else ()
    who = actual or sequence(item, "ScheduledHumanPerformersSequence")
    return text(who[0], "HumanPerformerName") if who else ""


def _code(item: Item, keyword: str) -> str:
    codes = sequence(item, keyword)
    return text(codes[0], "CodeValue") if codes else ""


def _written(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y%m%d%H%M%S.%f+0000")
