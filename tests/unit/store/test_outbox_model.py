"""The outbox against a dictionary: whatever is done to it, in whatever order, with power cuts between."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule
from simulated_disk import SimulatedDisk
from simulated_sqlite import SimulatedSqlite
from store_instances import KEK
from store_parcels import MOMENT, NothingStored, parcel

from workstation.store import CLOSED, QUEUED, ArtefactDiffers, Delivery, Parcel
from workstation.store.disk import Disk
from workstation.store.outbox import Outbox
from workstation.store.report import Report
from workstation.store.work import WorkFiles
from workstation.store.work_repair import create_work, open_work

FOLDER = Path("/work")
UIDS = st.sampled_from(["1.1", "1.2", "1.3", "1.4"])
PLACES = ("group", "hospital", "exchange")
MOMENTS = st.integers(0, 5).map(lambda hours: MOMENT + timedelta(hours=hours))
STATES = st.sampled_from([QUEUED, "sending", "stored", "held", "conflict", CLOSED])


def _is_open(delivery: Delivery) -> bool:
    return delivery.verified_at is None and delivery.state != CLOSED


class OutboxMachine(RuleBasedStateMachine):
    """What an outbox shows is what a dictionary says."""

    seen = Bundle("seen")  # deliveries as someone saw them once

    def __init__(self) -> None:
        super().__init__()
        self.disk = SimulatedDisk()
        self.disk.make_folder(FOLDER)
        self.files = WorkFiles(FOLDER, KEK, Disk(self.disk, SimulatedSqlite(self.disk).connect))
        self.work = create_work(self.files, Report())
        self.outbox = Outbox(self.work, NothingStored())
        self.parcels: dict[str, Parcel] = {}
        self.deliveries: dict[tuple[str, str], Delivery] = {}

    @rule(
        target=seen,
        uid=UIDS,
        places=st.lists(st.sampled_from(PLACES), min_size=1, unique=True),
        after=st.one_of(st.just(""), UIDS),
        created=MOMENTS,
        priority=st.integers(-1, 1),
        content=st.sampled_from(["", "", "", "other"]),
    )
    def enqueue(self, uid: str, places: list[str], content: str, **facts: object) -> object:
        """Queue something, new or known."""
        sent = parcel(uid, *places, content=content, **facts)  # type: ignore[arg-type]  # drawn above
        there = self.parcels.get(uid)
        if there and there.body != sent.body:
            with pytest.raises(ArtefactDiffers):
                self.outbox.enqueue(sent)
            return multiple()
        self.outbox.enqueue(sent)
        self.parcels.setdefault(uid, sent)
        for place in places:
            first = Delivery(
                uid, place, QUEUED, sent.artefact.created, after=sent.after, priority=sent.priority
            )
            self.deliveries.setdefault((uid, place), first)
        return multiple(*(self.deliveries[uid, place] for place in places))

    @rule(
        target=seen,
        before=seen,
        state=STATES,
        attempts=st.integers(0, 3),
        due=st.one_of(st.none(), MOMENTS),
        verified_at=st.one_of(st.none(), MOMENTS),
        maybe_stored=st.booleans(),
    )
    def move(self, before: Delivery, **changes: object) -> Delivery:
        """Move a delivery from what was seen of it, now or long ago."""
        after = replace(before, **changes)  # type: ignore[arg-type]  # drawn above
        is_current = self.deliveries.get((before.uid, before.destination)) == before

        assert self.outbox.move(before, after) is is_current

        if is_current:
            self.deliveries[before.uid, before.destination] = after
        return after

    @rule(before=MOMENTS)
    def forget(self, before: datetime) -> None:
        """Drop what everybody has had for long enough."""
        needed = {one.after for one in self.deliveries.values() if _is_open(one)}
        gone = {
            uid
            for uid in self.parcels
            if uid not in needed
            and all(
                one.verified_at is not None and one.verified_at < before
                for one in self.deliveries.values()
                if one.uid == uid
            )
        }

        assert self.outbox.forget_verified(before) == len(gone)

        self.parcels = {uid: one for uid, one in self.parcels.items() if uid not in gone}
        self.deliveries = {key: one for key, one in self.deliveries.items() if key[0] not in gone}

    @rule()
    def reopen(self) -> None:
        """Close in order and open again."""
        self.work.close()
        self._open()

    @rule(seed=st.integers(0, 2**16))
    def lose_power(self, seed: int) -> None:
        """Let the power go between two steps, and open again."""
        self.disk.restart(Random(seed))
        self._open()

    @invariant()
    def shows_what_the_dictionary_says(self) -> None:
        """Compare everything that can be asked."""
        created = {uid: one.artefact.created for uid, one in self.parcels.items()}
        order = sorted(
            self.deliveries.values(),
            key=lambda one: (-one.priority, created[one.uid], one.uid, one.destination),
        )
        assert self.outbox.deliveries() == tuple(order)
        states = [one.state for one in order]
        assert self.outbox.counts() == {state: states.count(state) for state in states}
        for uid, sent in self.parcels.items():
            assert self.outbox.artefact(uid) == sent.artefact
            assert bytes(self.outbox.body_of(uid)) == sent.body

    def teardown(self) -> None:
        """Both halves of the record say the same."""
        assert self.work.compare().agree
        self.work.close()

    def _open(self) -> None:
        self.work = open_work(self.files, Report())
        self.outbox = Outbox(self.work, NothingStored())


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
