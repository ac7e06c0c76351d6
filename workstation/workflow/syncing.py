"""Bringing the store in step once, without a window: for scripts, and for a night's preparation."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from workstation.archive import Query
from workstation.security import Action
from workstation.sync import Service, Status
from workstation.workflow.answers import Cancelled, SyncSummary
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import NoSuchStudy
from workstation.workflow.outbox import unsent

_LOOK: Final = 0.2  # seconds
_FIRST_WORD: Final = 30.0  # how long to wait for a line
_TRIES: Final = 6  # how often something is sent before it is left for the next time


@verb(Action.SEARCH, detail=lambda summary: f"{summary.whole} studies whole, {summary.unsent} unsent")
def sync_once(
    desk: Desk,
    *,
    study_uid: str = "",
    progress: Callable[[SyncSummary], object] = lambda _: None,
    cancelled: Cancelled = lambda: False,
) -> SyncSummary:
    """Read the lists, fetch what is wanted (or one study) and deliver, until nothing more can be done."""
    service = desk.service
    if service is None:
        return SyncSummary(0, 0, 0, unsent(desk), (), ())
    service.start()
    _await_lines(service, cancelled)
    service.read_lists()
    if study_uid:
        service.look_up(Query(study_uid=study_uid))
        item = service.gathered().item(study_uid)
        if item is None:
            raise NoSuchStudy("No archive has a study with this UID", remedy="Look at workstation studies.")
        service.bring(item)
    service.make_plan()
    while not cancelled() and not _is_done(service, study_uid):
        progress(_summary(desk, service))
        time.sleep(_LOOK)
    return _summary(desk, service)


def _await_lines(service: Service, cancelled: Cancelled) -> None:
    """Give every line the time to say whether it stands."""
    end = time.monotonic() + _FIRST_WORD
    while not cancelled() and time.monotonic() < end:
        if all(line.state.status is not Status.UNKNOWN for line in service.engine.lines.values()):
            return
        time.sleep(_LOOK)


def _is_done(service: Service, study_uid: str) -> bool:
    lines = service.engine.lines
    wants = [want for want in service.engine.wants() if study_uid in ("", want.study_uid)]
    open_wants = [
        want
        for want in wants
        if lines[want.archive].is_usable
        and not ((progress := service.engine.progress(want.archive, want.study_uid)) and progress.is_settled)
    ]
    is_busy = any(
        line.is_usable and service.engine.sending(name).is_busy(tries=_TRIES) for name, line in lines.items()
    )
    return not open_wants and not is_busy


def _summary(desk: Desk, service: Service) -> SyncSummary:
    wants = service.engine.wants()
    progress = [service.engine.progress(want.archive, want.study_uid) for want in wants]
    settled = [one for one in progress if one is not None and one.is_settled]
    down = [
        f"{line.address.name}: {line.state.status}. {line.state.why}".strip()
        for line in service.engine.lines.values()
        if line.state.status is not Status.ONLINE
    ]
    return SyncSummary(
        len(service.gathered().to_read),
        sum(one.given_up == 0 for one in settled),
        sum(one.given_up for one in settled),
        unsent(desk),
        tuple(down),
        tuple(service.watching.troubles.values()),
    )
