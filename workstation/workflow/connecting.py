"""Bringing a desk together with its archives: what ``sync`` is given, and what the desk hears from it.

Everything that arrives is in the audit trail, once a study and run, before anybody can look at it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from workstation.config import ArchiveEntry, Settings, resource
from workstation.dicom.examining import digest_in_worker
from workstation.security import Action, KeyringUnavailable, KeyringVault, SessionVault, Vault, system_keyring
from workstation.store import Delivery
from workstation.sync import Habit, LineState, Means, Rules, Service, Sitting, State, Status
from workstation.workflow.archives import way_to
from workstation.workflow.desk import Desk
from workstation.workflow.door import record
from workstation.worklist import Limits, Links, parsed_affinities, parsed_policy, parsed_turnaround
from workstation.worklist import State as ReadingState

REFUSED_LINKS: Final = "refused links"

_MEGABIT: Final = 1_000_000 / 8
_GIGABYTE: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What only the system around the program knows of the network."""

    is_metered: Callable[[], bool] = lambda: False


def connect_archives(
    desk: Desk,
    *,
    settings: Settings,
    entries: Iterable[ArchiveEntry],
    vault: Vault | None = None,
    surroundings: Surroundings | None = None,
) -> Service:
    """Make what keeps a desk in step with its archives; it runs from ``start`` on until the desk closes."""
    vault = vault or vault_of_this_computer()
    desk.ways = {entry.identifier: way_to(entry, vault=vault, clock=desk.clock) for entry in entries}
    means = Means(
        desk.store,
        desk.pool,
        desk.clock,
        partial(digest_in_worker, desk.pool),
        is_metered=_metered(settings, surroundings or Surroundings()),
        cap=settings.number("sync.most_megabits") * _MEGABIT or None,
        streams=int(settings.number("sync.streams")),
    )
    service = Service(
        means, [(way.address, way.connect) for way in desk.ways.values()], _sitting(desk, settings)
    )
    desk.service = service
    desk.hears = _Hearing(desk, service)
    return service


def vault_of_this_computer() -> Vault:
    """Return what keeps secrets: the keyring; without one they last as long as the program runs."""
    try:
        return KeyringVault(system_keyring())
    except KeyringUnavailable:
        return SessionVault()


def links_of(desk: Desk) -> Links:
    """Return what persons have decided about who is one person."""
    confirmed = frozenset(frozenset({link.first, link.second}) for link in desk.store.links.all())
    refused = json.loads(desk.store.sessions.get(REFUSED_LINKS) or "[]")
    return Links(confirmed, frozenset(frozenset(map(tuple, pair)) for pair in refused))


def _sitting(desk: Desk, settings: Settings) -> Sitting:
    return Sitting(
        _rules(settings),
        frozenset(filter(None, (desk.actor.identifier, desk.actor.name))),
        reading_of=lambda _: ReadingState.UNREAD,
        links=partial(links_of, desk),
        habit=Habit(settings.number("worklist.refresh_seconds"), int(settings.number("worklist.days"))),
        ahead=int(settings.number("worklist.ahead")),
    )


def _rules(settings: Settings) -> Rules:
    limits = Limits(
        int(settings.number("priors.most")),
        settings.number("priors.years"),
        int(settings.number("priors.gigabytes") * _GIGABYTE),
    )
    return Rules(
        parsed_turnaround(_table("turnaround"), where="turnaround.toml"),
        parsed_policy(_table("order"), where="order.toml"),
        parsed_affinities(_table("priors"), where="priors.toml"),
        limits,
        int(settings.number("worklist.days")),
    )


def _table(name: str) -> str:
    return resource("worklist", f"{name}.toml").read_text(encoding="utf-8")


def _metered(settings: Settings, surroundings: Surroundings) -> Callable[[], bool]:
    said = settings.text("sync.metered")
    return surroundings.is_metered if said == "auto" else lambda: said == "always"


class _Hearing:
    """What the desk hears from the archives' side, and writes down."""

    def __init__(self, desk: Desk, service: Service) -> None:
        self._desk = desk
        self._service = service
        self._lock = threading.Lock()
        self._recorded: set[str] = set()
        self._down: dict[str, datetime] = {}
        engine = service.engine
        engine.arriving.arrived.connect(self._arrived)
        engine.line_changed.connect(self._line_changed)
        engine.delivery_changed.connect(self._delivery_changed)
        service.list_changed.connect(self._list_changed)

    def _arrived(self, study_uid: str) -> None:
        with self._lock:
            is_new = study_uid not in self._recorded
            self._recorded.add(study_uid)
        if is_new:
            record(self._desk, Action.RECEIVE, [study_uid])
        self._desk.studies_changed.emit(study_uid)

    def _list_changed(self, _: str) -> None:
        self._desk.studies_changed.emit("")

    def _line_changed(self, state: LineState) -> None:
        """Write down how long an outage was, once it has ended."""
        with self._lock:
            if state.status is Status.OFFLINE:
                self._down.setdefault(state.archive, state.since)
                began = None
            else:
                began = self._down.pop(state.archive, None) if state.status is Status.ONLINE else None
        if began is not None:
            seconds = (self._desk.clock.utc() - began).total_seconds()
            self._desk.note(Action.OUTAGE, f"{state.archive}: no line for {seconds:.0f} s")
        if state.status is Status.ONLINE:
            self._service.watching.hurry()
        self._desk.lines_changed.emit(state.archive)

    def _delivery_changed(self, delivery: Delivery) -> None:
        if delivery.state == State.VERIFIED:
            artefact = self._desk.store.outbox.artefact(delivery.uid)
            study = artefact.study_uid if artefact else ""
            record(self._desk, Action.SEND, [study], detail=f"delivered to {delivery.destination}")
        self._desk.outbox_changed.emit(delivery.uid)
