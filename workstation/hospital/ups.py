"""UPS-RS: the worklist of the night's readings, and claiming, changing and ending a task of it.

There is no transaction to create tasks, which is the hospital's own business, and none to subscribe.

Errors:  Refused, with the Warning header that the standard asks for; NotHere for an unknown task.
Source:  PS3.18 11.5 (retrieve), 11.6 (update), 11.7 (change state), 11.8 (request to cancel), 11.9 (search).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from pydicom.uid import UID

from workstation.hospital import searching
from workstation.hospital.describing import first
from workstation.hospital.exchange import JSON, Answer, Refused, Request, json_answer
from workstation.hospital.holdings import Holdings, NotHere
from workstation.hospital.media_types import MediaType, demand_json
from workstation.hospital.orders import Order
from workstation.hospital.workitems import (
    STATE,
    TRANSACTION,
    Inconsistent,
    State,
    Workitem,
    WrongTransaction,
    scheduled,
)
from workstation.phantoms.files import Visit

_NAMED: Final = "transaction-uid="
_UNCANCELED: Final = {
    State.IN_PROGRESS: "The performer cannot be contacted.",
    State.COMPLETED: "The UPS is already COMPLETED.",
}


class Ups:
    """The worklist transactions over the night's orders."""

    def __init__(
        self,
        orders: Mapping[str, Order],
        visits: Mapping[str, Visit],
        holdings: Holdings,
        *,
        began: datetime,
        base: str,
    ) -> None:
        self._schedule: Callable[[str, int], Workitem] = lambda key, times: scheduled(
            visits[key], orders[key], began=began, base=base, times=times
        )
        self._holdings = holdings
        self._base = base
        self._lock = threading.Lock()
        self._items = {item.uid: item for item in (self._schedule(key, 0) for key in orders)}

    def search(self, request: Request) -> Answer:
        """Answer a search for tasks; that of a study appears when its images begin to come in."""
        search = searching.parsed(request)
        if any(TRANSACTION in key.path for key in search.keys):
            raise Refused(400, "A Transaction UID can't be searched for")
        with self._lock:
            rows = [self._shown(item) for item in self._items.values() if self._is_out(item)]
        return searching.answered(search, searching.fitting(rows, search.keys))

    def retrieve(self, request: Request, uid: str) -> Answer:
        """Answer with one task."""
        demand_json(request.headers.get("accept", ""))
        with self._lock:
            return json_answer([self._shown(self._item(uid))])

    def update(self, request: Request, uid: str) -> Answer:
        """Let the performer tell how it goes; before it is claimed, anyone who is let in may."""
        changes = _dataset(request)
        transaction = request.query.removeprefix(_NAMED) or str(first(changes, TRANSACTION) or "")
        with self._lock, _told(400):
            self._item(uid).update(changes, transaction)
        return Answer(200, headers={"Content-Location": self._place(uid)})

    def change_state(self, request: Request, uid: str) -> Answer:
        """Claim a task, complete it, or give it back."""
        told = _dataset(request)
        wanted, transaction = _state(told), str(first(told, TRANSACTION) or "")
        if transaction and not UID(transaction).is_valid:
            raise Refused(400, "The Transaction UID is not a UID")
        with self._lock, _told(409):
            item = self._item(uid)
            has_changed = item.change_state(wanted, transaction)
            if has_changed and wanted is State.CANCELED:
                self._schedule_anew(item)
        return Answer(200, headers={} if has_changed else _already(wanted))

    def request_cancel(self, request: Request, uid: str) -> Answer:
        """Cancel a task that nobody has claimed; of one in progress, the performer can't be told."""
        if request.body:
            _dataset(request)
        with self._lock:
            item = self._item(uid)
            if item.state is State.CANCELED:
                return Answer(202, headers=_already(State.CANCELED))
            if item.state is not State.SCHEDULED:
                raise _warned(409, _UNCANCELED[item.state])
            item.state = State.CANCELED
        return Answer(202)

    def _item(self, uid: str) -> Workitem:
        item = self._items.get(uid)
        if item is None or not self._is_out(item):
            raise NotHere
        return item

    def _is_out(self, item: Workitem) -> bool:
        """Say whether a task is on the list: it comes with the first image."""
        return self._holdings.here(item.study) > 0

    def _shown(self, item: Workitem) -> dict[str, Any]:
        return dict(sorted(item.shown(ready=self._holdings.is_whole(item.study)).items()))

    def _schedule_anew(self, item: Workitem) -> None:
        times = sum(one.study == item.study for one in self._items.values())
        anew = self._schedule(item.study, times)
        self._items[anew.uid] = anew

    def _place(self, uid: str) -> str:
        return f"{self._base}/workitems/{uid}"


def _dataset(request: Request) -> dict[str, Any]:
    """Return the dataset of a request's body: an array of one, or, as many write it, the dataset itself."""
    try:
        kinds = MediaType.parsed(request.headers.get("content-type", ""))
        names = {kind.name for kind in kinds}
    except ValueError:
        names = set()
    if names.isdisjoint({JSON, "application/json"}):
        raise Refused(415, f"This takes {JSON}")
    try:
        told = json.loads(request.body)
    except ValueError as error:
        raise Refused(400, "The body is not JSON") from error
    if isinstance(told, list) and len(told) == 1:
        told = told[0]
    if not isinstance(told, dict) or not all(isinstance(element, dict) for element in told.values()):
        raise Refused(400, "The body is not one dataset")
    return told


def _state(told: Mapping[str, Any]) -> State:
    try:
        state = State(first(told, STATE))
    except ValueError as error:
        raise Refused(400, "The body names no state to go to") from error
    if state is State.SCHEDULED:
        raise _warned(400, Inconsistent.text)
    return state


@contextmanager
def _told(inconsistent: int) -> Iterator[None]:
    """Answer what a task refuses; a Transaction UID that is missing or wrong is a bad request."""
    try:
        yield
    except WrongTransaction as error:
        raise _warned(400, error.text) from error
    except Inconsistent as error:
        raise _warned(inconsistent, error.text) from error


def _already(state: State) -> dict[str, str]:
    return {"Warning": f"299 hospital: The UPS is already in the requested state of {state}."}


def _warned(status: int, text: str) -> Refused:
    return Refused(status, text, {"Warning": f"299 hospital: {text}"})
