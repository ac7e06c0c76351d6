"""Deliveries against an archive that lies, stalls and dies, over a real outbox on a real store."""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_archive import Archive, address, nothing, once
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from store_instances import KEK

from workstation.archive import (
    ArchiveError,
    BadAnswer,
    Busy,
    Interrupted,
    NotAllowed,
    Outgoing,
    Refused,
    Settled,
    StoreAnswer,
    Truncated,
    Unreachable,
)
from workstation.clock import ManualClock, SystemClock
from workstation.store import Artefact, Delivery, Limits, Options, Parcel, Store
from workstation.sync.delivery import State
from workstation.sync.line import Line
from workstation.sync.sending import Sending

SR = "1.2.840.10008.5.1.4.1.1.88.33"
NIGHT = datetime(2026, 11, 24, 2, 4, tzinfo=UTC)


def _parcel(number: int, *, after: str = "", size: int = 200) -> Parcel:
    uid = f"1.2.3.{number}"
    body = hashlib.sha256(uid.encode()).digest() * (size // 32)
    sha256 = hashlib.sha256(body).hexdigest()
    artefact = Artefact(
        uid,
        "1.2.3",
        f"1.2.3.9.{number}",
        SR,
        "report",
        "1.2.840.10008.1.2.1",
        sha256,
        "",
        len(body),
        NIGHT,
        "r1",
    )
    return Parcel(artefact, ("group",), body, after)


def _letters(data: memoryview) -> str:
    """Stand for a digest that doesn't see what an archive may change: here, spaces."""
    return bytes(data).replace(b" ", b"").hex()


class Bench:
    """A store, an archive, and what sends from one to the other."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(NIGHT)
        self.folder = folder
        self.options = Options(clock=self.clock, limits=Limits(floor=0), reserve=1 << 16)
        self.archive = Archive()
        self.store = Store.create(folder, KEK, self.options)
        self._runs = 0
        self.begin()

    def begin(self) -> None:
        """Start a run of the program."""
        self._runs += 1
        self.line = Line(
            address("fibre", "hotspot"), self.archive.connect, self.clock, spawn=lambda work: work()
        )
        self.sending = Sending(
            self.store.outbox,
            self.line,
            self.clock,
            _letters,
            owner=f"run {self._runs}",
            draw=random.Random(1),
        )
        self.sending.recover()

    def restart(self) -> None:
        """End the program in disorder and start it again."""
        self.store.close()
        self.store = Store.open(self.folder, KEK, self.options)
        self.begin()

    def state_of(self, number: int) -> State:
        """Return where a delivery stands."""
        return State(self.delivery(number).state)

    def delivery(self, number: int) -> Delivery:
        """Return a delivery."""
        found = self.store.outbox.get(f"1.2.3.{number}", "group")
        assert found is not None
        return found

    def work(self, steps: int = 200) -> None:
        """Let time pass and work until nothing is to be done."""
        for _ in range(steps):
            self.line.look()
            if self.sending.step():
                continue
            wait = self.sending.wait()
            if wait is None:
                return
            self.clock.wait(max(wait, 1.0))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "store")
    yield made
    made.store.close()


def test_what_is_queued_is_sent_read_back_and_verified(bench: Bench) -> None:
    bench.store.outbox.enqueue(_parcel(1))
    bench.work()
    assert bench.state_of(1) is State.VERIFIED
    assert [what.split(": ")[1] for what in bench.archive.asked if "echo" not in what] == [
        "store 1.2.3.1",
        "retrieve 1.2.3.1",
        "part 1.2.3.1",
    ]


def test_what_was_just_queued_is_due_at_once_on_a_clock_that_goes_on(bench: Bench) -> None:
    sending = Sending(bench.store.outbox, bench.line, SystemClock(), _letters, owner="another run")
    bench.store.outbox.enqueue(_parcel(1))
    assert sending.step()
    assert bench.state_of(1) is State.VERIFIED


def test_an_archive_s_word_alone_proves_nothing(bench: Bench) -> None:
    bench.archive.answer = lambda one: StoreAnswer(one.uid, Settled.STORED)  # and keeps nothing
    bench.store.outbox.enqueue(_parcel(1))
    bench.sending.step()
    assert bench.state_of(1) is State.QUEUED
    assert "has it not" in bench.delivery(1).error
    bench.archive.answer = None
    bench.work()
    assert bench.state_of(1) is State.VERIFIED


def test_an_answer_that_was_lost_is_asked_for_before_anything_is_sent_again(bench: Bench) -> None:
    def stored_but_cut(one: Outgoing) -> StoreAnswer:
        bench.archive.objects[one.uid] = bytes(one.data)
        bench.archive.answer = None
        raise Interrupted("cut")

    bench.archive.answer = stored_but_cut
    bench.store.outbox.enqueue(_parcel(1))
    bench.work()
    assert bench.state_of(1) is State.VERIFIED
    assert sum("store" in what for what in bench.archive.asked) == 1
    assert any("verify" in what for what in bench.archive.asked)


def test_another_content_under_its_uid_goes_to_a_person(bench: Bench) -> None:
    bench.archive.objects["1.2.3.1"] = b"somebody else's"
    bench.archive.answer = lambda one: StoreAnswer(one.uid, Settled.ALREADY)
    bench.store.outbox.enqueue(_parcel(1))
    bench.work()
    assert bench.state_of(1) is State.CONFLICT
    assert bench.archive.objects["1.2.3.1"] == b"somebody else's"


def test_what_an_archive_had_already_and_is_the_same_counts(bench: Bench) -> None:
    bench.archive.objects["1.2.3.1"] = bytes(_parcel(1).body or b"")
    bench.archive.answer = lambda one: StoreAnswer(one.uid, Settled.ALREADY)
    bench.store.outbox.enqueue(_parcel(1))
    bench.work()
    assert bench.state_of(1) is State.VERIFIED


def test_what_an_archive_has_written_in_its_own_way_counts_too(bench: Bench) -> None:
    bench.archive.objects["1.2.3.1"] = b" " + bytes(_parcel(1).body or b"")
    bench.archive.answer = lambda one: StoreAnswer(one.uid, Settled.ALREADY)
    bench.store.outbox.enqueue(_parcel(1))
    bench.work()
    assert bench.state_of(1) is State.VERIFIED


def test_a_refusal_for_good_goes_to_a_person_with_its_code(bench: Bench) -> None:
    bench.archive.answer = lambda one: StoreAnswer(one.uid, Settled.REFUSED, 0xA900, "It fits no SOP class.")
    bench.store.outbox.enqueue(_parcel(1))
    bench.work()
    delivery = bench.delivery(1)
    assert (delivery.state, delivery.error_code, delivery.error) == (
        State.QUARANTINED,
        0xA900,
        "It fits no SOP class.",
    )


def test_one_that_spoils_a_request_costs_its_neighbours_nothing(bench: Bench) -> None:
    def fussy(what: str) -> None:
        if what.endswith("store 1.2.3.2"):
            raise Refused("The request can't be read", code=400)

    bench.archive.fault = fussy
    bench.store.outbox.enqueue(*(_parcel(number) for number in range(1, 5)))
    bench.work()
    assert [bench.state_of(number) for number in range(1, 5)] == [
        State.VERIFIED,
        State.QUARANTINED,
        State.VERIFIED,
        State.VERIFIED,
    ]


def test_being_asked_for_patience_is_kept_to(bench: Bench) -> None:
    bench.archive.fault = once(Busy("later", after=120.0), "store")
    bench.store.outbox.enqueue(_parcel(1))
    bench.sending.step()
    wait = bench.sending.wait()
    assert wait is not None
    assert 120.0 <= wait <= 300.0


def test_a_clock_that_jumps_doesn_t_strand_a_delivery(bench: Bench) -> None:
    bench.archive.fault = once(Busy("later", after=120.0), "store")
    bench.store.outbox.enqueue(_parcel(1))
    bench.sending.step()
    before = bench.sending.wait()
    bench.clock.jump(-10 * 365 * 86_400)
    bench.restart()
    wait = bench.sending.wait()
    assert before is not None
    assert wait is not None
    assert 120.0 <= wait <= before + 1.0


def test_without_a_line_nothing_is_taken_up(bench: Bench) -> None:
    bench.archive.fault = once(NotAllowed("sign in"), "echo")
    bench.line.look()
    bench.store.outbox.enqueue(_parcel(1))
    assert not bench.sending.step()
    assert bench.delivery(1).attempts == 0


def test_what_may_not_be_stored_waits_for_a_sign_in(bench: Bench) -> None:
    bench.archive.fault = once(NotAllowed("You may not store here"), "store")
    bench.store.outbox.enqueue(_parcel(1))
    bench.sending.step()
    assert bench.state_of(1) is State.HELD
    bench.line.signed_in()
    bench.sending.let_go()
    bench.work()
    assert bench.state_of(1) is State.VERIFIED


def test_what_has_to_come_after_another_waits_for_its_proof(bench: Bench) -> None:
    bench.store.outbox.enqueue(_parcel(2, after="1.2.3.1"), _parcel(1))
    bench.work()
    stored = [what.split()[-1] for what in bench.archive.asked if " store " in what]
    assert stored == ["1.2.3.1", "1.2.3.2"]
    assert bench.state_of(2) is State.VERIFIED


def test_a_person_may_send_again_or_give_up(bench: Bench) -> None:
    bench.archive.answer = lambda one: StoreAnswer(one.uid, Settled.REFUSED)
    bench.store.outbox.enqueue(_parcel(1), _parcel(2))
    bench.work()
    bench.archive.answer = None
    assert bench.sending.retry("1.2.3.1")
    assert bench.sending.give_up("1.2.3.2", "It was meant for another patient.")
    bench.work()
    assert (bench.state_of(1), bench.state_of(2)) == (State.VERIFIED, State.CLOSED)
    assert bench.delivery(2).error == "It was meant for another patient."
    assert not bench.sending.give_up("1.2.3.1", "too late")
    assert not bench.sending.retry("1.2.3.1")


def test_what_was_given_up_is_sent_after_all_when_a_person_wants_it(bench: Bench) -> None:
    bench.store.outbox.enqueue(_parcel(1))
    assert bench.sending.give_up("1.2.3.1", "the wrong archive")
    assert bench.sending.retry("1.2.3.1")
    bench.work()
    assert (bench.state_of(1), bench.delivery(1).error) == (State.VERIFIED, "")


def test_what_may_be_there_already_is_asked_for_before_it_is_sent_after_all(bench: Bench) -> None:
    """It was said to be stored and never read back when it was given up: a second copy must not follow."""
    bench.archive.fault = lambda what: _fail(what, "retrieve", Unreachable("no"))
    bench.store.outbox.enqueue(_parcel(1))
    bench.sending.step()
    assert bench.state_of(1) is State.STORED
    assert bench.sending.give_up("1.2.3.1", "the wrong archive")

    bench.archive.fault = lambda _: None
    assert bench.sending.retry("1.2.3.1")
    bench.work()
    assert bench.state_of(1) is State.VERIFIED
    assert sum(" store " in what for what in bench.archive.asked) == 1


def _fail(what: str, at: str, error: Exception) -> None:
    if f" {at} " in f" {what} ":
        raise error


class _Killed(BaseException):
    """The program ends here."""


FAULTS: tuple[BaseException, ...] = (
    Unreachable("no"), Interrupted("cut"), Truncated("cut"), Busy("429"), Busy("503", after=30.0),
    ArchiveError("500"), BadAnswer("a page"), NotAllowed("401"), Refused("400"), OSError("reset"),
)  # fmt: skip
PLACES = ("store", "verify", "retrieve", "part")


class _NightOfTrouble(RuleBasedStateMachine):
    """Whatever happens, each signed object is in the outbox or verified, and nothing false counts as it."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.bench = Bench(Path(self._folder.name) / "store")
        self.signed = 0
        self.lies: list[Settled | None] = []
        self.dies_after_storing = False
        self.forestalled: set[int] = set()
        self.follows: set[int] = set()  # those that wait for the one before them
        self.bench.archive.answer = self._answer

    def _answer(self, one: Outgoing) -> StoreAnswer:
        """Store, and say so; or as was planned: keep nothing and say so, or keep it and say otherwise."""
        archive = self.bench.archive
        lie = self.lies.pop() if self.lies else None
        if lie is Settled.STORED:
            return StoreAnswer(one.uid, Settled.STORED)
        if one.uid in archive.objects:
            return StoreAnswer(one.uid, Settled.ALREADY)
        if lie in (Settled.REFUSED, Settled.LATER):
            return StoreAnswer(one.uid, lie)
        archive.objects[one.uid] = bytes(one.data)
        if self.dies_after_storing:
            raise _Killed
        return StoreAnswer(one.uid, lie or Settled.STORED)

    @rule(after=st.booleans())
    def sign(self, *, after: bool) -> None:
        self.signed += 1
        before = f"1.2.3.{self.signed - 1}" if after and self.signed > 1 else ""
        self.follows |= {self.signed} if before else set()
        self.bench.store.outbox.enqueue(_parcel(self.signed, after=before))

    @rule(
        fault=st.sampled_from((None, *FAULTS)),
        where=st.sampled_from(PLACES),
        lie=st.sampled_from((None, *Settled)),
        steps=st.integers(1, 3),
    )
    def send(self, fault: BaseException | None, where: str, lie: Settled | None, steps: int) -> None:
        self.lies = [lie]
        self.bench.archive.fault = once(fault, where)
        for _ in range(steps):
            self.bench.sending.step()
        self.bench.archive.fault = nothing

    @rule(where=st.sampled_from(PLACES), is_stored=st.booleans())
    def die(self, where: str, *, is_stored: bool) -> None:
        """End in the middle of it, before or after the archive has stored what was sent."""
        self.lies = []
        self.bench.archive.fault = once(_Killed(), where) if not is_stored else nothing
        self.dies_after_storing = is_stored
        with suppress(_Killed):
            self.bench.sending.step()
        self.dies_after_storing = False
        self.bench.archive.fault = nothing
        self.bench.restart()

    @rule(data=st.data())
    def be_forestalled(self, data: st.DataObject) -> None:
        """Let somebody else store another content under the UID of something that isn't there yet."""
        if self.signed:
            number = data.draw(st.integers(1, self.signed))
            if f"1.2.3.{number}" not in self.bench.archive.objects:
                self.bench.archive.objects[f"1.2.3.{number}"] = b"another"
                self.forestalled.add(number)

    @rule(seconds=st.floats(0.1, 400.0))
    def wait(self, seconds: float) -> None:
        self.bench.clock.wait(seconds)
        self.bench.line.look()

    @rule(seconds=st.floats(-1e9, 1e9))
    def jump(self, seconds: float) -> None:
        with suppress(OverflowError):
            self.bench.clock.jump(seconds)

    @rule()
    def sleep(self) -> None:
        self.bench.clock.jump(3_600.0)
        self.bench.line.begin_anew()

    @rule(name=st.sampled_from(("fibre", "hotspot")))
    def lose_an_endpoint(self, name: str) -> None:
        self.bench.archive.fault = lambda what: _raise(Unreachable("no")) if what.startswith(name) else None
        for _ in range(6):
            self.bench.clock.wait(3.0)
            self.bench.line.look()
        self.bench.archive.fault = nothing

    @rule()
    def restart(self) -> None:
        self.bench.restart()

    @rule()
    def sign_in(self) -> None:
        self.bench.line.signed_in()
        self.bench.sending.let_go()

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        if self.signed:
            self.bench.sending.retry(f"1.2.3.{data.draw(st.integers(1, self.signed))}")

    @invariant()
    def nothing_is_lost(self) -> None:
        archive = self.bench.archive
        for number in range(1, self.signed + 1):
            state = self.bench.state_of(number)  # it has a row at all
            assert bytes(self.bench.store.outbox.body_of(f"1.2.3.{number}")) == _parcel(number).body
            assert (state is not State.VERIFIED) or number not in self.forestalled
            if state is State.VERIFIED:
                assert archive.objects[f"1.2.3.{number}"] == _parcel(number).body

    def teardown(self) -> None:
        self.bench.archive.fault = nothing
        self.lies = []
        self.bench.line.signed_in()
        for _ in range(3):
            for number in range(1, self.signed + 1):
                self.bench.sending.retry(f"1.2.3.{number}")
            self.bench.work(400)
        ends = {number: self.bench.state_of(number) for number in range(1, self.signed + 1)}
        self.bench.store.close()
        self._folder.cleanup()
        stuck = False  # the one before it is, or waits for one that is: only a person can settle that
        for number, end in ends.items():
            waits = stuck and number in self.follows
            if number in self.forestalled:
                assert end in (State.CONFLICT, State.QUEUED)
            else:
                assert end is State.VERIFIED or (waits and end is State.QUEUED)
            stuck = end is not State.VERIFIED


def _raise(error: Exception) -> None:
    raise error


TestNightOfTrouble = _NightOfTrouble.TestCase
TestNightOfTrouble.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
