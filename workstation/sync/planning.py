"""What should be on the disk before somebody asks for it: the open study, stat, mine, the next, their priors.

A pure decision from the list to wants. What is whole already is not wanted; from which archives the rest can
be had is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from workstation.sync.board import Want
from workstation.sync.gathering import Gathered, Rules
from workstation.sync.urgency import Urgency
from workstation.worklist import Item, Moment, Priority, chosen

_REST: Final = 100
"""How many of the rest of the list are fetched when nothing else is to be done."""


ArchivesFor = Callable[[Item], Sequence[str]]
"""Says from which archives an item can be had now."""
_Wants: TypeAlias = dict[tuple[str, str], Want]  # by archive and study UID


@dataclass(frozen=True, slots=True)
class Focus:
    """What the person is at."""

    open_study: str = ""
    lead: str = ""  # the series that is looked at
    ahead: int = 5
    also: frozenset[str] = frozenset()  # studies that were asked for by hand


def plan(
    gathered: Gathered,
    rules: Rules,
    moment: Moment,
    focus: Focus,
    archives_for: ArchivesFor,
) -> tuple[Want, ...]:
    """Return what is wanted, of each study from the archives that it is to be had from now."""
    wants: _Wants = {}
    cases: list[Item] = []
    for urgency, item in _cases(gathered, moment, focus):
        cases.append(item)
        _add(wants, item, urgency, archives_for, focus)
    for case in cases:
        for item in _priors(gathered, rules, case):
            _add(wants, item, Urgency.PRIOR, archives_for, focus)
    for place in gathered.to_read[:_REST]:
        if not place.item.reading.state.is_done:
            _add(wants, place.item, Urgency.PREFETCH, archives_for, focus)
    return tuple(wants.values())


def cases_ahead(gathered: Gathered, moment: Moment, focus: Focus) -> tuple[Item, ...]:
    """Return the cases that are about to be read: those whose persons are to be asked for."""
    return tuple(item for _, item in _cases(gathered, moment, focus))


def _cases(gathered: Gathered, moment: Moment, focus: Focus) -> Iterator[tuple[Urgency, Item]]:
    """Yield the open study, stat, mine and the next, each as urgently as it is."""
    if focus.open_study:
        yield from ((Urgency.OPEN, item) for item in gathered.items() if item.study_uid == focus.open_study)
    yield from ((Urgency.ASSIGNED, item) for item in gathered.items() if item.study_uid in focus.also)
    waiting = [place for place in gathered.to_read if not place.item.reading.state.is_done]
    ahead = 0
    for place in waiting:
        item = place.item
        if item.priority is Priority.STAT and not _is_another_s(item, moment):
            yield Urgency.OPEN, item
        elif moment.is_me(item.assigned) or moment.is_me(item.reading.who):
            yield Urgency.ASSIGNED, item
        elif ahead < focus.ahead and not _is_another_s(item, moment):
            ahead += 1
            yield Urgency.NEXT, item


def _is_another_s(item: Item, moment: Moment) -> bool:
    taken = item.reading.who or item.assigned
    return bool(taken) and not moment.is_me(taken)


def _priors(gathered: Gathered, rules: Rules, case: Item) -> Iterable[Item]:
    relevant = gathered.priors_of(case, rules.affinities).relevant
    uids = {prior.study.study_uid for prior in chosen(relevant, rules.limits).taken}
    return [item for item in gathered.items() if item.study_uid in uids] if uids else []


def _add(wants: _Wants, item: Item, urgency: Urgency, archives_for: ArchivesFor, focus: Focus) -> None:
    uid = item.study_uid
    for archive in archives_for(item) if uid and not item.is_whole else ():
        before = wants.get((archive, uid))
        if before is None or urgency < before.urgency:
            lead = focus.lead if uid == focus.open_study else ""
            wants[archive, uid] = Want(archive, uid, urgency, lead)
