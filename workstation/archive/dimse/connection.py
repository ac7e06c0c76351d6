"""One archive by DIMSE: ``archive.protocols.Connection`` over associations.

Errors:  those of ``archive.errors``.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Generator, Sequence
from typing import Final

from pynetdicom.dimse_primitives import C_ECHO

from workstation.archive.dimse import commitment, find, identifiers, listing, retrieve, statuses, worklist
from workstation.archive.dimse import store as storing
from workstation.archive.dimse.admission import VERIFICATION
from workstation.archive.dimse.association import USUAL_PATIENCE, Context, Patience, Route
from workstation.archive.dimse.expected import Expectations
from workstation.archive.dimse.listener import Listener
from workstation.archive.dimse.part10 import File
from workstation.archive.dimse.pool import Pool
from workstation.archive.errors import ArchiveError, NotOffered
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
    StoreAnswer,
    Task,
    Wanted,
)
from workstation.archive.unfinished import Begun

ANY_ARCHIVE: Final = "ANY-SCP"  # where no AE title is known: archives that don't mind take it

_TITLE: Final = re.compile(r"[ -\[\]-~]{1,16}")  # PS3.5 6.2, AE: no backslash, no control characters
_NEEDS_LISTENER: Final = "If it can bring images to us (C-MOVE), let a listener run (listener.port)."
_ECHO: Final = Context(VERIFICATION, identifiers.SYNTAXES)


def connect(
    address: Address,
    endpoint: Endpoint,
    *,
    context: ssl.SSLContext | None = None,
    listener: Listener | None = None,
    patience: Patience = USUAL_PATIENCE,
) -> DimseConnection:
    """Return a connection; nothing is opened before something is asked.

    ``listener`` receives what C-MOVE brings and reports on commitments; without one the archive has to
    offer C-GET. ``overrides["retrieve"]`` (get, move) says which of both it does better.
    """
    for title in (address.called or ANY_ARCHIVE, address.calling):
        if not _TITLE.fullmatch(title) or title.isspace():
            raise ArchiveError("An AE title has 1 to 16 letters, digits or signs", where=address.name)
    route = Route(
        address.name,
        endpoint.host,
        endpoint.port,
        address.called or ANY_ARCHIVE,
        address.calling,
        context,
        patience,
    )
    return DimseConnection(Pool(route), listener, prefers_move=address.overrides.get("retrieve") == "move")


class DimseConnection:
    """One archive by one of its endpoints."""

    def __init__(self, pool: Pool, listener: Listener | None, *, prefers_move: bool) -> None:
        self.images = DimseImages(pool, listener, prefers_move=prefers_move)
        self.work = DimseWork(pool, listener)
        self._pool = pool

    def echo(self) -> None:
        """Ask whether the archive is there and knows us (C-ECHO)."""
        with self._pool.lend(_ECHO) as association:
            request = C_ECHO()
            request.MessageID, request.AffectedSOPClassUID = association.next_number(), VERIFICATION
            for answer in association.answers(request, association.required(VERIFICATION, "an echo")):
                if answer.Status != statuses.SUCCESS:
                    raise statuses.error_of(answer.Status, "The echo", self._pool.route.name)

    def close(self) -> None:
        """Drop every association, at once."""
        self._pool.close()


class DimseImages:
    """What an archive does with images (``archive.protocols.Images``)."""

    def __init__(self, pool: Pool, listener: Listener | None, *, prefers_move: bool) -> None:
        self._pool = pool
        self._listener = listener
        self._prefers_move = prefers_move

    def search(self, query: Query) -> Search:
        """Return the studies that fit."""
        with self._pool.lend(find.FIND) as association:
            return find.search(association, query)

    def metadata(self, study_uid: str) -> Contents:
        """Return what the study consists of."""
        with self._pool.lend(find.FIND) as association:
            return listing.metadata(association, study_uid)

    def retrieve(self, wanted: Wanted) -> Generator[File, None, None]:
        """Yield what is wanted as the archive holds it."""
        if wanted.frames:
            raise NotOffered("Single frames are not offered over DIMSE", where=self._pool.route.name)
        if self._prefers_move and self._listener is not None:
            return self._moved(wanted, self._listener)
        return self._got(wanted)

    def rest(self, begun: Begun) -> Generator[File, None, None]:  # noqa: ARG002 - nothing can be continued
        """Raise NotOffered: DIMSE gives whole objects."""
        raise NotOffered("Parts of objects are not offered over DIMSE", where=self._pool.route.name)

    def thumbnail(self, wanted: Wanted, side: int) -> bytes:  # noqa: ARG002 - nothing is rendered here
        """Raise NotOffered: DIMSE has no rendered pictures."""
        raise NotOffered("Rendered pictures are not offered over DIMSE", where=self._pool.route.name)

    def store(self, objects: Sequence[Outgoing]) -> tuple[StoreAnswer, ...]:
        """Send objects; answer for each of them alone."""
        answers: list[StoreAnswer] = []
        for contexts, part in storing.proposals(objects):
            try:
                answers += self._stored(contexts, part)
            except ArchiveError:
                if not answers:
                    raise
                return (*answers, *storing.unsent(objects[len(answers) :]))
        return tuple(answers)

    def verify(self, references: Sequence[Reference]) -> frozenset[str]:
        """Return the UIDs among these that the archive says it has."""
        with self._pool.lend(find.FIND) as association:
            return frozenset(listing.present(association, references))

    def _got(self, wanted: Wanted) -> Generator[File, None, None]:
        """Retrieve by C-GET, or by C-MOVE where the archive has no C-GET and there is a listener."""
        with self._pool.lend(find.FIND) as association:
            classes = listing.sop_classes(association, wanted)
        try:
            with self._pool.lend(*retrieve.contexts_for(classes)) as association:
                yield from retrieve.get(association, wanted)
        except NotOffered as error:  # nothing has come then
            if self._listener is None:
                raise NotOffered(error.what, where=error.where, remedy=_NEEDS_LISTENER) from error
            yield from self._moved(wanted, self._listener)

    def _moved(self, wanted: Wanted, listener: Listener) -> Generator[File, None, None]:
        with self._pool.lend(retrieve.MOVE) as association:
            yield from retrieve.move(association, wanted, listener)

    def _stored(self, contexts: tuple[Context, ...], objects: list[Outgoing]) -> list[StoreAnswer]:
        try:
            with self._pool.lend(*contexts) as association:
                return storing.store(association, objects)
        except NotOffered:
            return [storing.not_taken(one) for one in objects]


class DimseWork:
    """What an archive does with reading tasks (``archive.protocols.Work``)."""

    def __init__(self, pool: Pool, listener: Listener | None) -> None:
        self._pool = pool
        self._expectations = listener.expectations if listener else Expectations()

    def tasks(self) -> tuple[Task, ...]:
        """Return what is on the modality worklist."""
        with self._pool.lend(worklist.WORKLIST) as association:
            return worklist.tasks(association)

    def claim(self, task_uid: str, transaction_uid: str, performer: str) -> Claim:  # noqa: ARG002 - can't be
        """Raise NotOffered: a modality worklist shares no claims."""
        raise self._not_offered()

    def release(self, claim: Claim, reason: str) -> None:  # noqa: ARG002 - can't be
        """Raise NotOffered: there was no claim."""
        raise self._not_offered()

    def complete(self, claim: Claim, outputs: Sequence[Reference]) -> None:  # noqa: ARG002 - can't be
        """Raise NotOffered: there was no claim."""
        raise self._not_offered()

    def commit(self, references: Sequence[Reference]) -> Commitment:
        """Ask the archive to commit itself to keep these; waits for its word."""
        classes = self._classes([one for one in references if not one.sop_class])
        named = [one for one in references if one.sop_class or one.uid in classes]
        unknown = {one.uid: statuses.NO_SUCH_OBJECT for one in references if one not in named}
        if not named:
            return Commitment(frozenset(), unknown)
        with self._pool.lend(commitment.COMMIT) as association:
            said = commitment.commit(association, named, classes, self._expectations)
        return Commitment(said.kept, {**said.failed, **unknown})

    def _classes(self, references: Sequence[Reference]) -> dict[str, str]:
        """Ask the archive for the SOP classes that aren't known here."""
        if not references:
            return {}
        with self._pool.lend(find.FIND) as association:
            return {uid: one for uid, one in listing.present(association, references).items() if one}

    def _not_offered(self) -> NotOffered:
        return NotOffered("This archive cannot share claims", where=self._pool.route.name)
