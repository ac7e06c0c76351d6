"""Claiming a study, so that no two readers read it at once; and giving it back.

Where the archive shares claims, the transaction UID by which it knows ours is durable before it is sent: a
crash or a lost answer can't leave a study claimed by nobody who could give it back.

Errors:  CannotClaim where the archive doesn't share claims, somebody else has the study, or no line stands.
Source:  PS3.18 11.7 (change workitem state), PS3.4 CC.2.1.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from pydicom.uid import generate_uid

from workstation.archive import ArchiveError, Claim, NotOffered, NotThere, Refused
from workstation.security import Action
from workstation.store import GIVING_BACK, HeldTask
from workstation.sync import Service
from workstation.workflow import sessions
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import CannotClaim
from workstation.worklist import TaskRef

_BACK: Final = "The reader has given it back"


@verb(Action.CLAIM, detail=lambda _: "claimed")
def claim_study(desk: Desk, *, study_uid: str) -> None:
    """Take the reading of a study; done already is no error."""
    task = _task_of(desk, study_uid)
    wanted = HeldTask(task.archive, task.uid, str(generate_uid(prefix=None)), study_uid, desk.clock.utc())
    held = desk.store.claims.take(wanted)
    try:
        with _service(desk).engine.lines[task.archive].asking() as connection:
            connection.work.claim(task.uid, held.transaction_uid, desk.actor.name)
    except (Refused, NotThere) as error:
        desk.store.claims.remove(task.archive, task.uid)
        _service(desk).watching.hurry()
        raise CannotClaim(
            "Somebody else has this study, or it is read already", remedy=error.remedy
        ) from error
    except NotOffered as error:
        desk.store.claims.remove(task.archive, task.uid)
        raise _not_shared() from error
    _service(desk).watching.hurry()


@verb(Action.CLAIM, detail=lambda _: "handed back")
def hand_back_study(desk: Desk, *, study_uid: str) -> None:
    """Give the reading of a study back; without a line as soon as there is one."""
    for held in desk.store.claims.all():
        if held.study_uid == study_uid:
            desk.store.claims.mark(held, GIVING_BACK)
    give_back_waiting(desk)


def give_back_waiting(desk: Desk) -> None:
    """Give back what waits for it, as far as lines stand; what doesn't work is tried at the next call."""
    for held in desk.store.claims.all():
        if held.state == GIVING_BACK:
            with suppress(ArchiveError, OSError):
                _give_back(desk, held)


def hand_back_unread(desk: Desk) -> int:
    """Mark every claim of a study that was never opened here for being given back; return how many."""
    unread = [
        held
        for held in desk.store.claims.all()
        if held.state != GIVING_BACK and not sessions.was_opened(desk, held.study_uid)
    ]
    return sum(desk.store.claims.mark(held, GIVING_BACK) for held in unread)


def _give_back(desk: Desk, held: HeldTask) -> None:
    lines = _service(desk).engine.lines
    if held.archive in lines:
        with suppress(Refused, NotThere, NotOffered), lines[held.archive].asking() as connection:
            connection.work.release(Claim(held.task_uid, held.transaction_uid), _BACK)
    desk.store.claims.remove(held.archive, held.task_uid)
    _service(desk).watching.hurry()


def _task_of(desk: Desk, study_uid: str) -> TaskRef:
    item = _service(desk).gathered().item(study_uid)
    if item is None or item.task is None or not item.task.is_claimable:
        raise _not_shared()
    return item.task


def _service(desk: Desk) -> Service:
    if desk.service is None:
        raise _not_shared()
    return desk.service


def _not_shared() -> CannotClaim:
    return CannotClaim("This archive cannot share claims", remedy="Others don't see who reads a study.")
