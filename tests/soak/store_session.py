"""A scripted session on a whole store, and what may be found of it afterwards.

For everything that the script stores the ``Memory`` keeps which states are possible: one, once a step was
acknowledged; two, if it failed, for nobody knows how far it got. Whatever the disk did, what is found must be
possible, and nothing may be found that was never stored.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from simulated_disk import SimulatedDisk
from simulated_sqlite import SimulatedSqlite
from store_instances import KEK, Maker
from store_parcels import parcel, passed_on, sha256

from workstation.clock import ManualClock
from workstation.errors import LumenError
from workstation.measurement import Length, Point
from workstation.security.audit_codes import Action, Outcome
from workstation.store import (
    QUEUED,
    AuditEvent,
    Limits,
    Listing,
    Options,
    Store,
    StoreMissing,
    StudyKept,
)
from workstation.store.disk import Disk

FOLDER: Final = Path("/simulated/store")
CANARY: Final = "KANARIENVOGEL^QUIRINUS"
MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)
A, B, C = "1.2.1", "1.2.2", "1.2.3"
ARTEFACTS: Final = ("r1", "r2", "2.1")
VERIFIED: Final = "verified"
LISTING: Final = Listing("group", A, ("1.1", "1.2", "1.9"), b"", MOMENT)

Key: TypeAlias = tuple[str, ...]
Effects: TypeAlias = dict[Key, object]


@dataclass(frozen=True)
class Step:
    """Something that a person or the program does, and what is so once it was acknowledged."""

    do: Callable[[Store], object]
    effects: Effects


@dataclass
class Memory:
    """Which states are possible, by what they are states of; what isn't named is absent."""

    possible: dict[Key, set[object]] = field(default_factory=dict)

    def acknowledge(self, effects: Effects) -> None:
        """Expect the effects of a step, and nothing else."""
        for key, state in effects.items():
            self.possible[key] = {state}

    def doubt(self, effects: Effects) -> None:
        """Accept the effects of a step, and what was before."""
        for key, state in effects.items():
            self.possible.setdefault(key, {None}).add(state)

    def complaints(self, found: Effects) -> list[str]:
        """Return what is found and can't be, or can't be missing."""
        keys = sorted(set(found) | set(self.possible))
        return [
            f"{key[:3]}: found {found.get(key)!r}, possible {self.possible.get(key)}"
            for key in keys
            if found.get(key) not in self.possible.get(key, {None})
        ]


def script(maker: Maker) -> list[Step]:
    """Return the session: studies that come and go, a variant, measurements, audit, a pin, things sent."""
    return [
        put(maker, A, "1.1", "1.2", "1.3"),
        audit("import"),
        measure("m1", 10),
        put(maker, B, "2.1", "2.2", verified=True),
        queue("r1", "group", "hospital"),
        put(maker, A, "1.2", "1.3", "1.4"),
        put(maker, A, "1.1", content="other"),
        Step(lambda store: store.pins.add(A, "teaching"), {("pin", A): "teaching"}),
        measure("m1", 20),
        measure("m2", 30),
        audit("open", "measure", "close"),
        Step(lambda store: store.sessions.put("screen", "slice 7"), {}),
        Step(lambda store: store.listed.put(LISTING), {}),
        moved("r1", "group", "sending"),
        pass_on(maker, B, "2.1"),
        Step(_try_to_evict, {}),
        moved("r1", "group", VERIFIED),
        moved("2.1", "group", VERIFIED),
        gone(maker, B, "2.1", "2.2", by=lambda store: _evict(store, B)),
        queue("r2", "group", after="r1"),
        put(maker, C, "3.1", "3.2"),
        gone(maker, C, "3.1", "3.2", by=lambda store: store.eviction.remove(C)),
        Step(lambda store: store.measurements.remove("m2"), {("length", "m2"): None}),
        Step(_forget, {("artefact", "2.1"): None, ("delivery", "2.1", "group"): None}),
        moved("r1", "hospital", "held"),
        audit("sign out"),
    ]


def play(store: Store, steps: list[Step], memory: Memory) -> int:
    """Do the steps, whatever becomes of each; return how many were acknowledged."""
    acknowledged = 0
    for step in steps:
        try:
            step.do(store)
        except LumenError:
            memory.doubt(step.effects)
        else:
            memory.acknowledge(step.effects)
            acknowledged += 1
    return acknowledged


def found_in(store: Store) -> Effects:
    """Return everything that a store shows."""
    found: Effects = {("audit", record.detail): True for record in store.audit.records()}
    for uid in (A, B, C):
        for reason in store.pins.reasons(uid):
            found["pin", uid] = reason
        found.update(
            {("length", length.id): length.end.column for length in store.measurements.of_study(uid)}
        )
    for delivery in store.outbox.deliveries():
        found["delivery", delivery.uid, delivery.destination] = delivery.state
    for uid in {delivery.uid for delivery in store.outbox.deliveries()} | set(ARTEFACTS):
        if artefact := store.outbox.artefact(uid):
            found["artefact", uid] = artefact.kind == "image" or sha256(bytes(store.outbox.body_of(uid)))
    for study in store.studies.list():
        for instance in store.instances.all_of(study.uid):
            digest = hashlib.sha256(store.blobs.read(instance.blob)).hexdigest()
            found["image", study.uid, instance.uid, digest] = True
    return found


