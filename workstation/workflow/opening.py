"""Opening a study: through the door once, then everything is asked of what it answers."""

from __future__ import annotations

from workstation.security import Action
from workstation.viewing import Screen
from workstation.workflow import sessions
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.reading import Reading
from workstation.workflow.studies import list_row, required_study, stacks_of


@verb(Action.OPEN_STUDY, withdraw=Reading.close)
def open_study(desk: Desk, *, study_uid: str) -> Reading:
    """Open a study for reading, at the place where it was left."""
    study = required_study(desk, study_uid)
    stacks = stacks_of(desk, study_uid)
    screen = Screen()
    left = sessions.screen_of(desk, study_uid)
    screen.open(
        study_uid,
        {stack.key: len(stack.frames) for stack in stacks},
        layout=left.layout if left else None,
        viewports=left.viewports if left else (),
        marks=desk.store.measurements.of_study(study_uid),
        who="opening",
    )
    desk.store.studies.touch(study_uid)
    sessions.keep_last_study(desk, study_uid)
    return Reading(desk, list_row(desk, study), stacks, screen)
