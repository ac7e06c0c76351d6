"""An image's file with a bit flipped, cut, or another one in its place: refused, and never shown.

Trials are numbered so that any first part of them is spread over the whole file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Final

from proof import Batch, Outcome
from store_flips import Harm, Harmed, Replace, blob_path, cuts, flips, harm_blob, options
from store_instances import KEK, Maker
from store_power import seeded

from workstation.store import Store

SMALL: Final = {
    "one chunk": Maker(size=300),
    "three chunks": Maker(size=131_200),
    "several frames": Maker(size=66_000, frames=3),
}
LARGE: Final = Maker(size=2 << 20)
SHARE: Final = 100  # of the large ones one byte in so many

_PRIME: Final = 1_000_003  # larger than any file here, so that it shares no factor with a size
_STUDY, _UID = "1.2", "7"
_CUTS: Final = 200
_SWAPS: Final = 4  # as _exchanges says


def spread(number: int, size: int) -> int:
    """Return another place for each number below a size, neighbours far apart."""
    return number * _PRIME % size


def sampled(number: int, size: int, random: Random) -> int:
    """Return a byte of a file, one out of each ``SHARE``."""
    return spread(number, size // SHARE) * SHARE + random.randrange(SHARE)


def size_on_disk(maker: Maker, scratch: Path) -> int:
    """Return how many bytes an image's file has."""
    with _store(maker, scratch) as store:
        return blob_path(store, _UID).stat().st_size


def flip_every_byte(maker: Maker, batch: Batch) -> Outcome:
    """Flip a bit in each of these bytes."""
    return _harmed(maker, batch, lambda number, size, _: spread(number, size))


def flip_a_sample(maker: Maker, batch: Batch) -> Outcome:
    """Flip a bit in one byte out of each hundred."""
    return _harmed(maker, batch, sampled)


def exchange(batch: Batch) -> Outcome:
    """Cut each small image's file at many places, and put others in its place, older ones among them."""
    outcome = Outcome()
    for name, maker in SMALL.items():
        with _store(maker, batch.scratch / name) as store:
            path = blob_path(store, _UID)
            older = path.read_bytes()
            store.eviction.remove(_STUDY)
            store.intake.put([maker.incoming(_STUDY, uid) for uid in (_UID, "8", "9")])
            store.intake.put([maker.incoming("1.3", "10")])
            chosen = _exchanges(store, older)[batch.first : batch.first + batch.count]
            outcome.add(outcome_of(harm_blob(store, _UID, maker.data(_STUDY, _UID), chosen), name))
    outcome.trials = batch.count
    return outcome


def exchanges() -> int:
    """Return how many cuts and exchanges of a file there are."""
    return _CUTS + _SWAPS


def outcome_of(harmed: Harmed, what: str) -> Outcome:
    """Return what became of some harms."""
    outcome = Outcome(harmed.trials)
    outcome.complain(*(f"{what}: {one}" for one in harmed.complaints))
    return outcome


def _exchanges(store: Store, older: bytes) -> Sequence[Harm]:
    """Return cuts, then the file of: the study before it was removed, two neighbours, another study."""
    size = blob_path(store, _UID).stat().st_size
    others = [blob_path(store, uid).read_bytes() for uid in ("8", "9", "10")]
    return [
        *cuts(spread(number, size) for number in range(_CUTS)),
        *(Replace(_content(other)) for other in (older, *others)),
    ]


def _content(other: bytes) -> Callable[[bytes], bytes]:
    return lambda _: other


def _harmed(maker: Maker, batch: Batch, place: Callable[[int, int, Random], int]) -> Outcome:
    random = seeded(batch.seed, maker, batch.first)
    with _store(maker, batch.scratch) as store:
        size = blob_path(store, _UID).stat().st_size
        offsets = [place(number, size, random) for number in batch.numbers]
        harmed = harm_blob(store, _UID, maker.data(_STUDY, _UID), flips(offsets, random))
    return outcome_of(harmed, f"image of {maker.size} bytes")


def _store(maker: Maker, scratch: Path) -> Store:
    scratch.mkdir(parents=True, exist_ok=True)
    store = Store.create(scratch / "store", KEK, options(maker))
    store.intake.put([maker.incoming(_STUDY, _UID)])
    return store