def complaints(store: Store, memory: Memory) -> list[str]:
    """Return what is wrong with a store after a session: none is the only right answer."""
    wrong = memory.complaints(found_in(store))
    wrong += [f"check: {finding.what}" for finding in store.check().findings]
    if sum(store.outbox.counts().values()) != len(store.outbox.deliveries()):
        wrong.append("a delivery without an artefact")
    for uid, account in store.listed.accounts().items():
        if account.expected - account.here != len(store.listed.missing(uid)):
            wrong.append(f"{uid}: an account that doesn't add up")
    return wrong


class Stage:
    """A simulated disk with a store on it."""

    def __init__(self, maker: Maker, *, sync_lies: bool = False) -> None:
        self.disk = SimulatedDisk(sync_lies=sync_lies)
        self.disk.make_folder(FOLDER.parent)
        self._sqlite = SimulatedSqlite(self.disk)
        self.options = Options(
            clock=ManualClock(),
            limits=Limits(floor=0),
            disk=Disk(self.disk, self._sqlite.connect, lambda _: _NoLock()),
            examine=maker.look,
            reserve=1 << 16,
            writers=1,
        )

    @contextlib.contextmanager
    def store(self) -> Iterator[Store]:
        """Open the store, or make it if there is none."""
        try:
            store = Store.open(FOLDER, KEK, self.options)
        except StoreMissing:
            store = Store.create(FOLDER, KEK, self.options)
        try:
            yield store
        finally:
            with contextlib.suppress(LumenError):
                store.close()


class _NoLock:
    was_left_behind = False

    def release(self) -> None:
        """Let others in."""


def put(maker: Maker, study: str, *uids: str, content: str = "", verified: bool = False) -> Step:
    """Return the step that stores a batch."""
    batch = [maker.incoming(study, uid, content, name=CANARY) for uid in uids]
    effects: Effects = {("image", study, one.examined.record.uid, one.examined.sha256): True for one in batch}
    return Step(lambda store: store.intake.put(batch, verified=verified), effects)


def gone(maker: Maker, study: str, *uids: str, by: Callable[[Store], object]) -> Step:
    """Return the step that ends a study."""
    return Step(by, dict.fromkeys(put(maker, study, *uids).effects))


def _evict(store: Store, uid: str) -> None:
    """Give a study away, if it is listed: the files of a failed step are not its business."""
    if store.studies.get(uid) is None:
        raise LumenError("not listed")
    store.eviction.evict(uid)


def queue(uid: str, *destinations: str, after: str = "") -> Step:
    """Return the step that queues a report."""
    sent = parcel(uid, *destinations, after=after, content=CANARY)
    effects: Effects = {("artefact", uid): sent.artefact.sha256}
    effects.update({("delivery", uid, destination): QUEUED for destination in sent.destinations})
    return Step(lambda store: store.outbox.enqueue(sent), effects)


def pass_on(maker: Maker, study: str, uid: str) -> Step:
    """Return the step that queues an image of the store."""
    sent = passed_on(maker.incoming(study, uid, name=CANARY), "group")
    effects: Effects = {("artefact", uid): True, ("delivery", uid, "group"): QUEUED}
    return Step(lambda store: store.outbox.enqueue(sent), effects)


def moved(uid: str, destination: str, state: str) -> Step:
    """Return the step that moves a delivery, from wherever it is."""

    def move(store: Store) -> None:
        before = store.outbox.get(uid, destination)
        if before is None:
            raise LumenError("not queued")
        after = replace(before, state=state, verified_at=MOMENT if state == VERIFIED else None)
        if not store.outbox.move(before, after):
            raise AssertionError("nobody else moves deliveries here")

    return Step(move, {("delivery", uid, destination): state})


def _try_to_evict(store: Store) -> None:
    """Show that a study stays of which something is still to be passed on."""
    waiting = store.outbox.get("2.1", "group")
    if waiting and not waiting.is_verified:
        with contextlib.suppress(StudyKept):
            _evict(store, B)
            raise AssertionError("what is to be sent was given away")


def _forget(store: Store) -> None:
    """Forget what every archive has: an image, if the steps before didn't fail."""
    if store.outbox.forget_verified(MOMENT + timedelta(days=1)) == 0:
        raise LumenError("nothing verified")


def measure(identifier: str, column: float) -> Step:
    """Return the step that stores a measurement, or moves it."""
    length = Length(identifier, A, "1", "1.1", 0, Point(0, 0), Point(column, 0), MOMENT)
    return Step(lambda store: store.measurements.put(length), {("length", identifier): column})


def audit(*details: str) -> Step:
    """Return the step that adds records to the trail."""
    events = [
        AuditEvent("u1", "Reader One", CANARY, A, Action.IMPORT, Outcome.SUCCESS, one) for one in details
    ]
    return Step(lambda store: store.audit.append(*events), {("audit", one): True for one in details})
