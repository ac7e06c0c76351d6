"""What is on its way to archives: listed for a person, sent again, given up, and put in by hand.

Images of one study that stand the same way are one row. A row is named by eight characters that a person
can type; they are the same at every start.

Errors:  NoSuchDelivery for a name that no row has; CannotSend for what may not be sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from workstation.dicom import sources
from workstation.security import Action
from workstation.store import CLOSED, Artefact, Delivery, Parcel, Receipt, StoredInstance, StudyRow
from workstation.sync import (
    ENDS,
    IMAGE,
    MAYBE_STORED_IN,
    UNSENT,
    NoSuchArchive,
    NoSuchDelivery,
    Sending,
    State,
)
from workstation.viewing.wording import moment
from workstation.workflow.answers import Cancelled, DeliveryState, OutboxRow, Refusal, SendSummary
from workstation.workflow.desk import Desk
from workstation.workflow.door import again, record, verb
from workstation.workflow.errors import CannotSend, WrongStore
from workstation.workflow.intake import Intake

_STATES: Final = {state: DeliveryState[state.name] for state in State}
_NAME_LENGTH: Final = 8
_VARIANT: Final = "Another content is here under the same UID; that one would be sent, so this one is not."
_GIVEN_UP: Final = "Its delivery was given up before; the outbox can send it after all."


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
    return tuple(
        replace(row, patient_name=study.patient.name, study=_called(study)) if study else row
        for row, study in _rows(desk)
    )


refresh_outbox = again(list_outbox)


def outbox_state(desk: Desk) -> tuple[OutboxRow, ...]:
    """Return the rows of the outbox without whose they are: how it stands, for a look that nobody takes."""
    return tuple(row for row, _ in _rows(desk))


@verb(Action.SEND, detail=lambda count: f"{count} to be sent again")
def retry_delivery(desk: Desk, *, identifier: str) -> int:
    """Send a row again, at once, also one that was given up; return how many objects it has."""
    entries = _required(desk, identifier)
    count = sum(_sending(desk, entry).retry(entry.artefact.uid) for entry in entries)
    if not count:
        raise CannotSend("Nothing of this can be sent again", remedy="It has arrived, or is on its way.")
    record(desk, Action.SEND, _studies(entries), detail="to be sent again")
    _wake(desk)
    return count


@verb(Action.SEND, detail=lambda count: f"{count} given up")
def give_up_delivery(desk: Desk, *, identifier: str, why: str) -> int:
    """Don't deliver a row, for a reason that is kept; return how many objects it has.

    That goes for an archive, too, that is not set up any more.
    """
    if not why.strip():
        raise CannotSend("Giving up a delivery needs a reason", remedy="Say why.")
    entries = _required(desk, identifier)
    count = sum(_give_up(desk, entry, why.strip()) for entry in entries)
    if not count:
        raise CannotSend("Nothing of this can be given up now", remedy="It has arrived, or is on its way.")
    record(desk, Action.SEND, _studies(entries), detail="given up")
    _wake(desk)
    return count


@verb(Action.SEND, detail=lambda summary: f"{summary.queued} queued", beforehand=True)
def send_paths(
    desk: Desk, *, paths: Sequence[Path], archive: str, cancelled: Cancelled = lambda: False
) -> SendSummary:
    """Take in files and queue each of them for an archive; what was taken is queued, however it ends."""
    if desk.is_demo:
        raise WrongStore("Real studies never go into the demonstration", remedy="Leave it first.")
    if archive not in desk.ways:
        raise NoSuchArchive("No archive of this name is set up", where=archive)
    taken: list[Receipt] = []
    queued = Queued()
    try:
        with Intake(desk, cancelled, took=taken.append) as intake:
            for found in sources.walk(paths):
                if isinstance(found, sources.Refusal):
                    if not found.expected:
                        intake.refuse(Refusal(found.name, found.reason))
                elif not intake.offer(found):
                    break
    finally:
        queued = queue_images(desk, taken, archive)
    refused = (*intake.tally.refused, *(Refusal("an object", why) for why in queued.refused))
    return SendSummary(queued.new, refused, queued.known, cancelled=cancelled())


@dataclass
class Queued:
    """What became of objects that were to be queued."""

    new: int = 0  # queued now, or on their way still
    known: int = 0  # delivered already
    refused: list[str] = field(default_factory=list)  # the reason for each that can't be queued


def queue_images(desk: Desk, receipts: Iterable[Receipt], archive: str) -> Queued:
    """Queue images of the store for an archive, those of each study all or none."""
    queued, doubtful = Queued(), dict[str, frozenset[str]]()
    parcels: dict[str, list[Parcel]] = {}
    for receipt in receipts:
        if receipt.study_uid not in doubtful:
            doubtful[receipt.study_uid] = _doubtful(desk, receipt.study_uid)
        if receipt.uid in doubtful[receipt.study_uid]:
            queued.refused.append(_VARIANT)
        elif (before := desk.store.outbox.get(receipt.uid, archive)) is not None:
            _count(queued, before)
        elif (instance := desk.store.instances.get(receipt.uid)) is not None:
            parcels.setdefault(receipt.study_uid, []).append(_parcel(desk, instance, archive))
    for study_uid, some in parcels.items():
        record(desk, Action.SEND, [study_uid], detail=f"queued for {archive}")
        desk.store.outbox.enqueue(*some)
        queued.new += len(some)
    _wake(desk)
    return queued


def unsent(desk: Desk) -> int:
    """Return how many objects are not where they have to go."""
    counts = desk.store.outbox.counts()
    return sum(counts.get(state, 0) for state in UNSENT)


def _doubtful(desk: Desk, study_uid: str) -> frozenset[str]:
    """Return the UIDs of a study under which several contents are here."""
    study = desk.store.studies.get(study_uid)
    if study is None or not study.variants:
        return frozenset()
    return frozenset(instance.uid for instance in desk.store.instances.variants_of(study_uid))


def _count(queued: Queued, before: Delivery) -> None:
    if before.state == State.CLOSED:
        queued.refused.append(_GIVEN_UP)
    elif before.state == State.VERIFIED:
        queued.known += 1
    else:
        queued.new += 1


def _wake(desk: Desk) -> None:
    if desk.service is not None:
        desk.service.engine.wake()
    desk.outbox_changed.emit("")


def _parcel(desk: Desk, instance: StoredInstance, archive: str) -> Parcel:
    one = instance.record
    artefact = Artefact(
        one.uid,
        one.study.uid,
        one.series.uid,
        one.sop_class,
        IMAGE,
        one.transfer_syntax,
        instance.sha256,
        "",
        instance.blob.length,
        desk.clock.utc(),
        desk.actor.identifier,
    )
    return Parcel(artefact, (archive,))


def _studies(entries: Iterable[_Entry]) -> list[str]:
    return list(dict.fromkeys(entry.artefact.study_uid for entry in entries))


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
    destination = entry.delivery.destination
    if desk.service is None or destination not in desk.ways:
        raise NoSuchArchive(
            "The archive that this should go to is not set up any more",
            where=destination,
            remedy="Set it up again, or leave the delivery given up."
            if entry.delivery.state == CLOSED
            else "Set it up again, or give the delivery up.",
        )
    return desk.service.engine.sending(destination)


def _give_up(desk: Desk, entry: _Entry, why: str) -> bool:
    if desk.service is not None and entry.delivery.destination in desk.ways:
        return _sending(desk, entry).give_up(entry.artefact.uid, why)
    before = entry.delivery  # nobody works on it any more
    if before.state in ENDS:
        return False
    after = replace(
        before,
        state=CLOSED,
        changed=desk.clock.utc(),
        due=None,
        owner="",
        error=why,
        maybe_stored=before.maybe_stored or before.state in MAYBE_STORED_IN,
    )
    return desk.store.outbox.move(before, after)


def _rows(desk: Desk) -> list[tuple[OutboxRow, StudyRow | None]]:
    """Return every row with its study, as far as that is here; what needs a person first."""
    found: dict[str, list[_Entry]] = {}
    for entry in _entries(desk):
        found.setdefault(entry.name, []).append(entry)
    rows = [
        (_row(desk, name, entries), desk.store.studies.get(entries[0].artefact.study_uid))
        for name, entries in found.items()
    ]
    return sorted(rows, key=lambda one: (not one[0].needs_person, not one[0].is_unsent, one[0].created))


def _called(study: StudyRow) -> str:
    return f"{study.study.description}, {moment(study.study.date, '')}"


def _row(desk: Desk, name: str, entries: Sequence[_Entry]) -> OutboxRow:
    first, deliveries = entries[0], [entry.delivery for entry in entries]
    way = desk.ways.get(first.delivery.destination)
    waits = [one.due for one in deliveries if one.due is not None]
    return OutboxRow(
        identifier=name,
        kind=first.artefact.kind,
        patient_name="",
        study="",
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
