"""A large multi-frame instance from Orthanc over two bad lines: it comes whole, byte for byte, and once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from io import BytesIO

import imagecodecs
import numpy as np
import pydicom
import pytest
from dicom_objects import compressed, ct, part10
from fault_proxy import FaultProxy
from line_faults import Odds
from numpy.typing import NDArray
from orthanc import Orthanc

from workstation.archive import Address, Endpoint, Interrupted, Part, Speech, Unreachable, Wanted
from workstation.archive.unfinished import LARGE, Begun, begun_of
from workstation.archive.web import WebConnection, connect

JPEG_LS = "1.2.840.10008.1.2.4.80"
WANTED = Wanted("1.2.3", "1.2.3.1", "1.2.3.4")
TRIES = 60
MIB = 1 << 20


def pixels(frames: int) -> NDArray[np.uint16]:
    return np.random.default_rng(frames).integers(0, 4096, (frames, 512, 512), np.uint16)


def native() -> bytes:
    """Return 100 MB of uncompressed frames."""
    values = pixels(200)
    dataset = ct(values[0], NumberOfFrames=len(values))
    dataset.PixelData = values.tobytes()
    return part10(dataset)


def jpeg_ls(*, table: bool) -> bytes:
    """Return compressed frames of 64 MiB and more, with or without an offset table."""
    codestreams = [bytes(imagecodecs.jpegls_encode(frame)) for frame in pixels(170)]
    dataset = ct(np.zeros((512, 512), np.uint16), NumberOfFrames=len(codestreams))
    return compressed(dataset, codestreams, JPEG_LS, table=table)


FILES: dict[str, Callable[[], bytes]] = {
    "native": native,
    "JPEG-LS with a table": lambda: jpeg_ls(table=True),
    "JPEG-LS without": lambda: jpeg_ls(table=False),
}


def connections(stack: ExitStack, *proxies: FaultProxy) -> list[WebConnection]:
    """Return a connection by each of the lines."""
    address = Address("o", "Orthanc", Speech.DICOMWEB, (), product="orthanc")
    ends = [Endpoint(str(one.port), url=f"http://{one.host}:{one.port}/dicom-web") for one in proxies]
    return [stack.enter_context(closing(connect(address, end))) for end in ends]


class Bringing:
    """Brings the instance as the sync does, and counts what came whole."""

    def __init__(self) -> None:
        self.begun: Begun | None = None
        self.frames: Counter[int] = Counter()
        self.files = 0
        self.lacking: tuple[int, ...] = ()  # after the first cut

    def begin(self, connection: WebConnection) -> bytearray | None:
        """Ask for the whole; return it, or keep what came of it."""
        for part in connection.images.retrieve(WANTED):
            data = bytearray()
            try:
                for chunk in part:
                    data += chunk
            except Interrupted:
                self.begun = begun_of(data, part.length)
                self.lacking = self.begun.missing if self.begun else ()
                raise
            self.files += 1
            return data
        return None

    def go_on(self, connection: WebConnection, begun: Begun) -> bytearray:
        for part in connection.images.rest(begun):
            begun.take(part.frame, self._counted(part), part.transfer_syntax)
        return begun.whole()

    def _counted(self, part: Part) -> Iterator[memoryview]:
        yield from part
        if part.frame is not None:
            self.frames[part.frame] += 1


def brought(connections: list[WebConnection]) -> tuple[bytes, Bringing]:
    """Bring it, by one line and then by the other."""
    bringing = Bringing()
    for attempt in range(TRIES):
        connection = connections[attempt % len(connections)]
        begun = bringing.begun
        try:
            data = bringing.go_on(connection, begun) if begun else bringing.begin(connection)
        except (Interrupted, Unreachable):
            continue
        if data is not None:
            return bytes(data), bringing
    raise AssertionError("it never came")


@pytest.mark.parametrize("kind", FILES)
def test_a_large_instance_comes_once_however_often_it_is_cut(orthanc: Orthanc, kind: str) -> None:
    data = FILES[kind]()
    assert len(data) >= LARGE
    orthanc.upload([data])
    bad = Odds(refuse=0.1, reset=0.4, cut=0.4, after=(0, 30 * MIB))
    with ExitStack() as stack:
        proxies = [stack.enter_context(FaultProxy(orthanc.port, odds=bad, seed=seed)) for seed in (1, 2)]
        came, bringing = brought(connections(stack, *proxies))
        cuts = sum(len(one.counts.struck) for one in proxies)

    assert came == data
    assert cuts >= 3
    assert bringing.files == 0
    assert bringing.frames == Counter(bringing.lacking)
    read = pydicom.dcmread(BytesIO(data))
    assert bringing.lacking[-1] == int(read.NumberOfFrames) - 1
