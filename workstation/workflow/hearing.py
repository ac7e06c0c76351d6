"""What a desk hears from the archives' side: written down, passed on, and what has to follow from it.

Everything that arrives is in the audit trail, once a study and run, before anybody can look at it, and so is
what was delivered and every time without a line. What has to be done now and then (claims handed back,
reports looked for) happens on the planner's thread, whenever it has made a plan.

Units:   seconds.
"""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Final

from workstation.security import Action, Outcome
from workstation.store import Delivery
from workstation.sync import IMAGE, LineState, Service, State, Status
from workstation.workflow.claiming import forget_unknown_claims, give_back_waiting, hand_back_unread
from workstation.workflow.desk import Desk
from workstation.workflow.door import record
from workstation.workflow.reports import look_for_reports

DOWN: Final = frozenset({Status.OFFLINE, Status.CAPTIVE, Status.UNTRUSTED})
"""With one of these no archive can be asked anything."""
_BACK: Final = frozenset({Status.ONLINE, Status.SIGNED_OUT})

_TOLD: Final = {
    State.VERIFIED: (Outcome.SUCCESS, "delivered to"),
    State.QUARANTINED: (Outcome.SERIOUS_FAILURE, "refused by"),
    State.CONFLICT: (Outcome.SERIOUS_FAILURE, "another content is at"),
}


class Hearing:
    """Listens to a desk's service as long as the desk keeps it."""

    def __init__(self, desk: Desk, service: Service, *, patience: float, keeps: timedelta) -> None:
        self._desk = desk
        self._service = service
        self._patience = patience
        self._keeps = keeps  # so long the outbox remembers what was delivered
        self._tidied: date | None = None
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._received: set[str] = set()  # studies
        self._told: set[tuple[str, str, str]] = set()  # study, archive, state of deliveries
        self._overdue: set[str] = set()  # archives whose outage has gone on for too long
        engine = service.engine
        engine.arriving.arrived.connect(self._arrived)
        engine.arriving.learned.connect(self._learned)
        engine.arriving.trouble.connect(self._troubled)
        engine.line_changed.connect(self._line_changed)
        engine.delivery_changed.connect(self._delivery_changed)
        service.list_changed.connect(self._list_changed)

    def _arrived(self, study_uid: str) -> None:
        if study_uid not in self._received:
            record(self._desk, Action.RECEIVE, [study_uid])
            self._received.add(study_uid)  # after it: what could not be recorded is tried again
        self._desk.studies_changed.emit(study_uid)

    def _learned(self, study_uid: str) -> None:
        self._desk.reported.pop(study_uid, None)

    def _troubled(self, trouble: str) -> None:
        self._desk.trouble = trouble
        self._desk.lines_changed.emit("")

    def _line_changed(self, state: LineState) -> None:
        """Note when a line is lost, and write down how long that was once it is back."""
        desk = self._desk
        with self._lock:
            if state.status in DOWN:
                desk.down.setdefault(state.archive, state.since)
            began = desk.down.pop(state.archive, None) if state.status in _BACK else None
            self._overdue -= {state.archive} if began else set()
        if began is not None:
            desk.note(Action.OUTAGE, f"{state.archive}: no line for {desk.seconds_since(began):.0f} s")
        if state.status is Status.ONLINE:
            self._service.watching.hurry()
        desk.lines_changed.emit(state.archive)

    def _delivery_changed(self, delivery: Delivery) -> None:
        """Write down what became of an object; of the images of a study, once for all."""
        artefact = self._desk.store.outbox.artefact(delivery.uid)
        if artefact is not None and (told := _TOLD.get(State(delivery.state))):
            outcome, what = told
            key = (artefact.study_uid, delivery.destination, delivery.state)
            if artefact.kind != IMAGE or key not in self._told:
                detail = f"{what} {delivery.destination}"
                record(self._desk, Action.SEND, [artefact.study_uid], outcome, detail=detail)
            self._told |= {key} if artefact.kind == IMAGE else set()
        self._desk.outbox_changed.emit(delivery.uid)

    def _list_changed(self, whose: str) -> None:
        if not whose and self._looking.acquire(blocking=False):  # a plan was made
            try:
                self._look_after_things()
            finally:
                self._looking.release()
        self._desk.studies_changed.emit("")

    def _look_after_things(self) -> None:
        with self._lock:
            late = {
                archive
                for archive, began in self._desk.down.items()
                if archive not in self._overdue and self._desk.seconds_since(began) >= self._patience
            }
            self._overdue |= late
        for archive in late:
            self._desk.note(Action.OUTAGE, f"{archive}: no line for {self._patience:.0f} s, and still none")
            hand_back_unread(self._desk, archives={archive})
        self._tidy()
        forget_unknown_claims(self._desk)
        give_back_waiting(self._desk)
        look_for_reports(self._desk, self._service)
        if self._desk.listener is not None:
            self._desk.listener.look()

    def _tidy(self) -> None:
        """Forget once a day what every archive has had for long."""
        now = self._desk.clock.utc()
        if self._tidied != now.date():
            self._desk.store.outbox.forget_verified(now - self._keeps)
            self._tidied = now.date()
