"""Reading tasks that were claimed in an archive: who loses the transaction UID can't give one back.

So it is durable before it is sent, and one that stands is never replaced: a claim that is tried again, after
a crash or without an answer, goes with the UID that the archive may know already.

Source:  PS3.4 CC.2.1 (UPS state), PS3.18 11.7 (change workitem state).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workstation.store.changes import Cut, Put
from workstation.store.database import Row
from workstation.store.stamps import moment, stamp
from workstation.store.work import Work

HELD: Final = "held"
GIVING_BACK: Final = "giving back"

_COLUMNS: Final = "archive, task_uid, transaction_uid, study_uid, since, state"


@dataclass(frozen=True, slots=True)
class HeldTask:
    """A task that was claimed, or is about to be."""

    archive: str
    task_uid: str
    transaction_uid: str
    study_uid: str
    since: datetime
    state: str = HELD


class Claims:
    """The claims of this store."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def take(self, task: HeldTask) -> HeldTask:
        """Make a claim durable before it is sent; return the one that stands, which may be an earlier one."""
        with self._work.alone():
            there = self.get(task.archive, task.task_uid)
            if there is None:
                self._work.write(_row(task))
        return there or task

    def mark(self, task: HeldTask, state: str) -> bool:
        """Note what is being done with a claim; False if it isn't any more as it was seen."""
        with self._work.alone():
            if self.get(task.archive, task.task_uid) != task:
                return False
            self._work.write(Put("claims", {**_row(task).row, "state": state}))
        return True

    def remove(self, archive: str, task_uid: str) -> None:
        """Forget a claim: the archive has taken it back, or never granted it."""
        self._work.write(Cut("claims", {"archive": archive, "task_uid": task_uid}))

    def get(self, archive: str, task_uid: str) -> HeldTask | None:
        """Return the claim to a task."""
        found = self._work.rows(
            f"SELECT {_COLUMNS} FROM claims WHERE archive = ? AND task_uid = ?",  # noqa: S608 - our own words
            archive,
            task_uid,
        )
        return _task(found[0]) if found else None

    def all(self) -> tuple[HeldTask, ...]:
        """Return every claim, the oldest first."""
        found = self._work.rows(f"SELECT {_COLUMNS} FROM claims ORDER BY since, archive, task_uid")  # noqa: S608 - own
        return tuple(map(_task, found))


def _row(task: HeldTask) -> Put:
    row = {
        "archive": task.archive,
        "task_uid": task.task_uid,
        "transaction_uid": task.transaction_uid,
        "study_uid": task.study_uid,
        "since": stamp(task.since),
        "state": task.state,
    }
    return Put("claims", row)


def _task(row: Row) -> HeldTask:
    archive, task_uid, transaction_uid, study_uid, since, state = row
    return HeldTask(archive, task_uid, transaction_uid, study_uid, moment(since), state)
