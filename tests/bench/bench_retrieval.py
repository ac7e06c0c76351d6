"""A series out of an archive into the encrypted store, beside other clients and beside the line itself.

The archive is Debian's Orthanc on loopback; the engine asks for the contents, brings the nine middle slices
one by one and the rest as one stream. Beside it dicomweb-client reads the series and writes plain files, and
curl writes the very bodies that the engine asks for (contents, nine slices, series), then everything syncs.

On a line that is held to a rate the peer is the time that the objects' bytes take there, nothing else. The
first image is here when it can be read back from the store. Stored beforehand as HTJ2K, the same slices have
the pixels of the plain ones.

Units:   seconds; megabits (10⁶) a second.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Final

import imagecodecs
from dicomweb_client.api import DICOMwebClient
from figures import Figure, Skipped, seconds
from ground import Ground
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.uid import UID

sys.path.insert(0, str(Path(__file__).parents[1] / "soak"))
sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

import sync_ground
from dimse_ends import outgoing_of
from fault_proxy import FaultProxy
from orthanc import Orthanc, missing, running_orthanc
from quick_desk import SharedPool
from throttle import RATES, held

from workstation.archive import Outgoing
from workstation.clock import SystemClock
from workstation.sync.order import SINGLY

ROUNDS: Final = 5
WORKERS: Final = 2
_ARCHIVE: Final = "mr-head-t1.zip"
_WHAT: Final = "retrieve 384 MR slices into the encrypted store"
_HTJ2K: Final = "1.2.840.10008.1.2.4.201"
_ACCEPT: Final = 'Accept: multipart/related; type="application/dicom"; transfer-syntax=*'


@dataclass(frozen=True)
class Series:
    """What is retrieved, and where it lies."""

    orthanc: Orthanc
    objects: Sequence[Outgoing]
    pool: SharedPool
    folder: Ground
    uids: tuple[str, str] = field(init=False)  # of study and series

    def __post_init__(self) -> None:
        object.__setattr__(self, "uids", (self.objects[0].study_uid, self.objects[0].series_uid))

    @property
    def size(self) -> int:
        """Return the bytes of all objects."""
        return sum(one.data.nbytes for one in self.objects)

    @property
    def path(self) -> str:
        """Return where the series is found below the base URL."""
        study, series = self.uids
        return f"studies/{study}/series/{series}"


@dataclass(frozen=True)
class Came:
    """How long a retrieval took."""

    first: float
    whole: float
    processor: float


def figures(ground: Ground) -> Iterator[Figure | Skipped]:
    """Retrieve at full speed beside others, then over lines that are held to a rate."""
    files = ground.unpacked(_ARCHIVE)
    if files is None or (why := missing()):
        yield Skipped(_WHAT, f"{_ARCHIVE} is not here" if files is None else why)
        return
    objects = [outgoing_of(path.read_bytes()) for path in sorted(files.rglob("*.dcm"))]
    pool = SharedPool(WORKERS)
    try:
        for stored, given in (("uncompressed", objects), ("HTJ2K", [_htj2k(one) for one in objects])):
            with running_orthanc(ground.new("orthanc")) as orthanc:
                orthanc.upload(bytes(one.data) for one in given)
                series = Series(orthanc, given, pool, ground)
                if stored == "uncompressed":
                    yield from _at_full_speed(series)
                yield from _over_slow_lines(series, stored)
    finally:
        pool.end()


def _at_full_speed(series: Series) -> Iterator[Figure]:
    ours, reading, copying = [], [], []
    _ours(series, series.orthanc.port)  # whatever loads at first use has loaded
    gc.collect()
    gc.freeze()  # as the program does; the peer in this process gains by it as well
    for _ in range(ROUNDS):
        reading.append(seconds(lambda: _read_by_another(series)))
        copying.append(seconds(lambda: _copied(series)))
        ours.append(_ours(series, series.orthanc.port))
    whole = statistics.median(one.whole for one in ours)
    processor = statistics.median(one.processor for one in ours)
    peers = {"dicomweb-client, plain files": (reading, 1.0), "curl of the same bodies; sync": (copying, 2.0)}
    for against, (times, at_most) in peers.items():
        yield Figure(_WHAT, whole, statistics.median(times), at_most, "s", against, processor)


def _over_slow_lines(series: Series, stored: str) -> Iterator[Figure]:
    for megabits in RATES:
        with FaultProxy(series.orthanc.port, line=held(megabits)) as proxy:
            came = _ours(series, proxy.port)
        rate = megabits * 1e6 / 8
        middle = sorted(one.data.nbytes for one in series.objects)[len(series.objects) // 2]
        where = f"{stored}, {megabits:.0f} Mbit/s"
        yield Figure(f"click → first image here, {where}", came.first, middle / rate, None, "s", "its bytes")
        yield Figure(
            f"click → whole series here, {where}", came.whole, series.size / rate, None, "s", "its bytes"
        )


def _ours(series: Series, port: int) -> Came:
    """Retrieve the series into a new store; the line stands, as it does when a person clicks."""
    study = series.uids[0]
    way = sync_ground.by_web(SystemClock(), sync_ground.through(series.orthanc, port))
    with sync_ground.Ground(series.folder.new("store"), series.pool, (way,)).running() as desk:
        sync_ground.until(lambda: desk.engine.lines[sync_ground.GROUP].state.latency is not None)
        first = _First(desk)
        desk.engine.arriving.arrived.connect(first.note)
        os.sync()
        start, processor = time.perf_counter(), time.process_time()
        desk.want(study)
        sync_ground.until(lambda: desk.is_settled(study), 600.0)
        end, processor = time.perf_counter(), time.process_time() - processor
        assert len(desk.store.instances.of_study(study)) == len(series.objects)
    return Came(first.moment - start, end - start, processor)


class _First:
    """Notes when the first image can be read."""

    def __init__(self, desk: sync_ground.Desk) -> None:
        self.moment = 0.0
        self._store = desk.store

    def note(self, study: str) -> None:
        if not self.moment:
            self._store.blobs.read(self._store.instances.of_study(study)[0].blob)
            self.moment = time.perf_counter()


def _read_by_another(series: Series) -> None:
    folder = series.folder.new("plain")
    folder.mkdir()
    client = DICOMwebClient(series.orthanc.dicomweb)
    for number, dataset in enumerate(client.iter_series(*series.uids)):
        dataset.save_as(folder / f"{number}.dcm")


def _copied(series: Series) -> None:
    folder = series.folder.new("bodies")
    folder.mkdir()
    middle = len(series.objects) // 2
    nine = [one.uid for one in series.objects[middle - SINGLY // 2 :][:SINGLY]]
    base, study = series.orthanc.dicomweb, series.uids[0]
    targets: Mapping[str, str] = {
        "contents": f"{base}/studies/{study}/metadata",
        **{uid: f"{base}/{series.path}/instances/{uid}" for uid in nine},
        "series": f"{base}/{series.path}",
    }
    command = ["curl", "-sf", *(word for name, url in targets.items() for word in ("-o", name, url))]
    subprocess.run([*command, "-H", _ACCEPT], check=True, cwd=folder)
    os.sync()


def _htj2k(one: Outgoing) -> Outgoing:
    """Return the same object as an archive keeps it that stores everything as HTJ2K."""
    dataset = dcmread(BytesIO(one.data))
    encoded = bytes(imagecodecs.htj2k_encode(dataset.pixel_array, reversible=True))
    dataset.PixelData = encapsulate([encoded])
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta.TransferSyntaxUID = UID(_HTJ2K)
    file = BytesIO()
    dataset.save_as(file)
    return outgoing_of(file.getvalue())
