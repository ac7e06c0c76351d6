"""Measurements: on the disk, twice, before the verb returns."""

from __future__ import annotations

from workstation.measurement import Length
from workstation.security import Action
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import WorkflowError


@verb(Action.MEASURE, detail=lambda _: "a length kept")
def keep_length(desk: Desk, *, study_uid: str, length: Length) -> None:
    """Store a length, new or moved."""
    if length.study_uid != study_uid:
        raise WorkflowError("The measurement belongs to another study")
    desk.store.measurements.put(length)


@verb(Action.MEASURE, detail=lambda _: "a length removed")
def remove_length(desk: Desk, *, study_uid: str, identifier: str) -> None:
    """Forget a length of this study; one that isn't there is no error."""
    if any(length.id == identifier for length in desk.store.measurements.of_study(study_uid)):
        desk.store.measurements.remove(identifier)
