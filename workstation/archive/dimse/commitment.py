"""Storage commitment: the archive's word that it will keep what it was given.

The request goes out with a transaction of its own; the word may come on the same association or on one
that the archive opens to our listener, within a second or hours later. It is waited for as long as the
route's patience lasts.

Errors:  NotOffered, Refused, Interrupted (no word in time: it may still come, and is then not heard).
Source:  PS3.4 J.3.2 (N-ACTION), J.3.3 (N-EVENT-REPORT).
"""

from __future__ import annotations

import queue
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from typing import Final

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom.dimse_primitives import N_ACTION

from workstation.archive.dimse import identifiers, statuses
from workstation.archive.dimse.association import Association, Context
from workstation.archive.dimse.expected import Expectations
from workstation.archive.dimse.reports import COMMITMENT, COMMITMENT_INSTANCE
from workstation.archive.errors import Interrupted
from workstation.archive.model import Commitment, Reference

COMMIT: Final = Context(COMMITMENT, identifiers.SYNTAXES)

_REQUEST: Final = 1  # Action Type ID
_TICK: Final = 0.25


def commit(
    association: Association,
    references: Sequence[Reference],
    classes: Mapping[str, str],
    expectations: Expectations,
) -> Commitment:
    """Ask for a commitment and return what the archive says; ``classes``: SOP class of each UID."""
    context = association.required(COMMITMENT, "storage commitment")
    transaction = str(generate_uid(prefix=None))
    request = N_ACTION()
    request.MessageID, request.ActionTypeID = association.next_number(), _REQUEST
    request.RequestedSOPClassUID, request.RequestedSOPInstanceUID = COMMITMENT, COMMITMENT_INSTANCE
    information = _information(transaction, references, classes)
    request.ActionInformation = BytesIO(identifiers.encoded(information, context.syntax))
    with expectations.report(transaction) as reports, association.reporting_to(expectations):
        for answer in association.answers(request, context):
            if answer.Status != statuses.SUCCESS:
                raise statuses.error_of(answer.Status, "Storage commitment", association.route.name)
        return _awaited(reports, association)


def _information(transaction: str, references: Sequence[Reference], classes: Mapping[str, str]) -> Dataset:
    information = Dataset()
    information.TransactionUID = transaction
    information.ReferencedSOPSequence = [
        _item(one.uid, one.sop_class or classes[one.uid]) for one in references
    ]
    return information


def _item(uid: str, sop_class: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, uid
    return item


def _awaited(reports: queue.SimpleQueue[Commitment], association: Association) -> Commitment:
    """Wait for the report; that the association ends meanwhile is the archive's right."""
    route = association.route
    deadline = time.monotonic() + route.patience.report
    while time.monotonic() < deadline and not association.is_cut:
        with suppress(queue.Empty):
            return reports.get(timeout=_TICK)
    raise Interrupted("The archive hasn't said yet whether it will keep them", where=route.name)
