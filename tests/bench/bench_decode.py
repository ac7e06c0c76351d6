"""How long a frame takes through a worker, beside pydicom, and what a second core is worth.

Everything of ours travels the whole way: encoded bytes into shared memory, a request to a sandboxed
worker, the pixels back. pydicom decodes in its own process, by each plugin that it can use here. Each
image of NEMA's (WG-04) counts with the best of ``ROUNDS``, a syntax with the sum of its images.
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Final

import pydicom
from figures import Figure, Skipped, in_turns
from ground import DATA, Ground
from pydicom.pixels.decoders.base import get_decoder

from workstation.dicom import tasks
from workstation.dicom.codecs import frame_shape, stored_dtype
from workstation.dicom.examine import Examined, examine
from workstation.dicom.model import FrameTable, InstanceRecord
from workstation.dicom.series import FrameRef, ImageStack
from workstation.frames import EncodedFrame, FrameCache
from workstation.workers import Job, SharedBuffer, WorkerPool

ARCHIVE: Final = DATA / "transfer-syntaxes.zip"
ROUNDS: Final = 15
SECONDS: Final = 120.0
SERIES_FRAMES: Final = 60
SERIES_TURNS: Final = 6
SERIES_AT_MOST: Final = 0.6
CACHE_BYTES: Final = 1 << 30

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
SERIES: Final = ("J2KR", "JPLL", "JLSL", "RLE")


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


def figures(_: Ground) -> Iterator[Figure | Skipped]:
    """Decode each syntax, then a series of each that is worth it."""
    if not ARCHIVE.is_file():
        yield Skipped("decode a frame, each transfer syntax", f"{ARCHIVE.name} is not here")
        return
    with zipfile.ZipFile(ARCHIVE) as archive:
        with WorkerPool(tasks.__name__, 1) as pool:
            for folder in SYNTAXES:
                yield _syntax(archive, folder, pool)
        for folder in SERIES:
            data = archive.read(f"{folder}/CT1_{folder}.dcm")
            found = examine(memoryview(data))
            one, two = _series_seconds(found.record, _first_frame(data, found))
            what = f"decode {SERIES_FRAMES} frames on two cores, {SYNTAXES[folder][0]}"
            yield Figure(what, 1e3 * two, 1e3 * one, SERIES_AT_MOST, against="on one")


def _syntax(archive: zipfile.ZipFile, folder: str, pool: WorkerPool) -> Figure | Skipped:
    """Decode every image that a plugin can decode as well."""
    name, at_most = SYNTAXES[folder]
    own, peer, fastest = 0.0, 0.0, set()
    for file in sorted(archive.namelist()):
        if not file.startswith(f"{folder}/") or not file.endswith(".dcm"):
            continue
        data = archive.read(file)
        theirs = _theirs(data)
        if not theirs:
            continue
        with _ours(pool, data) as ours:
            best = {who: min(times) for who, times in in_turns(ROUNDS, {"": ours} | theirs).items()}
        own += best.pop("")
        plugin = min(best, key=best.__getitem__)
        peer += best[plugin]
        fastest.add(plugin)
    if not fastest:
        return Skipped(f"decode a frame, {name}", "none of pydicom's plugins can")
    return Figure(
        f"decode a frame, {name}", 1e3 * own, 1e3 * peer, at_most, against=", ".join(sorted(fastest))
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


def _series_seconds(record: InstanceRecord, encoded: bytes) -> tuple[float, float]:
    """Return what a cache takes from the first wish to the last frame, with one worker and with two.

    The best of several turns, one after the other.
    """
    reader = Repeated(encoded)
    times: tuple[list[float], list[float]] = ([], [])
    with WorkerPool(tasks.__name__, 1) as one, WorkerPool(tasks.__name__, 2) as two:
        for turn in range(SERIES_TURNS + 1):
            for pool, taken in zip((one, two), times, strict=True):
                with FrameCache(CACHE_BYTES, pool, reader) as cache:
                    start = time.perf_counter()
                    assert cache.source(_stack(record, SERIES_FRAMES)).wait_all(SECONDS)
                    if turn:  # in the first, the workers start
                        taken.append(time.perf_counter() - start)
    return min(times[0]), min(times[1])


def _stack(record: InstanceRecord, count: int) -> ImageStack:
    references = tuple(FrameRef(replace(record, uid=f"1.{k}"), 0) for k in range(count))
    return ImageStack(f"bench {count}", "1", "bench", "stack", references, None)


def _first_frame(data: bytes, found: Examined) -> bytes:
    return b"".join(data[offset : offset + length] for offset, length in found.table.spans[0])
