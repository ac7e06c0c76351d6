"""WADO-RS for what lacks of a large instance: the bytes that follow, or single frames.

Frames continue a file whose last element is its pixels. Where the file's length doesn't prove that, its
metadata are asked. Bytes continue the file that is here: the last of those here come once more, as proof.

Errors:  NotOffered where it can't be continued, those of ``retrieve``. Differs for another file's bytes.
Source:  RFC 9110 section 14 (range requests), PS3.18 10.4 (retrieve transaction).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Final

from workstation.archive.errors import NotOffered, NotThere, Truncated
from workstation.archive.protocols import Part
from workstation.archive.unfinished import Begun, Differs
from workstation.archive.web.capabilities import Capabilities
from workstation.archive.web.json_model import items_of
from workstation.archive.web.paths import wanted_path
from workstation.archive.web.retrieve import ANY_SYNTAX, FILE, PARTIAL, retrieve
from workstation.archive.web.transport import Ask, Reply, Transport

_OVERLAP: Final = 1 << 12
_PLACE: Final = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
_PIXEL_DATA: Final = "7FE00010"


def rest(transport: Transport, traits: Capabilities, begun: Begun) -> Generator[Part, None, None]:
    """Yield what lacks, for ``Begun.take``; closing the generator drops the connection."""
    if traits.ranges:
        with suppress(NotOffered):  # it could do so when it was probed
            yield from _following(transport, begun)
            return
    try:
        yield from _frames(transport, traits, begun)
    except NotThere as missing:  # frames or metadata are; whether the instance is, will be seen
        raise NotOffered("The archive gives no frames of this", where=transport.where) from missing


def _frames(transport: Transport, traits: Capabilities, begun: Begun) -> Iterator[Part]:
    if begun.ends_with_pixels is False or (begun.ends_with_pixels is None and _goes_on(transport, begun)):
        raise NotOffered("More follows the frames than frames can bring", where=transport.where)
    for frames in begun.batches():
        yield from retrieve(transport, traits, replace(begun.wanted, frames=frames))


class _Bytes:
    """The bytes of a file from somewhere on."""

    transfer_syntax = ""
    is_file = True
    frame: int | None = None

    def __init__(self, chunks: Iterator[memoryview], length: int) -> None:
        self.length: int | None = length
        self._chunks = chunks

    def __iter__(self) -> Iterator[memoryview]:
        return self._chunks


def _following(transport: Transport, begun: Begun) -> Iterator[Part]:
    here = len(begun.data)
    again = bytes(begun.data[-_OVERLAP:])
    ask = Ask(
        wanted_path(begun.wanted),
        accept=f"{FILE}; {ANY_SYNTAX}",
        packed=False,
        part=f"bytes={here - len(again)}-",
        accepts=frozenset({200, PARTIAL}),
    )
    with transport.send(ask) as reply:
        end = _end(reply, here - len(again))
        if begun.length not in (None, end):
            raise Differs("The archive has another file than the one that is here", where=reply.where)
        yield _Bytes(_behind(reply, again, end - here), end - here)


def _end(reply: Reply, start: int) -> int:
    """Return how long the whole file is, of which an answer brings the end."""
    place = _PLACE.fullmatch(reply.headers.get("Content-Range", "").strip())
    if reply.status != PARTIAL or reply.media_type.name != FILE or place is None:
        raise NotOffered("The archive gives no parts of a file", where=reply.where)
    first, last, length = (int(one) for one in place.groups())
    if first != start or last + 1 != length:
        raise NotOffered("The archive gives another part of a file than was asked for", where=reply.where)
    return length


def _behind(reply: Reply, again: bytes, length: int) -> Iterator[memoryview]:
    """Yield what comes behind the bytes that are here already."""
    came = 0
    for chunk in reply.chunks():
        known = again[came : came + len(chunk)]
        if not chunk.startswith(known):
            raise Differs("The archive has another file than the one that is here", where=reply.where)
        came += len(chunk)
        if len(chunk) > len(known):
            yield memoryview(chunk)[len(known) :]
    if came != len(again) + length:
        raise Truncated("The answer ended too early", where=reply.where)


def _goes_on(transport: Transport, begun: Begun) -> bool:
    """Say whether the metadata name something that follows the pixels; without any, it may be."""
    ask = Ask(f"{wanted_path(begun.wanted)}/metadata")
    items = items_of(transport.json(ask), transport.where)
    return not items or any(tag.upper() > _PIXEL_DATA for item in items for tag in item)
