"""The worklist as the window shows it: every item that is known of as one row, in the order of reading."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workstation.store import HELD
from workstation.sync import Engine, Gathered, Progress, Service
from workstation.workflow import sessions
from workstation.workflow.answers import StudyRow, StudyState, Urgency
from workstation.workflow.desk import Desk
from workstation.workflow.reports import HAS_REPORT, is_unshared
from workstation.workflow.wording import counted
from workstation.worklist import Item, Moment, Place, Priority, State, is_mine

_URGENCIES: Final = {
    Priority.STAT: Urgency.STAT,
    Priority.HIGH: Urgency.HIGH,
    Priority.ROUTINE: Urgency.ROUTINE,
    Priority.LOW: Urgency.LOW,
}
_READ: Final = {
    State.IN_PROGRESS: StudyState.IN_PROGRESS,
    State.DICTATED: StudyState.DICTATED,
    State.PRELIMINARY: StudyState.PRELIMINARY,
    State.FINAL: StudyState.FINAL,
}
STILL: Final = 20.0
"""So many seconds without an object, and what is being pushed counts as over."""


@dataclass(frozen=True, slots=True)
class _Coming:
    """How far a study is that is wanted, from all archives that it is wanted from."""

    here: int
    listed: int | None  # None: none of them was asked yet
    given_up: int  # that none of them can give
    is_settled: bool


@dataclass(frozen=True, slots=True)
class _Listing:
    """What every row is made with."""

    desk: Desk
    service: Service
    gathered: Gathered
    moment: Moment
    opened: Collection[str]
    names: Mapping[str, str]  # archive → its name
    progress: Mapping[str, _Coming]  # study UID → how far it is, of what is wanted
    priors: Mapping[str, tuple[int, int]]  # study UID → priors here, known
    claimed: Collection[str]  # studies whose task this desk holds
    pushed: Collection[str]  # studies of which something was brought just now

    def is_known(self, archive: str) -> bool:
        """Say whether an archive is set up still."""
        return archive in self.names


def worklist_rows(desk: Desk, service: Service) -> tuple[StudyRow, ...]:
    """Return every study that is known of; those to be read first, in their order."""
    listing = _listing(desk, service)
    return tuple(_rows(listing))


def worklist_row(desk: Desk, service: Service, study_uid: str) -> StudyRow | None:
    """Return one study's row, None if nobody knows of it."""
    return worklist_rows_of(desk, service, [study_uid]).get(study_uid)


def worklist_rows_of(desk: Desk, service: Service, study_uids: Collection[str]) -> dict[str, StudyRow]:
    """Return the rows of some studies, as far as anybody knows of them."""
    listing = _listing(desk, service)
    wanted = frozenset(study_uids)
    places = [(place.item, place) for place in listing.gathered.to_read if place.item.key in wanted]
    others = [(item, None) for item in listing.gathered.others if item.key in wanted]
    return {item.key: _row(listing, item, place) for item, place in (*places, *others)}


def _listing(desk: Desk, service: Service) -> _Listing:
    gathered = service.gathered()
    now = desk.clock.monotonic()
    return _Listing(
        desk,
        service,
        gathered,
        service.moment(),
        sessions.opened(desk),
        {name: line.address.name for name, line in service.engine.lines.items()},
        _coming(service.engine),
        service.prior_counts(),
        {held.study_uid for held in desk.store.claims.all() if held.state == HELD},
        {uid for uid, when in tuple(desk.coming.items()) if now - when < STILL},
    )


def _coming(engine: Engine) -> dict[str, _Coming]:
    found: dict[str, list[tuple[str, Progress]]] = {}
    for want in engine.wants():
        if progress := engine.progress(want.archive, want.study_uid):
            found.setdefault(want.study_uid, []).append((want.archive, progress))
    return {uid: _together(engine, uid, some) for uid, some in found.items()}


def _together(engine: Engine, study_uid: str, found: Sequence[tuple[str, Progress]]) -> _Coming:
    listed = [progress.listed for _, progress in found if progress.listed is not None]
    given_up = {uid for archive, one in found if one.given_up for uid in engine.given_up(archive, study_uid)}
    return _Coming(
        max(progress.here for _, progress in found),
        max(listed, default=None),
        len(given_up),
        all(progress.is_settled for _, progress in found),
    )


def _rows(listing: _Listing) -> Iterator[StudyRow]:
    for place in listing.gathered.to_read:
        if _can_be_had(listing, place.item):
            yield _row(listing, place.item, place)
    for item in listing.gathered.others:
        if _can_be_had(listing, item):
            yield _row(listing, item, None)


def _can_be_had(listing: _Listing, item: Item) -> bool:
    """Say whether something of it is here, or known of by an archive that is set up still."""
    sources = (*item.archives, *([item.task.archive] if item.task else ()))
    return item.is_stored or any(map(listing.is_known, sources))


