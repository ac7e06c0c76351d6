"""How long a frame takes through a worker, beside pydicom; what a second core is worth; what a volume costs.

Everything of ours travels the whole way: encoded bytes into shared memory, a request to a sandboxed
worker, the pixels back. pydicom decodes in its own process, by each plugin that it can use here.

Run:     PYTHONPATH=. .venv/bin/python tests/bench/bench_decode.py
Units:   milliseconds a frame, the best of ``ROUNDS`` (the machine is shared); seconds for a series;
         a ratio is ours to the peer's.
Needs:   ../shared/data/transfer-syntaxes.zip (NEMA WG-04); says so where it is absent.
"""

from __future__ import annotations

import sys
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Final

import pydicom
from pydicom.pixels.decoders.base import get_decoder

from workstation.dicom import tasks
from workstation.dicom.codecs import frame_shape, stored_dtype
from workstation.dicom.examine import Examined, examine
from workstation.dicom.model import FrameTable, InstanceRecord
from workstation.dicom.series import FrameRef, ImageStack
from workstation.frames import EncodedFrame, FrameCache
from workstation.workers import Job, SharedBuffer, WorkerPool
from workstation.workers.worker import resident_bytes

DATA: Final = Path(__file__).parents[2].parent / "shared" / "data" / "transfer-syntaxes.zip"
ROUNDS: Final = 15
SECONDS: Final = 120.0
SERIES_FRAMES: Final = 60
SERIES_TURNS: Final = 6
VOLUME_FRAMES: Final = 600
MIB: Final = 1 << 20

# Folders of the archive: what they are, and the budget of design section 8.
SYNTAXES: Final = {
    "RLE": ("RLE", 0.3),
    "JPLY": ("JPEG lossy", 1.0),
    "JPLL": ("JPEG lossless", 0.6),
    "JLSL": ("JPEG-LS lossless", 1.0),
    "JLSN": ("JPEG-LS near-lossless", 1.0),
    "J2KR": ("JPEG 2000 lossless", 1.45),
    "J2KI": ("JPEG 2000 lossy", 1.0),
}


class Repeated:
    """A reader that serves one encoded frame, whatever is asked for."""

    def __init__(self, encoded: bytes) -> None:
        self._encoded = encoded

    def measure(self, frames: Sequence[FrameRef]) -> Sequence[EncodedFrame]:
        """Return its length."""
        return [EncodedFrame(len(self._encoded))] * len(frames)

    def read_into(self, frames: Sequence[FrameRef], targets: Sequence[memoryview]) -> None:
        """Copy it."""
        del frames
        for target in targets:
            target[:] = self._encoded


def main() -> None:
    """Print the tables."""
    if not DATA.exists():
        sys.stdout.write(f"{DATA} is absent: nothing to measure\n")
        return
    with zipfile.ZipFile(DATA) as archive:
        _print_syntaxes(archive)
        _print_series(archive)
    _print_volume()


def _print_syntaxes(archive: zipfile.ZipFile) -> None:
    sys.stdout.write(
        f"{'one frame, ms':<40}{'ours':>8}{'pydicom':>9}  {'plugin':<12}{'ratio':>6}{'budget':>8}\n"
    )
    with WorkerPool(tasks.__name__, 1) as pool:
        for name in sorted(archive.namelist()):
            kind = SYNTAXES.get(name.split("/")[0])
            if kind is None or not name.endswith(".dcm"):
                continue
            data = archive.read(name)
            with _ours(pool, data) as ours:
                times = _best({"": ours} | _theirs(data))
            own = times.pop("")
            plugin, peer = min(times.items(), key=lambda item: item[1], default=("none can", float("nan")))
            sys.stdout.write(
                f"{kind[0]:<24}{name.split('/')[1]:<16}{own:>8.2f}{peer:>9.2f}  {plugin:<12}"
                f"{own / peer:>6.2f}{kind[1]:>8.2f}\n"
            )


@contextmanager
def _ours(pool: WorkerPool, data: bytes) -> Iterator[Callable[[], object]]:
    """Yield what brings the first frame through a worker."""
    found = examine(memoryview(data))
    encoded, pixel = _first_frame(data, found), found.record.pixel
    assert pixel is not None
    source, target = SharedBuffer.create(len(encoded)), SharedBuffer.create(tasks.frame_size(pixel))
    arguments = tasks.decode_arguments(pixel, FrameTable((((0, len(encoded)),),)), [0])

    def decode() -> object:
        source.view[:] = encoded
        job = Job("decode", arguments, source.slice(0, source.size), target.slice(0, target.size), SECONDS)
        pool.submit(job).result()
        return target.array(stored_dtype(pixel), frame_shape(pixel))

    yield decode
    source.close()
    target.close()


