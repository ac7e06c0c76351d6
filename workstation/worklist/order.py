"""The order of the worklist, and for every place the reason why.

Stat comes first; within it and within the rest the study with the least slack (due time less the time that
its reading takes), and of equal ones the one that came first. A study that has waited the longest that is
allowed joins the stat ones with the moment when that happened as its due time: whatever comes later is due
later, so nothing waits for ever. An AI's flag makes a study due sooner, by no more than a cap; it never makes
it due later and never makes it stat. A person's word goes before all of this.

Units:   minutes in the table; times aware, in UTC.
Errors:  BadTable for a table that can't be used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, IntEnum
from typing import Final

from workstation.terms.tables import not_negative, parsed, positive
from workstation.worklist.items import Item, Priority
from workstation.worklist.turnaround import Clock, Turnaround, clock
from workstation.worklist.wording import left, span


@dataclass(frozen=True, slots=True)
class Policy:
    """What the order goes by."""

    longest_wait: timedelta
    ai_cap: timedelta  # by how much a flag may bring the due time forward
    reading: Mapping[str, timedelta]  # modality → how long a reading takes
    usual_reading: timedelta

    def reading_of(self, item: Item) -> timedelta:
        """Return how long an item takes to read: as long as the slowest of its modalities."""
        known = [self.reading[code] for code in item.modalities if code in self.reading]
        return max(known, default=self.usual_reading)


class Move(Enum):
    """Where a person has put an item."""

    FIRST = "moved to the front"
    LAST = "moved to the end"


@dataclass(frozen=True, slots=True)
class Override:
    """A person's word about an item's place; the latest one holds."""

    key: str
    move: Move
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """An item, its place in the list (from 1), and why it has it."""

    item: Item
    rank: int
    why: str
    clock: Clock | None


class _Tier(IntEnum):
    MOVED_FIRST = 0
    STAT = 1  # and what has waited the longest that is allowed
    OTHERS = 2
    MOVED_LAST = 3
    DONE = 4


@dataclass(frozen=True, slots=True)
class _Standing:
    """What an item's place comes from."""

    item: Item
    tier: _Tier
    sooner: datetime  # due time less the reading's length
    why: str
    clock: Clock | None

    @property
    def key(self) -> tuple[_Tier, datetime, datetime, str, str, str]:
        item = self.item
        came = item.available_since or _NEVER
        return (self.tier, self.sooner, came, item.study.date, item.study.time, item.key)


_NEVER: Final = datetime.max.replace(tzinfo=UTC) - timedelta(days=366)
_AT_ONCE: Final = datetime.min.replace(tzinfo=UTC) + timedelta(days=366)


def ranked(
    items: Iterable[Item],
    *,
    now: datetime,
    turnaround: Turnaround,
    policy: Policy,
    overrides: Iterable[Override] = (),
) -> tuple[Place, ...]:
    """Return the items in the order in which they should be read; what is done stands last."""
    moved = {override.key: override for override in sorted(overrides, key=lambda one: one.at)}
    standings = [
        _standing(item, clock(item, turnaround, now), moved.get(item.key), now, policy) for item in items
    ]
    return tuple(
        Place(standing.item, rank, standing.why, standing.clock)
        for rank, standing in enumerate(sorted(standings, key=lambda one: one.key), start=1)
    )


def parsed_policy(toml: str, *, where: str) -> Policy:
    """Return the policy; ``where`` names its table in an error."""
    table = parsed(toml, where)
    minutes = table.under("reading_minutes")
    usual = minutes.one("usual", positive)
    policy = Policy(
        timedelta(hours=table.one("longest_wait_hours", positive)),
        timedelta(minutes=table.one("ai_cap_minutes", not_negative)),
        {code: timedelta(minutes=length) for code, length in minutes.rest(positive).items()},
        timedelta(minutes=usual),
    )
    table.finish()
    return policy


def _standing(
    item: Item, timer: Clock | None, override: Override | None, now: datetime, policy: Policy
) -> _Standing:
    if item.reading.state.is_done:
        return _Standing(item, _Tier.DONE, _NEVER, item.reading.state.value, timer)
    if override is not None:
        tier = _Tier.MOVED_FIRST if override.move is Move.FIRST else _Tier.MOVED_LAST
        return _Standing(item, tier, override.at, f"{override.move.value} by {override.who}", timer)
    due, reasons = _due(item, timer, policy)
    limit = item.available_since + policy.longest_wait if item.available_since else _NEVER
    is_aged = now >= limit
    if is_aged:
        due = min(due, limit)
        reasons.insert(
            0, f"has waited {span(now - limit + policy.longest_wait)}, the longest that is allowed"
        )
    is_stat = item.priority is Priority.STAT
    if is_stat:
        reasons.insert(0, "stat")
    tier = _Tier.STAT if is_stat or is_aged else _Tier.OTHERS
    return _Standing(item, tier, due - policy.reading_of(item), ", ".join(reasons), timer)


def _due(item: Item, timer: Clock | None, policy: Policy) -> tuple[datetime, list[str]]:
    """Return the due time that counts, a flag considered, and the words for it."""
    if timer is None:
        # A stat study without a clock might be overdue already; any other one can wait for its turn.
        return _AT_ONCE if item.priority is Priority.STAT else _NEVER, ["no due time"]
    words = [left(timer.left)]
    wanted = _wanted_by(item)
    if item.flag is None or wanted is None or wanted >= timer.due:
        return timer.due, words
    due = max(wanted, timer.due - policy.ai_cap)
    if due == timer.due:
        return timer.due, words
    return due, [*words, f"moved up by {span(timer.due - due)}: AI found {item.flag.text}"]


def _wanted_by(item: Item) -> datetime | None:
    """Return when an item should be read because of its flag, None if the flag changes nothing."""
    if item.flag is None or item.flag.read_within is None or item.available_since is None:
        return None
    return item.available_since + item.flag.read_within
