"""What the archive has now: the night's studies, as far as they have arrived, and what was sent to it.

A study is known before it is painted (who, when, how many); what its series and instances are is known once
it is. An arriving study shows its instances one after the other, as a scanner sends them.

Errors:  NotHere for what the archive doesn't have; those of the painter.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from workstation.hospital.describing import Attributes, json_model, text_of
from workstation.hospital.instances import Instance
from workstation.hospital.levels import STUDY, tag_of
from workstation.hospital.painter import Painter
from workstation.hospital.schedule import Moment
from workstation.phantoms import PhantomStudy, files
from workstation.phantoms.files import Visit

MODALITY: Final = tag_of("Modality") or ""


class NotHere(Exception):
    """The archive has nothing by this name, or not yet."""


class Kept(Enum):
    """What became of an object that was sent."""

    NEW = "new"
    SAME = "same"  # it was here, byte for byte
    OTHER = "other"  # another object of its UID is here: that one stays


@dataclass(frozen=True, slots=True)
class HeldStudy:
    """A study that the archive lists."""

    uid: str
    attributes: Attributes  # of patient and study
    modalities: tuple[str, ...]  # of its series
    instances: int


@dataclass(frozen=True, slots=True)
class Tonight:
    """A study of the night: what is known before it is painted."""

    study: PhantomStudy
    visit: Visit
    modalities: tuple[str, ...]


@dataclass(slots=True)
class _Arrival:
    """How a study comes in; ``began`` None: not yet."""

    seconds: float
    began: float | None = None


class Holdings:
    """The archive's shelves; safe from any thread."""

    def __init__(
        self,
        night: Sequence[Tonight],
        painter: Painter,
        *,
        arriving: Iterable[Moment],
        elapsed: Callable[[], float],
    ) -> None:
        self._night: Mapping[str, Tonight] = {one.study.study_uid: one for one in night}
        self._uids = {one.study.key: one.study.study_uid for one in night}
        self._painter = painter
        self._elapsed = elapsed
        self._arrivals = {moment.study: _Arrival(moment.seconds) for moment in arriving}
        self._lock = threading.Lock()
        self._sent: dict[str, Instance] = {}

    # --- arriving ------------------------------------------------------------------------------------------

    def let_arrive(self, key: str, at: float) -> bool:
        """Begin with a study that hasn't begun; False if it is here, or coming in."""
        with self._lock:
            arrival = self._arrivals.get(key)
            if arrival is None or arrival.began is not None:
                return False
            arrival.began = at
        self._painter.ask(key)
        return True

    def here(self, key: str) -> int:
        """Return how many instances of a study have come in."""
        count = self._night[self._uids[key]].study.count
        arrival = self._arrivals.get(key)
        if arrival is None:
            return count
        if arrival.began is None:
            return 0
        passed = self._elapsed() - arrival.began
        return max(1, min(count, int(count * passed / arrival.seconds)))

    def is_whole(self, key: str) -> bool:
        """Say whether all of a study's instances have come in."""
        return self.here(key) == self._night[self._uids[key]].study.count

    # --- looking -------------------------------------------------------------------------------------------

    def studies(self) -> list[HeldStudy]:
        """Return every study that is here, without painting any."""
        held = [self._held(one) for one in self._night.values() if self.here(one.study.key)]
        uids = dict.fromkeys(one.study for one in self._snapshot() if one.study not in self._night)
        return [*held, *(self._held_of_sent(uid) for uid in uids)]

    def instances(self, study: str, series: str = "", uid: str = "") -> list[Instance]:
        """Return the instances of a study, a series or one instance; at least one."""
        found = self._one(study, uid) if uid else [*self._arrived(study), *self._sent_to(study)]
        found = [one for one in found if series in {"", one.series}]
        if not found:
            raise NotHere
        return found

    # --- keeping -------------------------------------------------------------------------------------------

    def keep(self, instance: Instance) -> Kept:
        """Take in an object that was sent, unless one of its UID is here."""
        here = self._one(instance.study, instance.uid)
        with self._lock:
            known = self._sent.get(instance.uid) or (here[0] if here else None)
            if known is None:
                self._sent[instance.uid] = instance
                return Kept.NEW
        return Kept.SAME if known.file.read_bytes() == instance.file.read_bytes() else Kept.OTHER

    def _snapshot(self) -> list[Instance]:
        with self._lock:
            return list(self._sent.values())

    def _sent_to(self, study: str) -> list[Instance]:
        return [one for one in self._snapshot() if one.study == study]

    def _arrived(self, study: str) -> tuple[Instance, ...]:
        tonight = self._night.get(study)
        here = self.here(tonight.study.key) if tonight else 0
        return self._painter.all_of(tonight.study.key)[:here] if tonight and here else ()

    def _one(self, study: str, uid: str) -> list[Instance]:
        sent = [one for one in self._sent_to(study) if one.uid == uid]
        tonight = self._night.get(study)
        if sent or tonight is None or not self.here(tonight.study.key):
            return sent
        if not self.is_whole(tonight.study.key):
            return [one for one in self._arrived(study) if one.uid == uid]
        painted = self._painter.one_of(tonight.study.key, uid)
        return [painted] if painted else []

    def _held(self, tonight: Tonight) -> HeldStudy:
        study, visit = tonight.study, tonight.visit
        head = json_model(files.template(visit, "", 0, "", visit.when))
        sent = self._sent_to(study.study_uid)
        return HeldStudy(
            study.study_uid,
            _of_the_study(head),
            (*tonight.modalities, *_modalities(sent)),
            self.here(study.key) + len(sent),
        )

    def _held_of_sent(self, uid: str) -> HeldStudy:
        sent = self._sent_to(uid)
        return HeldStudy(uid, _of_the_study(sent[0].attributes), tuple(_modalities(sent)), len(sent))


def _of_the_study(attributes: Attributes) -> Attributes:
    return {tag: element for tag, element in attributes.items() if tag in STUDY.held}


def _modalities(instances: Sequence[Instance]) -> list[str]:
    """Return the modality of each series among these."""
    first = {one.series: one for one in reversed(instances)}
    return [text_of(one.attributes, MODALITY) for one in reversed(first.values())]
