"""The archive's word on a storage commitment, whichever association it comes on.

Source:  PS3.4 J.3.3 (N-EVENT-REPORT: 1 all are kept, 2 some are not), J.3.3.1.1 (its attributes).
"""

from __future__ import annotations

from typing import Final, cast

from pydicom.dataset import Dataset
from pynetdicom.dimse_primitives import N_EVENT_REPORT
from pynetdicom.events import Event

from workstation.archive.dimse import identifiers, statuses
from workstation.archive.dimse.expected import Expectations
from workstation.archive.dimse.identifiers import text
from workstation.archive.errors import BadAnswer
from workstation.archive.model import Commitment
from workstation.dicom.attributes import integer, items

COMMITMENT: Final = "1.2.840.10008.1.20.1"
COMMITMENT_INSTANCE: Final = "1.2.840.10008.1.20.1.1"

_INVALID_ARGUMENT: Final = 0x0115
_UNSAID: Final = statuses.PROCESSING_FAILURE  # a failure for which no reason is given


def take_report(event: Event, expectations: Expectations) -> tuple[int, None]:
    """Answer an N-EVENT-REPORT: success also for one that nobody waits for any more."""
    information = cast("N_EVENT_REPORT", event.request).EventInformation
    syntax = str(event.context.transfer_syntax)
    try:
        report = identifiers.decoded(information.getvalue() if information else b"", syntax, "")
    except BadAnswer:
        return _INVALID_ARGUMENT, None
    expectations.reported(text(report, "TransactionUID"), commitment_of(report))
    return statuses.SUCCESS, None


def commitment_of(report: Dataset) -> Commitment:
    """Return what a report says; an object that it lists as failed isn't kept, whatever else it says."""
    failed = {
        text(one, "ReferencedSOPInstanceUID"): _UNSAID
        if (code := integer(one, "FailureReason")) is None
        else code
        for one in items(report, "FailedSOPSequence")
    }
    kept = {text(one, "ReferencedSOPInstanceUID") for one in items(report, "ReferencedSOPSequence")}
    return Commitment(frozenset(kept - failed.keys() - {""}), failed)
