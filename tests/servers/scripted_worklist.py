"""A worklist over the web that keeps to the standard's state machine, and can lose an answer after acting.

It knows no other way than the standard: who claims brings a transaction UID, and only who brings the same
may change the workitem from then on.

Source:  PS3.18 11 (worklist service), PS3.4 CC.1.1 and CC.2.1 (states and their changes).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from pydicom.dataset import Dataset
from scripted_http import CLOSE, Seen, Step, json_reply, reply

_FINAL: Final = ("COMPLETED", "CANCELED")


class Worklist:
    """Workitems by UID; a script for ``ScriptedHttp``."""

    def __init__(self, *items: Dataset) -> None:
        self.items = {str(one.SOPInstanceUID): one for one in items}
        self.locks: dict[str, str] = {}
        self.lost_in: int | None = None  # so many changes are answered, the next is made and not answered
        self.ignores_states = False

    def __call__(self, seen: Seen) -> Iterable[Step]:
        """Answer a request."""
        answer = self._answer(seen)
        if seen.method == "GET" or self.lost_in is None:
            return [answer]
        self.lost_in = self.lost_in - 1 if self.lost_in else None
        return [CLOSE] if self.lost_in is None else [answer]

    def state(self, uid: str) -> str:
        """Return the state of a workitem."""
        return str(self.items[uid].ProcedureStepState)

    def _answer(self, seen: Seen) -> bytes:
        match seen.method, seen.path.removeprefix("/dicom-web/").split("/"):
            case "GET", ["workitems"]:
                return self._found(seen)
            case "GET", ["workitems", uid]:
                return json_reply([self._shown(uid)]) if uid in self.items else reply(404)
            case "POST", ["workitems"]:
                return self._create(seen)
            case "POST", ["workitems", uid]:
                return self._update(uid, _read(seen), seen.query)
            case "PUT", ["workitems", uid, "state"]:
                return self._change(uid, _read(seen))
            case _:
                return reply(404)

    def _found(self, seen: Seen) -> bytes:
        asked = seen.asked.get("ProcedureStepState", "").replace("?", " ")
        fitting = [uid for uid in self.items if self.ignores_states or self.state(uid) == asked]
        return json_reply([self._shown(uid) for uid in fitting][int(seen.asked.get("offset", 0)) :])

    def _shown(self, uid: str) -> dict[str, Any]:
        shown = self.items[uid].to_json_dict()
        shown.pop("00081195", None)  # the lock is its owner's secret
        return shown

    def _create(self, seen: Seen) -> bytes:
        uid, item = seen.query, _read(seen)
        if uid in self.items:
            return reply(409)
        if item.ProcedureStepState != "SCHEDULED" or item.get("TransactionUID") or item.SOPInstanceUID != uid:
            return reply(400)
        self.items[uid] = item
        return reply(201)

    def _update(self, uid: str, changes: Dataset, transaction: str) -> bytes:
        if uid not in self.items:
            return reply(404)
        if self.state(uid) in _FINAL:
            return reply(400)
        if self.state(uid) == "IN PROGRESS" and self.locks[uid] != transaction:
            return reply(409)
        self.items[uid].update(changes)
        return reply(200)

    def _change(self, uid: str, change: Dataset) -> bytes:
        if uid not in self.items:
            return reply(404)
        now, wanted, transaction = self.state(uid), change.ProcedureStepState, str(change.TransactionUID)
        if now == "SCHEDULED" and wanted == "IN PROGRESS":
            self.locks[uid] = transaction
        elif (
            now != "IN PROGRESS"
            or wanted not in _FINAL
            or self.locks[uid] != transaction
            or (wanted == "COMPLETED" and not self._is_complete(uid))
        ):
            return reply(409)
        self.items[uid].ProcedureStepState = wanted
        return reply(200)

    def _is_complete(self, uid: str) -> bool:
        """Say whether it has what it must have in the end (PS3.4 CC.2.5-3)."""
        performed = self.items[uid].get("UnifiedProcedureStepPerformedProcedureSequence", [])
        needed = ("PerformedProcedureStepStartDateTime", "PerformedProcedureStepEndDateTime")
        return len(performed) == 1 and all(performed[0].get(keyword) for keyword in needed)


def _read(seen: Seen) -> Dataset:
    (found,) = json.loads(seen.body)
    return Dataset.from_json(found)
