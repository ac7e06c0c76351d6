"""Small sound files with tables and overlays, of which pydicom's own small files have few.

Shapes:  12 rows × 10 columns, one frame or three.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

import numpy as np
from dicom_objects import ct, item, part10, sequence
from pydicom.dataset import Dataset

_ROWS, _COLUMNS = 12, 10
_CHANNELS: Final = ("Red", "Green", "Blue")
_FRAMES: Final = 3


@cache
def tabled_seeds() -> Sequence[bytes]:
    """Return a file with each kind of table."""
    return [part10(dataset) for dataset in (_modality(), _voi(), _palette(), _segmented(), *_overlays())]


def _modality() -> Dataset:
    table = item(LUTDescriptor=[64, 0, 16], ModalityLUTType="US", LUTData=_words(range(64)))
    return ct(_ramp(), ModalityLUTSequence=sequence(table), RescaleSlope=None, RescaleIntercept=None)


def _voi() -> Dataset:
    plain = item(LUTDescriptor=[64, 0, 12], LUTExplanation="PLAIN", LUTData=_words(range(64)))
    packed = item(LUTDescriptor=[64, 0, 8], LUTExplanation="PACKED", LUTData=bytes(range(64)))
    return ct(_ramp(), VOILUTSequence=sequence(plain, packed))


def _palette() -> Dataset:
    entries = {f"{colour}PaletteColorLookupTableData": bytes(range(64)) for colour in _CHANNELS}
    return _coloured([64, 0, 8], entries)


def _segmented() -> Dataset:
    """Return one with a discrete segment of one entry, then a line (PS3.3 C.7.9.2)."""
    segments = _words((0, 1, 0, 1, 63, 60_000))
    stems = (f"Segmented{colour}PaletteColorLookupTableData" for colour in _CHANNELS)
    return _coloured([64, 0, 16], dict.fromkeys(stems, segments))


def _coloured(descriptor: list[int], entries: dict[str, bytes]) -> Dataset:
    descriptors = {f"{colour}PaletteColorLookupTableDescriptor": descriptor for colour in _CHANNELS}
    pixels = _ramp().astype(np.uint8)
    return ct(pixels, PhotometricInterpretation="PALETTE COLOR", **descriptors, **entries)


def _overlays() -> Iterable[Dataset]:
    cross = np.eye(_ROWS, _COLUMNS, dtype=np.bool_)
    own = _with_plane(ct(_ramp()), np.packbits(cross, bitorder="little").tobytes())
    frames = np.stack([_ramp()] * _FRAMES) | cross.astype(np.uint16) << 15
    within = ct(frames, NumberOfFrames=_FRAMES, BitsStored=12, HighBit=11)
    return own, _with_plane(within, None)


def _with_plane(dataset: Dataset, plane: bytes | None) -> Dataset:
    for tag, vr, value in (
        (0x0010, "US", _ROWS),
        (0x0011, "US", _COLUMNS),
        (0x0040, "CS", "G"),
        (0x0050, "SS", [1, 1]),
        (0x0100, "US", 1 if plane else 16),
        (0x0102, "US", 0 if plane else 15),
    ):
        dataset.add_new(0x60000000 | tag, vr, value)
    if plane:
        dataset.add_new(0x60003000, "OB", plane)
    return dataset


def _ramp() -> np.ndarray[tuple[int, ...], np.dtype[np.uint16]]:
    return (np.arange(_ROWS * _COLUMNS, dtype=np.uint16) % 64).reshape(_ROWS, _COLUMNS)


def _words(values: Iterable[int]) -> bytes:
    return np.array(list(values), "<u2").tobytes()
