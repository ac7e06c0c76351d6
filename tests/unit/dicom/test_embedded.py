"""Overlays in unused bits of the pixels: PS3.5-2004 8.1.2."""

import imagecodecs
import numpy as np
import pytest
from dicom_objects import BIG, DEFLATED, J2K, compressed, ct, part10
from pydicom.dataset import Dataset

from workstation.dicom.embedded import with_own_bits
from workstation.dicom.examine import examine
from workstation.dicom.header import read_header
from workstation.dicom.layout import scan
from workstation.dicom.lookups import Lookups, lookups_of

SHAPE = (3, 5)
RNG = np.random.default_rng(20261124)
DRAWN = RNG.random((3, *SHAPE)) < 0.5  # 15 bits a frame: the second begins inside a byte
IMAGE = RNG.integers(0, 1 << 12, (3, *SHAPE), dtype=np.uint16)


def _with_overlay(words: np.ndarray, bit: int = 15) -> Dataset:
    frames = {"NumberOfFrames": len(words)} if words.ndim == 3 else {}
    dataset = ct(words, BitsStored=12, HighBit=11, PixelRepresentation=0, **frames)
    dataset.add_new(0x60000010, "US", SHAPE[0])
    dataset.add_new(0x60000011, "US", SHAPE[1])
    dataset.add_new(0x60000040, "CS", "G")
    dataset.add_new(0x60000050, "SS", [1, 1])
    dataset.add_new(0x60000100, "US", 16)
    dataset.add_new(0x60000102, "US", bit)
    return dataset


def _tables(data: bytes) -> Lookups:
    view = memoryview(data)
    record = examine(view).record
    return with_own_bits(lookups_of(read_header(view, scan(view))), view, record.pixel, record.frame_count)


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", DEFLATED, BIG])
def test_each_frame_brings_its_own_plane(syntax: str) -> None:
    words = IMAGE | DRAWN.astype(np.uint16) << 15
    stored = words.astype(">u2" if syntax == BIG else "<u2")
    (overlay,) = _tables(part10(_with_overlay(stored), syntax)).overlays

    assert not overlay.embedded
    assert [overlay.plane(n, *SHAPE).tolist() for n in range(3)] == DRAWN.tolist()
    assert not overlay.applies_to(3)


def test_a_single_image_is_an_image_of_one_frame() -> None:
    words = IMAGE[0] | DRAWN[0].astype(np.uint16) << 13
    (overlay,) = _tables(part10(_with_overlay(words, bit=13))).overlays

    assert overlay.plane(0, *SHAPE).tolist() == DRAWN[0].tolist()


def test_one_that_cannot_be_there_is_a_note() -> None:
    """Compressed pixels have no unused bits (PS3.5-2004 A.4)."""
    streams = [bytes(imagecodecs.jpeg2k_encode(frame, level=0, reversible=True)) for frame in IMAGE]
    found = _tables(compressed(_with_overlay(IMAGE), streams, J2K))

    assert found.overlays == ()
    assert found.notes == ("The overlay 1 is left out: it is said to lie in pixels that are compressed.",)


def test_an_overlay_with_bits_of_its_own_is_left_as_it_is() -> None:
    dataset = _with_overlay(IMAGE)
    dataset.add_new(0x60003000, "OB", np.packbits(DRAWN[0], bitorder="little").tobytes())
    (overlay,) = _tables(part10(dataset)).overlays

    assert [overlay.plane(n, *SHAPE).tolist() for n in range(2)] == [DRAWN[0].tolist()] * 2
