"""UPS-RS: reading tasks that are claimed by one person at a time.

A task is claimed by putting it IN PROGRESS under a transaction UID, which is the lock from then on. The
standard knows no way back from there to SCHEDULED: what is given back is cancelled, and a copy takes its
place, which names it as the one that it replaces. The copy is made first and its UID follows from the
old one's: if the line breaks in between, the task stands in the list twice for a while, never not at all.

Every step may be repeated with the same transaction UID; what is done already is no error. Whether a
workitem is ours is found out by writing to it: only the owner may.

Errors:  Refused where someone else has the task, or it has ended otherwise; NotOffered without worklist.
Source:  PS3.18 11 (worklist service), PS3.4 CC.1.1 (states), CC.2.1 (change of state).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from workstation.archive.errors import ArchiveError, NotOffered, NotThere, Refused
from workstation.archive.model import Claim, Commitment, Reference, Task, TaskState
from workstation.archive.web import workitems
from workstation.archive.web.capabilities import Capabilities
from workstation.archive.web.json_model import Item, element, items_of, text
from workstation.archive.web.listing import Listing
from workstation.archive.web.paths import criterion, study_path, workitem_path
from workstation.archive.web.transport import DICOM_JSON, Ask, Transport

_OPEN: Final = (TaskState.SCHEDULED, TaskState.IN_PROGRESS)
_DONE: Final = frozenset({200, 201, 202, 204})
_CONFLICT: Final = 409


class Workitems:
    """The worklist of one archive; ``requester`` is what this workstation is called."""

    def __init__(
        self,
        transport: Transport,
        traits: Capabilities,
        requester: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._transport = transport
        self._traits = traits
        self._requester = requester
        self._now = now

    def tasks(self) -> tuple[Task, ...]:
        """Return the tasks that are scheduled or in progress."""
        self._require()
        found: dict[str, Task] = {}
        for state in _OPEN:
            asked = criterion(self._traits, "ProcedureStepState", state)
            listing = Listing(
                self._transport,
                self._traits,
                "workitems",
                "SOPInstanceUID",
                asked,
                fields=workitems.FIELDS,
            )
            for item in listing:
                task = workitems.task_of(item)
                if task is not None and task.state in _OPEN:
                    found[task.uid] = task
        return tuple(found.values())

    def claim(self, task_uid: str, transaction_uid: str, performer: str) -> Claim:
        """Take a task; again, if it is ours already."""
        self._require()
        claim = Claim(task_uid, transaction_uid)
        who = workitems.claimed(performer, self._now())
        try:
            self._change(claim, TaskState.IN_PROGRESS)
        except Refused as refusal:
            try:
                self._update(claim, who)
            except Refused:
                raise Refused(
                    "Someone else has this task, or it is done",
                    where=self._transport.where,
                    code=refusal.code,
                ) from None
        else:
            with suppress(ArchiveError):  # the claim stands, though others don't see whose it is
                self._update(claim, who)
        return claim

    def release(self, claim: Claim, reason: str) -> None:
        """Give a task back: a copy is put into the list, then the claimed one is cancelled."""
        self._require()
        item = self._item(claim.task_uid)
        if item is None or _state(item) != TaskState.IN_PROGRESS:
            return
        self._update(claim, workitems.given_back(reason, self._now()))
        uid, copy = workitems.replacement({**item, **element("SOPInstanceUID", "UI", claim.task_uid)})
        self._create(uid, copy)
        self._change(claim, TaskState.CANCELED)

    def complete(self, claim: Claim, outputs: Sequence[Reference]) -> None:
        """Say that a task is done, with what came out of it."""
        self._require()
        item = self._item(claim.task_uid)
        if item is None:
            raise NotThere("The archive has no such task", where=self._transport.where)
        if _state(item) == TaskState.COMPLETED:
            return
        self._update(claim, workitems.done(item, outputs, self._place, self._now()))
        self._change(claim, TaskState.COMPLETED)

    def commit(self, references: Sequence[Reference]) -> Commitment:
        """Refuse: archives don't offer storage commitment over the web."""
        del references
        raise NotOffered("The archive gives no storage commitment this way", where=self._transport.where)

    def _require(self) -> None:
        if not self._traits.workitems:
            raise NotOffered("This archive cannot share claims", where=self._transport.where)

    def _item(self, task_uid: str) -> Item | None:
        ask = Ask(workitem_path(task_uid))
        try:
            found = items_of(self._transport.json(ask), self._transport.where)
        except NotThere:
            return None
        return found[0] if found else None

    def _change(self, claim: Claim, state: TaskState) -> None:
        path = workitem_path(claim.task_uid, "state")
        if self._traits.requester_in_path:
            path += f"/{quote(self._requester, safe='')}"
        wanted = element("ProcedureStepState", "CS", state.value) | _lock(claim)
        self._put(Ask(path, method="PUT", body=_written(wanted)))

    def _update(self, claim: Claim, changes: Item) -> None:
        path = workitem_path(claim.task_uid)
        self._put(Ask(path, claim.transaction_uid, "POST", body=_written({**changes, **_lock(claim)})))

    def _create(self, uid: str, item: Item) -> None:
        name = "workitem=" if self._traits.named_workitem else ""
        ask = Ask("workitems", f"{name}{uid}", "POST", body=_written(item))
        self._put(ask, _DONE | {_CONFLICT})  # a conflict: it was made before the line broke

    def _put(self, ask: Ask, accepts: Collection[int] = _DONE) -> None:
        sent = Ask(
            ask.path,
            ask.query,
            ask.method,
            body=ask.body,
            content_type=DICOM_JSON,
            packed=False,
            accepts=accepts,
        )
        self._transport.send(sent).discard()

    def _place(self, study_uid: str, series_uid: str) -> str:
        return f"{self._transport.base}/{study_path(study_uid, series_uid)}"


def _lock(claim: Claim) -> dict[str, object]:
    return element("TransactionUID", "UI", claim.transaction_uid)


def _state(item: Item) -> str:
    return text(item, "ProcedureStepState")


def _written(item: Item) -> bytes:
    return json.dumps([item]).encode()
