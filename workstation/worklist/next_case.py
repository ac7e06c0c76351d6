"""The next case for a reader, and in words why each one above it was passed over.

What this reader has opened or put off lately waits until nothing else can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from workstation.worklist.filters import Filter, Moment, fits
from workstation.worklist.items import Item, State
from workstation.worklist.order import Place
from workstation.worklist.wording import span


@dataclass(frozen=True, slots=True)
class Skipped:
    """One that stood above the choice, and why it isn't the choice."""

    item: Item
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The next case; None: nothing is left to read, as ``skipped`` tells."""

    place: Place | None
    skipped: tuple[Skipped, ...]
    note: str = ""  # why it is offered though it had been passed over


def next_case(
    places: Iterable[Place],
    moment: Moment,
    *,
    wanted: Filter | None = None,
    put_off: Mapping[str, datetime] | None = None,
    opened: Collection[str] = (),
) -> Choice:
    """Return the first case in the list's order that this reader can read now.

    ``wanted`` is what the reader limits themself to; ``put_off`` says until when they don't want to see a
    case again, ``opened`` which ones they have opened, by their keys.
    """
    skipped: list[Skipped] = []
    waiting: list[tuple[Place, Skipped]] = []
    for place in places:
        reason = _reason(place, moment, wanted)
        waits = "" if reason else _why_it_waits(place.item, moment, put_off or {}, opened)
        if not (reason or waits):
            return Choice(place, tuple(skipped))
        skipped.append(Skipped(place.item, reason or waits))
        if waits:
            waiting.append((place, skipped[-1]))
    if not waiting:
        return Choice(None, tuple(skipped))
    chosen, passed_over = waiting[0]
    others = tuple(one for one in skipped if one is not passed_over)
    return Choice(chosen, others, f"Nothing else is left, and {passed_over.why}.")


def _reason(place: Place, moment: Moment, wanted: Filter | None) -> str:
    """Return why a case can't be read, "" if it can."""
    if wanted is not None and not fits(place, wanted, moment):
        return f"not in {wanted.name}"
    return next(filter(None, (check(place.item, moment) for check in _CHECKS)), "")


def _why_it_waits(
    item: Item, moment: Moment, put_off: Mapping[str, datetime], opened: Collection[str]
) -> str:
    """Return why a case waits that could be read, "" if it doesn't."""
    until = put_off.get(item.key)
    if until is not None and until > moment.now:
        return f"you put it off, for {span(until - moment.now)} more"
    return "you have opened it already" if item.key in opened else ""


def _done(item: Item, _: Moment) -> str:
    return f"{item.reading.state} already" if item.reading.state.is_done else ""


def _taken(item: Item, moment: Moment) -> str:
    if item.reading.state is State.IN_PROGRESS and not moment.is_me(item.reading.who):
        return f"{item.reading.who or 'somebody else'} is reading it"
    if item.assigned and not moment.is_me(item.assigned):
        return f"assigned to {item.assigned}"
    return ""


def _disputed(item: Item, _: Moment) -> str:
    return "its sources disagree about whose study it is" if item.is_disputed else ""


def _incomplete(item: Item, _: Moment) -> str:
    if item.is_whole:
        return ""
    if not item.here:
        return "no image is here yet"
    if item.expected is None:
        return f"{item.here} images are here, and nobody says of how many"
    return f"{item.here} of {item.expected} images are here"


_CHECKS: tuple[Callable[[Item, Moment], str], ...] = (_done, _taken, _disputed, _incomplete)
