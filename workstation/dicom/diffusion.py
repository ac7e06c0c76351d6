"""The b-value of a diffusion image, from the standard's attribute or from where makers hide it.

Without it the images of a diffusion study lie in one heap: the same slices several times over.

Units:   s/mm².
Errors:  none; None where no place holds a b-value.
Source:  PS3.3 C.8.13.5.9 (MR Diffusion macro). Private places: the DICOM conformance statements
         of Siemens (SIEMENS MR HEADER), GE (GEMS_PARM_01) and Philips (Philips Imaging DD 001).
"""

from __future__ import annotations

from struct import unpack
from typing import Final

from pydicom.dataset import Dataset

from workstation.dicom.attributes import number, text

_GE_FLAG: Final = 100_000  # GE adds 10⁹ (or more) to some b-values; none is this large

_PLACES: Final = (  # creator's tag, how its name begins, the value's tag where the block is 10
    (0x0019_0010, "SIEMENS MR HEADER", 0x0019_100C),
    (0x0043_0010, "GEMS_PARM_01", 0x0043_1039),
    (0x2001_0010, "Philips Imaging DD 001", 0x2001_1003),
)


def b_value(dataset: Dataset) -> float | None:
    """Return the b-value, or None."""
    standard = number(dataset, "DiffusionBValue")
    return standard if standard is not None else _private(dataset)


def _private(dataset: Dataset) -> float | None:
    for creator, name, tag in _PLACES:
        if text(dataset, creator).upper().startswith(name.upper()):
            found = _value(dataset, tag)
            if found is not None and found >= 0:
                return found % _GE_FLAG if creator == 0x0043_0010 else found
    return None


def _value(dataset: Dataset, tag: int) -> float | None:
    """Read a private number; where the file doesn't say its VR, four bytes that spell none are a float."""
    found = number(dataset, tag)
    raw = dataset.get_item(tag)
    value = getattr(raw, "value", None)
    if found is None and isinstance(value, bytes) and len(value) == 4:
        return float(unpack("<f", value)[0])
    return found
