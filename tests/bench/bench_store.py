"""How fast images are stored, listed and read, beside the plain files and the disk itself.

The instances are invented (``store_instances``), so neither reading headers nor decoding is in these
figures; an InstanceRecord comes back from the index as it does when a study opens.

Run:     PYTHONPATH=. .venv/bin/python tests/bench/bench_store.py
Units:   as printed; reads and lists are the best of ``ROUNDS`` (the machine is shared), writes happen once.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1] / "soak"))

from store_instances import KEK, Maker
from store_session import audit, measure

from workstation.clock import SystemClock
from workstation.store import Limits, Options, Store, StoredInstance, StudyQuery

ROUNDS: Final = 5
BATCH: Final = 32
THREADS: Final = 2


@dataclass(frozen=True)
class Figure:
    """A measured value, the one it is held against, and what that is."""

    what: str
    value: float
    unit: str
    limit: float
    peer: str

    def __str__(self) -> str:
        return f"{self.what:<58}{self.value:>9.4g} {self.unit:<4}  ({self.peer}: {self.limit:.4g})"


def figures(folder: Path) -> Iterator[Figure]:
    """Measure everything in a folder of one's own."""
    yield from _storing(folder)
    yield from _reading(folder)
    yield from _listing(folder)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(dir=".") as folder:
        for figure in figures(Path(folder)):
            sys.stdout.write(f"{figure}\n")


def _storing(folder: Path) -> Iterator[Figure]:
    """Store 512 instances of 300 kB; the peer copies the same bytes into files and syncs."""
    maker, count = Maker(size=300_000), 512
    batches = [
        [maker.incoming(f"1.{first // 128}", f"1.{first}.{n}") for n in range(BATCH)]
        for first in range(0, count, BATCH)
    ]
    plain = folder / "plain"
    plain.mkdir()
    copying = _seconds(lambda: _copy(plain, [one.data for batch in batches for one in batch]))
    with _store(folder / "storing", maker) as store:
        storing = _seconds(lambda: [store.intake.put(batch) for batch in batches])
        yield Figure(
            "store 300 kB instances, synced", count / storing, "/s", count / copying, "plain copy and sync"
        )
        again = _seconds(lambda: [store.intake.put(batch) for batch in batches])
        yield Figure("the same again (all present)", count / again, "/s", count / storing, "first time")
        yield Figure(
            "a measurement made durable", 1e3 * _best(lambda: measure("m", 1).do(store)), "ms", 1000, "limit"
        )
        yield Figure(
            "an audit record made durable", 1e3 * _best(lambda: audit("a").do(store)), "ms", 1000, "limit"
        )
    shutil.rmtree(plain)


def _reading(folder: Path) -> Iterator[Figure]:
    """Read a series of 384 instances of 210 kB, and frames of one of 256 MB; the files are warm."""
    maker = Maker(size=210_000)
    with _store(folder / "reading", maker) as store:
        for first in range(0, 384, BATCH):
            store.intake.put([maker.incoming("1.2", f"1.{first}.{n}") for n in range(BATCH)])
        instances = store.instances.of_study("1.2")
        paths = [path for path in store.folder.rglob("*-1") if path.is_file()]
        yield Figure(
            "records and places of 384 instances",
            1e3 * _best(lambda: store.instances.of_study("1.2")),
            "ms",
            150,
            "first image",
        )
        plain = _best(lambda: [path.read_bytes() for path in paths])
        for threads in (1, THREADS):
            seconds = _best(lambda threads=threads: _read_all(store, instances, threads))  # type: ignore[misc]
            yield Figure(
                f"read 384 instances of 210 kB, {threads} thread(s)",
                1e3 * seconds,
                "ms",
                1e3 * plain,
                "plain files",
            )
    loop = Maker(size=256 << 20, frames=512)
    with _store(folder / "loop", loop) as store:
        store.intake.put([loop.incoming("1.2", "1")])
        (instance,) = store.instances.of_study("1.2")
        buffer = memoryview(bytearray(instance.blob.frame_length(300)))
        seconds = _best(lambda: store.blobs.read_frame(instance.blob, 300, buffer))
        yield Figure("one frame of 512 in 256 MB", 1e3 * seconds, "ms", 5, "limit")


def _listing(folder: Path) -> Iterator[Figure]:
    """List and search 1,000 studies, open and close the store that holds them."""
    maker = Maker(size=500)
    with _store(folder / "listing", maker) as store:
        for first in range(0, 1000, BATCH):
            store.intake.put([maker.incoming(f"1.{first + n}", f"2.{first + n}") for n in range(BATCH)])
        yield Figure("list 1,000 studies", 1e3 * _best(store.studies.list), "ms", 20, "limit")
        query = StudyQuery(text="doe head")
        yield Figure(
            "search them by two words", 1e3 * _best(lambda: store.studies.list(query)), "ms", 20, "limit"
        )
        query = StudyQuery(text="A1.77")
        yield Figure(
            "search them by accession", 1e3 * _best(lambda: store.studies.list(query)), "ms", 20, "limit"
        )
    seconds = _best(lambda: _store(folder / "listing", maker).close())
    yield Figure("open and close the store", 1e3 * seconds, "ms", 1500, "start-up")


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


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _best(work: Callable[[], object]) -> float:
    return min(_seconds(work) for _ in range(ROUNDS))


if __name__ == "__main__":
    main()
