"""Everything that the soak proves, in the order in which it runs: what finds faults soonest first.

The harnesses stand in modules of their own, small parts of them run with the tests (tests/integration);
here each becomes a ``Proof`` with the number of trials that was promised.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import file_harms
import harmless
import hostile
import image_harms
import kill_import
import store_faults
import store_kills
import store_power
import sync_failover
import sync_outbox
import sync_retrieval
from file_harms import CACHE, JOURNAL, WORK
from proof import Batch, Outcome, Proof
from store_faults import Mode

POWER_CUTS: Final = 10_000
CONTROLS: Final = 1000
KILLS: Final = 500
STORE_KILLS: Final = 200
HEADERS: Final = 100_000
PIXELS: Final = 20_000
SOUND: Final = 5_000
LOSSES: Final = 100
RETRIEVALS: Final = 20
FAIL_OVERS: Final = 8
BAD_LINES: Final = 6
OPENED_OF_WORK, OPENED_OF_CACHE = 8, 16  # one in so many bytes of a database is also tried on the whole store

_MODES: Final = tuple(Mode)


def all_proofs() -> tuple[Proof, ...]:
    """Return the proofs."""
    return (
        *_hostile(),
        *_power(),
        *_disks(),
        *_small_files(),
        *_images(),
        *_large_files(),
        *_kills(),
        *_lines(),
    )


def _hostile() -> tuple[Proof, ...]:
    return (
        Proof(
            "headers",
            "A file whose header was changed is shown or refused in one calm sentence, within the workers' "
            "limits; the window's thread never waits 100 ms",
            lambda: HEADERS,
            5000,
            0.001,
            hostile.mutate_headers,
            alone=True,
        ),
        Proof(
            "pixels",
            "The same of files whose pixels were changed",
            lambda: PIXELS,
            2500,
            0.001,
            hostile.mutate_pixels,
            alone=True,
        ),
        Proof(
            "bombs",
            "The same of files that ask for a machine, all of which are refused",
            lambda: len(hostile.bombs()),
            len(hostile.bombs()),
            0.1,
            hostile.explode,
            alone=True,
        ),
        Proof(
            "losses",
            "After each worker that is killed or frozen the pool goes on: one file fails in a calm sentence, "
            "the others are decoded, the window's thread never waits 100 ms",
            lambda: LOSSES,
            harmless.FREEZES,
            0.8,
            harmless.lose_workers,
            alone=True,
        ),
        Proof(
            "noise",
            "The machine itself is quiet enough to tell: beside idle workers, and beside workers that get "
            "nothing but sound files, that thread never waits 100 ms either",
            lambda: SOUND,
            SOUND,
            0.003,
            harmless.stay_quiet,
            alone=True,
        ),
    )


def _power() -> tuple[Proof, ...]:
    return (
        Proof(
            "power",
            "After a power cut the work record has all that was acknowledged and nothing else",
            lambda: POWER_CUTS,
            10 * store_power.A_DISK,
            0.02,
            _cut_power,
        ),
        Proof(
            "power-control",
            "The same cuts on a disk whose sync does nothing lose work: the harness can see",
            lambda: CONTROLS,
            CONTROLS,
            0.02,
            partial(_cut_power, sync_lies=True),
            must_fail=True,
        ),
    )


def _disks() -> tuple[Proof, ...]:
    return (
        Proof(
            "disks",
            "The disk is full, refuses (EIO) or loses power at each step of a scripted session: nothing "
            "acknowledged is lost",
            lambda: len(_MODES) * store_faults.steps_of_a_session(),
            200,
            0.1,
            _fail_disk,
        ),
    )


def _small_files() -> tuple[Proof, ...]:
    steps = {JOURNAL: 1, "clean": 1, "study.key": 1, WORK: OPENED_OF_WORK, CACHE: OPENED_OF_CACHE}
    return (
        *(_noticed(name) for name in (WORK, CACHE, JOURNAL)),
        *(_opened(name, step) for name, step in steps.items()),
        Proof(
            "exchanged-files",
            "The store opens whole after a database, journal, mark or key was cut, removed, swapped with "
            "another, or an older one put back",
            partial(_measured, file_harms.exchanges),
            300,
            0.05,
            file_harms.open_after_exchange,
        ),
    )


def _noticed(name: str) -> Proof:
    return Proof(
        f"flips-{name}",
        f"One bit in every byte of a small {name}: noticed when it is read through, as every start does",
        lambda: _measured(partial(file_harms.small_size, name)),
        5000,
        0.001,
        partial(file_harms.notice_every_byte, name),
    )


def _opened(name: str, step: int) -> Proof:
    bytes_taken = "every byte" if step == 1 else f"one of {step} bytes, all over the file,"
    return Proof(
        f"opened-{name}",
        f"The store opens with everything in it after one bit in {bytes_taken} of its small {name}",
        lambda: _measured(partial(file_harms.small_size, name)) // step,
        600,
        0.04,
        partial(file_harms.open_after_flips, name),
    )


def _images() -> tuple[Proof, ...]:
    every_byte = [
        Proof(
            f"flips-image-{name.replace(' ', '-')}",
            f"One bit in every byte of an image of {name}: refused, and no frame shows anything wrong",
            partial(_measured, partial(image_harms.size_on_disk, maker)),
            20_000,
            0.001,
            partial(image_harms.flip_every_byte, maker),
        )
        for name, maker in image_harms.SMALL.items()
    ]
    return (
        *every_byte,
        Proof(
            "exchanged-images",
            "The same after an image's file was cut, or replaced by a neighbour's, another study's, an older",
            image_harms.exchanges,
            image_harms.exchanges(),
            0.003,
            image_harms.exchange,
        ),
    )


def _large_files() -> tuple[Proof, ...]:
    one_percent = [
        Proof(
            f"sample-{name}",
            f"One bit in 1 % of the bytes of a large {name}: noticed when it is read through",
            partial(_measured, partial(_hundredth_of, name)),
            1500,
            0.02,
            partial(file_harms.notice_a_sample, name),
        )
        for name in (WORK, CACHE, JOURNAL)
    ]
    return (
        Proof(
            "sample-image",
            "One bit in 1 % of the bytes of a large image: refused, and nothing wrong is shown",
            lambda: _measured(partial(image_harms.size_on_disk, image_harms.LARGE)) // image_harms.SHARE,
            2500,
            0.01,
            partial(image_harms.flip_a_sample, image_harms.LARGE),
        ),
        *one_percent,
    )


def _kills() -> tuple[Proof, ...]:
    return (
        Proof(
            "kills",
            "kill -9 during an import: what was acknowledged is there, every image is whole or not there",
            lambda: KILLS,
            kill_import.A_STORE,
            1.7,
            _kill_imports,
        ),
        Proof(
            "store-kills",
            "The same of the store alone, with measurements and removals between the images",
            lambda: STORE_KILLS,
            store_kills.A_FOLDER,
            0.5,
            _kill_stores,
        ),
    )


def _lines() -> tuple[Proof, ...]:
    return (
        Proof(
            "outbox",
            "What a client signs that is killed every ten seconds reaches a real archive over lines that do "
            "their worst: each object is verified, the archive holds it once and byte for byte, and after "
            "healing the last takes no longer than the longest wait and one try",
            lambda: sync_outbox.OBJECTS,
            sync_outbox.OBJECTS,
            1.1,
            sync_outbox.deliver,
            alone=True,
        ),
        Proof(
            "retrieval",
            "A study of 384 slices arrives byte for byte over a line that resets one answer in twenty, and "
            "nothing that was whole comes twice; on a line that never failed before, at most the nine middle "
            "slices that came ahead of a stream",
            lambda: RETRIEVALS,
            4,
            6.0,
            sync_retrieval.retrieve,
        ),
        Proof(
            "fail-over",
            "The line in use dies in silence while a study arrives: the other's first answer comes within "
            "10 s, and the pictures of a study that is scrolled cost what they did before",
            lambda: FAIL_OVERS,
            FAIL_OVERS,
            25.0,
            sync_failover.fail_over,
            alone=True,
        ),
        Proof(
            "switches",
            "Over two lines that lose every third answer the engine changes its line at most twice a minute",
            lambda: BAD_LINES,
            2,
            20.0,
            sync_failover.switches,
        ),
    )


def _hundredth_of(name: str, scratch: Path) -> int:
    return file_harms.large_size(name, scratch) // image_harms.SHARE


def _measured(measure: Callable[[Path], int]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        return measure(Path(folder))


def _cut_power(batch: Batch, *, sync_lies: bool = False) -> Outcome:
    tally = store_power.run(batch.seed, batch.count, first=batch.first, sync_lies=sync_lies)
    outcome = Outcome(tally.trials, {"acknowledged": tally.acknowledged, "openings repaired": tally.repaired})
    for what in ("lost", "unopenable", "wrong"):
        outcome.complain(*[f"cuts {batch.numbers}: {what}"] * getattr(tally, what))
    return outcome


def _fail_disk(batch: Batch) -> Outcome:
    steps = store_faults.steps_of_a_session()
    outcome = Outcome()
    for number in batch.numbers:
        mode, step = divmod(image_harms.spread(number, len(_MODES) * steps), steps)
        one = store_faults.run([_MODES[mode]], [step + 1], batch.seed)
        outcome.trials += one.trials
        outcome.count("acknowledged", one.acknowledged)
        outcome.complain(*one.complaints)
    return outcome


def _kill_imports(batch: Batch) -> Outcome:
    killed = kill_import.run(batch.count, batch.seed, batch.scratch, first=batch.first)
    return _of_kills(killed.kills, killed.acknowledged, killed.slowest_opening, killed.complaints)


def _kill_stores(batch: Batch) -> Outcome:
    killed = store_kills.run(batch.seed, batch.count, batch.scratch, first=batch.first)
    return _of_kills(killed.kills, killed.acknowledged, killed.slowest_opening, killed.complaints)


def _of_kills(kills: int, acknowledged: int, slowest: float, complaints: list[str]) -> Outcome:
    outcome = Outcome(kills, {"acknowledged": acknowledged}, {"slowest opening, s": slowest})
    outcome.complain(*complaints)
    return outcome
