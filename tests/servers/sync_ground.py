"""A desk's engine on a store of its own, beside real archives: what tests and proofs of the whole way share.

Waiting for an archive is paced by the same clock as the engine: on a scaled one a request that hangs is
given up as many times sooner.

Units:   seconds of the world, where nothing else is said.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from dimse_ends import outgoing_of
from orthanc import Orthanc
from quick_desk import KEK

from workstation.archive import Address, Connection, Endpoint, Outgoing, Speech, web
from workstation.archive.dimse.association import Patience as DimsePatience
from workstation.archive.dimse.connection import connect as connect_by_dimse
from workstation.clock import Clock, SystemClock
from workstation.dicom.examining import digest_in_worker
from workstation.store import Artefact, Limits, Options, Parcel, Store
from workstation.store.disk import Disk
from workstation.sync import Connect, Engine, Means, Urgency, Want
from workstation.workers import WorkerPool

GROUP: Final = "group"
_PATIENCE: Final = 120.0  # to notice that something never happens
_PREAMBLE: Final = 128

Way = tuple[Address, Connect]


def by_web(clock: Clock, *urls: str, name: str = GROUP, idle: float | None = None) -> Way:
    """Return an archive that is reached over the web by these base URLs, the preferred first.

    ``idle`` is how long a request may be without a byte, where that isn't left to the engine.
    """
    ways = tuple(Endpoint(f"line {number}", url) for number, url in enumerate(urls, 1))
    address = Address(name, "The group", Speech.DICOMWEB, ways, product="orthanc")

    def connect(endpoint: Endpoint, patience: float) -> Connection:
        paced = web.Patience(connect=5.0 / clock.pace, idle=patience / clock.pace if idle is None else idle)
        return web.connect(address, endpoint, patience=paced)

    return address, connect


def by_dimse(orthanc: Orthanc, *, port: int = 0, name: str = GROUP) -> Way:
    """Return an archive that is reached by DIMSE, perhaps through the port of a proxy."""
    way = Endpoint("line", host=orthanc.host, port=port or orthanc.dicom_port)
    address = Address(name, "The group", Speech.DIMSE, (way,), called=orthanc.ae_title)

    def connect(endpoint: Endpoint, idle: float) -> Connection:
        return connect_by_dimse(address, endpoint, patience=DimsePatience(silence=idle))

    return address, connect


def through(orthanc: Orthanc, port: int) -> str:
    """Return the base URL that leads to an archive by another port of this machine."""
    return orthanc.dicomweb.replace(f":{orthanc.port}/", f":{port}/")


def until(condition: Callable[[], bool], seconds: float = _PATIENCE) -> None:
    """Wait for something that has to happen; how long it takes is nobody's business."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


@dataclass
class Ground:
    """Where engines are started, one after the other, on the same store."""

    folder: Path
    pool: WorkerPool
    ways: tuple[Way, ...]
    clock: Clock = field(default_factory=SystemClock)
    disk: Disk = field(default_factory=Disk)
    is_metered: Callable[[], bool] = field(default=lambda: False)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the store, or make it."""
        options = Options(clock=self.clock, limits=Limits(floor=0), disk=self.disk, reserve=1 << 16)
        make_or_open = Store.open if (self.folder / "work.db").exists() else Store.create
        with make_or_open(self.folder, KEK, options) as opened:
            yield opened

    def means(self, store: Store) -> Means:
        """Return what an engine works with."""
        digest = lambda data: digest_in_worker(self.pool, data)  # noqa: E731  it is handed on
        return Means(store, self.pool, self.clock, digest, self.is_metered)

    @contextmanager
    def running(self) -> Iterator[Desk]:
        """Open the store and start an engine; close both in order."""
        with self.store() as store:
            engine = Engine(self.means(store), self.ways)
            engine.start()
            try:
                yield Desk(store, engine)
            finally:
                engine.close()


@dataclass(frozen=True)
class Desk:
    """An engine that runs, and its store."""

    store: Store
    engine: Engine

    def want(self, study: str, urgency: Urgency = Urgency.OPEN, archive: str = GROUP) -> None:
        """Want a study."""
        self.engine.want(Want(archive, study, urgency))

    def is_settled(self, study: str, archive: str = GROUP) -> bool:
        """Say whether nothing more of it will come."""
        progress = self.engine.progress(archive, study)
        return progress is not None and progress.is_settled

    def fetch(self, study: str, urgency: Urgency = Urgency.OPEN, archive: str = GROUP) -> None:
        """Want a study and wait until nothing more of it will come."""
        self.want(study, urgency, archive)
        until(lambda: self.is_settled(study, archive))

    def here(self, study: str) -> dict[str, str]:
        """Return the digest of every instance of a study that the store holds."""
        return {
            one.uid: digest_of(self.store.blobs.read(one.blob))
            for one in self.store.instances.of_study(study)
        }

    def queue(self, *objects: Outgoing, archive: str = GROUP) -> None:
        """Put objects into the outbox, as if they had been signed."""
        self.store.outbox.enqueue(*(parcel_of(one, archive) for one in objects))
        self.engine.wake()

    def states(self) -> dict[str, str]:
        """Return where each delivery stands."""
        return {one.uid: one.state for one in self.store.outbox.deliveries()}


def parcel_of(one: Outgoing, *destinations: str, kind: str = "report") -> Parcel:
    """Return an object as something that is to be sent; of an image of the store the bytes stay there."""
    artefact = Artefact(
        one.uid,
        one.study_uid,
        one.series_uid,
        one.sop_class,
        kind,
        one.transfer_syntax,
        digest_of(one.data),
        "",
        one.data.nbytes,
        SystemClock().utc(),
        "r1",
    )
    return Parcel(artefact, destinations or (GROUP,), bytes(one.data))


def passed_on(one: Outgoing, *destinations: str) -> Parcel:
    """Return an image of the store that is to be sent as it is."""
    return replace(parcel_of(one, *destinations, kind="image"), body=None)


def outgoing(files: Iterable[bytes]) -> list[Outgoing]:
    """Return Part 10 files as objects to be sent."""
    return [outgoing_of(one) for one in files]


def digests_of(objects: Iterable[Outgoing]) -> dict[str, str]:
    """Return each object's digest, by its UID."""
    return {one.uid: digest_of(one.data) for one in objects}


def digest_of(data: memoryview | bytes) -> str:
    """Return the digest of a Part 10 file without its preamble, which nobody has to keep."""
    return hashlib.sha256(memoryview(data)[_PREAMBLE:]).hexdigest()
