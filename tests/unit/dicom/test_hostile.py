"""Bombs and mutations: bounded time, bounded memory, one calm sentence, nothing else raised.

The costs of the bombs for libraries that believed them were measured; see tests/soak/bombs.py. The
soak runs the same mutations by the hundred thousand.
"""

import sys
import time
from contextlib import suppress
from pathlib import Path

import pydicom.data
import pytest
from bombs import Bomb, frame_bombs, header_bombs
from mutations import header_mutations, pixel_mutations

from workstation.dicom import tasks
from workstation.dicom.errors import DicomRefused, PixelsRefused
from workstation.dicom.examine import examine
from workstation.dicom.limits import MIB

SECONDS = 5.0  # of a processor: how long that lasts on a shared machine is nobody's business
MEMORY = 512 * MIB
SEEDS = (
    "CT_small", "MR_small_RLE", "MR_small_expb", "MR_small_implicit", "MR_small_jpeg_ls_lossless",
    "MR_small_jp2klossless", "SC_rgb_jpeg_gdcm", "SC_rgb_dcmtk_+eb+cy+np", "SC_rgb_rle_16bit_2frame",
    "JPEG2000-embedded-sequence-delimiter", "rtdose_1frame", "image_dfl", "reportsi", "priv_SQ",
)  # fmt: skip


@pytest.fixture(scope="module")
def seeds() -> list[bytes]:
    folder = Path(pydicom.data.__file__).parent / "test_files"
    return [(folder / f"{name}.dcm").read_bytes() for name in SEEDS]


@pytest.mark.parametrize("bomb", list(header_bombs()), ids=lambda bomb: bomb.name)
def test_a_bomb_in_the_header_is_refused_at_once_and_for_little(bomb: Bomb) -> None:
    start, before = time.thread_time(), _peak_memory()

    with pytest.raises(DicomRefused):
        examine(memoryview(bomb.data))

    assert time.thread_time() - start < SECONDS
    assert _peak_memory() - before < MEMORY


@pytest.mark.parametrize("bomb", list(frame_bombs()), ids=lambda bomb: bomb.name)
def test_a_bomb_in_a_frame_is_refused_before_its_codec_believes_it(bomb: Bomb) -> None:
    start = time.thread_time()
    found = examine(memoryview(bomb.data))
    assert found.record.pixel is not None
    target = bytearray(tasks.frame_size(found.record.pixel))

    with pytest.raises(PixelsRefused):
        _decode(bomb.data, target)

    assert time.thread_time() - start < SECONDS


def _peak_memory() -> int:
    """Return the most bytes that this process ever held, 0 where the system doesn't tell."""
    if sys.platform == "win32":
        return 0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _decode(data: bytes, target: bytearray | None = None) -> None:
    found = examine(memoryview(data))
    if found.record.pixel is None:
        return
    size = tasks.frame_size(found.record.pixel)
    if size > 64 * MIB:  # the window's own limit stands elsewhere
        return
    arguments = tasks.decode_arguments(found.record.pixel, found.table, [0])
    tasks.TASKS["decode"](arguments, memoryview(data), memoryview(target or bytearray(size)))


def test_mutated_headers_are_read_or_refused_and_nothing_else(seeds: list[bytes]) -> None:
    for data in header_mutations(seeds, 600, seed=1):
        with suppress(DicomRefused):
            _decode(data)


def test_mutated_pixels_are_decoded_or_refused_and_nothing_else(seeds: list[bytes]) -> None:
    for data in pixel_mutations(seeds, 300, seed=2):
        with suppress(DicomRefused):
            _decode(data)


def test_the_same_seed_makes_the_same_mutations(seeds: list[bytes]) -> None:
    once, again = (list(header_mutations(seeds, 20, seed=3)) for _ in range(2))

    assert once == again
    assert len({*once}) > 15
