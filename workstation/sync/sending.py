"""Bringing deliveries to their end: send, ask, read back; each step durable before the next.

The effect of exactly one copy comes from three things: an object's UID and bytes never change, whatever was
sent without an answer is asked for before it is sent again, and nothing counts as delivered before it was
read back from the archive and found equal. An archive's word alone ("200, stored") moves a delivery to
``stored``, never further.

One thread at a time works for one archive. Waiting times are kept on the monotonic clock; one that an
earlier run left in a row is at most as long as it was meant to be then, whatever the wall clock says now.

Errors:  none of the archive's come out: they stand in the row, in words. Those of the store do (DiskFull…).
Source:  facts/security-and-reliability.md 2.2.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from workstation.archive import (
    ArchiveError,
    Busy,
    Images,
    NotAllowed,
    NotOffered,
    NotThere,
    NotTrusted,
    Outgoing,
    Reference,
    Refused,
    Settled,
    StoreAnswer,
    Unreachable,
    Wanted,
)
from workstation.clock import Clock
from workstation.dicom.errors import DicomRefused
from workstation.dicom.examine import digest as sha256_of
from workstation.errors import LumenError, calm
from workstation.events import Signal
from workstation.store import Artefact, Delivery, Outbox
from workstation.sync.backoff import Backoff
from workstation.sync.delivery import ENDS, MAYBE_STORED_AFTER, MAYBE_STORED_IN, Event, State, moved
from workstation.sync.line import Line

IMAGE: Final = "image"
"""The kind of an artefact that is an image of the store, passed on as it is."""

_MOST: Final = 50  # objects in one request
_LARGEST: Final = 32 << 20  # bytes in one request, unless one alone is larger
_LONGEST_ASKED: Final = 3600.0  # what a server may ask us to wait

_NOT_SENT: Final = (Unreachable, NotTrusted)
_FOR_GOOD: Final = (Refused, NotOffered)

Digest = Callable[[memoryview], str]
"""Reckons the digest of what an archive may not change (``dicom.content_digest``), in a worker."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A delivery in hand, with what it delivers."""

    delivery: Delivery
    artefact: Artefact

    @property
    def reference(self) -> Reference:
        one = self.artefact
        return Reference(one.study_uid, one.series_uid, one.uid, one.sop_class)


