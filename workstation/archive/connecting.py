"""From an address to connections, whichever way the archive is spoken to."""

from __future__ import annotations

from collections.abc import Callable

from workstation.archive import web
from workstation.archive.dimse.association import Patience as DimsePatience
from workstation.archive.dimse.connection import connect as connect_dimse
from workstation.archive.dimse.listener import Listener
from workstation.archive.model import Address, Endpoint, Speech
from workstation.archive.protocols import Connection
from workstation.archive.sign_in import Account
from workstation.archive.tls import adapter_of, context_of


class Dialer:
    """Makes the connections to one archive; what one of them finds out about it, all of them know.

    ``listener`` answers what receives that which an archive brings to us by DIMSE, if it runs.
    """

    def __init__(
        self, address: Address, account: Account, listener: Callable[[], Listener | None] = lambda: None
    ) -> None:
        self._address = address
        self._account = account
        self._listener = listener
        self._known = web.Known()

    def connect(self, endpoint: Endpoint, idle: float) -> Connection:
        """Return a connection by one of its endpoints; nothing is opened before something is asked.

        ``idle`` is how many seconds a request may be without a byte.
        """
        address = self._address
        if address.speech is Speech.DICOMWEB:
            return web.connect(
                address,
                endpoint,
                authenticator=self._account,
                adapter=adapter_of(address.tls),
                known=self._known,
                patience=web.Patience(idle=idle),
            )
        context = context_of(address.tls) if address.tls.is_wanted else None
        return connect_dimse(
            address,
            endpoint,
            context=context,
            listener=self._listener(),
            patience=DimsePatience(silence=idle),
        )
