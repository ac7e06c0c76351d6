"""How much of anything one DICOM object may hold, so that a few bytes can't claim a machine.

Every limit stands before the library that would pay for it. The figures are far above what real
objects hold and far below what hurts; each was chosen against a bomb that was measured (a 1 MB
deflated file that inflates to 2 GB, an 8 MB sequence of a million empty items, a 564-byte
JPEG 2000 stream of 60000 × 60000).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """What one object may hold; lengths in bytes."""

    total: int = 4 * GIB
    elements: int = 250_000
    items: int = 100_000
    depth: int = 32
    text: int = MIB
    inflated: int = 512 * MIB
    inflate_ratio: int = 200
    inflate_free: int = 16 * MIB  # harmless at any ratio
    fragments_per_frame: int = 4
    fragments_spare: int = 1000
    eager: int = 64 * MIB  # a longer value stays in the file, the header does without it


DEFAULT_LIMITS: Final = Limits()

MAX_SIDE: Final = 32_768  # pixels
MAX_PIXELS: Final = 512_000_000  # per frame
