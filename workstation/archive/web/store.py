"""STOW-RS: objects to the archive in small batches, each settled alone; and whether it says that it has them.

The parts carry ``Content-Type: application/dicom`` and nothing else unless the traits say so: some archives
answer 200 and keep nothing where a transfer syntax stands beside it. Nothing is packed, for the same reason.
A batch that is refused as a whole is sent again one by one, so that one bad object doesn't hold up others;
what is sent twice keeps its UID and is stored once.

Errors:  of the first batch only; after it, whatever wasn't sent is answered as "later". NotOffered where
         the archive takes nothing at all.
Source:  PS3.18 10.5 (store transaction), RFC 2387.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from workstation.archive.errors import ArchiveError, Interrupted, NotOffered, NotThere
from workstation.archive.model import Outgoing, Reference, StoreAnswer
from workstation.archive.web import native_xml, store_answers
from workstation.archive.web.capabilities import Capabilities
from workstation.archive.web.json_model import Item, items_of, text
from workstation.archive.web.listing import Listing
from workstation.archive.web.paths import any_of, study_path
from workstation.archive.web.statuses import bad_answer
from workstation.archive.web.transport import Ask, Reply, Transport

_SLICE: Final = 1 << 18
_MOST_ANSWER: Final = 1 << 24
_TOO_LARGE: Final = 413
_NOT_OFFERED: Final = frozenset({404, 405, 501})
_ERRORS: Final = frozenset({401, 403, 408, 425, 429, 503, 511})  # they concern no object
_ACCEPTS: Final = frozenset({*range(200, 300), *range(400, 600)}) - _ERRORS
_AT_ONCE: Final = 20  # UIDs in one question


def store(transport: Transport, traits: Capabilities, objects: Sequence[Outgoing]) -> tuple[StoreAnswer, ...]:
    """Send objects; answer for each of them alone."""
    answers: dict[str, StoreAnswer] = {}
    batches = list(_batches(objects, traits))
    for number, batch in enumerate(batches):
        try:
            answers |= _stored(transport, traits, batch)
        except ArchiveError as error:
            if number == 0:
                raise
            if isinstance(error, Interrupted):
                answers |= {one.uid: store_answers.unsaid(one.uid) for one in batch}
            waiting = [one for left in batches[number:] for one in left if one.uid not in answers]
            answers |= {one.uid: store_answers.later(one.uid, error.what) for one in waiting}
            break
    return tuple(answers[one.uid] for one in objects)


def verify(transport: Transport, traits: Capabilities, references: Sequence[Reference]) -> frozenset[str]:
    """Return the UIDs that the archive says it has."""
    series: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in references:
        series[one.study_uid, one.series_uid].append(one.uid)
    here: set[str] = set()
    for (study_uid, series_uid), uids in series.items():
        path = f"{study_path(study_uid, series_uid)}/instances"
        for start in range(0, len(uids), _AT_ONCE):
            asked = uids[start : start + _AT_ONCE]
            here |= _present(transport, traits, path, asked)
            for uid in asked if len(asked) > 1 else ():
                if uid not in here:  # it may be that the archive doesn't match lists
                    here |= _present(transport, traits, path, [uid])
    return frozenset(here)


def _present(transport: Transport, traits: Capabilities, path: str, uids: Sequence[str]) -> set[str]:
    listing = Listing(transport, traits, path, "SOPInstanceUID", any_of("SOPInstanceUID", uids))
    try:
        return {uid for item in listing if (uid := text(item, "SOPInstanceUID")) in uids}
    except NotThere:
        return set()


def _batches(objects: Sequence[Outgoing], traits: Capabilities) -> Iterator[list[Outgoing]]:
    batch: list[Outgoing] = []
    size = 0
    for one in objects:
        if batch and (len(batch) >= traits.store_count or size + one.data.nbytes > traits.store_bytes):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += one.data.nbytes
    if batch:
        yield batch


def _stored(transport: Transport, traits: Capabilities, batch: Sequence[Outgoing]) -> dict[str, StoreAnswer]:
    """Send one batch; what a refusal leaves open is sent again, in smaller ones."""
    status, found = _sent(transport, traits, batch)
    if status in _NOT_OFFERED and not found:
        raise NotOffered("The archive takes no objects", where=transport.where)
    open_ones = [one for one in batch if one.uid not in found]
    if not 400 <= status < 500:
        return found | {one.uid: store_answers.unsaid(one.uid) for one in open_ones}
    if len(batch) == 1:
        return found or {batch[0].uid: store_answers.refused(batch[0].uid, status)}
    step = max(1, len(batch) // 2) if status == _TOO_LARGE else 1
    for start in range(0, len(open_ones), step):
        found |= _stored(transport, traits, open_ones[start : start + step])
    return found


def _sent(
    transport: Transport, traits: Capabilities, batch: Sequence[Outgoing]
) -> tuple[int, dict[str, StoreAnswer]]:
    """Return the status, and what the answer says of each object that it mentions."""
    envelope = Envelope(batch, with_syntax=traits.store_syntax)
    ask = Ask(
        "studies",
        method="POST",
        body=envelope,
        content_type=envelope.content_type,
        packed=False,
        accepts=_ACCEPTS,
    )
    with transport.send(ask) as reply:
        return reply.status, store_answers.settled(_answer(reply), batch)


def _answer(reply: Reply) -> Item:
    """Return what an answer says; nothing, if it can't be read."""
    kind = reply.media_type.name
    if kind == "text/html" and reply.status < 300:
        raise bad_answer("Something answered that isn't an archive", reply.where)
    if kind.endswith("json"):
        try:
            found = items_of(reply.json(), reply.where)
        except Interrupted:
            raise
        except ArchiveError:
            return {}
        return found[0] if found else {}
    try:
        return native_xml.item_of(reply.whole(_MOST_ANSWER)) if kind.endswith("xml") else {}
    except ValueError:
        return {}


class Envelope:
    """Objects as multipart/related, whose length is known and whose bytes are sent from where they lie."""

    def __init__(self, objects: Sequence[Outgoing], *, with_syntax: bool) -> None:
        boundary = secrets.token_hex(16)
        self.content_type = f'multipart/related; type="application/dicom"; boundary={boundary}'
        self._pieces: list[memoryview] = []
        for number, one in enumerate(objects):
            syntax = f"; transfer-syntax={one.transfer_syntax}" if with_syntax else ""
            lead = "\r\n" if number else ""
            head = f"{lead}--{boundary}\r\nContent-Type: application/dicom{syntax}\r\n\r\n"
            self._pieces += [memoryview(head.encode()), one.data.cast("B")]
        self._pieces.append(memoryview(f"\r\n--{boundary}--\r\n".encode()))

    def __len__(self) -> int:
        return sum(piece.nbytes for piece in self._pieces)

    def __iter__(self) -> Iterator[memoryview]:
        for piece in self._pieces:
            for start in range(0, len(piece), _SLICE):
                yield piece[start : start + _SLICE]
