"""The worklist as the window shows it: every item that is known of as one row, in the order of reading."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from workstation.sync import Gathered, Progress, Service
from workstation.workflow import sessions
from workstation.workflow.answers import StudyRow, StudyState, Urgency
from workstation.workflow.desk import Desk
from workstation.workflow.wording import counted
from workstation.worklist import Item, Moment, Place, Priority, State

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


@dataclass(frozen=True, slots=True)
class _Listing:
    """What every row is made with."""

    service: Service
    gathered: Gathered
    moment: Moment
    opened: Collection[str]
    names: Mapping[str, str]  # archive → its name
    progress: Mapping[str, Progress]  # study UID → how far it is, of what is wanted
    priors: Mapping[str, tuple[int, int]]  # study UID → priors here, known
    claimed: Collection[str]  # studies whose task this desk holds


def worklist_rows(desk: Desk, service: Service) -> tuple[StudyRow, ...]:
    """Return every study that is known of; those to be read first, in their order."""
    listing = _listing(desk, service)
    return tuple(_rows(listing))


def worklist_row(desk: Desk, service: Service, study_uid: str) -> StudyRow | None:
    """Return one study's row, None if nobody knows of it."""
    gathered = service.gathered()
    found = next(((place.item, place) for place in gathered.to_read if place.item.key == study_uid), None)
    item, place = found or (next((one for one in gathered.others if one.key == study_uid), None), None)
    return _row(_listing(desk, service), item, place) if item is not None else None


def _listing(desk: Desk, service: Service) -> _Listing:
    gathered = service.gathered()
    wanted = {
        want.study_uid: progress
        for want in service.engine.wants()
        if (progress := service.engine.progress(want.archive, want.study_uid))
    }
    return _Listing(
        service,
        gathered,
        service.moment(),
        sessions.opened(desk),
        {name: line.address.name for name, line in service.engine.lines.items()},
        wanted,
        service.prior_counts(),
        {held.study_uid for held in desk.store.claims.all()},
    )


def _rows(listing: _Listing) -> Iterator[StudyRow]:
    for place in listing.gathered.to_read:
        yield _row(listing, place.item, place)
    for item in listing.gathered.others:
        yield _row(listing, item, None)


def _row(listing: _Listing, item: Item, place: Place | None) -> StudyRow:
    here, expected = _account(listing, item)
    here_priors, known_priors = listing.priors.get(item.study_uid, (0, None))
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
        site=item.site,
        here=here,
        expected=expected,
        state=_state(listing, item, is_whole=here >= expected),
        who="" if listing.moment.is_me(item.reading.who) else item.reading.who,
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
        is_claimed=item.study_uid in listing.claimed,
        why_here=place.why if place else "",
        trouble=_trouble(listing, item),
        is_prior=place is None,
        rank=place.rank if place else len(listing.gathered.to_read) + 1,
    )


def _account(listing: _Listing, item: Item) -> tuple[int, int]:
    """Return how many instances are here, and how many there should be by whoever says the most."""
    progress = listing.progress.get(item.study_uid)
    here = max(item.here, progress.here if progress else 0)
    return here, max(here, item.expected or 0, (progress.listed or 0) if progress else 0)


def _state(listing: _Listing, item: Item, *, is_whole: bool) -> StudyState:
    read = _READ.get(item.reading.state)
    if read and not (read is StudyState.IN_PROGRESS and listing.moment.is_me(item.reading.who)):
        return read
    if not is_whole:
        progress = listing.progress.get(item.study_uid)
        if progress is not None and not progress.is_settled and _is_reachable(listing, item):
            return StudyState.ARRIVING
        return StudyState.INCOMPLETE if item.here else StudyState.ELSEWHERE
    return StudyState.OPENED if item.study_uid in listing.opened else StudyState.UNREAD


def _is_reachable(listing: _Listing, item: Item) -> bool:
    lines = listing.service.engine.lines
    return any(name in lines and lines[name].is_usable for name in item.archives)


def _trouble(listing: _Listing, item: Item) -> str:
    """Return what a reader must know before opening a study."""
    if item.conflicts:
        what = ", ".join(conflict.what.value for conflict in item.conflicts)
        return f"The sources tell {what}."
    progress = listing.progress.get(item.study_uid)
    if progress is not None and progress.given_up:
        return f"{counted(progress.given_up, 'image')} can't be had from the archive."
    return ""
