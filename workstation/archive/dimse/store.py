"""C-STORE: objects to the archive, byte for byte as they were signed or received.

Nothing is decoded or encoded on the way: the dataset goes as it stands in the file, in a presentation
context of its own class and transfer syntax, or it doesn't go. Each object has an answer of its own;
where the connection ends, the one under way may be stored, and those after it were never sent.

Errors:  those of opening an association; Interrupted if no answer at all has come.
Source:  PS3.4 B (storage), B.2.3 (statuses), PS3.7 9.1.1 (C-STORE).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Final

from pynetdicom.dimse_primitives import C_STORE

from workstation.archive.dimse.association import Association, Context
from workstation.archive.dimse.opening import MOST_CONTEXTS
from workstation.archive.dimse.part10 import dataset_of
from workstation.archive.dimse.statuses import store_answer
from workstation.archive.errors import Interrupted
from workstation.archive.model import Outgoing, Settled, StoreAnswer

_NO_CONTEXT: Final = 0x0122  # SOP class not supported (PS3.7 C.5.6)
_ENDED: Final = "The connection ended before the archive's answer"


def proposals(objects: Sequence[Outgoing]) -> Iterator[tuple[tuple[Context, ...], list[Outgoing]]]:
    """Yield the objects in parts, each with what to propose for it: an association has limited room."""
    contexts: dict[Context, None] = {}
    part: list[Outgoing] = []
    for one in objects:
        context = Context(one.sop_class, (one.transfer_syntax,))
        if context not in contexts and len(contexts) == MOST_CONTEXTS:
            yield tuple(contexts), part
            contexts, part = {}, []
        contexts[context] = None
        part.append(one)
    if part:
        yield tuple(contexts), part


def store(association: Association, objects: Sequence[Outgoing]) -> list[StoreAnswer]:
    """Send objects, one after the other."""
    answers: list[StoreAnswer] = []
    for one in objects:
        try:
            answers.append(_stored(association, one))
        except Interrupted:
            if not answers:
                raise
            answers.append(StoreAnswer(one.uid, Settled.UNSAID, reason=_ENDED))
            break
    return answers + unsent(objects[len(answers) :])


def unsent(objects: Sequence[Outgoing]) -> list[StoreAnswer]:
    """Return the answers for objects that it never came to."""
    return [StoreAnswer(one.uid, Settled.LATER, reason=_ENDED) for one in objects]


def not_taken(one: Outgoing) -> StoreAnswer:
    """Return the answer for an object that the archive has no presentation context for."""
    reason = "The archive takes no objects of this kind in this transfer syntax"
    return StoreAnswer(one.uid, Settled.REFUSED, _NO_CONTEXT, reason)


def _stored(association: Association, one: Outgoing) -> StoreAnswer:
    dataset, context = dataset_of(one.data), association.accepted(one.sop_class, one.transfer_syntax)
    if dataset is None:
        return StoreAnswer(one.uid, Settled.REFUSED, reason="It is no DICOM file")
    if context is None:
        return not_taken(one)
    request = C_STORE()
    request.MessageID, request.Priority = association.next_number(), 0
    request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = one.sop_class, one.uid
    request.DataSet = BytesIO(dataset)
    code = 0
    for answer in association.answers(request, context):
        code = answer.Status
    return store_answer(one.uid, code)
