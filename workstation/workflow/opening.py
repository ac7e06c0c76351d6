"""Opening a study: through the door once, then everything is asked of what it answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from workstation.security import Action
from workstation.viewing import Screen
from workstation.workflow import sessions
from workstation.workflow.answers import StudyState
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import NotHereYet
from workstation.workflow.reading import Reading
from workstation.workflow.studies import required_study, row_of, stacks_of

_TO_COME: Final = (StudyState.ELSEWHERE, StudyState.ARRIVING)
_LOOK: Final = 0.1  # seconds
_PATIENCE: Final = 60.0


@verb(Action.OPEN_STUDY, withdraw=Reading.close)
def open_study(desk: Desk, *, study_uid: str, cancelled: Callable[[], bool] = lambda: False) -> Reading:
    """Open a study for reading, at the place where it was left.

    One of which nothing is here yet comes before everything else, and opens with its first image.
    """
    if desk.service is not None:
        desk.service.focus(study_uid)
        _await_first_image(desk, study_uid, cancelled)
    required_study(desk, study_uid)
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
    return Reading(desk, row_of(desk, study_uid), stacks, screen)


def _await_first_image(desk: Desk, study_uid: str, cancelled: Callable[[], bool]) -> None:
    """Wait until something of a study is here that an archive has; it is being fetched."""
    end = time.monotonic() + _PATIENCE
    while desk.store.studies.get(study_uid) is None and not cancelled():
        if row_of(desk, study_uid).state not in _TO_COME or not _is_on_line(desk):
            return
        if time.monotonic() >= end:
            raise NotHereYet(
                "Nothing of this study has arrived yet",
                remedy="It goes on arriving; open it when it is here.",
            )
        time.sleep(_LOOK)


def _is_on_line(desk: Desk) -> bool:
    return desk.service is not None and any(line.is_usable for line in desk.service.engine.lines.values())
