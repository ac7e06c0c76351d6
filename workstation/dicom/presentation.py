"""Which end of the grey scale is black.

Source:  PS3.3 C.7.6.3.1.2 (MONOCHROME1: the minimum is shown as white), C.11.6 and C.8.11.3
         (Presentation LUT Shape: IDENTITY or INVERSE).
"""

from __future__ import annotations


def is_inverted(photometric: str, shape: str) -> bool:
    """Tell whether small values are shown white.

    MONOCHROME1 and INVERSE say the same thing once, not twice: a digital radiograph must carry both
    or neither (C.8.11.3). Where a file carries one of them alone, it is inverted.
    """
    return photometric == "MONOCHROME1" or shape == "INVERSE"


def contradiction(photometric: str, shape: str) -> str:
    """Say that a header names both ends black, "" if it doesn't."""
    if not shape or photometric not in ("MONOCHROME1", "MONOCHROME2"):
        return ""
    if (photometric == "MONOCHROME1") == (shape == "INVERSE"):
        return ""
    return f"The header says {photometric} and presentation shape {shape}; small values are shown white."
