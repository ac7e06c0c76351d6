"""C-GET and C-MOVE: objects as the archive holds them, pulled one by one.

An archive pushes; here it is made to wait for whoever takes. An object is acknowledged when it is handed
over, so that the next one comes while this one is being dealt with: two are in memory at most. With
C-MOVE they come on associations that the archive opens to our listener, which lets it wait likewise.
Each transfer syntax that the program decodes is offered in a presentation context of its own, as far as
there is room: then the archive can send each object as it is stored.

Errors:  Truncated for whatever ends early or leaves something out; what came before is good.
         NotThere, NotOffered, Refused, Busy, Interrupted where nothing came.
Source:  PS3.4 C.4.2 (C-MOVE), C.4.3 (C-GET); PS3.8 9.3.2.2 (presentation contexts).
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from io import BytesIO
from typing import Final, cast

from pydicom.dataset import Dataset
from pynetdicom import StoragePresentationContexts
from pynetdicom.dimse_primitives import C_GET, C_MOVE, C_STORE

from workstation.archive.dimse import identifiers, statuses
from workstation.archive.dimse.association import Association, Context, Message, is_pending
from workstation.archive.dimse.listener import Listener
from workstation.archive.dimse.part10 import File
from workstation.archive.errors import BadAnswer, Interrupted, Truncated
from workstation.archive.model import Wanted
from workstation.dicom.layout import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE
from workstation.dicom.syntaxes import SUPPORTED

STUDY_ROOT_GET: Final = "1.2.840.10008.5.1.4.1.2.2.3"
STUDY_ROOT_MOVE: Final = "1.2.840.10008.5.1.4.1.2.2.2"
MOVE: Final = Context(STUDY_ROOT_MOVE, identifiers.SYNTAXES)

_PLAIN: Final = (EXPLICIT_LITTLE, IMPLICIT_LITTLE, EXPLICIT_BIG)
SYNTAXES: Final = (*_PLAIN, *(one for one in SUPPORTED if one not in _PLAIN))
"""Every transfer syntax that the program decodes, those first that no archive lacks."""

_ROOM: Final = 127  # contexts beside the one for C-GET itself
_TICK: Final = 0.1


def contexts_for(sop_classes: Sequence[str]) -> tuple[Context, ...]:
    """Return what to propose in order to get objects of these classes; () are all the usual ones."""
    classes = sop_classes or [str(one.abstract_syntax) for one in StoragePresentationContexts]
    classes = classes[:_ROOM]
    share = max(1, _ROOM // len(classes))
    groups = [(one,) for one in SYNTAXES[: share - 1]] + [SYNTAXES[share - 1 :]]
    storage = (Context(one, group, provides=True) for one in classes for group in groups if group)
    return Context(STUDY_ROOT_GET, identifiers.SYNTAXES), *storage


def get(association: Association, wanted: Wanted) -> Generator[File, None, None]:
    """Yield what is wanted, over the very association that asks for it."""
    context = association.required(STUDY_ROOT_GET, "retrieval by C-GET")
    request = C_GET()
    _address(request, STUDY_ROOT_GET, association.next_number(), wanted, context)
    association.send(request, context)
    delivered = 0
    while True:
        at, message = _received(association, delivered)
        if isinstance(message, C_STORE) and message.is_valid_request and message.DataSet is not None:
            association.send(_acknowledged(message), at)
            delivered += 1
            yield _file(message, at.syntax)
        elif isinstance(message, C_GET) and message.is_valid_response:
            if not is_pending(message):
                _settle(message, delivered, association.route.name)
                return
        else:
            raise BadAnswer("The archive's answer is none to a retrieval", where=association.route.name)


def move(association: Association, wanted: Wanted, listener: Listener) -> Generator[File, None, None]:
    """Yield what is wanted, as the archive brings it to our listener."""
    context = association.required(STUDY_ROOT_MOVE, "retrieval by C-MOVE")
    delivered = 0
    with listener.expecting(wanted.study_uid, association.route.calling) as expected:
        request = C_MOVE()
        _address(request, STUDY_ROOT_MOVE, expected.number, wanted, context)
        request.MoveDestination = listener.title
        association.send(request, context)
        answer: Message = None
        taken_at = time.monotonic()
        while answer is None:
            file = expected.take(_TICK)
            if file is not None:
                delivered += 1
                yield file
                taken_at = time.monotonic()
            answer = _moved(association, max(taken_at, listener.moved_at), delivered)
        while (file := expected.take(0)) is not None:
            delivered += 1
            yield file
    _settle(answer, delivered, association.route.name)


def _moved(association: Association, since: float, delivered: int) -> C_MOVE | None:
    """Return the last answer to a C-MOVE if it is there already."""
    try:
        if not association.poll(0, since):
            return None
    except Interrupted as error:
        raise _truncated(association.route.name, delivered) from error
    _, message = _received(association, delivered)
    if not isinstance(message, C_MOVE) or not message.is_valid_response:
        raise BadAnswer("The archive's answer is none to a retrieval", where=association.route.name)
    return None if is_pending(message) else message


def _address(request: C_GET | C_MOVE, model: str, number: int, wanted: Wanted, context: Context) -> None:
    request.MessageID, request.AffectedSOPClassUID, request.Priority = number, model, 0
    request.Identifier = BytesIO(identifiers.encoded(_identifier(wanted), context.syntax))


def _identifier(wanted: Wanted) -> Dataset:
    """Name what is wanted by its unique keys (PS3.4 C.4.3.1.3.1)."""
    given = {
        "StudyInstanceUID": wanted.study_uid,
        "SeriesInstanceUID": wanted.series_uid,
        "SOPInstanceUID": wanted.uid,
    }
    level = "IMAGE" if wanted.uid else "SERIES" if wanted.series_uid else "STUDY"
    return identifiers.keys(QueryRetrieveLevel=level, **{one: uid for one, uid in given.items() if uid})


def _received(association: Association, delivered: int) -> tuple[Context, Message]:
    try:
        return association.receive()
    except Interrupted as error:
        raise _truncated(association.route.name, delivered) from error


def _truncated(where: str, delivered: int) -> Truncated:
    return Truncated(
        f"The connection ended before everything had come, after {delivered} objects",
        where=where,
        remedy="The rest is asked for again.",
    )


def _acknowledged(request: C_STORE) -> C_STORE:
    answer = C_STORE()
    answer.MessageIDBeingRespondedTo = request.MessageID
    answer.AffectedSOPClassUID = request.AffectedSOPClassUID
    answer.AffectedSOPInstanceUID = request.AffectedSOPInstanceUID
    answer.Status = statuses.SUCCESS
    return answer


def _file(message: C_STORE, syntax: str) -> File:
    uid, sop_class = str(message.AffectedSOPInstanceUID), str(message.AffectedSOPClassUID)
    return File(uid, sop_class, syntax, cast("BytesIO", message.DataSet))


def _settle(answer: Message, delivered: int, where: str) -> None:
    """Hold what the archive says it has sent against what has come."""
    failed = (answer.NumberOfFailedSuboperations or 0) + (answer.NumberOfRemainingSuboperations or 0)
    sent = (answer.NumberOfCompletedSuboperations or 0) + (answer.NumberOfWarningSuboperations or 0)
    missing = max(failed, failed + sent - delivered)
    if missing:
        raise Truncated(f"{missing} of {missing + delivered} objects did not come", where=where)
    if answer.Status != statuses.SUCCESS and not statuses.is_warning(answer.Status):
        if not delivered:
            raise statuses.error_of(answer.Status, "The retrieval", where)
        raise Truncated(f"The archive stopped after {delivered} objects", where=where)
    if not delivered:
        raise statuses.nothing_there(where)
