"""One archive by one of its endpoints, spoken to over the web.

What the archive can do is asked for when it is needed first, unless its product is named or another of its
connections knows already; it is asked once, whichever thread comes first. Setting up a connection sends
nothing.

Errors:  ValueError for an address of another speech; those of ``transport`` for a URL that can't be used.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager

from requests.adapters import HTTPAdapter

from workstation.archive.errors import ArchiveError, BadAnswer, NotThere, Refused
from workstation.archive.model import (
    Address,
    Claim,
    Commitment,
    Contents,
    Endpoint,
    Outgoing,
    Query,
    Reference,
    Search,
    Speech,
    StoreAnswer,
    Task,
    Wanted,
)
from workstation.archive.protocols import Images, Part, Work
from workstation.archive.unfinished import Begun
from workstation.archive.web import metadata, rest, retrieve, search, store
from workstation.archive.web.capabilities import Capabilities, capabilities_of, overridden
from workstation.archive.web.known import LASTS, STANDS, Known
from workstation.archive.web.probe import probe
from workstation.archive.web.transport import ANONYMOUS, Ask, Authenticator, Patience, Transport
from workstation.archive.web.ups import Workitems


def connect(
    address: Address,
    endpoint: Endpoint,
    *,
    authenticator: Authenticator = ANONYMOUS,
    adapter: HTTPAdapter | None = None,
    known: Known | None = None,
    patience: Patience = Patience(),  # noqa: B008  it is frozen
) -> WebConnection:
    """Return a way to the archive; the adapter is this connection's alone, from now on.

    ``known`` is what all connections to one archive share.
    """
    if address.speech is not Speech.DICOMWEB:
        raise ValueError("this archive is not spoken to over the web")
    transport = Transport(endpoint.url, authenticator=authenticator, adapter=adapter, patience=patience)
    return WebConnection(transport, address, known or Known())


class WebConnection:
    """Both doors of an archive; safe for several threads."""

    def __init__(self, transport: Transport, address: Address, known: Known) -> None:
        self._transport = transport
        self._address = address
        self._named = capabilities_of(address.product, address.overrides)
        self._known = known
        self._probing = threading.Lock()
        self.images: Images = _Images(self)
        self.work: Work = _Work(self)

    @property
    def transport(self) -> Transport:
        """Return what requests are sent by."""
        return self._transport

    @property
    def capabilities(self) -> Capabilities:
        """Return what the archive can do; it is asked, if nobody knows yet."""
        if self._named is not None:
            return self._named
        with self._probing:  # this connection's alone: another may hang where this one doesn't
            traits = self._known.traits
            if traits is None:
                found, is_all = probe(self._transport)
                traits = overridden(found, self._address.overrides)
                self._known.learn(traits, lasts=LASTS if is_all else STANDS)
            return traits

    @contextmanager
    def believing(self, *also: type[ArchiveError]) -> Iterator[Capabilities]:
        """Lend what is known of the archive; an answer that contradicts it puts it in doubt."""
        traits = self.capabilities
        try:
            yield traits
        except ArchiveError as error:
            if isinstance(error, (Refused, BadAnswer, *also)):
                self._known.contradicted()
            raise

    @property
    def requester(self) -> str:
        """Return what this workstation is called there."""
        return self._address.calling

    def echo(self) -> None:
        """Ask for one study, signed in."""
        self._transport.json(Ask("studies", "limit=1"))

    def close(self) -> None:
        """Drop every open connection, at once."""
        self._transport.close()


class _Images:
    def __init__(self, connection: WebConnection) -> None:
        self._to = connection

    def search(self, query: Query) -> Search:
        with self._to.believing() as traits:
            return search.search(self._to.transport, traits, query)

    def metadata(self, study_uid: str) -> Contents:
        with self._to.believing() as traits:
            return metadata.metadata(self._to.transport, traits, study_uid)

    def retrieve(self, wanted: Wanted) -> Generator[Part, None, None]:
        with self._to.believing() as traits:
            yield from retrieve.retrieve(self._to.transport, traits, wanted)

    def rest(self, begun: Begun) -> Generator[Part, None, None]:
        with self._to.believing() as traits:
            yield from rest.rest(self._to.transport, traits, begun)

    def thumbnail(self, wanted: Wanted, side: int) -> bytes:
        return retrieve.thumbnail(self._to.transport, self._to.capabilities, wanted, side)

    def store(self, objects: Sequence[Outgoing]) -> tuple[StoreAnswer, ...]:
        with self._to.believing() as traits:
            return store.store(self._to.transport, traits, objects)

    def verify(self, references: Sequence[Reference]) -> frozenset[str]:
        with self._to.believing() as traits:
            return store.verify(self._to.transport, traits, references)


class _Work:
    def __init__(self, connection: WebConnection) -> None:
        self._to = connection

    @property
    def _items(self) -> Workitems:
        return Workitems(self._to.transport, self._to.capabilities, self._to.requester)

    def tasks(self) -> tuple[Task, ...]:
        with self._to.believing(NotThere):
            return self._items.tasks()

    def claim(self, task_uid: str, transaction_uid: str, performer: str) -> Claim:
        return self._items.claim(task_uid, transaction_uid, performer)

    def release(self, claim: Claim, reason: str) -> None:
        self._items.release(claim, reason)

    def complete(self, claim: Claim, outputs: Sequence[Reference]) -> None:
        self._items.complete(claim, outputs)

    def commit(self, references: Sequence[Reference]) -> Commitment:
        return self._items.commit(references)
