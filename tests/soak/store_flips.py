"""One bit flipped anywhere, a file cut, swapped, lost, or an older one put back.

Of the two databases, the journal and the study keys nothing may be lost by it: each is made again from what
holds the same. An image whose file is altered must be refused, and nothing else may change.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final, Protocol

from store_instances import KEK, Maker
from store_session import Memory, complaints, found_in, play, script

from workstation.clock import ManualClock
from workstation.errors import LumenError
from workstation.store import BlobDamaged, BlobMissing, Limits, Options, Store, StoreDamaged, StoredInstance
from workstation.store.database import Database

MAKER: Final = Maker(size=700)
REPAIRED: Final = ("work.db", "work.journal", "cache.db", "clean", "study.key")


class Harm(Protocol):
    """Something that happens to a file."""

    def do(self, path: Path) -> None:
        """Let it happen."""
        ...

    def undo(self, path: Path) -> None:
        """Make the file whole again."""
        ...


@dataclass(frozen=True)
class Flip:
    """One bit of one byte."""

    offset: int
    mask: int

    def do(self, path: Path) -> None:
        """Turn the bit over."""
        with path.open("r+b", buffering=0) as file:
            file.seek(self.offset)
            byte = file.read(1)[0]
            file.seek(self.offset)
            file.write(bytes([byte ^ self.mask]))

    def undo(self, path: Path) -> None:
        """Turn it back."""
        self.do(path)


@dataclass
class Replace:
    """The whole content, by what a function makes of it."""

    by: Callable[[bytes], bytes]
    whole: bytes = b""

    def do(self, path: Path) -> None:
        """Write the other content."""
        self.whole = path.read_bytes()
        path.write_bytes(self.by(self.whole))

    def undo(self, path: Path) -> None:
        """Write the true content."""
        path.write_bytes(self.whole)


@dataclass
class Harmed:
    """What became of a run of trials."""

    trials: int = 0
    complaints: list[str] = field(default_factory=list)


def options(maker: Maker = MAKER) -> Options:
    """Return how the stores of these trials are opened."""
    return Options(clock=ManualClock(), limits=Limits(floor=0), examine=maker.look, reserve=4096, writers=1)


@dataclass(frozen=True)
class Sample:
    """A store as it lies on a disk, and what it holds."""

    folder: Path
    memory: Memory

    @classmethod
    def make(cls, folder: Path) -> Sample:
        """Play the scripted session and close."""
        memory = Memory()
        with Store.create(folder, KEK, options()) as store:
            play(store, script(MAKER), memory)
        return cls(folder, memory)

    @classmethod
    def left_open(cls, folder: Path) -> Sample:
        """Play the scripted session and keep what lies on the disk before closing, logs included."""
        memory = Memory()
        with Store.create(folder, KEK, options()) as store:
            play(store, script(MAKER), memory)
            kept = folder.with_name(f"{folder.name}-open")
            shutil.copytree(folder, kept)
        return cls(kept, memory)

    def file(self, name: str) -> Path:
        """Return a file by its name, wherever it lies; the first if there are several."""
        return min(self.folder.rglob(name))

    def after(self, name: str, harm: Harm, scratch: Path) -> list[str]:
        """Return what is wrong with a copy of the store, one file of which was harmed."""
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.copytree(self.folder, scratch)
        path = scratch / self.file(name).relative_to(self.folder)
        harm.do(path)
        return self.complaints_about(scratch)

    def complaints_about(self, folder: Path) -> list[str]:
        """Open a harmed copy: all is there; after a repair, and a second time, nothing is wrong at all."""
        wrong = []
        try:
            with Store.open(folder, KEK, options()) as store:
                wrong += self.memory.complaints(found_in(store))
                store.check(repair=True)
            with Store.open(folder, KEK, options()) as store:
                wrong += complaints(store, self.memory)
        except LumenError as error:
            wrong.append(f"can't be opened: {error}")
        return wrong


def flips(offsets: Iterable[int], random: Random) -> Iterator[Flip]:
    """Yield a flip of one bit in each of these bytes."""
    return (Flip(offset, 1 << random.randrange(8)) for offset in offsets)


def cuts(sizes: Iterable[int]) -> Iterator[Replace]:
    """Yield the loss of the file's end, at each of these sizes."""
    return (Replace(_first(size)) for size in sizes)


def _first(size: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:size]


def harm_store(sample: Sample, name: str, harms: Iterable[Harm], scratch: Path) -> Harmed:
    """Harm a file of a store in each way, and open the store each time."""
    result = Harmed()
    for harm in harms:
        result.trials += 1
        result.complaints += [f"{name}, {harm}: {one}" for one in sample.after(name, harm, scratch)]
    return result


def harm_database(path: Path, open_database: Callable[[Path], Database], harms: Iterable[Harm]) -> Harmed:
    """Harm a database in each way: it must be noticed when it is read through, as every start does."""
    result = Harmed()
    for harm in harms:
        result.trials += 1
        harm.do(path)
        if not _is_refused(path, open_database):
            result.complaints.append(f"{path.name}, {harm} was not noticed")
        harm.undo(path)
    return result


def harm_blob(store: Store, uid: str, data: bytes, harms: Iterable[Harm]) -> Harmed:
    """Harm an image's file in each way: it must be refused, and what its frames show is right or nothing."""
    result = Harmed()
    instance, path = _stored(store, uid), blob_path(store, uid)
    for harm in harms:
        result.trials += 1
        harm.do(path)
        if not _refuses(lambda: store.blobs.verify(instance.blob)):
            result.complaints.append(f"{harm} was not noticed")
        for frame, spans in enumerate(instance.blob.frames.spans):
            true = b"".join(data[offset : offset + length] for offset, length in spans)
            shown = memoryview(bytearray(len(true)))
            with contextlib.suppress(BlobDamaged, BlobMissing):
                if bytes(store.blobs.read_frame(instance.blob, frame, shown)) != true:
                    result.complaints.append(f"{harm} shows in frame {frame}")
        harm.undo(path)
    return result


def blob_path(store: Store, uid: str) -> Path:
    """Return where an image lies."""
    return next(store.folder.rglob(_stored(store, uid).blob.place.name))


def _stored(store: Store, uid: str) -> StoredInstance:
    found = store.instances.get(uid)
    if found is None:
        raise LookupError("no such instance")
    return found


def _refuses(act: Callable[[], object]) -> bool:
    try:
        act()
    except (BlobDamaged, BlobMissing):
        return True
    return False


def _is_refused(path: Path, open_database: Callable[[Path], Database]) -> bool:
    try:
        database = open_database(path)
    except StoreDamaged:
        return True
    try:
        return not database.is_sound()
    finally:
        database.close()
