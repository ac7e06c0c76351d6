"""Passing on what was pushed here, by the site's and the person's rules, with the outbox's guarantees.

What a rule sends at once is in the outbox, durably, before it counts as kept. What has to wait for a rule's
hours leaves a pin on its study, which keeps it from being given away; when the hours begin, everything of
the study that fits and that no archive is known to have goes into the outbox, then the pin is taken away.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import time
from typing import Final

from workstation.config import BadSetting, ForwardRule
from workstation.dicom.model import InstanceRecord
from workstation.store import Outcome, Receipt
from workstation.terms import words
from workstation.workflow.desk import Desk
from workstation.workflow.outbox import queue_images

_PIN: Final = "forward "

_log = logging.getLogger(__name__)

Kept = tuple[InstanceRecord, Receipt]
"""An object that is durably here, and what is known of it."""


class Forwarding:
    """The rules of a desk at work."""

    def __init__(self, desk: Desk, rules: Iterable[ForwardRule]) -> None:
        self.problems: list[BadSetting] = []
        self._desk = desk
        self._rules = tuple(rule for rule in rules if self._is_usable(rule))

    def take(self, caller: str, kept: Sequence[Kept]) -> None:
        """Queue what goes at once, and mark the studies of what goes later."""
        for rule in self._rules:
            fitting = [receipt for record, receipt in kept if fits(rule, record, caller)]
            if not fitting:
                continue
            if rule.is_time(self._now()):
                self._queue(rule, fitting)
                continue
            for study_uid in {receipt.study_uid for receipt in fitting}:
                if f"{_PIN}{rule.name}" not in self._desk.store.pins.reasons(study_uid):
                    self._desk.store.pins.add(study_uid, f"{_PIN}{rule.name}")

    def look(self) -> None:
        """Queue what has waited for its hours, if they have begun."""
        due = [rule for rule in self._rules if rule.between and rule.is_time(self._now())]
        for study_uid in sorted(self._desk.store.pins.all()) if due else ():
            reasons = self._desk.store.pins.reasons(study_uid)
            for rule in due:
                if f"{_PIN}{rule.name}" in reasons:
                    self._queue(rule, list(self._waiting(rule, study_uid)))
                    self._desk.store.pins.remove(study_uid, f"{_PIN}{rule.name}")

    def _waiting(self, rule: ForwardRule, study_uid: str) -> Iterator[Receipt]:
        for instance in self._desk.store.instances.of_study(study_uid):
            if not instance.is_verified and fits(rule, instance.record, None):
                yield Receipt(instance.uid, study_uid, Outcome.PRESENT)

    def _queue(self, rule: ForwardRule, receipts: Sequence[Receipt]) -> None:
        for archive in rule.to:
            queued = queue_images(self._desk, receipts, archive)
            if queued.refused:
                _log.warning("%d objects could not be passed on: %s", len(queued.refused), queued.refused[0])

    def _is_usable(self, rule: ForwardRule) -> bool:
        unknown = [archive for archive in rule.to if archive not in self._desk.ways]
        if unknown:
            self.problems.append(
                BadSetting(
                    f"The rule {rule.name!r} passes on to {unknown[0]!r}, which is not set up",
                    remedy="Nothing is passed on by it.",
                )
            )
        return not unknown

    def _now(self) -> time:
        return self._desk.clock.utc().astimezone().time()


def fits(rule: ForwardRule, record: InstanceRecord, caller: str | None) -> bool:
    """Say whether a rule is about an object; without a caller, whoever brought it."""
    series = record.series
    told = words(f"{record.study.description} {series.description}")
    return (
        _is_among(series.modality, rule.modalities)
        and _is_among(series.body_part, rule.body_parts)
        and (caller is None or _is_among(caller, rule.callers))
        and (not rule.words or any(set(words(one)) <= set(told) for one in rule.words))
    )


def _is_among(value: str, wanted: Sequence[str]) -> bool:
    return not wanted or value.casefold() in {one.casefold() for one in wanted}
