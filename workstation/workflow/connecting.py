"""Bringing a desk together with its archives: what ``sync`` is given, and which archives there are.

Archives are set up without a store; what has changed in them since the store was last connected is in the
audit trail from then on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Final

from workstation.config import ArchiveEntry, Settings, resource
from workstation.dicom.examining import digest_in_worker
from workstation.security import Action, KeyringUnavailable, KeyringVault, SessionVault, Vault, system_keyring
from workstation.store import Link, PatientKey
from workstation.sync import Habit, Means, Rules, Service, Sitting
from workstation.workflow.archives import way_to
from workstation.workflow.desk import Desk
from workstation.workflow.hearing import Hearing
from workstation.worklist import Limits, Links, parsed_affinities, parsed_policy, parsed_turnaround
from workstation.worklist import State as ReadingState

_SET_UP: Final = "archives"
_MINUTE: Final = 60.0

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
    """Make what keeps a desk in step; it runs from ``start_syncing`` on until the desk closes.

    An archive that brings what it is asked for needs the desk's listener, which has to be there by then.
    """
    vault = vault or vault_of_this_computer()
    entries = tuple(entries)
    if not desk.is_demo:
        _note_changes(desk, {entry.identifier: _fingerprint(entry) for entry in entries})
    desk.is_metered = _metered(settings, surroundings or Surroundings())
    desk.ways = {
        entry.identifier: way_to(entry, vault=vault, clock=desk.clock, listener=desk.scp) for entry in entries
    }
    means = Means(
        desk.store,
        desk.pool,
        desk.clock,
        partial(digest_in_worker, desk.pool),
        is_metered=desk.is_metered,
        cap=settings.number("sync.most_megabits") * _MEGABIT or None,
        streams=int(settings.number("sync.streams")),
    )
    service = Service(
        means, [(way.address, way.connect) for way in desk.ways.values()], _sitting(desk, settings)
    )
    desk.service = service
    desk.hears = Hearing(
        desk,
        service,
        patience=settings.number("outage.minutes") * _MINUTE,
        keeps=timedelta(days=settings.number("outbox.days")),
    )
    return service


def start_syncing(desk: Desk) -> None:
    """Let a connected desk be kept in step; once for a desk."""
    if desk.service is not None and not desk.is_syncing and not desk.closing.is_set():
        desk.is_syncing = True
        desk.service.start()


def vault_of_this_computer() -> Vault:
    """Return what keeps secrets: the keyring; without one they last as long as the program runs."""
    try:
        return KeyringVault(system_keyring())
    except KeyringUnavailable:
        return SessionVault()


def links_of(desk: Desk) -> Links:
    """Return what persons have decided about who is one person."""
    links = desk.store.links
    return Links(_pairs(links.all()), _pairs(links.refused()))


def _pairs(links: Iterable[Link]) -> frozenset[frozenset[PatientKey]]:
    return frozenset(frozenset({link.first, link.second}) for link in links)


def _note_changes(desk: Desk, now: Mapping[str, str]) -> None:
    """Record which archives were set up, changed or removed since this store was last connected."""
    before: dict[str, str] = json.loads(desk.store.sessions.get(_SET_UP) or "{}")
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            what = "removed" if name not in now else "changed" if name in before else "set up"
            desk.note(Action.SET_UP, f"{name} {what}")
    if before != now:
        desk.store.sessions.put(_SET_UP, json.dumps(now))


def _fingerprint(entry: ArchiveEntry) -> str:
    return sha256(json.dumps(asdict(entry), sort_keys=True).encode()).hexdigest()


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
