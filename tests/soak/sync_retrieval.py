"""A study of 384 slices out of a real Orthanc over a line that breaks, and what came how often.

Connections are reset after as many bytes as twenty slices have, on the average: every twentieth is struck.
Every second trial's line has failed before, as such a line has; nothing that came whole may come again then.
On the others the engine may still trust the line with a stream of the whole series, which brings again what
came one by one before it: those slices and no more.

What came is heard where the engine hears it: an object counts when its last byte was handed over.
"""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from dicom_objects import ct, part10
from proof import Batch, Outcome
from quick_desk import SharedPool

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

from fault_proxy import FaultProxy
from line_faults import Fate, Fault, Odds
from orthanc import Orthanc, running_orthanc
from sync_ground import GROUP, Ground, Way, by_web, digest_of, digests_of, outgoing, through, until

from workstation.archive import Connection, Endpoint, Outgoing, Part, Wanted
from workstation.clock import SystemClock
from workstation.sync.order import SINGLY

SLICES: Final = 384
A_RESET: Final = 20  # slices to one, on the average
_REAL: Final = "mr-head-t1.zip"
_DATA: Final = Path(os.environ.get("LUMEN_DATA", Path(__file__).parents[3] / "shared" / "data"))
_SIDE: Final = 320
_PATIENCE: Final = 600.0


def retrieve(batch: Batch) -> Outcome:
    """Retrieve the study once for each trial, each time into a new store."""
    outcome, objects, pool = Outcome(), study(), SharedPool(1)
    try:
        with running_orthanc(batch.scratch / "orthanc") as orthanc:
            orthanc.upload(bytes(one.data) for one in objects)
            for number in batch.numbers:
                _trial(number, batch, orthanc, objects, pool, outcome)
    finally:
        pool.end()
    return outcome


def study() -> Sequence[Outgoing]:
    """Return the slices of a real study, or of an invented one of the same size where that isn't here."""
    source = _DATA / _REAL
    if source.is_file():
        with zipfile.ZipFile(source) as archive:
            files = [archive.read(one) for one in archive.infolist() if not one.is_dir()]
        return outgoing(one for one in files if one[128:132] == b"DICM")
    return outgoing(_invented())


def _invented() -> Iterator[bytes]:
    noise = np.random.default_rng(1)
    for number in range(1, SLICES + 1):
        pixels = noise.integers(0, 4096, (_SIDE, _SIDE)).astype(np.uint16)
        place = {"InstanceNumber": number, "ImagePositionPatient": [0, 0, number]}
        yield part10(ct(pixels, SOPInstanceUID=f"1.2.3.1.{number}", **place))


def _trial(
    number: int,
    batch: Batch,
    orthanc: Orthanc,
    objects: Sequence[Outgoing],
    pool: SharedPool,
    outcome: Outcome,
) -> None:
    truth, uid = digests_of(objects), objects[0].study_uid
    failed_before = number % 2 == 0
    usual = sum(one.data.nbytes for one in objects) // len(objects)
    odds = Odds(reset=1.0, after=(0, 2 * A_RESET * usual))
    with FaultProxy(orthanc.port, odds=odds, seed=batch.seed + number) as proxy:
        proxy.script(*[Fate(Fault.RESET)] * (2 if failed_before else 0))  # an echo, and its second try
        heard = Heard({digest: one for one, digest in truth.items()})
        way = heard.on(by_web(SystemClock(), through(orthanc, proxy.port)))
        folder = batch.scratch / "store"
        with Ground(folder, pool, (way,)).running() as desk:
            line = desk.engine.lines[GROUP]
            until(lambda: line.state.latency is not None or not line.is_sound)
            assert line.is_sound is not failed_before
            until(lambda: line.is_usable)
            desk.want(uid)
            until(lambda: desk.is_settled(uid), _PATIENCE)
            here, given_up = desk.here(uid), desk.engine.given_up(GROUP, uid)
        resets = len(proxy.counts.struck)
    shutil.rmtree(folder)
    again = [one for one, count in heard.whole.items() if count > 1]
    outcome.trials += 1
    outcome.count("resets", resets)
    outcome.count("slices", len(here))
    outcome.count("came twice on a line that was trusted", 0 if failed_before else len(again))
    wrong = [f"{one} is not what its file is" for one in truth if here.get(one) != truth[one]]
    wrong += [f"{one} was given up: {why}" for one, why in given_up.items()]
    if len(again) > (0 if failed_before else SINGLY) or max(heard.whole.values()) > 2:
        wrong.append(f"{len(again)} slices came whole more than once")
    outcome.complain(*(f"trial {number}: {one}" for one in wrong))


@dataclass
class Heard:
    """Listens to what connections hand over, and knows objects by their digests."""

    known: Mapping[str, str]
    whole: Counter[str] = field(default_factory=Counter)

    def on(self, way: Way) -> Way:
        """Return the same way, listened in on."""
        address, connect = way

        def listened(endpoint: Endpoint, patience: float) -> Connection:
            connection = connect(endpoint, patience)
            retrieve = partial(self._retrieve, connection.images.retrieve)
            connection.images.retrieve = retrieve  # type: ignore[method-assign]  # listened in on
            return connection

        return address, listened

    def _retrieve(self, retrieve: Any, wanted: Wanted) -> Generator[Part, None, None]:  # noqa: ANN401
        parts: Generator[Part, None, None] = retrieve(wanted)
        try:
            for part in parts:
                yield _Heard(part, self)
        finally:
            parts.close()

    def note(self, data: memoryview) -> None:
        """Hear that an object came whole."""
        self.whole[self.known[digest_of(data)]] += 1


class _Heard:
    """A part that tells when it was handed over whole."""

    def __init__(self, part: Part, heard: Heard) -> None:
        self.length, self.transfer_syntax = part.length, part.transfer_syntax
        self.is_file, self.frame = part.is_file, part.frame
        self._part = part
        self._heard = heard

    def __iter__(self) -> Iterator[memoryview]:
        data = bytearray()
        for chunk in self._part:
            data += chunk
            yield chunk
        self._heard.note(memoryview(data))
