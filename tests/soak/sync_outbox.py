"""Objects out of the outbox into a real Orthanc, over bad lines, from a client that is killed over and over.

A child process signs objects one after the other (reports, and images of the store that are passed on) and
runs the engine on a clock that goes faster than the world's; it is killed (SIGKILL) every ten seconds and
started again on the same store. Its wall clock is wrong by days, each time by others, and jumps while it
runs. Two lines lead to the archive, of which every twenty seconds the other one works; both are late, reset
and cut, and before the archive stands a gateway with whims (409, 429, 503, 202, answers lost, late, doubled).

When nearly all is verified nobody is killed any more, and then everything heals. In the end each object that
was signed is verified, and Orthanc holds each once, byte for byte. How long the last ones take after that is
bounded by the longest wait between two tries, and one try.

Units:   seconds of the world; where it is said, of the child's clock.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from dicom_objects import ct, part10
from proof import Batch, Outcome
from quick_desk import SharedPool
from store_power import seeded

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

from fault_proxy import FaultProxy
from http_gateway import Gateway
from line_faults import Line, Odds, Way
from orthanc import Orthanc, running_orthanc
from scripted_http import ScriptedHttp
from sync_ground import Ground, by_web, outgoing, parcel_of, passed_on, through

from workstation.archive import Outgoing
from workstation.clock import ScaledClock
from workstation.dicom.examining import examine_in_worker
from workstation.store import Incoming, Parcel
from workstation.sync.backoff import Backoff

OBJECTS: Final = 1000
PACE: Final = 20.0  # seconds of the child's clock to one of the world
A_KILL: Final = 10.0
A_SWITCH: Final = 20.0
A_CHANGE: Final = 2.0  # of how late the lines are
LATEST: Final = 5.0  # of the child's clock, there and back
HEALED: Final = 0.95  # of the objects are verified
ONE_TRY: Final = 90.0  # of the child's clock: a breaker that is open, and a request that hangs
_A_STUDY: Final = 25  # objects
_IMAGES: Final = 10  # one in so many objects is an image of the store
_SIGNED_EVERY: Final = 0.03
_LONGEST: Final = 3600.0  # then it heals in any case; and so long it may take at most after that
_STORMY: Final = Odds(
    refuse=0.1, reset=0.4, cut=0.2, hole=0.1, after=(0, 20_000), ways=tuple(Way), seconds=60.0 / PACE
)
_SR: Final = "1.2.840.10008.5.1.4.1.1.88.33"


def deliver(batch: Batch) -> Outcome:
    """Deliver as many objects as the batch has trials."""
    outcome = Outcome(batch.count)
    folder, pool = batch.scratch / "store", SharedPool(1)
    objects = [one for number in batch.numbers for one in outgoing([made(number)])]
    _keep_images(folder, pool, objects)
    pool.end()
    with running_orthanc(batch.scratch / "orthanc") as orthanc:
        night = _Night(batch, orthanc, folder, outcome)
        night.pass_by()
        for one in objects:
            copies = orthanc.copies(one.uid)
            if copies != [bytes(one.data)]:
                outcome.complain(f"{one.uid}: {len(copies)} copies in the archive, or another content")
        if orthanc.count() != len(objects):
            outcome.complain(f"the archive holds {orthanc.count()} objects")
    _look(folder, objects, outcome)
    return outcome


def made(number: int) -> bytes:
    """Return the object of a number: always the same bytes."""
    study = f"1.2.3.{number // _A_STUDY}"
    uids = {"StudyInstanceUID": study, "SOPInstanceUID": f"{study}.9.{number}"}
    if _is_image(number):
        return part10(ct(SeriesInstanceUID=f"{study}.1", InstanceNumber=number, **uids))
    said = hashlib.sha256(str(number).encode()).hexdigest() * 20
    report = ct(
        SeriesInstanceUID=f"{study}.9",
        SOPClassUID=_SR,
        Modality="SR",
        PixelData=None,
        Rows=None,
        Columns=None,
        ContentDate="20261124",
        TextValue=said,
        **uids,
    )
    return part10(report)


def _is_image(number: int) -> bool:
    return number % _IMAGES == 0


def _parcel(one: Outgoing) -> Parcel:
    return parcel_of(one) if one.sop_class == _SR else passed_on(one)


def _keep_images(folder: Path, pool: SharedPool, objects: Sequence[Outgoing]) -> None:
    images = [one for one in objects if one.sop_class != _SR]
    with Ground(folder, pool, ()).store() as store:
        found = [Incoming(one.data, examine_in_worker(pool, one.data)) for one in images]
        if found:
            store.intake.put(found)


def _look(folder: Path, objects: Sequence[Outgoing], outcome: Outcome) -> None:
    """Look into the store itself: nothing is lost, nothing given up."""
    pool = SharedPool(1)
    with Ground(folder, pool, ()).store() as store:
        states = {one.uid: one for one in store.outbox.deliveries()}
        for one in objects:
            delivery = states.get(one.uid)
            if delivery is None or delivery.state != "verified":
                told = "lost" if delivery is None else f"{delivery.state}: {delivery.error}"
                outcome.complain(f"{one.uid} is {told}")
            elif delivery.attempts > 1:
                outcome.count("tried more than once")
            outcome.peak("most tries of one", delivery.attempts if delivery else 0)
        outcome.complain(*(f"check: {finding.what}" for finding in store.check().findings))
    pool.end()


@dataclass
class _Night:
    """What happens meanwhile: lines that change, a client that dies."""

    batch: Batch
    orthanc: Orthanc
    folder: Path
    outcome: Outcome
    signed: int = 0
    verified: int = 0
    is_done: bool = False

    def pass_by(self) -> None:
        """Let it all happen, then heal."""
        random, winds = (seeded(self.batch.seed + n, self.batch.first) for n in range(2))
        gateway = Gateway(self.orthanc, self.batch.seed, share=0.1, late=1.2 * 30.0 / PACE)
        with ExitStack() as stack:
            server = stack.enter_context(ScriptedHttp(gateway))
            lines = [stack.enter_context(FaultProxy(server.port, seed=self.batch.seed + n)) for n in range(2)]
            began, weather = time.monotonic(), _Weather(lines, gateway, winds)
            weather.start()
            try:
                while self.verified < HEALED * self.batch.count and time.monotonic() - began < _LONGEST:
                    self._run_a_child(lines, random, A_KILL)
                    self.outcome.count("kills")
                self._finish(lines, random, weather)
            finally:
                weather.heal()
            self.outcome.count("connections struck", sum(len(line.counts.struck) for line in lines))
            for whim, number in gateway.whims.items():
                self.outcome.count(whim.name.lower().replace("_", " "), number)

    def _finish(self, lines: Sequence[FaultProxy], random: Random, weather: _Weather) -> None:
        """Let the last client meet the weather for a while, then the sun."""
        healing = threading.Timer(A_KILL, weather.heal)
        healing.start()
        self._run_a_child(lines, random, _LONGEST)
        healing.cancel()
        delay = max(0.0, time.monotonic() - (weather.healed_at or time.monotonic())) * PACE
        self.outcome.peak("after healing, s of its clock", delay)
        if not self.is_done:
            self.outcome.complain(f"{self.verified} of {self.batch.count} were verified in the end")
        elif delay > Backoff().cap + ONE_TRY:
            self.outcome.complain(f"after healing it took {delay:.0f} s of its clock")

    def _run_a_child(self, lines: Sequence[FaultProxy], random: Random, seconds: float) -> None:
        """Start the client, and kill it after a time, or when all is done."""
        told = {
            "folder": str(self.folder),
            "urls": [through(self.orthanc, one.port) for one in lines],
            "next": self.batch.first + self.signed,
            "end": self.batch.first + self.batch.count,
            "seed": random.randrange(1 << 30),
        }
        with subprocess.Popen(
            [sys.executable, __file__, json.dumps(told)], stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            killer = threading.Timer(seconds, child.kill)
            killer.start()
            for line in child.stdout:
                if line.endswith("\n"):
                    self._hear(*line.split())
                if self.is_done:
                    break
            killer.cancel()
            child.kill()

    def _hear(self, what: str, number: str) -> None:
        if what == "signed":
            self.signed = int(number) + 1 - self.batch.first
        elif what == "verified":
            self.verified = int(number)
            self.is_done = self.verified == self.batch.count


class _Weather:
    """Makes the lines bad, in ever other ways, until it heals them; now the one works, now the other."""

    def __init__(self, lines: Sequence[FaultProxy], gateway: Gateway, random: Random) -> None:
        self.healed_at: float | None = None
        self._lines = lines
        self._gateway = gateway
        self._random = random
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._blow)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def heal(self) -> None:
        """Let everything be well again."""
        if self._over.is_set():
            return
        self._over.set()
        self._thread.join()
        self._gateway.share = 0.0
        for line in self._lines:
            line.odds, line.line = Odds(), Line()
            line.plug()
        self.healed_at = time.monotonic()

    def _blow(self) -> None:
        works, switch_at = 0, time.monotonic() + A_SWITCH
        self._lines[1].pull()
        while True:
            for line in self._lines:
                late = self._random.uniform(0.0, LATEST / 2) / PACE
                line.line, line.odds = Line(latency=late, jitter=late / 4), _STORMY
            if self._over.wait(A_CHANGE):
                return
            if time.monotonic() >= switch_at:
                self._lines[works].pull()
                works, switch_at = 1 - works, switch_at + A_SWITCH
                self._lines[works].plug()


class _WrongClock(ScaledClock):
    """A fast clock whose wall time is wrong by days, and jumps."""

    def __init__(self, pace: float, random: Random) -> None:
        super().__init__(pace)
        self._wrong = [timedelta(days=random.uniform(-30, 30)) for _ in range(2)]
        self._jump_at = self.monotonic() + pace * random.uniform(3.0, 3.0 * A_KILL)

    def utc(self) -> datetime:
        return super().utc() + self._wrong[self.monotonic() >= self._jump_at]


def _child(told: dict[str, object]) -> None:
    """Sign what isn't signed yet, deliver, and say so."""
    random = Random(int(str(told["seed"])))
    clock, pool = _WrongClock(PACE, random), SharedPool(1)
    urls = told["urls"]
    assert isinstance(urls, list)
    ground = Ground(Path(str(told["folder"])), pool, (by_web(clock, *urls),), clock)
    first, end = int(str(told["next"])), int(str(told["end"]))
    with ground.running() as desk:
        for number in range(first, end):
            (one,) = outgoing([made(number)])
            desk.store.outbox.enqueue(_parcel(one))
            desk.engine.wake()
            _say("signed", number)
            _say("verified", desk.store.outbox.counts().get("verified", 0))
            time.sleep(_SIGNED_EVERY)
        while True:
            _say("verified", desk.store.outbox.counts().get("verified", 0))
            time.sleep(0.1)


def _say(what: str, number: int) -> None:
    sys.stdout.write(f"{what} {number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _child(json.loads(sys.argv[1]))
