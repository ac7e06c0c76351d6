"""Bringing the store in step without a window: once, or for as long as somebody lets it go on.

Units:   seconds.
Errors:  NoSuchStudy for a study that no archive has; NotHereYet where the archives could not be asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

from workstation.archive import Query
from workstation.security import Action
from workstation.sync import Progress, Service, Status, Urgency, Want
from workstation.workflow.answers import Cancelled, SyncSummary
from workstation.workflow.connecting import start_syncing
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import NoSuchStudy, NotHereYet
from workstation.workflow.outbox import unsent

_LOOK: Final = 0.2
_FIRST_WORD: Final = 30.0  # how long to wait for a line
_STANDSTILL: Final = 600.0  # so long without anything that comes or goes, and it is left for the next time
_TRIES: Final = 6  # how often something is sent before it is left for the next time


@verb(Action.SEARCH, detail=lambda summary: f"{summary.whole} studies whole, {summary.unsent} unsent")
def sync_once(
    desk: Desk,
    *,
    study_uid: str = "",
    watch: bool = False,
    progress: Callable[[SyncSummary], object] = lambda _: None,
    cancelled: Cancelled = lambda: False,
) -> SyncSummary:
    """Read the lists, fetch what is wanted (or one study) and deliver, until nothing more can be done.

    With ``watch`` it goes on until it is cancelled.
    """
    service = desk.service
    if service is None or not desk.ways:
        return SyncSummary(0, 0, 0, unsent(desk), (), ())
    round_ = _Round(desk, service, study_uid)
    _start(desk, service, is_for_one=bool(study_uid))
    _await_lines(desk, service, cancelled)
    if study_uid:
        _want(desk, service, study_uid)
    else:
        service.read_lists()
        service.make_plan()
    return _run(round_, watch=watch, progress=progress, cancelled=cancelled)


class _Round:
    """What has come so far of what was wanted; what is whole is wanted no more, and still counts."""

    def __init__(self, desk: Desk, service: Service, study_uid: str) -> None:
        self.desk = desk
        self.service = service
        self.study_uid = study_uid
        self._seen: dict[tuple[str, str], Progress] = {}
        self._wanted: set[tuple[str, str]] = set()  # archive and study, ever
        self._came: dict[str, bool] = {}  # study → whether it was seen to be whole
        service.engine.arriving.arrived.connect(self._arrived)
        self._moved_at = desk.clock.monotonic()
        self._before: tuple[int, ...] = ()

    def look(self) -> SyncSummary:
        """Look how far everything is."""
        engine = self.service.engine
        for want in self._wants():
            self._wanted.add((want.archive, want.study_uid))
            progress = engine.progress(want.archive, want.study_uid)
            if progress is not None:
                self._seen[want.archive, want.study_uid] = progress
        given_up = sum(one.given_up for one in self._seen.values())
        found = SyncSummary(
            len(self.service.gathered().to_read),
            sum(map(self._is_whole, tuple(self._came))),
            given_up,
            unsent(self.desk),
            tuple(self._down()),
            tuple(self._troubles()),
        )
        self._note_movement((found.whole, given_up, found.unsent, *(one.here for one in self._seen.values())))
        return found

    def is_done(self) -> bool:
        """Say whether nothing more can be done now."""
        return bool(self.desk.trouble) or self._stands_still() or not (self._open_wants() or self._sends())

    def wants_more(self) -> bool:
        """Plan again, since what has come may have made more worth having; say whether something is new."""
        if self.study_uid:
            item = self.service.gathered().item(self.study_uid)
            if item is not None and not item.is_whole:
                _want_from(self.service, self.study_uid, item.archives)
        else:
            self.service.make_plan()
        wanted = {(want.archive, want.study_uid) for want in self._wants()}
        is_more = not wanted <= self._wanted
        self._wanted |= wanted
        return is_more

    def _wants(self) -> list[Want]:
        return [want for want in self.service.engine.wants() if self.study_uid in ("", want.study_uid)]

    def _arrived(self, study_uid: str) -> None:
        self._came.setdefault(study_uid, False)

    def _is_whole(self, study_uid: str) -> bool:
        if not self._came[study_uid]:
            listed = self.desk.store.listed
            is_whole = listed.expected(study_uid) is not None and not listed.missing(study_uid)
            self._came[study_uid] = is_whole
        return self._came[study_uid]

    def _open_wants(self) -> list[Want]:
        lines, engine = self.service.engine.lines, self.service.engine
        return [
            want
            for want in self._wants()
            if lines[want.archive].is_usable
            and (want.urgency is Urgency.OPEN or not self.desk.is_metered())
            and not ((progress := engine.progress(want.archive, want.study_uid)) and progress.is_settled)
        ]

    def _sends(self) -> bool:
        engine = self.service.engine
        return any(
            line.is_usable and engine.sending(name).is_busy(tries=_TRIES)
            for name, line in engine.lines.items()
        )

    def _note_movement(self, now: tuple[int, ...]) -> None:
        if now != self._before:
            self._before, self._moved_at = now, self.desk.clock.monotonic()

    def _stands_still(self) -> bool:
        return self.desk.clock.monotonic() - self._moved_at > _STANDSTILL

    def _down(self) -> Iterator[str]:
        for line in self.service.engine.lines.values():
            status = line.state.status
            if status is Status.ONLINE and not line.is_usable:
                status = Status.OFFLINE  # it is about to be said
            if status is not Status.ONLINE:
                yield f"{line.address.name}: {status}. {line.state.why}".strip()

    def _troubles(self) -> Iterator[str]:
        if self.desk.trouble:
            yield self.desk.trouble
        if self._stands_still() and (self._open_wants() or self._sends()):
            yield "Nothing has come or gone for ten minutes."
        if self.desk.is_metered() and any(want.urgency is not Urgency.OPEN for want in self._wants()):
            yield "This line costs by the byte: only what is urgent was fetched."
        yield from self.service.watching.troubles.values()


def _run(
    round_: _Round, *, watch: bool, progress: Callable[[SyncSummary], object], cancelled: Cancelled
) -> SyncSummary:
    desk = round_.desk
    while not cancelled() and not desk.closing.wait(_LOOK / desk.clock.pace):
        progress(round_.look())
        if watch or not round_.is_done():
            continue
        if desk.trouble or not round_.wants_more():
            return round_.look()
    found = round_.look()
    return SyncSummary(
        found.to_read,
        found.whole,
        found.given_up,
        found.unsent,
        found.lines_down,
        found.troubles,
        is_settled=round_.is_done(),
    )


def _start(desk: Desk, service: Service, *, is_for_one: bool) -> None:
    """Start everything; for one study nobody plans, so that nothing else is fetched."""
    if is_for_one and not desk.is_syncing:
        desk.is_syncing = True
        service.engine.start()
        return
    start_syncing(desk)


def _await_lines(desk: Desk, service: Service, cancelled: Cancelled) -> None:
    """Give every line the time to say whether it stands."""
    end = desk.clock.monotonic() + _FIRST_WORD
    while not cancelled() and desk.clock.monotonic() < end:
        if all(line.state.status is not Status.UNKNOWN for line in service.engine.lines.values()):
            return
        if desk.closing.wait(_LOOK / desk.clock.pace):
            return


def _want(desk: Desk, service: Service, study_uid: str) -> None:
    """Want one study from an archive that has it."""
    service.look_up(Query(study_uid=study_uid))
    lines = service.engine.lines
    known = [one.archive for one in desk.store.remote_studies.of_study(study_uid) if one.archive in lines]
    if known:
        _want_from(service, study_uid, known)
    elif desk.store.studies.get(study_uid) is None:
        if all(line.is_usable for line in lines.values()) and not service.watching.troubles:
            raise NoSuchStudy("No archive has a study with this UID", remedy="Look at workstation studies.")
        raise NotHereYet(
            "The archives could not all be asked for this study", remedy="Try again when the line is back."
        )


def _want_from(service: Service, study_uid: str, listing: Collection[str]) -> None:
    archives = service.archives_for(study_uid, listing)
    service.engine.want(*(Want(archive, study_uid, Urgency.OPEN) for archive in archives))
