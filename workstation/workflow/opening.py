"""Opening a study: through the door once, then everything is asked of what it answers.

Errors:  NotHereYet where nothing of a study has come and none can, or none did in time; NoSuchStudy;
         Cancelled.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final

from workstation.errors import Cancelled
from workstation.security import Action
from workstation.sync import Service, Urgency, Want
from workstation.viewing import Screen
from workstation.workflow import sessions
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import NotHereYet
from workstation.workflow.reading import Reading
from workstation.workflow.studies import required_study, row_of, stacks_of

_LOOK: Final = 0.1  # seconds
_PATIENCE: Final = 60.0
_NO_LINE: Final = 10.0  # so long another way may take to take over


@verb(Action.OPEN_STUDY, withdraw=Reading.close)
def open_study(desk: Desk, *, study_uid: str, cancelled: Callable[[], bool] = lambda: False) -> Reading:
    """Open a study for reading, at the place where it was left.

    One of which nothing is here yet comes before everything else, and opens with its first image.
    """
    before = desk.open_study
    if desk.service is not None:
        desk.service.focus(study_uid)
    try:
        if desk.service is not None and desk.store.studies.get(study_uid) is None:
            _await_first_image(desk, desk.service, study_uid, cancelled)
        return _opened(desk, study_uid)
    except BaseException:
        if desk.service is not None:
            desk.service.focus(before)
        raise


def focus_series(desk: Desk, *, study_uid: str, series_uid: str) -> None:
    """Let what lacks of the series that is looked at come before the rest of the open study."""
    if desk.service is not None and desk.open_study == study_uid:
        desk.service.focus(study_uid, series_uid)


def _opened(desk: Desk, study_uid: str) -> Reading:
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
    reading = Reading(desk, row_of(desk, study_uid), stacks, screen)
    desk.open_study = desk.to_ask_about = study_uid
    desk.opened.add(study_uid)
    desk.put_off.pop(study_uid, None)
    return reading


def _await_first_image(desk: Desk, service: Service, study_uid: str, cancelled: Callable[[], bool]) -> None:
    """Wait until something of a study is here that an archive has; it is being fetched."""
    coming = _Coming(desk, service, study_uid)
    if not coming.archives:
        return
    end = desk.clock.monotonic() + _PATIENCE
    while desk.store.studies.get(study_uid) is None:
        if cancelled() or desk.closing.is_set():
            raise Cancelled("Opening the study was given up")
        coming.raise_if_in_vain()
        if desk.clock.monotonic() >= end:
            raise NotHereYet(
                "Nothing of this study has arrived yet",
                remedy="It goes on arriving; open it when it is here.",
            )
        coming.wait()


class _Coming:
    """A study of which nothing is here, wanted at once from the archives that have it."""

    def __init__(self, desk: Desk, service: Service, study_uid: str) -> None:
        self._desk = desk
        self._service = service
        self._study_uid = study_uid
        self._is_told = False  # an archive has said what it consists of, or that it has it not
        self._happened = threading.Event()
        self._without_line: float | None = None
        self.archives = self._known()
        service.engine.arriving.learned.connect(self._learned)
        service.engine.arriving.arrived.connect(self._arrived)
        if self.archives:
            service.ask_anew(study_uid)
            self._want()

    def wait(self) -> None:
        """Wait until something happens, for a moment at most."""
        self._happened.wait(_LOOK / self._desk.clock.pace)
        self._happened.clear()

    def raise_if_in_vain(self) -> None:
        """Say why nothing can come, if that is so."""
        if self._desk.trouble:
            raise NotHereYet("Nothing that comes can be stored now", remedy=self._desk.trouble)
        wanted = self._want() if self._is_told else self.archives
        if not wanted:
            raise NotHereYet(
                "The archive has no images of this study any more",
                remedy="It may have been moved or deleted there.",
            )
        if not self._has_line():
            raise NotHereYet(
                "Nothing of this study is here, and there is no line to an archive that has it",
                remedy="It comes as soon as the line is back.",
            )
        engine = self._service.engine
        asked = [engine.progress(archive, self._study_uid) for archive in wanted]
        if all(progress is not None and progress.is_settled and not progress.here for progress in asked):
            reasons = engine.given_up(wanted[0], self._study_uid)
            raise NotHereYet(
                "None of the images of this study can be had from the archive",
                remedy=next(iter(reasons.values()), ""),
            )

    def _want(self) -> Sequence[str]:
        """Want it now, since the planner looks only once a second; return from which archives."""
        wanted = self._service.archives_for(self._study_uid, self.archives)
        self._service.engine.want(*(Want(archive, self._study_uid, Urgency.OPEN) for archive in wanted))
        return wanted

    def _known(self) -> Sequence[str]:
        found = self._desk.store.remote_studies.of_study(self._study_uid)
        return [one.archive for one in found if one.archive in self._service.engine.lines]

    def _has_line(self) -> bool:
        lines, now = self._service.engine.lines, self._desk.clock.monotonic()
        if any(lines[name].is_usable for name in self.archives):
            self._without_line = None
            return True
        self._without_line = now if self._without_line is None else self._without_line
        return now - self._without_line < _NO_LINE

    def _learned(self, study_uid: str) -> None:
        if study_uid == self._study_uid:
            self._is_told = True
            self._happened.set()

    def _arrived(self, study_uid: str) -> None:
        if study_uid == self._study_uid:
            self._happened.set()
