"""How fast images are stored, listed and read, beside the plain files and the disk itself.

The instances are invented (``store_instances``), so neither reading headers nor decoding is in these
figures; an InstanceRecord comes back from the index as it does when a study opens.

Reads and lists are the best of ``ROUNDS``; writes happen once. What has no budget has a limit here.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from figures import Figure, seconds
from ground import Ground

sys.path.insert(0, str(Path(__file__).parents[1] / "soak"))

from store_instances import KEK, Maker
from store_parcels import parcel
from store_session import audit, measure

from workstation.clock import SystemClock
from workstation.dicom.model import Patient, Study
from workstation.store import Limits, Listing, Options, RemoteStudy, Store, StoredInstance, StudyQuery

ROUNDS: Final = 5
BATCH: Final = 32
THREADS: Final = 2
SEEN: Final = datetime(2026, 1, 1, tzinfo=UTC)


def figures(ground: Ground) -> Iterator[Figure]:
    """Measure everything in a folder of one's own."""
    folder = ground.new("store")
    folder.mkdir()
    yield from _storing(folder)
    yield from _reading(folder)
    yield from _listing(folder)
    yield from _remote(folder)


def _storing(folder: Path) -> Iterator[Figure]:
    """Store 512 instances of 300 kB; the peer copies the same bytes into files and syncs."""
    maker, count = Maker(size=300_000), 512
    batches = [
        [maker.incoming(f"1.{first // 128}", f"1.{first}.{n}") for n in range(BATCH)]
        for first in range(0, count, BATCH)
    ]
    plain = folder / "plain"
    plain.mkdir()
    copying = seconds(lambda: _copy(plain, [one.data for batch in batches for one in batch]))
    with _store(folder / "storing", maker) as store:
        storing = seconds(lambda: [store.intake.put(batch) for batch in batches])
        yield Figure("store 512 instances of 300 kB", storing, copying, None, "s", "plain copies and sync")
        again = seconds(lambda: [store.intake.put(batch) for batch in batches])
        yield Figure("the same again, all present", again, storing, None, "s", "the first time")
        yield _limited("make a measurement durable", lambda: measure("m", 1).do(store), 1000)
        yield _limited("make an audit record durable", lambda: audit("a").do(store), 1000)
    shutil.rmtree(plain)


def _reading(folder: Path) -> Iterator[Figure]:
    """Read a series of 384 instances of 210 kB, and frames of one of 256 MB; the files are warm."""
    maker = Maker(size=210_000)
    with _store(folder / "reading", maker) as store:
        for first in range(0, 384, BATCH):
            store.intake.put([maker.incoming("1.2", f"1.{first}.{n}") for n in range(BATCH)])
        instances = store.instances.of_study("1.2")
        paths = [path for path in store.folder.rglob("*-1") if path.is_file()]
        yield _limited("records and places of 384 instances", lambda: store.instances.of_study("1.2"), 150)
        plain = _best(lambda: [path.read_bytes() for path in paths])
        for threads in (1, THREADS):
            own = _best(lambda threads=threads: _read_all(store, instances, threads))  # type: ignore[misc]
            what = f"read 384 instances of 210 kB, {threads} thread(s)"
            yield Figure(what, own, plain, against="plain files")
    loop = Maker(size=256 << 20, frames=512)
    with _store(folder / "loop", loop) as store:
        store.intake.put([loop.incoming("1.2", "1")])
        (instance,) = store.instances.of_study("1.2")
        buffer = memoryview(bytearray(instance.blob.frame_length(300)))
        yield _limited(
            "one frame of 512 in 256 MB", lambda: store.blobs.read_frame(instance.blob, 300, buffer), 5
        )


def _listing(folder: Path) -> Iterator[Figure]:
    """List and search 1,000 studies, open and close the store that holds them."""
    maker = Maker(size=500)
    with _store(folder / "listing", maker) as store:
        for first in range(0, 1000, BATCH):
            store.intake.put([maker.incoming(f"1.{first + n}", f"2.{first + n}") for n in range(BATCH)])
        words, number = StudyQuery(text="doe head"), StudyQuery(text="A1.77")
        yield _limited("list 1,000 studies", store.studies.list, 20)
        yield _limited("search them by two words", lambda: store.studies.list(words), 20)
        yield _limited("search them by accession", lambda: store.studies.list(number), 20)
    yield _limited("open and close the store", lambda: _store(folder / "listing", maker).close(), 1500)


def _remote(folder: Path) -> Iterator[Figure]:
    """List what an archive has, 20,000 studies, count what is here of them, and queue things for it."""
    studies = [_told(number) for number in range(20_000)]
    with _store(folder / "remote", Maker()) as store:
        store.remote_studies.put_all(studies)
        for told in studies[:200]:
            uids = tuple(f"{told.uid}.{number}" for number in range(500))
            store.listed.put(Listing("group", told.uid, uids, b"", SEEN))
        yield _limited("list 20,000 studies of an archive", store.remote_studies.list, 300)
        yield _limited("take in 200 that it lists", lambda: store.remote_studies.put_all(studies[:200]), 50)
        yield _limited("count what is here of 200 studies", store.listed.accounts, 5)
        names = iter(range(ROUNDS))
        yield _limited(
            "queue a report durably", lambda: store.outbox.enqueue(parcel(f"1.{next(names)}")), 1000
        )


def _told(number: int) -> RemoteStudy:
    patient = Patient(f"P{number // 3}", "HOSPITAL", f"DOE^JANE {number}", "19700101", "F")
    date = f"2026{number % 12 + 1:02}{number % 28 + 1:02}"
    study = Study(f"1.2.840.99999.{number}", date, "0800", f"A{number}", "CT Head", "REF^A", "General", "S")
    return RemoteStudy("group", patient, study, ("CT", "SR"), ("HEAD",), 3, 500, "ONLINE", SEEN)


def _limited(what: str, work: Callable[[], object], limit: float) -> Figure:
    return Figure(what, _best(work), limit, 1.0)


def _store(folder: Path, maker: Maker) -> Store:
    options = Options(SystemClock(), Limits(floor=0), examine=maker.look, reserve=4096)
    return Store.open(folder, KEK, options) if folder.exists() else Store.create(folder, KEK, options)


def _read_all(store: Store, instances: tuple[StoredInstance, ...], threads: int) -> None:
    def read(first: int) -> None:
        buffer = memoryview(bytearray(max(one.blob.length for one in instances)))
        for one in instances[first::threads]:
            store.blobs.read(one.blob, buffer)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(read, range(threads)))


def _copy(folder: Path, contents: list[object]) -> None:
    for number, content in enumerate(contents):
        (folder / str(number)).write_bytes(bytes(content))  # type: ignore[call-overload]
    os.sync()


def _best(work: Callable[[], object]) -> float:
    """Return the least milliseconds that something takes."""
    return 1e3 * min(seconds(work) for _ in range(ROUNDS))
