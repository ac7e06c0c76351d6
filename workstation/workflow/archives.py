"""The archives that are set up, as ``archive`` and ``sync`` need to know them.

Errors:  NoSuchArchive for a name that isn't set up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workstation.archive import Address, Connection, Endpoint, SignIn, Speech, TlsRules
from workstation.archive.connecting import Dialer
from workstation.archive.dimse import Listener
from workstation.archive.sign_in import Account, account_of
from workstation.clock import Clock
from workstation.config import ArchiveEntry
from workstation.security import Vault


@dataclass(frozen=True)
class Way:
    """An archive that is set up, with the account by which we prove ourselves."""

    entry: ArchiveEntry
    address: Address
    account: Account
    dialer: Dialer

    def connect(self, endpoint: Endpoint, idle: float) -> Connection:
        """Return a connection by one of its endpoints."""
        return self.dialer.connect(endpoint, idle)

    @property
    def brings(self) -> bool:
        """Say whether the archive brings images to our listener, which then has to run (C-MOVE)."""
        return self.address.speech is Speech.DIMSE and self.entry.capabilities.get("retrieve") == "move"

    @property
    def warning(self) -> str:
        """Return what has to stay in sight about this archive, "" if nothing has."""
        if self.entry.minimum_tls == "1.2":
            return "The site allows TLS 1.2 here, which is older than it should be."
        return ""


def way_to(
    entry: ArchiveEntry,
    *,
    vault: Vault,
    clock: Clock,
    listener: Callable[[], Listener | None] = lambda: None,
) -> Way:
    """Return an archive that is set up, ready to be spoken to; nothing is asked of it."""
    address = address_of(entry)
    account = account_of(address, vault=vault, clock=clock)
    return Way(entry, address, account, Dialer(address, account, listener))


def address_of(entry: ArchiveEntry) -> Address:
    """Return an archive that is set up in the form in which it is spoken to."""
    return Address(
        entry.identifier,
        entry.name,
        Speech(entry.speech),
        tuple(_endpoint(entry.speech, name, way) for name, way in entry.ways.items()),
        SignIn(entry.sign_in, entry.user, entry.issuer, entry.client_id),
        TlsRules(
            entry.minimum_tls,
            entry.authorities,
            entry.pins,
            entry.certificate,
            entry.key,
            is_wanted=entry.encryption == "tls",
        ),
        entry.product,
        entry.capabilities,
        entry.called,
        entry.calling,
        entry.patient_issuer,
    )


def _endpoint(speech: str, name: str, way: str) -> Endpoint:
    if speech == Speech.DICOMWEB:
        return Endpoint(name, url=way.rstrip("/"))
    host, _, port = way.rpartition(":")
    return Endpoint(name, host=host.strip("[]"), port=int(port))
