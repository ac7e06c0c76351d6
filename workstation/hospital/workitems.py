"""The reading tasks as Unified Procedure Steps: what each says, and the states it goes through.

| from        | to IN PROGRESS | to COMPLETED      | to CANCELED |
|-------------|----------------|-------------------|-------------|
| SCHEDULED   | claimed        | not yet           | not yet     |
| IN PROGRESS | taken already  | if results stand  | given back  |
| COMPLETED   | never          | is so already     | never       |
| CANCELED    | never          | never             | is so already |

A performer who cancels gives the task back: the hospital schedules it anew under another UID, since somebody
has to read the study.

Errors:  Inconsistent, WrongTransaction, with the words that the standard has for them.
Source:  PS3.4 CC.1.1 (states), Table CC.2.5-3 (attributes, final state); PS3.3 C.30; PS3.18 11.7.3.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import UID

from workstation.hospital.describing import Attributes, first, json_model
from workstation.hospital.orders import Order
from workstation.phantoms.files import Visit

PUSH: Final = UID("1.2.840.10008.5.1.4.34.6.1")  # Unified Procedure Step - Push SOP Class

STATE, TRANSACTION, PERFORMED, READY = "00741000", "00081195", "00741216", "00404041"
_FINAL: Final = ("00404050", "00404051", "00404033")  # start and end of performing, output information
_FIXED: Final = frozenset({"00080016", "00080018", STATE, "00100010", "00100020", "00100021"})


class State(StrEnum):
    """Procedure Step State (0074,1000)."""

    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN PROGRESS"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"


class Inconsistent(Exception):
    """The request doesn't fit the state."""

    text = "The submitted request is inconsistent with the state of the UPS Instance."


class WrongTransaction(Exception):
    """The Transaction UID is missing, or another's."""

    def __init__(self, given: str) -> None:
        super().__init__()
        self.text = f"The Transaction UID is {'incorrect' if given else 'missing'}."


@dataclass(slots=True)
class Workitem:
    """One task; whoever changes it holds the lock of the list that it stands in."""

    study: str  # the key of the phantom
    uid: str
    attributes: Attributes
    state: State = State.SCHEDULED
    transaction: str = ""
    changes: Attributes = field(default_factory=dict)  # what its performer has told

    def shown(self, *, ready: bool) -> Attributes:
        """Return its attributes; the Transaction UID is its performer's secret, and never among them."""
        state = {STATE: {"vr": "CS", "Value": [str(self.state)]}}
        readiness = {READY: {"vr": "CS", "Value": ["READY" if ready else "INCOMPLETE"]}}
        return self.attributes | readiness | self.changes | state

    def change_state(self, wanted: State, transaction: str) -> bool:
        """Go to another state; False if it was there already."""
        if self.state is wanted and wanted in {State.COMPLETED, State.CANCELED}:
            return False
        if not transaction:
            raise WrongTransaction("")
        if wanted is State.IN_PROGRESS and self.state is State.SCHEDULED:
            self.transaction = transaction
        elif wanted in {State.COMPLETED, State.CANCELED} and self.state is State.IN_PROGRESS:
            self._demand(transaction)
            if wanted is State.COMPLETED and not self._has_results():
                raise Inconsistent
        else:
            raise Inconsistent
        self.state = wanted
        return True

    def update(self, changes: Mapping[str, Any], transaction: str) -> None:
        """Take over what the performer tells, attribute by attribute."""
        if self.state in {State.COMPLETED, State.CANCELED} or not _FIXED.isdisjoint(changes):
            raise Inconsistent
        if self.state is State.IN_PROGRESS:
            self._demand(transaction)
        self.changes |= {tag: element for tag, element in changes.items() if tag != TRANSACTION}

    def _demand(self, transaction: str) -> None:
        if not transaction or not secrets.compare_digest(transaction.encode(), self.transaction.encode()):
            raise WrongTransaction(transaction)

    def _has_results(self) -> bool:
        """Say whether what a completed step must tell has been told (PS3.4 Table CC.2.5-3, final state)."""
        performed = first(self.changes, PERFORMED)
        return isinstance(performed, dict) and all(tag in performed for tag in _FINAL)


def scheduled(visit: Visit, order: Order, *, began: datetime, base: str, times: int = 0) -> Workitem:
    """Return the task of reading a study; ``times``: how often it was given back."""
    step = Dataset()
    step.SpecificCharacterSet = "ISO_IR 192"
    step.SOPClassUID, step.SOPInstanceUID = PUSH, visit.uid("workitem", times)
    step.ScheduledProcedureStepPriority = str(order.priority)
    step.ProcedureStepLabel, step.WorklistLabel = f"Read {visit.description}"[:64], "READING"
    step.ScheduledProcedureStepStartDateTime = _moment(began - timedelta(minutes=order.requested))
    step.ScheduledProcedureStepModificationDateTime = step.ScheduledProcedureStepStartDateTime
    step.ExpectedCompletionDateTime = _moment(began + timedelta(minutes=order.due))
    step.ScheduledWorkitemCodeSequence = [_interpretation()]
    step.ScheduledProcessingParametersSequence = []
    step.ScheduledStationNameCodeSequence = []
    step.InputInformationSequence = [_input(visit, base)]
    person = visit.person
    step.PatientName, step.PatientID, step.IssuerOfPatientID = (
        person.name,
        person.patient_id,
        visit.institution,
    )
    step.PatientBirthDate, step.PatientSex = person.birth_date, person.sex
    step.AdmissionID = ""
    step.ReferencedRequestSequence = [_request(visit, order, began)]
    step.ProcedureStepProgressInformationSequence = []
    step.UnifiedProcedureStepPerformedProcedureSequence = []
    return Workitem(visit.key, str(step.SOPInstanceUID), json_model(step))


def _request(visit: Visit, order: Order, began: datetime) -> Dataset:
    ordered = began - timedelta(minutes=order.requested)
    request = Dataset()
    request.StudyInstanceUID = visit.uid("study")
    request.AccessionNumber = visit.accession
    request.RequestedProcedureID = visit.accession
    request.RequestedProcedureDescription = visit.description
    request.RequestedProcedureCodeSequence = []
    request.ReasonForTheRequestedProcedure = order.reason
    request.RequestedProcedureComments = order.history
    request.RequestingPhysician = order.referrer
    request.OrderCallbackPhoneNumber = order.call_back
    request.IssueDateOfImagingServiceRequest = ordered.strftime("%Y%m%d")
    request.IssueTimeOfImagingServiceRequest = ordered.strftime("%H%M%S")
    return request


def _input(visit: Visit, base: str) -> Dataset:
    """Return where the images are: the whole study; its instances aren't known before it is painted."""
    retrieval = Dataset()
    retrieval.RetrieveURL = f"{base}/studies/{visit.uid('study')}"
    images = Dataset()
    images.TypeOfInstances = "DICOM"
    images.StudyInstanceUID = visit.uid("study")
    images.ReferencedSOPSequence = []
    images.WADORSRetrievalSequence = [retrieval]
    return images


def _interpretation() -> Dataset:
    concept = codes.DCM.Interpretation
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator = concept.value, concept.scheme_designator
    code.CodeMeaning = concept.meaning
    return code


def _moment(when: datetime) -> str:
    return when.strftime("%Y%m%d%H%M%S%z")
