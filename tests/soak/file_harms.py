"""The databases, the journal and the keys, harmed: a flipped bit anywhere, a cut, a swap, an older file.

Each page of a database and each frame of the journal is authenticated as a whole, so first every byte
is shown to be noticed, cheaply; then the store is opened on harmed copies, and all must be there.

Trials are numbered so that any first part of them is spread over the whole file.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from image_harms import outcome_of, sampled, spread
from proof import Batch, Outcome
from store_flips import (
    MAKER,
    REPAIRED,
    Harm,
    Harmed,
    Replace,
    Sample,
    cuts,
    flips,
    harm_database,
    harm_store,
    options,
)
from store_instances import KEK, Maker
from store_power import seeded
from store_session import Memory, measure, play, script

from workstation.errors import LumenError
from workstation.security import derive
from workstation.store import Store
from workstation.store.database import Database
from workstation.store.disk import Disk
from workstation.store.journal import open_journal
from workstation.store.work import WorkFiles

WORK, CACHE, JOURNAL = "work.db", "cache.db", "work.journal"

_TINY: Final = 4096  # a file up to this size is cut at every byte
_CUT_STEP: Final = 512
_LARGE_WORK: Final = 2000  # measurements
_LARGE_INDEX: Final = 800  # images


@dataclass(frozen=True)
class Remove:
    """The whole file, gone."""

    def do(self, path: Path) -> None:
        """Remove it."""
        path.unlink()

    def undo(self, path: Path) -> None:
        """Refuse: nobody needs it."""
        raise NotImplementedError(path)


def small_size(name: str, scratch: Path) -> int:
    """Return how many bytes a file of the small store has."""
    return Sample.make(scratch / "store").file(name).stat().st_size


def large_size(name: str, scratch: Path) -> int:
    """Return how many bytes a file of the large store has."""
    return (_large(scratch) / name).stat().st_size


def notice_every_byte(name: str, batch: Batch) -> Outcome:
    """Flip a bit in each of these bytes of a small store's file, and read the file through."""
    folder = Sample.make(batch.scratch / "store").folder
    size = (folder / name).stat().st_size
    return _noticed(folder, name, [spread(number, size) for number in batch.numbers], batch)


def notice_a_sample(name: str, batch: Batch) -> Outcome:
    """Flip a bit in one byte out of each hundred of a large store's file, and read the file through."""
    folder, random = _large(batch.scratch), seeded(batch.seed, name, batch.first)
    size = (folder / name).stat().st_size
    return _noticed(folder, name, [sampled(number, size, random) for number in batch.numbers], batch)


def open_after_flips(name: str, batch: Batch) -> Outcome:
    """Flip a bit in each of these bytes of a small store's file, and open the store: all is there."""
    sample = Sample.make(batch.scratch / "store")
    size = sample.file(name).stat().st_size
    harms = flips((spread(number, size) for number in batch.numbers), seeded(batch.seed, name, batch.first))
    return outcome_of(harm_store(sample, name, harms, batch.scratch / "copy"), name)


def open_after_exchange(batch: Batch) -> Outcome:
    """Open the store with a file that was cut, removed, swapped, or put back from an earlier day."""
    sample, older = _two_days(batch.scratch)
    outcome = Outcome()
    for name, harm in list(_exchanges(sample, older))[batch.first : batch.first + batch.count]:
        outcome.add(outcome_of(harm_store(sample, name, [harm], batch.scratch / "copy"), name))
    return outcome


def exchanges(scratch: Path) -> int:
    """Return how many cuts, removals, swaps and older files there are."""
    return sum(1 for _ in _exchanges(*_two_days(scratch)))


def _exchanges(sample: Sample, older: Path) -> Iterator[tuple[str, Harm]]:
    for name in REPAIRED:
        content = sample.file(name).read_bytes()
        yield name, Remove()
        if (old := _find(older, name)).exists():
            yield name, Replace(_by(old.read_bytes()))
        for other in REPAIRED:
            if other != name:
                yield name, Replace(_by(sample.file(other).read_bytes()))
        step = 1 if len(content) <= _TINY else _CUT_STEP
        yield from ((name, cut) for cut in cuts(range(0, len(content), step)))


def _two_days(scratch: Path) -> tuple[Sample, Path]:
    """Return a store, and the folder of a copy from the middle of its session."""
    folder, older, memory, steps = scratch / "store", scratch / "older", Memory(), script(MAKER)
    with Store.create(folder, KEK, options()) as store:
        play(store, steps[:8], memory)
    shutil.copytree(folder, older)
    with Store.open(folder, KEK, options()) as store:
        play(store, steps[8:], memory)
    return Sample(folder, memory), older


def _find(folder: Path, name: str) -> Path:
    return min(folder.rglob(name), default=folder / name)


def _by(content: bytes) -> Callable[[bytes], bytes]:
    return lambda _: content


def _noticed(folder: Path, name: str, offsets: Iterable[int], batch: Batch) -> Outcome:
    copy = Path(shutil.copy(folder / name, batch.scratch / f"copy of {name}"))
    harms = flips(offsets, seeded(batch.seed, name, batch.first))
    files = WorkFiles(folder, KEK, Disk())
    if name == JOURNAL:
        return outcome_of(_harm_journal(copy, files, harms), name)
    return outcome_of(harm_database(copy, files.open_database if name == WORK else _open_cache, harms), name)


def _open_cache(path: Path) -> Database:
    return Database(path, derive(KEK, b"lumen/cache.db/v1"), ())


def _harm_journal(path: Path, files: WorkFiles, harms: Iterable[Harm]) -> Harmed:
    result = Harmed()
    for harm in harms:
        result.trials += 1
        harm.do(path)
        if _reads_whole(path, files):
            result.complaints.append(f"{harm} was not noticed")
        harm.undo(path)
    return result


def _reads_whole(path: Path, files: WorkFiles) -> bool:
    try:
        reading = open_journal(files.disk.files, path, files.journal_key)
    except LumenError:
        return False
    with reading.handle:
        for _ in reading.frames():
            pass
    return reading.is_whole


def _large(scratch: Path) -> Path:
    """Return the folder of a store whose databases and journal have about half a megabyte each."""
    folder, maker = scratch / "large", Maker(size=300)
    with Store.create(folder, KEK, options(maker)) as store:
        images = [maker.incoming("1.2", f"1.{number}") for number in range(_LARGE_INDEX)]
        for first in range(0, _LARGE_INDEX, 100):
            store.intake.put(images[first : first + 100])
        for number in range(_LARGE_WORK):
            measure(f"m{number}", number).do(store)
    return folder