class Sending:
    """Works off the deliveries to one archive."""

    def __init__(
        self,
        outbox: Outbox,
        line: Line,
        clock: Clock,
        digest: Digest,
        *,
        owner: str,
        proven: Callable[[Artefact], object] = lambda _: None,
        draw: random.Random | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.changed: Signal[Delivery] = Signal("delivery changed")
        self.archive = line.address.identifier
        self._outbox = outbox
        self._line = line
        self._clock = clock
        self._digest = digest
        self._owner = owner
        self._proven = proven  # hears of images of the store that an archive has now
        self._draw = draw or random.Random()  # noqa: S311  it spreads waits, it keeps no secret
        self._backoff = backoff or Backoff()
        self._not_before: dict[str, float] = {}  # UID → monotonic
        self._alone: set[str] = set()  # refused in company: to be sent on their own

    def recover(self) -> int:
        """Take back what an earlier run was sending when it ended; return how many there were."""
        left = [one for one in self._mine(State.SENDING) if one.owner != self._owner]
        for delivery in left:
            self._move(delivery, Event.STOPPED)
        return len(left)

    def step(self) -> bool:
        """Do the most urgent thing that can be done now; False if there is none."""
        if not self._line.is_usable:
            return False
        proof = next(iter(self._due(State.STORED)), None)
        if proof is not None:
            self._read_back_stored(proof)
            return True
        batch = self._batch()
        taken = [item for item in map(self._take, batch) if item is not None]
        if taken:
            self._send(taken)
        return bool(batch)

    def wait(self) -> float | None:
        """Return how many seconds until something is due; None if nothing waits for its time alone."""
        now = self._clock.monotonic()
        waiting = (*self._mine(State.QUEUED), *self._mine(State.STORED))
        return min((max(0.0, self._when(one, now) - now) for one in waiting), default=None)

    def is_busy(self, *, tries: int) -> bool:
        """Say whether something is on its way, or waits that was not tried so often yet."""
        waiting = (*self._mine(State.QUEUED), *self._mine(State.STORED))
        return bool(self._mine(State.SENDING)) or any(one.attempts < tries for one in waiting)

    def let_go(self) -> None:
        """Queue again what was held back: the person has signed in, or a circumstance has changed."""
        for delivery in self._mine(State.HELD):
            self._not_before.pop(delivery.uid, None)
            self._move(delivery, Event.LET_GO)

    def retry(self, uid: str) -> bool:
        """Send one again at once because a person wants it; False if it isn't in a state for that.

        One that was given up is opened again; BlobMissing where its bytes are not here any more.
        """
        delivery = self._outbox.get(uid, self.archive)
        if delivery is None:
            return False
        self._not_before[uid] = 0.0
        if delivery.state in (State.QUEUED, State.STORED):
            return True
        if delivery.state in (State.HELD, State.CONFLICT, State.QUARANTINED, State.CLOSED):
            return self._move(delivery, Event.RETRIED) is not None
        return False

    def give_up(self, uid: str, why: str) -> bool:
        """Close one because a person doesn't want it delivered; False if it isn't in a state for that."""
        delivery = self._outbox.get(uid, self.archive)
        if delivery is None or delivery.state in (State.SENDING, State.VERIFIED, State.CLOSED):
            return False
        return self._move(delivery, Event.GIVEN_UP, why) is not None

    # --- choosing --------------------------------------------------------------------------------------

    def _batch(self) -> list[Delivery]:
        """Return deliveries that go in one request: of one study, none of them doubtful or alone."""
        due = self._due(State.QUEUED)
        first = next(due, None)
        if first is None:
            return []
        batch, artefact = [first], self._outbox.artefact(first.uid)
        if artefact is None or self._goes_alone(first):
            return batch
        room = _LARGEST - artefact.size
        for delivery in due:
            other = self._outbox.artefact(delivery.uid)
            if other is None or other.study_uid != artefact.study_uid or self._goes_alone(delivery):
                continue
            room -= other.size
            if room < 0 or len(batch) == _MOST:
                break
            batch.append(delivery)
        return batch

    def _goes_alone(self, delivery: Delivery) -> bool:
        return delivery.maybe_stored or delivery.uid in self._alone

    def _due(self, state: State) -> Iterator[Delivery]:
        now = self._clock.monotonic()
        for delivery in self._mine(state):
            if self._when(delivery, now) <= now and self._may_go(delivery):
                yield delivery

    def _may_go(self, delivery: Delivery) -> bool:
        """Say whether what has to come before it is there, or given up."""
        if not delivery.after:
            return True
        before = self._outbox.get(delivery.after, self.archive)
        return before is None or before.state in ENDS

    def _when(self, delivery: Delivery, now: float) -> float:
        """Return when a delivery may be tried, on the monotonic clock; one without a time, now."""
        if delivery.uid not in self._not_before:
            self._not_before[delivery.uid] = now + self._left(delivery)
        return self._not_before[delivery.uid]

    def _left(self, delivery: Delivery) -> float:
        """Return how long one has to wait that an earlier run has left."""
        if delivery.due is None:
            return 0.0
        left, meant = delivery.due - self._clock.utc(), delivery.due - delivery.changed
        return min(max(min(left, meant).total_seconds(), 0.0), _LONGEST_ASKED)

    def _mine(self, state: State) -> Sequence[Delivery]:
        return [one for one in self._outbox.deliveries({state}) if one.destination == self.archive]

    # --- doing -----------------------------------------------------------------------------------------

    def _take(self, delivery: Delivery) -> _Item | None:
        artefact = self._outbox.artefact(delivery.uid)
        taken = self._move(delivery, Event.TAKEN) if artefact else None
        return _Item(taken, artefact) if taken and artefact else None

    def _send(self, items: Sequence[_Item]) -> None:
        """Send what was taken up, unless the archive turns out to have it already."""
        is_sent = False
        try:
            with self._line.asking() as connection:
                if items[0].delivery.maybe_stored and self._settle_if_there(items[0], connection.images):
                    return
                objects = [self._outgoing(item.artefact) for item in items]
                is_sent = True
                answers = connection.images.store(objects)
        except ArchiveError as error:
            self._fail(items, error, is_sent=is_sent)
        except (LumenError, OSError) as error:  # our own bytes can't be read, or the system's network failed
            for item in items:
                self._move(item.delivery, Event.LATER, calm(error))
        else:
            self._settle(items, answers)

    def _fail(self, items: Sequence[_Item], error: ArchiveError, *, is_sent: bool) -> None:
        if isinstance(error, _FOR_GOOD) and len(items) > 1:
            self._alone |= {item.artefact.uid for item in items}  # which of them it was, the next tries tell
        event = _event_of(error, is_sent=is_sent, in_company=len(items) > 1)
        code = error.code if isinstance(error, Refused) else 0
        for item in items:
            self._move(item.delivery, event, calm(error), code=code, asked=_asked(error))

    def _settle(self, items: Sequence[_Item], answers: Sequence[StoreAnswer]) -> None:
        """Move each by what was said of it alone, then read back what is said to be stored."""
        said = {answer.uid: answer for answer in answers}
        listed = []
        for item in items:
            answer = said.get(item.artefact.uid, StoreAnswer(item.artefact.uid, Settled.UNSAID))
            event = _EVENTS[answer.settled]
            after = self._move(
                item.delivery, event, answer.reason or _WORDS[answer.settled], code=answer.code
            )
            if after is not None and event is Event.LISTED:
                listed.append(_Item(after, item.artefact))
        for item in listed:
            self._prove(item)

    def _settle_if_there(self, item: _Item, images: Images) -> bool:
        """Ask for an object whose sending got no answer; True if its delivery has moved on."""
        if item.artefact.uid not in images.verify([item.reference]):
            return False
        verdict = self._compare(item, images)
        if verdict is Event.ABSENT:
            return False
        self._judge(item, verdict)
        return True

    def _read_back_stored(self, delivery: Delivery) -> None:
        artefact = self._outbox.artefact(delivery.uid)
        if artefact is not None:
            self._prove(_Item(delivery, artefact))

    def _prove(self, item: _Item) -> None:
        """Read an object back; what the archive is said to have and hasn't is sent again."""
        try:
            with self._line.asking() as connection:
                verdict = self._compare(item, connection.images)
        except (LumenError, OSError) as error:
            self._postpone(item.delivery, calm(error), _asked(error))
            return
        self._judge(item, verdict)

    def _judge(self, item: _Item, verdict: Event) -> None:
        if verdict is Event.SAME and item.artefact.kind == IMAGE:
            self._proven(item.artefact)  # before the move: after a crash it is only proven twice
        words = {Event.SAME: "", Event.DIFFERENT: _DIFFERENT, Event.ABSENT: _ABSENT}
        self._move(item.delivery, verdict, words[verdict])

    def _compare(self, item: _Item, images: Images) -> Event:
        one = item.artefact
        data = bytearray()
        try:
            for part in images.retrieve(Wanted(one.study_uid, one.series_uid, one.uid)):
                data.clear()
                for chunk in part:
                    data += chunk
                    self._line.came(len(chunk))
        except NotThere:
            return Event.ABSENT
        if not data:
            return Event.ABSENT
        came = memoryview(data)
        return Event.SAME if self._is_same(one, came) else Event.DIFFERENT

    def _is_same(self, artefact: Artefact, came: memoryview) -> bool:
        """Say whether what came back is what was sent, but for what an archive may change."""
        if sha256_of(came) == artefact.sha256:
            return True
        ours = artefact.digest or self._digest(self._outbox.body_of(artefact.uid))
        try:
            return self._digest(came) == ours
        except DicomRefused:  # what came back is no object that can be understood
            return False

    def _outgoing(self, artefact: Artefact) -> Outgoing:
        return Outgoing(
            artefact.uid,
            artefact.sop_class,
            artefact.study_uid,
            artefact.series_uid,
            artefact.transfer_syntax,
            self._outbox.body_of(artefact.uid),
        )

    # --- noting ----------------------------------------------------------------------------------------

    def _move(
        self, before: Delivery, event: Event, why: str = "", *, code: int = 0, asked: float = 0.0
    ) -> Delivery | None:
        """Make a step durable and return the row as it is then; None if somebody else was quicker."""
        state = moved(State(before.state), event)
        now = self._clock.utc()
        attempts = before.attempts + 1 if event is Event.TAKEN else before.attempts
        after = replace(
            before,
            state=state.value,
            changed=now,
            attempts=attempts,
            owner=self._owner if state is State.SENDING else "",
            endpoint=self._line.state.endpoint if event is Event.TAKEN else before.endpoint,
            maybe_stored=event in MAYBE_STORED_AFTER
            or (before.maybe_stored and _keeps_doubt(event))
            or (event is Event.GIVEN_UP and before.state in MAYBE_STORED_IN),
            error=why,
            error_code=code,
            due=None,
            stored_at=now if event is Event.LISTED else before.stored_at,
            verified_at=now if state is State.VERIFIED else before.verified_at,
        )
        if state is State.QUEUED and event not in (Event.LET_GO, Event.RETRIED, Event.STOPPED):
            after = self._delayed(after, asked)
        return after if self._write(before, after) else None

    def _postpone(self, before: Delivery, why: str, asked: float) -> None:
        """Let one stay as it is and be looked at later."""
        after = replace(before, attempts=before.attempts + 1, error=why, changed=self._clock.utc())
        self._write(before, self._delayed(after, asked))

    def _delayed(self, delivery: Delivery, asked: float) -> Delivery:
        wait = self._backoff.wait(delivery.attempts, asked=min(asked, _LONGEST_ASKED), draw=self._draw)
        self._not_before[delivery.uid] = self._clock.monotonic() + wait
        return replace(delivery, due=self._clock.utc() + timedelta(seconds=wait))

    def _write(self, before: Delivery, after: Delivery) -> bool:
        if not self._outbox.move(before, after):
            return False
        if after.state in (State.VERIFIED, State.CLOSED):
            self._not_before.pop(after.uid, None)
            self._alone.discard(after.uid)
        self.changed.emit(after)
        return True


_DIFFERENT: Final = "The archive holds another content under this UID."
_ABSENT: Final = "The archive said that it has it, and has it not. It is sent again."

_EVENTS: Final = {
    Settled.STORED: Event.LISTED,
    Settled.ALREADY: Event.LISTED,
    Settled.REFUSED: Event.REFUSED,
    Settled.LATER: Event.LATER,
    Settled.UNSAID: Event.UNKNOWN,
}
_WORDS: Final = {
    Settled.STORED: "",
    Settled.ALREADY: "",
    Settled.REFUSED: "The archive will not take it.",
    Settled.LATER: "The archive asks to be sent it later.",
    Settled.UNSAID: "The archive answered without a word about it.",
}


def _keeps_doubt(event: Event) -> bool:
    """Say whether what may be stored may still be: only an answer about it ends the doubt."""
    return event in (
        Event.TAKEN,
        Event.NOT_SENT,
        Event.FORBIDDEN,
        Event.HELD_BACK,
        Event.LET_GO,
        Event.RETRIED,
        Event.GIVEN_UP,
    )


def _event_of(error: ArchiveError, *, is_sent: bool, in_company: bool) -> Event:
    if isinstance(error, _NOT_SENT) or not is_sent:
        return Event.FORBIDDEN if isinstance(error, NotAllowed) else Event.NOT_SENT
    if isinstance(error, NotAllowed):
        return Event.FORBIDDEN
    if isinstance(error, _FOR_GOOD):
        return Event.LATER if in_company else Event.REFUSED
    return Event.LATER if isinstance(error, Busy | NotThere) else Event.UNKNOWN


def _asked(error: BaseException) -> float:
    return error.after if isinstance(error, Busy) else 0.0
