"""From an address to a connection, whichever way the archive is spoken to."""

from __future__ import annotations

from workstation.archive import web
from workstation.archive.dimse.association import Patience as DimsePatience
from workstation.archive.dimse.connection import connect as connect_dimse
from workstation.archive.model import Address, Endpoint, Speech
from workstation.archive.protocols import Connection
from workstation.archive.sign_in import Account
from workstation.archive.tls import adapter_of, context_of


def connect(address: Address, endpoint: Endpoint, account: Account, *, idle: float) -> Connection:
    """Return a connection by one of an archive's endpoints; nothing is opened before something is asked.

    ``idle`` is how many seconds a request may be without a byte.
    """
    if address.speech is Speech.DICOMWEB:
        adapter, patience = adapter_of(address.tls), web.Patience(idle=idle)
        return web.connect(address, endpoint, authenticator=account, adapter=adapter, patience=patience)
    context = context_of(address.tls) if address.tls.is_wanted else None
    return connect_dimse(address, endpoint, context=context, patience=DimsePatience(silence=idle))