def _theirs(data: bytes) -> dict[str, Callable[[], object]]:
    """Return what decodes the first frame by each plugin that can."""
    dataset = pydicom.dcmread(BytesIO(data))
    decoder = get_decoder(dataset.file_meta.TransferSyntaxUID)

    def decode(plugin: str) -> object:
        return decoder.as_array(dataset, index=0, raw=True, decoding_plugin=plugin)

    able: dict[str, Callable[[], object]] = {}
    for plugin in decoder.available_plugins:
        with suppress(Exception):  # one that cannot is no peer
            decode(plugin)
            able[plugin] = partial(decode, plugin)
    return able


def _print_series(archive: zipfile.ZipFile) -> None:
    sys.stdout.write(
        f"\n{f'{SERIES_FRAMES} frames, s':<40}{'1 core':>8}{'2 cores':>9}{'ratio':>8}{'budget':>8}\n"
    )
    for name in ("J2KR/CT1_J2KR.dcm", "JPLL/CT1_JPLL.dcm", "JLSL/CT1_JLSL.dcm", "RLE/CT1_RLE.dcm"):
        data = archive.read(name)
        found = examine(memoryview(data))
        one, two = _series_seconds(found.record, _first_frame(data, found))
        sys.stdout.write(f"{name:<40}{one:>8.2f}{two:>9.2f}{two / one:>8.2f}{0.6:>8.2f}\n")


def _series_seconds(record: InstanceRecord, encoded: bytes) -> tuple[float, float]:
    """Return what a cache takes from the first wish to the last frame, with one worker and with two.

    The best of several turns, one after the other.
    """
    reader = Repeated(encoded)
    times: tuple[list[float], list[float]] = ([], [])
    with WorkerPool(tasks.__name__, 1) as one, WorkerPool(tasks.__name__, 2) as two:
        for turn in range(SERIES_TURNS + 1):
            for pool, taken in zip((one, two), times, strict=True):
                with FrameCache(1024 * MIB, pool, reader) as cache:
                    start = time.perf_counter()
                    assert cache.source(_stack(record, SERIES_FRAMES)).wait_all(SECONDS)
                    if turn:  # in the first, the workers start
                        taken.append(time.perf_counter() - start)
    return min(times[0]), min(times[1])


def _print_volume() -> None:
    """Bring a CT of 512×512×600 and compare what it takes with its own bytes."""
    sys.stdout.write(f"\n{'512×512×600, MiB':<40}{'taken':>8}{'volume':>9}{'budget':>8}\n")
    with zipfile.ZipFile(DATA) as archive:
        data = archive.read("J2KR/CT1_J2KR.dcm")
    found = examine(memoryview(data))
    assert found.record.pixel is not None
    plain = replace(found.record, pixel=replace(found.record.pixel, transfer_syntax="1.2.840.10008.1.2.1"))
    size = tasks.frame_size(found.record.pixel)
    for what, record, encoded in (
        ("JPEG 2000 lossless", found.record, _first_frame(data, found)),
        ("uncompressed", plain, bytes(size)),
    ):
        taken = _volume_bytes(record, encoded) / MIB
        volume = VOLUME_FRAMES * size / MIB
        sys.stdout.write(f"{what:<40}{taken:>8.0f}{volume:>9.0f}{1.3 * volume + 250:>8.0f}\n")


def _volume_bytes(record: InstanceRecord, encoded: bytes) -> int:
    """Return what this process and its workers hold with a whole volume, beyond what it held before."""
    before = _own_bytes()
    with WorkerPool(tasks.__name__, 2) as pool, FrameCache(4096 * MIB, pool, Repeated(encoded)) as cache:
        source = cache.source(_stack(record, VOLUME_FRAMES))
        assert source.wait_all(SECONDS)
        volume = source.volume_values()
        assert volume is not None
        volume.max()
        workers = sum(resident_bytes(worker.process.pid) for worker in pool._dispatcher._workers)
        return _own_bytes() - before + workers


def _own_bytes() -> int:
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) << 10
    return 0


def _stack(record: InstanceRecord, count: int) -> ImageStack:
    references = tuple(FrameRef(replace(record, uid=f"1.{k}"), 0) for k in range(count))
    return ImageStack(f"bench {count}", "1", "bench", "stack", references, None)


def _first_frame(data: bytes, found: Examined) -> bytes:
    return b"".join(data[offset : offset + length] for offset, length in found.table.spans[0])


def _best(works: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return the least milliseconds of each; they take turns, so that all meet the same machine."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            times[name].append((time.perf_counter() - start) * 1e3)
    return {name: min(taken) for name, taken in times.items()}


if __name__ == "__main__":
    main()