def _row(listing: _Listing, item: Item, place: Place | None) -> StudyRow:
    here, expected = _account(listing, item)
    here_priors, known_priors = listing.priors.get(item.study_uid, (0, None))
    who = "" if listing.moment.is_me(item.reading.who) else item.reading.who
    is_claimed = item.study_uid in listing.claimed and not who
    return StudyRow(
        uid=item.key,
        patient_name=item.patient.name,
        patient_id=item.patient.patient_id,
        issuer=item.patient.issuer,
        birth_date=item.patient.birth_date,
        sex=item.patient.sex,
        date=item.study.date,
        time=item.study.time,
        accession=item.study.accession,
        description=item.study.description,
        modalities=item.modalities,
        site=item.site or _given_name(listing, item),
        here=here,
        expected=here if expected is None else expected,
        is_counted=expected is not None,
        state=_state(listing, item, here, expected),
        who=who,
        urgency=_URGENCIES[item.priority] if item.task else None,
        due=place.clock.due if place and place.clock and not item.reading.state.is_done else None,
        reason=item.reason,
        region=", ".join(sorted(region.value for region in item.regions)),
        priors_here=here_priors,
        priors_known=known_priors,
        flag=item.flag.text if item.flag else "",
        is_flag_urgent=item.flag is not None and item.flag.counts,
        archives=tuple(listing.names.get(name, name) for name in item.archives),
        assigned=item.assigned,
        can_be_claimed=item.task is not None and item.task.is_claimable,
        is_claimed=is_claimed,
        is_mine=is_claimed or is_mine(item, listing.moment),
        why_here=place.why if place else "",
        trouble=" ".join(_troubles(listing, item, lacks=expected is not None and here < expected)),
        is_prior=place is None,
        rank=place.rank if place else len(listing.gathered.to_read) + 1,
    )


def _given_name(listing: _Listing, item: Item) -> str:
    """Return what somebody has called the archive that has it; an identifier would tell a reader nothing."""
    archives = (*item.archives, *([item.task.archive] if item.task else ()))
    given = (listing.names.get(one, one) for one in archives)
    return next((name for one, name in zip(archives, given, strict=True) if name != one), "")


def _account(listing: _Listing, item: Item) -> tuple[int, int | None]:
    """Return how many instances are here, and how many there should be by whoever says the most."""
    progress = listing.progress.get(item.study_uid)
    here = max(item.here, progress.here if progress else 0)
    told = (item.expected, progress.listed if progress else None)
    known = [count for count in told if count is not None]
    return here, max((here, *known)) if known else None


def _state(listing: _Listing, item: Item, here: int, expected: int | None) -> StudyState:
    read = _READ.get(item.reading.state)
    if read and not (read is StudyState.IN_PROGRESS and listing.moment.is_me(item.reading.who)):
        return read
    if item.study_uid in listing.pushed:
        return StudyState.ARRIVING
    is_whole = expected is not None and 0 < here >= expected
    if not is_whole and _arrives(listing, item):
        return StudyState.ARRIVING
    if not item.here or here < (expected or 0):
        return _standing(item)
    return StudyState.OPENED if item.study_uid in listing.opened else StudyState.UNREAD


def _standing(item: Item) -> StudyState:
    return StudyState.INCOMPLETE if item.here else StudyState.ELSEWHERE


def _arrives(listing: _Listing, item: Item) -> bool:
    """Say whether more of it is on its way, or will be as soon as its turn comes."""
    if item.is_local:
        return bool(listing.desk.arriving)
    progress = listing.progress.get(item.study_uid)
    return progress is not None and not progress.is_settled and _is_reachable(listing, item)


def _is_reachable(listing: _Listing, item: Item) -> bool:
    lines = listing.service.engine.lines
    return any(name in lines and lines[name].is_usable for name in item.archives)


def _troubles(listing: _Listing, item: Item, *, lacks: bool) -> Iterator[str]:
    """Yield what a reader must know before opening a study."""
    if item.conflicts:
        what = ", ".join(conflict.what.value for conflict in item.conflicts)
        yield f"The sources tell {what}."
    progress = listing.progress.get(item.study_uid)
    if progress is not None and progress.given_up:
        yield f"{counted(progress.given_up, 'image')} can't be had from the archive."
    elif item.is_stored and lacks:
        if item.archives and not any(map(listing.is_known, item.archives)):
            yield "The archive that has the rest of it is not set up any more."
        elif progress is not None and progress.is_settled and len(item.archives) > 1:
            yield "The archives don't list the same images of it."
    if listing.desk.reported.get(item.study_uid) and is_unshared(item):
        yield HAS_REPORT
