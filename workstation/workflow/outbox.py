"""What is on its way to archives: listed for a person, sent again, given up, and put in by hand.

Images of one study that stand the same way are one row. A row is named by eight characters that a person
can type; they are the same at every start.

Errors:  NoSuchDelivery for a name that no row has; CannotSend for what may not be sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workstation.dicom import sources
from workstation.security import Action
from workstation.store import Artefact, Delivery, Parcel, Receipt
from workstation.sync import IMAGE, NoSuchArchive, NoSuchDelivery, Sending, State
from workstation.viewing.wording import moment
from workstation.workflow.answers import Cancelled, DeliveryState, OutboxRow, Refusal, SendSummary
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import CannotSend, WrongStore
from workstation.workflow.intake import Intake

_STATES: Final = {state: DeliveryState[state.name] for state in State}
_NAME_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class _Entry:
    """A delivery with what it delivers."""

    delivery: Delivery
    artefact: Artefact

    @property
    def row_key(self) -> tuple[str, str, str]:
        """Return what the deliveries of one row have in common."""
        one = self.artefact
        what = f"{one.study_uid}/{self.delivery.state}" if one.kind == IMAGE else one.uid
        return (self.delivery.destination, one.kind, what)

    @property
    def name(self) -> str:
        """Return the row's name."""
        return hashlib.sha256("\n".join(self.row_key).encode()).hexdigest()[:_NAME_LENGTH]


@verb(Action.SEARCH)
def list_outbox(desk: Desk) -> tuple[OutboxRow, ...]:
    """Return what is on its way and what has arrived, what needs a person first."""
    rows: dict[str, list[_Entry]] = {}
    for entry in _entries(desk):
        rows.setdefault(entry.name, []).append(entry)
    made = (_row(desk, name, entries) for name, entries in rows.items())
    return tuple(sorted(made, key=lambda row: (not row.needs_person, not row.is_unsent, row.created)))


@verb(Action.SEND, detail=lambda count: f"{count} to be sent again")
def retry_delivery(desk: Desk, *, identifier: str) -> int:
    """Send a row again, at once; return how many objects it has."""
    entries = _required(desk, identifier)
    return sum(_sending(desk, entry).retry(entry.artefact.uid) for entry in entries)


@verb(Action.SEND, detail=lambda count: f"{count} given up")
def give_up_delivery(desk: Desk, *, identifier: str, why: str) -> int:
    """Don't deliver a row, for a reason that is kept; return how many objects it has."""
    if not why.strip():
        raise CannotSend("Giving up a delivery needs a reason", remedy="Say why.")
    entries = _required(desk, identifier)
    return sum(_sending(desk, entry).give_up(entry.artefact.uid, why.strip()) for entry in entries)


@verb(Action.SEND, detail=lambda summary: f"{summary.queued} queued", beforehand=True)
def send_paths(
    desk: Desk, *, paths: Sequence[Path], archive: str, cancelled: Cancelled = lambda: False
) -> SendSummary:
    """Take in files and queue each of them for an archive."""
    if desk.is_demo:
        raise WrongStore("Real studies never go into the demonstration", remedy="Leave it first.")
    if archive not in desk.ways:
        raise NoSuchArchive("No archive of this name is set up", where=archive)
    taken: list[Receipt] = []
    with Intake(desk, cancelled, took=taken.append) as intake:
        for found in sources.walk(paths):
            if isinstance(found, sources.Refusal):
                if not found.expected:
                    intake.refuse(Refusal(found.name, found.reason))
            elif not intake.offer(found):
                break
    queued = queue_images(desk, taken, archive)
    return SendSummary(queued, tuple(intake.tally.refused))


def queue_images(desk: Desk, receipts: Iterable[Receipt], archive: str) -> int:
    """Queue images of the store for an archive; return how many."""
    wanted: dict[str, set[str]] = {}
    for receipt in receipts:
        wanted.setdefault(receipt.study_uid, set()).add(receipt.uid)
    count = 0
    for study_uid, uids in wanted.items():
        parcels = [parcel for parcel in _parcels(desk, study_uid, archive) if parcel.artefact.uid in uids]
        desk.store.outbox.enqueue(*parcels)
        count += len(parcels)
    if desk.service is not None:
        desk.service.engine.wake()
    desk.outbox_changed.emit("")
    return count


def unsent(desk: Desk) -> int:
    """Return how many objects are not where they have to go."""
    return sum(entry.delivery.state not in (State.VERIFIED, State.CLOSED) for entry in _entries(desk))


def _parcels(desk: Desk, study_uid: str, archive: str) -> Iterator[Parcel]:
    now = desk.clock.utc()
    for instance in desk.store.instances.of_study(study_uid):
        record = instance.record
        artefact = Artefact(
            record.uid,
            study_uid,
            record.series.uid,
            record.sop_class,
            IMAGE,
            record.transfer_syntax,
            instance.sha256,
            "",
            instance.blob.length,
            now,
            desk.actor.identifier,
        )
        yield Parcel(artefact, (archive,))


def _entries(desk: Desk) -> Iterator[_Entry]:
    outbox = desk.store.outbox
    for delivery in outbox.deliveries():
        artefact = outbox.artefact(delivery.uid)
        if artefact is not None:
            yield _Entry(delivery, artefact)


def _required(desk: Desk, identifier: str) -> list[_Entry]:
    found = [entry for entry in _entries(desk) if entry.name == identifier]
    if not found:
        raise NoSuchDelivery(
            "The outbox has no such entry", where=identifier, remedy="workstation outbox lists them."
        )
    return found


def _sending(desk: Desk, entry: _Entry) -> Sending:
    if desk.service is None:
        raise NoSuchArchive("No archive is set up", where=entry.delivery.destination)
    return desk.service.engine.sending(entry.delivery.destination)


def _row(desk: Desk, name: str, entries: Sequence[_Entry]) -> OutboxRow:
    first, deliveries = entries[0], [entry.delivery for entry in entries]
    study = desk.store.studies.get(first.artefact.study_uid)
    way = desk.ways.get(first.delivery.destination)
    waits = [one.due for one in deliveries if one.due is not None]
    return OutboxRow(
        identifier=name,
        kind=first.artefact.kind,
        patient_name=study.patient.name if study else "",
        study=f"{study.study.description}, {moment(study.study.date, '')}" if study else "",
        archive=way.address.name if way else first.delivery.destination,
        state=_STATES[State(first.delivery.state)],
        created=min(entry.artefact.created for entry in entries),
        attempts=max(one.attempts for one in deliveries),
        next_try=min(waits, default=None),
        error=next((one.error for one in deliveries if one.error), ""),
        size=sum(entry.artefact.size for entry in entries),
        count=len(entries),
        changed=max(one.changed for one in deliveries),
    )
