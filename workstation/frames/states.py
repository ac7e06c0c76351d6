"""How far frames are, in values that can be handed out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class FrameStatus(Enum):
    """Where a frame stands."""

    ABSENT = "absent"  # not asked for, or given up again for want of room
    QUEUED = "queued"  # being read or decoded, or next in line
    READY = "ready"
    FAILED = "failed"  # it will not be tried again


@dataclass(frozen=True, slots=True)
class FrameState:
    """Where one frame stands and, if it failed, why: one calm sentence."""

    status: FrameStatus
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stack is."""

    ready: int
    failed: int
    total: int

    @property
    def finished(self) -> bool:
        """Tell whether nothing is left to do."""
        return self.ready + self.failed == self.total
