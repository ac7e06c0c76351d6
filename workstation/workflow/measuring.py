"""Measurements: on the disk, twice, before the verb returns."""

from __future__ import annotations

from workstation.measurement import Length
from workstation.security import Action
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb


def _kept(_: object) -> str:
    return "a length kept"


def _removed(_: object) -> str:
    return "a length removed"


@verb(Action.MEASURE, detail=_kept)
def keep_length(desk: Desk, *, study_uid: str, length: Length) -> None:
    """Store a length, new or moved."""
    if length.study_uid != study_uid:
        raise ValueError("the length belongs to another study")
    desk.store.measurements.put(length)


@verb(Action.MEASURE, detail=_removed)
def remove_length(desk: Desk, *, study_uid: str, identifier: str) -> None:  # noqa: ARG001  the door reads it
    """Forget a length."""
    desk.store.measurements.remove(identifier)
