"""The night of invented studies: an invented hospital on this machine, and the way to it like to any other.

The hospital draws its pictures when they are asked for; they come in by the door by which every archive's
come, so the demonstration is also a test of the whole. A night that was begun goes on from where its hour
is by now. It goes into the demonstration's store alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from workstation import phantoms
from workstation.config import ArchiveEntry, Settings, resource
from workstation.hospital import Hospital
from workstation.security import Action, SessionVault
from workstation.sync import Service
from workstation.workflow.connecting import connect_archives, start_syncing
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import WrongStore

SEED: Final = 1
ARCHIVE: Final = "harbor"

_NIGHT: Final = "night"
_IS_WHOLE: Final = "night is whole"
_LOOK: Final = 0.2  # seconds
_LATE: Final = 86_400.0  # by then everything has arrived, and the line is back


def open_hospital(desk: Desk, *, folder: Path) -> Hospital:
    """Open the hospital of the demonstration's night, which goes on as it began."""
    if not desk.is_demo:
        raise WrongStore("Invented studies never go into a real store")
    began = _begin(desk)
    is_whole = desk.store.sessions.get(_IS_WHOLE) is not None
    gone = _LATE if is_whole else max((desk.clock.utc() - began).total_seconds(), 0.0)
    return Hospital(began, clock=desk.clock, data=resource("demo"), folder=folder, seed=SEED, gone=gone)


def connect_hospital(desk: Desk, hospital: Hospital, *, settings: Settings) -> Service:
    """Sign the desk in to the hospital's archive; the service is yet to be started."""
    entry = ArchiveEntry(ARCHIVE, name="Harbor Radiology", ways={"line 1": hospital.url}, sign_in="bearer")
    service = connect_archives(desk, settings=settings, entries=[entry], vault=SessionVault())
    desk.ways[ARCHIVE].account.keep(hospital.token)
    return service


@verb(Action.IMPORT, detail=lambda count: f"{count} invented studies")
def prepare_demo(
    desk: Desk, *, settings: Settings, folder: Path, cancelled: Callable[[], bool] = lambda: False
) -> int:
    """Have the whole night here, now and from now on; return how many of its studies are whole."""
    desk.store.sessions.put(_IS_WHOLE, "")
    with open_hospital(desk, folder=folder) as hospital:
        service = connect_hospital(desk, hospital, settings=settings)
        try:
            start_syncing(desk)
            return _await_night(desk, cancelled)
        finally:
            service.close()
            desk.service, desk.hears, desk.ways, desk.is_syncing = None, None, {}, False


def _await_night(desk: Desk, cancelled: Callable[[], bool]) -> int:
    night = phantoms.night(seed=SEED, now=_begin(desk))
    while not cancelled() and any(_lacks(desk, study) for study in night):
        time.sleep(_LOOK)
    return sum(not _lacks(desk, study) for study in night)


def _begin(desk: Desk) -> datetime:
    """Return the hour of the first call: a night that was interrupted goes on as it began."""
    told = desk.store.sessions.get(_NIGHT)
    if told is None:
        told = desk.clock.utc().replace(microsecond=0).isoformat()
        desk.store.sessions.put(_NIGHT, told)
    return datetime.fromisoformat(told)


def _lacks(desk: Desk, study: phantoms.PhantomStudy) -> bool:
    here = desk.store.studies.get(study.study_uid)
    return here is None or here.instances < study.count
