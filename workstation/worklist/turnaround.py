"""The turnaround clock of a study: when its report is due, how much time is left, how loud to be about it.

The minutes are a matter of contract, so they are a table: the first rule that fits holds, and the last one
fits everything. A due time that came with the order goes before every rule. Without the moment from which a
rule counts there is no clock: it isn't guessed.

Units:   minutes in the table; times aware, in UTC.
Errors:  BadTable for a table that can't be used, one whose last rule doesn't fit everything included.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from workstation.terms import fold
from workstation.terms.tables import Row, bad, parsed, positive, text
from workstation.worklist.items import Item, Priority


class Start(StrEnum):
    """From when the minutes count."""

    IMAGES = "images"  # they can be read
    EXAM = "exam"  # it ended at the site


@dataclass(frozen=True, slots=True)
class Rule:
    """So many minutes for examinations that fit; what is empty fits all."""

    minutes: float
    start: Start = Start.IMAGES
    sites: frozenset[str] = frozenset()  # folded
    patient_classes: frozenset[str] = frozenset()
    priorities: frozenset[Priority] = frozenset()
    modalities: frozenset[str] = frozenset()

    def fits(self, item: Item) -> bool:
        """Say whether it is for this item."""
        return (
            (not self.sites or fold(item.site) in self.sites)
            and (not self.patient_classes or item.patient_class in self.patient_classes)
            and (not self.priorities or item.priority in self.priorities)
            and (not self.modalities or not self.modalities.isdisjoint(item.modalities))
        )

    @property
    def fits_all(self) -> bool:
        """Say whether it asks for nothing."""
        return not (self.sites or self.patient_classes or self.priorities or self.modalities)


@dataclass(frozen=True, slots=True)
class Turnaround:
    """The rules in their order, and at which fractions of the time to speak up, in per cent."""

    rules: tuple[Rule, ...]
    marks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Clock:
    """How an item stands against its due time."""

    due: datetime
    left: timedelta  # negative: overdue
    fraction: float | None  # of the time that is gone, above 1 when overdue; None: its start isn't known
    mark: float  # the highest mark that is passed, in per cent; 0: none
    is_ordered: bool  # the due time came with the order


def clock(item: Item, turnaround: Turnaround, now: datetime) -> Clock | None:
    """Return an item's clock, None where nothing says when it began."""
    rule = next(rule for rule in turnaround.rules if rule.fits(item))
    start = item.exam_end if rule.start is Start.EXAM else item.available_since
    if item.due is not None:
        due = item.due
    elif start is not None:
        due = start + timedelta(minutes=rule.minutes)
    else:
        return None
    fraction = None if start is None or due <= start else (now - start) / (due - start)
    gone = fraction if fraction is not None else 1.0 if now >= due else 0.0
    passed = [mark for mark in turnaround.marks if gone * 100 >= mark]
    return Clock(due, due - now, fraction, max(passed, default=0.0), item.due is not None)


def parsed_turnaround(toml: str, *, where: str) -> Turnaround:
    """Return the rules; ``where`` names their table in an error."""
    table = parsed(toml, where)
    rules = tuple(_rule(row) for row in table.rows("rule"))
    if not rules or not rules[-1].fits_all:
        raise bad("The last rule must fit every examination", where)
    marks = tuple(sorted(table.many("marks", positive)))
    table.finish()
    return Turnaround(rules, marks)


def _rule(row: Row) -> Rule:
    rule = Rule(
        row.one("minutes", positive),
        row.one("start", Start, Start.IMAGES),
        frozenset(map(fold, row.many("sites", text))),
        frozenset(row.many("patient_classes", text)),
        frozenset(row.many("priorities", Priority)),
        frozenset(row.many("modalities", text)),
    )
    row.finish()
    return rule
