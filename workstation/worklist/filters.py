"""Saved filters: which lines of the list somebody wants to see, as data.

What a filter doesn't ask for it lets pass. The ready ones come from a table that the site edits; a person's
own are kept by whoever calls, in the same form (``as_data``, ``filter_of``).

Errors:  BadTable for a filter that can't be used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from workstation.terms import Region, expanded, fold
from workstation.terms.tables import Row, bad, count, flag, not_negative, parsed, text
from workstation.worklist.items import Item, Priority, State
from workstation.worklist.order import Place
from workstation.worklist.wording import day_of


@dataclass(frozen=True, slots=True)
class Moment:
    """Who is looking, when, and what day it is there."""

    now: datetime  # aware, in UTC
    today: date  # local
    me: frozenset[str] = frozenset()  # the names by which archives know this reader

    def is_me(self, who: str) -> bool:
        """Say whether a reader's name is one of mine."""
        return bool(who) and any(fold(who) == fold(name) for name in self.me)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines to show."""

    name: str
    mine: bool = False  # assigned to me, or in progress by me
    priorities: frozenset[Priority] = frozenset()
    states: frozenset[State] = frozenset()
    modalities: frozenset[str] = frozenset()
    regions: frozenset[Region] = frozenset()  # or parts of them
    sites: frozenset[str] = frozenset()
    archives: frozenset[str] = frozenset()
    patient_classes: frozenset[str] = frozenset()
    days: int = 0  # studies of so many days back: 1 is today; 0: of any day
    due_within_minutes: float = 0.0  # what is overdue included; 0: whenever it is due
    flagged: bool = False  # an AI's flag that counts
    incomplete: bool = False
    conflicting: bool = False  # sources tell something differently


Check = Callable[[Place], bool]


def matching(places: Iterable[Place], wanted: Filter, moment: Moment) -> tuple[Place, ...]:
    """Return the lines that are wanted, in their order."""
    checks = _checks(wanted, moment)
    return tuple(place for place in places if all(check(place) for check in checks))


def fits(place: Place, wanted: Filter, moment: Moment) -> bool:
    """Say whether a line is wanted."""
    return all(check(place) for check in _checks(wanted, moment))


def parsed_filters(toml: str, *, where: str) -> tuple[Filter, ...]:
    """Return the ready filters; ``where`` names their table in an error."""
    table = parsed(toml, where)
    filters = tuple(filter_of(row) for row in table.rows("filter"))
    names = [one.name for one in filters]
    if len(names) != len(set(names)):
        raise bad("Two filters have one name", where)
    table.finish()
    return filters


def filter_of(row: Row) -> Filter:
    """Return a filter from a row of a table, or from what ``as_data`` wrote."""
    made = Filter(
        row.one("name", text),
        mine=row.one("mine", flag, default=False),
        priorities=frozenset(row.many("priorities", Priority)),
        states=frozenset(row.many("states", State)),
        modalities=frozenset(row.many("modalities", text)),
        regions=frozenset(row.many("regions", Region)),
        sites=frozenset(row.many("sites", text)),
        archives=frozenset(row.many("archives", text)),
        patient_classes=frozenset(row.many("patient_classes", text)),
        days=row.one("days", count, 0),
        due_within_minutes=row.one("due_within_minutes", not_negative, 0.0),
        flagged=row.one("flagged", flag, default=False),
        incomplete=row.one("incomplete", flag, default=False),
        conflicting=row.one("conflicting", flag, default=False),
    )
    row.finish()
    return made


def as_data(wanted: Filter) -> dict[str, object]:
    """Return a filter as plain data, without what it doesn't ask for."""
    values = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
    return {
        key: sorted(value) if isinstance(value, frozenset) else value
        for key, value in values.items()
        if value
    }


def _checks(wanted: Filter, moment: Moment) -> list[Check]:
    """Return what has to hold for a line, nothing for what isn't asked."""
    sites = {fold(site) for site in wanted.sites}
    regions = expanded(wanted.regions)
    earliest = moment.today - timedelta(days=wanted.days - 1) if wanted.days else None
    latest = moment.now + timedelta(minutes=wanted.due_within_minutes)
    asked: list[tuple[object, Check]] = [
        (wanted.mine, lambda place: is_mine(place.item, moment)),
        (wanted.priorities, lambda place: place.item.priority in wanted.priorities),
        (wanted.states, lambda place: place.item.reading.state in wanted.states),
        (wanted.modalities, lambda place: not wanted.modalities.isdisjoint(place.item.modalities)),
        (regions, lambda place: not regions.isdisjoint(place.item.regions)),
        (sites, lambda place: fold(place.item.site) in sites),
        (wanted.archives, lambda place: not wanted.archives.isdisjoint(place.item.archives)),
        (wanted.patient_classes, lambda place: place.item.patient_class in wanted.patient_classes),
        (earliest, lambda place: _is_since(place.item, earliest)),
        (wanted.due_within_minutes, lambda place: place.clock is not None and place.clock.due <= latest),
        (wanted.flagged, lambda place: place.item.flag is not None and place.item.flag.counts),
        (wanted.incomplete, lambda place: not place.item.is_whole),
        (wanted.conflicting, lambda place: bool(place.item.conflicts)),
    ]
    return [check for is_asked, check in asked if is_asked]


def is_mine(item: Item, moment: Moment) -> bool:
    """Say whether it is assigned to the reader, or they are at it or have read it."""
    in_progress = item.reading.state is not State.UNREAD and moment.is_me(item.reading.who)
    return in_progress or moment.is_me(item.assigned)


def _is_since(item: Item, earliest: date | None) -> bool:
    """Say whether a study is of a day or later; one whose day nobody tells isn't."""
    day = day_of(item.study.date)
    return day is not None and earliest is not None and day >= earliest
