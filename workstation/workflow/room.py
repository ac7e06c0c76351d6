"""How much room the store takes and may take, for the state bar."""

from __future__ import annotations

from dataclasses import dataclass

from workstation.store import Condition
from workstation.workflow.desk import Desk

_TROUBLE = {
    Condition.RESERVE_GONE: "disk full: nothing more is imported",
    Condition.READ_ONLY: "disk failed: nothing is kept",
}


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes of images, bytes that they may take, and what keeps the store from taking more."""

    used: int
    quota: int
    trouble: str = ""


def room_of(desk: Desk) -> Room:
    """Return how full the store is."""
    used = sum(study.bytes for study in desk.store.studies.list())
    trouble = _TROUBLE.get(
        desk.store.condition, "no room: nothing that comes is kept" if desk.trouble else ""
    )
    return Room(used, desk.quota, trouble)
