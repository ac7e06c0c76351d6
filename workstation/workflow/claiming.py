"""Claiming a study, so that no two readers read it at once; and giving it back.

Where the archive shares claims, the transaction UID by which it knows ours is durable before it is sent: a
crash or a lost answer can't leave a study claimed by nobody who could give it back. What can't be given back
now waits until the line stands; a claim that the archive turns out not to know is forgotten.

Units:   seconds.
Errors:  CannotClaim where the archive doesn't share claims, somebody else has the study, or no line stands.
Source:  PS3.18 11.7 (change workitem state), PS3.4 CC.2.1.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from typing import Final

from pydicom.uid import generate_uid

from workstation.archive import (
    ArchiveError,
    Claim,
    Interrupted,
    NotAllowed,
    NotOffered,
    NotThere,
    NotTrusted,
    Refused,
    TaskState,
    Unreachable,
)
from workstation.security import Action
from workstation.store import GIVING_BACK, HELD, HeldTask
from workstation.sync import Line, Service
from workstation.sync.tasks_form import from_json
from workstation.workflow import sessions
from workstation.workflow.desk import Desk
from workstation.workflow.door import record, verb
from workstation.workflow.errors import CannotClaim
from workstation.worklist import TaskRef

_BACK: Final = "The reader has given it back"
_UNDER_WAY: Final = 120.0  # so long after a claim was noted it may still be on its way to the archive
_NEVER_SENT: Final = (Unreachable, NotTrusted, NotAllowed)


@verb(Action.CLAIM, detail=lambda _: "claimed")
def claim_study(desk: Desk, *, study_uid: str) -> None:
    """Take the reading of a study; done already is no error."""
    service = _service(desk)
    task = _task_of(service, study_uid)
    line = _line_to(service, task.archive)
    held, is_new = _noted(desk, task, study_uid)
    try:
        with line.asking() as connection:
            connection.work.claim(task.uid, held.transaction_uid, desk.actor.name)
    except NotOffered as error:
        _forget(desk, held)
        raise _not_shared() from error
    except (Refused, NotThere) as error:
        _forget(desk, held)
        raise CannotClaim("Somebody else has this study, or it is read already") from error
    except _NEVER_SENT:
        if is_new:
            _forget(desk, held)
        raise
    except Interrupted as error:
        raise CannotClaim(
            "No answer came: the claim may stand or not",
            remedy="The list tells when the line is back; hand it back if you don't read it.",
        ) from error
    finally:
        service.watching.hurry()


@verb(Action.CLAIM, detail=lambda _: "to be handed back")
def hand_back_study(desk: Desk, *, study_uid: str) -> None:
    """Give the reading of a study back; without a line as soon as there is one."""
    found = [held for held in desk.store.claims.all() if held.study_uid == study_uid]
    if not found:
        raise CannotClaim("This study was not claimed here", remedy="Who has claimed it hands it back.")
    for held in found:
        desk.store.claims.mark(held, GIVING_BACK)
    give_back_waiting(desk)


def give_back_waiting(desk: Desk) -> None:
    """Give back what waits for it, as far as lines stand; what doesn't work is tried at the next call."""
    for held in desk.store.claims.all():
        if held.state == GIVING_BACK and desk.service is not None:
            with suppress(ArchiveError, OSError):
                _give_back(desk, desk.service, held)


def hand_back_unread(desk: Desk, *, archives: Collection[str]) -> int:
    """Mark every claim at these archives whose study was never opened here; return how many."""
    count = 0
    for held in desk.store.claims.all():
        is_unread = held.state == HELD and not sessions.was_opened(desk, held.study_uid)
        if held.archive in archives and is_unread and desk.store.claims.mark(held, GIVING_BACK):
            record(desk, Action.CLAIM, [held.study_uid], detail="to be handed back: no line, and not opened")
            count += 1
    return count


def forget_unknown_claims(desk: Desk) -> None:
    """Forget claims to tasks that, long after, their archive lists as nobody's: they were never granted."""
    claims = desk.store.claims.all()
    listed = {(seen.archive, seen.uid): seen for seen in desk.store.tasks.all()} if claims else {}
    for held in claims:
        seen = listed.get((held.archive, held.task_uid))
        if seen is None or (seen.seen - held.since).total_seconds() < _UNDER_WAY:
            continue
        with suppress(ValueError):  # another version wrote it: the archive is asked again
            if from_json(seen.body).state is TaskState.SCHEDULED:
                _forget(desk, held)
                record(desk, Action.CLAIM, [held.study_uid], detail="not known to the archive: forgotten")


def _noted(desk: Desk, task: TaskRef, study_uid: str) -> tuple[HeldTask, bool]:
    """Make a claim durable; return it, and whether it is new."""
    wanted = HeldTask(task.archive, task.uid, str(generate_uid(prefix=None)), study_uid, desk.clock.utc())
    with desk.claiming:
        held = desk.store.claims.take(wanted)
        if held.state == GIVING_BACK:  # the reader has thought better of it
            desk.store.claims.mark(held, HELD)
            held = replace(held, state=HELD)
    return held, held == wanted


def _forget(desk: Desk, held: HeldTask) -> None:
    """Forget a claim, unless something else has become of it meanwhile."""
    with desk.claiming:
        if desk.store.claims.get(held.archive, held.task_uid) == held:
            desk.store.claims.remove(held.archive, held.task_uid)


def _give_back(desk: Desk, service: Service, held: HeldTask) -> None:
    line = service.engine.lines.get(held.archive)
    if line is None or not line.is_usable:
        return
    with suppress(Refused, NotThere, NotOffered), line.asking() as connection:
        connection.work.release(Claim(held.task_uid, held.transaction_uid), _BACK)
    _forget(desk, held)
    record(desk, Action.CLAIM, [held.study_uid], detail="handed back")
    service.watching.hurry()


def _task_of(service: Service, study_uid: str) -> TaskRef:
    item = service.gathered().item(study_uid)
    if item is None or item.task is None or not item.task.is_claimable:
        raise _not_shared()
    return item.task


def _line_to(service: Service, archive: str) -> Line:
    line = service.engine.lines.get(archive)
    if line is None or not line.is_usable:
        raise CannotClaim("There is no line to the archive", remedy="Claim it when the line is back.")
    return line


def _service(desk: Desk) -> Service:
    if desk.service is None:
        raise _not_shared()
    return desk.service


def _not_shared() -> CannotClaim:
    return CannotClaim("This archive cannot share claims", remedy="Others don't see who reads a study.")
