"""A whole night in one machine: what is signed gets out and what is wanted comes in, over the same line.

Outbox and store are real, so are line, deliveries, board and streams; threads are left out, so that a night
can be told again. The archive is a double that does whatever is drawn.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from fake_archive import Archive, address, nothing, once
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from store_instances import KEK, Maker
from store_parcels import body, parcel

from workstation.archive import (
    ArchiveError,
    BadAnswer,
    Busy,
    Contents,
    Interrupted,
    ListedInstance,
    ListedSeries,
    NotAllowed,
    Outgoing,
    Refused,
    Settled,
    StoreAnswer,
    Truncated,
    Unreachable,
)
from workstation.clock import ManualClock
from workstation.dicom.model import Patient, Series, Study
from workstation.dicom.sources import Source
from workstation.store import Limits, Options, Store
from workstation.sync.bell import Bell
from workstation.sync.board import Board, Piece, Want
from workstation.sync.delivery import State
from workstation.sync.fetching import Arrived, Fetching
from workstation.sync.line import Line
from workstation.sync.sending import Sending
from workstation.sync.shaping import Shaper
from workstation.sync.urgency import Urgency

NIGHT = datetime(2026, 11, 24, 2, 4, tzinfo=UTC)
STUDY, SERIES, COUNT = "1.9", "1.9.9", 14
MAKER = Maker(size=400)
SLICES = {f"{SERIES}.{n}": MAKER.data(STUDY, f"{SERIES}.{n}") for n in range(1, COUNT + 1)}
FAULTS: tuple[Exception, ...] = (
    Unreachable("no"), Interrupted("cut"), Truncated("cut"), Busy("429"), Busy("503", after=30.0),
    ArchiveError("500"), BadAnswer("a page"), NotAllowed("401"), Refused("400"), OSError("reset"),
)  # fmt: skip
OF_SENDING = ("store", "verify", "retrieve", "part")
OF_FETCHING = ("metadata", "retrieve", "part")


class _Killed(BaseException):
    """The program ends here."""


class _Ground:
    """Stores what a stream brings at once, and counts what came whole."""

    def __init__(self, store: Store, board: Board, whole: Counter[str]) -> None:
        self._store = store
        self._board = board
        self._whole = whole

    def offer(self, source: Source) -> bool:
        assert isinstance(source, Arrived)
        data = bytes(source.data)
        uid = MAKER.look(memoryview(data)).record.uid
        self._whole[uid] += 1
        self._store.intake.put([MAKER.incoming(STUDY, uid)], verified=True)
        assert data == SLICES[uid]
        self._board.landed(STUDY, [uid])
        source.trip.settle()
        return True

    def learnt(self, piece: Piece, contents: Contents) -> None:
        self._board.learn(piece, contents, {one.uid for one in self._store.instances.of_study(STUDY)})

    def gone(self, want: Want) -> None:
        raise AssertionError(f"{want.study_uid} is there")


def _contents() -> Contents:
    facts = Series(SERIES, 1, "MR", "", "", "", "", "", "", "")
    listed = tuple(ListedInstance(uid, "1.2", n, size=400) for n, uid in enumerate(SLICES, 1))
    study = Study(STUDY, "20261124", "", "", "", "", "", "")
    return Contents(Patient("1", "", "NOBODY^Test", "", ""), study, (ListedSeries(facts, listed),), COUNT)


class _Night(RuleBasedStateMachine):
    """Nothing signed is ever neither in the outbox nor verified; nothing that came whole comes again."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.clock = ManualClock(NIGHT)
        self.options = Options(clock=self.clock, limits=Limits(floor=0), reserve=1 << 16, examine=MAKER.look)
        self.archive = Archive(dict(SLICES), {STUDY: _contents()}, answer=self._answer)
        self.store = Store.create(Path(self._folder.name) / "store", KEK, self.options)
        self.signed: list[str] = []
        self.sent: dict[str, bytes] = {}  # what an archive's side has ever seen of each
        self.lies: list[Settled] = []
        self.dies_after_storing = False
        self.whole: Counter[str] = Counter()
        self.runs = 0
        self.begin(Urgency.OPEN)

    def begin(self, urgency: Urgency) -> None:
        """Start a run of the program."""
        self.runs += 1
        self.line = Line(
            address("fibre", "hotspot"), self.archive.connect, self.clock, spawn=lambda work: work()
        )
        self.sending = Sending(
            self.store.outbox,
            self.line,
            self.clock,
            lambda data: hashlib.sha256(data).hexdigest(),
            owner=f"run {self.runs}",
            draw=random.Random(self.runs),
        )
        self.sending.recover()
        self.board = Board(stream_pays=lambda rest: not rest.again)
        ground = _Ground(self.store, self.board, self.whole)
        shaper = Shaper(self.clock, shares=dict.fromkeys(Urgency, 1.0))
        self.fetching = Fetching(self.line, self.board, ground, shaper, Bell())
        self.board.want(Want("group", STUDY, urgency))

    def _answer(self, one: Outgoing) -> StoreAnswer:
        """Store, and say so; or as was planned: keep nothing and say so, or keep it and say otherwise."""
        kept = self.archive.objects
        self.sent[one.uid] = bytes(one.data)
        lie = self.lies.pop() if self.lies else None
        if lie is Settled.STORED:
            return StoreAnswer(one.uid, Settled.STORED)
        if one.uid in kept:
            return StoreAnswer(one.uid, Settled.ALREADY)
        if lie in (Settled.REFUSED, Settled.LATER):
            return StoreAnswer(one.uid, lie)
        kept[one.uid] = bytes(one.data)
        if self.dies_after_storing:
            raise _Killed
        return StoreAnswer(one.uid, lie or Settled.STORED)

    def fetch_one(self) -> bool:
        """Bring the next piece, as a stream does."""
        piece = self.board.take() if self.line.is_usable else None
        if piece is not None:
            self.fetching._carry(piece)
        return piece is not None

    # --- what a person does ----------------------------------------------------------------------------

    @rule(after=st.booleans())
    def sign(self, *, after: bool) -> None:
        uid, before = f"1.2.8.{len(self.signed) + 1}", self.signed[-1] if after and self.signed else ""
        self.store.outbox.enqueue(parcel(uid, after=before))
        self.signed.append(uid)

    @rule(urgency=st.sampled_from(Urgency))
    def want(self, urgency: Urgency) -> None:
        self.board.want(Want("group", STUDY, urgency))

    @rule()
    def want_again(self) -> None:
        self.board.try_again("group", STUDY)

    @rule()
    def sign_in(self) -> None:
        self.line.signed_in()
        self.sending.let_go()

    @precondition(lambda self: self.signed)
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        self.sending.retry(data.draw(st.sampled_from(self.signed)))

    # --- what the line and the archive do ---------------------------------------------------------------

    @rule(
        fault=st.sampled_from((None, *FAULTS)),
        where=st.sampled_from(OF_SENDING),
        lies=st.lists(st.sampled_from(Settled), max_size=3),  # of a request's first objects: a 202, a 409
        steps=st.integers(1, 3),
    )
    def send(self, fault: Exception | None, where: str, lies: list[Settled], steps: int) -> None:
        self.lies, self.archive.fault = lies, once(fault, where)
        for _ in range(steps):
            self.sending.step()
        self.lies, self.archive.fault = [], nothing

    @rule(
        fault=st.sampled_from((None, *FAULTS)),
        where=st.sampled_from(OF_FETCHING),
        nth=st.integers(0, COUNT),
        steps=st.integers(1, 6),
    )
    def fetch(self, fault: Exception | None, where: str, nth: int, steps: int) -> None:
        if isinstance(fault, Refused) and where == "metadata":
            return  # the archive then won't tell what the study consists of: it is wanted no more
        place = f"part {SERIES}.{nth}" if where == "part" and nth else where
        self.archive.fault = once(fault, place)
        for _ in range(steps):
            self.fetch_one()
        self.archive.fault = nothing

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def a_duplicate_comes_late(self, data: st.DataObject) -> None:
        """Let a request that was sent before arrive once more, or only now."""
        uid = data.draw(st.sampled_from(sorted(self.sent)))
        self.archive.objects.setdefault(uid, self.sent[uid])

    @rule(name=st.sampled_from(("fibre", "hotspot")), works=st.booleans())
    def lose_an_endpoint(self, name: str, *, works: bool) -> None:
        def dead(what: str) -> None:
            if what.startswith(name):
                raise Unreachable("no")

        self.archive.fault = dead
        for _ in range(6):
            self.clock.wait(3.0)
            self.line.look()
            if works:
                self.sending.step()
                self.fetch_one()
        self.archive.fault = nothing

    # --- what the machine does --------------------------------------------------------------------------

    @rule(
        where=st.sampled_from(("metadata", *OF_SENDING)),
        is_stored=st.booleans(),
        urgency=st.sampled_from(Urgency),
    )
    def die(self, where: str, urgency: Urgency, *, is_stored: bool) -> None:
        """End in the middle of something, before or after the archive has stored what was sent."""
        self.archive.fault = nothing if is_stored else once(_Killed(), where)
        self.dies_after_storing = is_stored
        with suppress(_Killed):
            self.fetch_one()
            self.sending.step()
        self.dies_after_storing, self.archive.fault = False, nothing
        self.store.close()
        self.store = Store.open(Path(self._folder.name) / "store", KEK, self.options)
        self.begin(urgency)

    @rule(seconds=st.floats(0.1, 400.0))
    def wait(self, seconds: float) -> None:
        self.clock.wait(seconds)
        self.line.look()

    @rule(seconds=st.floats(-1e9, 1e9))
    def jump(self, seconds: float) -> None:
        with suppress(OverflowError):
            self.clock.jump(seconds)

    @rule()
    def sleep(self) -> None:
        self.clock.jump(3_600.0)
        self.line.begin_anew()

    # --- what holds whatever happens --------------------------------------------------------------------

    @invariant()
    def nothing_signed_is_lost(self) -> None:
        for uid in self.signed:
            delivery = self.store.outbox.get(uid, "group")
            assert delivery is not None
            assert bytes(self.store.outbox.body_of(uid)) == body(uid)
            assert delivery.state != State.VERIFIED or self.archive.objects[uid] == body(uid)

    @invariant()
    def nothing_that_came_whole_comes_again(self) -> None:
        assert set(self.whole.values()) <= {1}

    @invariant()
    def every_slice_is_accounted_for(self) -> None:
        here = {one.uid for one in self.store.instances.of_study(STUDY)}
        progress = self.board.progress("group", STUDY)
        assert here == set(self.whole)
        assert progress is not None
        if progress.listed is not None:
            assert (progress.here, progress.listed) == (len(here), COUNT)

    def teardown(self) -> None:
        self.line.signed_in()
        for _ in range(4):
            self.board.try_again("group", STUDY)
            for uid in self.signed:
                self.sending.retry(uid)
            self.sending.let_go()
            for _ in range(200):
                self.line.look()
                if not (self.sending.step() or self.fetch_one()):
                    self.clock.wait(10.0)
                    if self.sending.wait() is None:
                        break
        states = {self.store.outbox.get(uid, "group") for uid in self.signed}
        here = {one.uid for one in self.store.instances.of_study(STUDY)}
        self.store.close()
        self._folder.cleanup()
        assert {one.state for one in states if one} <= {State.VERIFIED}
        assert here == set(SLICES)
        assert set(self.whole.values()) == {1}


TestNight = _Night.TestCase
TestNight.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
