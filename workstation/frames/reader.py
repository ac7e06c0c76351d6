"""Where encoded frames come from, as this package sees it: the store, a folder, or a test.

Units:   bytes.
Errors:  an implementation raises a LumenError for what it cannot read; the frame then fails with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from workstation.dicom.series import FrameRef


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """How much there is to read for a frame.

    ``whole`` where a frame cannot be cut out (deflated objects, bit-packed frames): then it is the
    whole Part 10 object that is read, and the worker finds the frame in it.
    """

    length: int
    whole: bool = False


class FrameReader(Protocol):
    """Reads encoded frames; asked on several threads at once."""

    def measure(self, frames: Sequence[FrameRef]) -> Sequence[EncodedFrame]:
        """Return what there is to read for each frame, without reading it."""
        ...

    def read_into(self, frames: Sequence[FrameRef], targets: Sequence[memoryview]) -> None:
        """Fill each target, exactly as long as was measured, with the bytes of its frame."""
        ...
