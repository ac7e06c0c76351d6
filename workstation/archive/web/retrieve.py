"""WADO-RS: studies, series, instances and frames as the archive holds them, pictures as it renders them.

Exactly one media range is asked for: some archives understand a list wrongly, others the last of it alone.
``transfer-syntax=*`` asks for the bytes as they are stored. What an archive doesn't give as a whole is
fetched piece by piece.

Errors:  Truncated where an answer ends early: what was whole before is good. BadAnswer for other things than
         were asked for, or frames too many or too few.
Source:  PS3.18 8.7.3.3.2 (media types of multipart), 10.4 (retrieve transaction), 10.4.1.1.5 (thumbnails).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Final

from workstation.archive.errors import BadAnswer, NotOffered, NotThere, Refused, Truncated
from workstation.archive.model import Wanted
from workstation.archive.protocols import Part
from workstation.archive.web.capabilities import Capabilities
from workstation.archive.web.json_model import text
from workstation.archive.web.media_types import MediaType, media_type
from workstation.archive.web.metadata import instances_of_series, series_of_study
from workstation.archive.web.multipart import BodyPart, parts
from workstation.archive.web.paths import wanted_path
from workstation.archive.web.statuses import bad_answer
from workstation.archive.web.transport import Ask, Reply, Transport

FILE: Final = "application/dicom"
ANY_SYNTAX: Final = "transfer-syntax=*"
PARTIAL: Final = 206

_FRAME: Final = "application/octet-stream"
_FRAME_KINDS: Final = ("application/octet-stream", "image/", "video/")
_FRAME_PLACE: Final = re.compile(r"/frames/(\d{1,9})/?$")
_JPEG: Final = "image/jpeg"
_JPEG_START: Final = b"\xff\xd8\xff"
_MOST_THUMBNAIL: Final = 1 << 23
_FRAMES_AT_ONCE: Final = 200  # they stand in the path, which servers take up to 8 kB of


def retrieve(transport: Transport, traits: Capabilities, wanted: Wanted) -> Generator[Part, None, None]:
    """Yield what is wanted; closing the generator drops the connection."""
    for one in _pieces(transport, traits, wanted):
        yield from _answer(transport, traits, one)


def thumbnail(transport: Transport, traits: Capabilities, wanted: Wanted, side: int) -> bytes:
    """Return a JPEG of at most that many pixels a side."""
    if not (traits.thumbnails or traits.rendered):
        raise NotOffered("The archive renders no pictures", where=transport.where)
    one = wanted if traits.thumbnails or wanted.uid else _some_instance(transport, traits, wanted)
    path = f"{wanted_path(one)}/{'thumbnail' if traits.thumbnails else 'rendered'}"
    try:
        with transport.send(Ask(path, f"viewport={side},{side}", accept=_JPEG, packed=False)) as reply:
            picture = reply.whole(_MOST_THUMBNAIL) if reply.media_type.name == _JPEG else b""
    except Refused as refusal:
        raise NotOffered("The archive renders no picture of this", where=transport.where) from refusal
    if not picture.startswith(_JPEG_START):
        raise BadAnswer("The archive sent something else than a picture", where=transport.where)
    return picture


class _Coming:
    """A part on its way."""

    def __init__(self, body: BodyPart | Iterator[memoryview], kind: MediaType, frame: int | None) -> None:
        self.length = body.length if isinstance(body, BodyPart) else None
        self.transfer_syntax = kind.get("transfer-syntax")
        self.frame = frame
        self._body = iter(body)

    @property
    def is_file(self) -> bool:
        return self.frame is None

    def __iter__(self) -> Iterator[memoryview]:
        return self._body


class _Alone(_Coming):
    """The only part of an answer without an envelope."""

    def __init__(self, reply: Reply, frame: int | None) -> None:
        super().__init__((memoryview(chunk) for chunk in reply.chunks()), reply.media_type, frame)
        self.length = reply.length


def _pieces(transport: Transport, traits: Capabilities, wanted: Wanted) -> Iterator[Wanted]:
    """Yield what has to be asked for one after the other, so that all of what is wanted comes."""
    if wanted.frames:
        for start in range(0, len(wanted.frames), _FRAMES_AT_ONCE):
            yield replace(wanted, frames=wanted.frames[start : start + _FRAMES_AT_ONCE])
    elif wanted.uid or (wanted.series_uid and traits.series_retrieve):
        yield wanted
    elif wanted.series_uid:
        found = 0
        for uid in instances_of_series(transport, traits, wanted.study_uid, wanted.series_uid):
            found += 1
            yield Wanted(wanted.study_uid, wanted.series_uid, uid)
        if not found:
            raise NotThere("The archive has no such series", where=transport.where)
    elif traits.study_retrieve:
        yield wanted
    else:
        for one in _series(transport, traits, wanted.study_uid):
            yield from _pieces(transport, traits, one)


def _series(transport: Transport, traits: Capabilities, study_uid: str) -> list[Wanted]:
    found = [
        Wanted(study_uid, text(item, "SeriesInstanceUID"))
        for item in series_of_study(transport, traits, study_uid)
    ]
    if not found:
        raise NotThere("The archive has no such study", where=transport.where)
    return found


def _some_instance(transport: Transport, traits: Capabilities, wanted: Wanted) -> Wanted:
    """Return the first instance of what is wanted."""
    series = wanted if wanted.series_uid else _series(transport, traits, wanted.study_uid)[0]
    uid = next(instances_of_series(transport, traits, series.study_uid, series.series_uid), "")
    if not uid:
        raise NotThere("The archive has no such series", where=transport.where)
    return Wanted(series.study_uid, series.series_uid, uid)


def _accept(traits: Capabilities, wanted: Wanted) -> str:
    syntax = f"; {ANY_SYNTAX}" if traits.any_syntax else ""
    if wanted.uid and not wanted.frames and traits.single_part:
        return f"{FILE}{syntax}"
    return f'multipart/related; type="{_FRAME if wanted.frames else FILE}"{syntax}'


def _answer(transport: Transport, traits: Capabilities, wanted: Wanted) -> Iterator[Part]:
    ask = Ask(
        wanted_path(wanted), accept=_accept(traits, wanted), packed=False, accepts=frozenset({200, PARTIAL})
    )
    with transport.send(ask) as reply:
        if reply.media_type.name == "multipart/related":
            yield from _parts(reply, wanted)
        elif _is_kind(reply.media_type.name, wanted) and len(wanted.frames) <= 1:
            yield from _single(reply, wanted)
        else:
            raise bad_answer("Something else came than images", reply.where)
        if reply.status == PARTIAL:
            raise Truncated("The archive gave only a part of what was asked for", where=reply.where)


def _single(reply: Reply, wanted: Wanted) -> Iterator[Part]:
    one = _Alone(reply, wanted.frames[0] if wanted.frames else None)
    yield one
    for _ in one:
        pass  # what wasn't asked for: only then a cut shows


def _parts(reply: Reply, wanted: Wanted) -> Iterator[Part]:
    outer = reply.media_type
    missing = list(wanted.frames)
    for part in parts(reply.chunks(), outer.get("boundary"), reply.where):
        kind = media_type(part.headers.get("content-type", outer.get("type")))
        if not _is_kind(kind.name, wanted):
            raise BadAnswer("A part of another kind came than was asked for", where=reply.where)
        one = _Coming(part, kind, _frame(part, missing, reply.where) if wanted.frames else None)
        one.transfer_syntax = one.transfer_syntax or outer.get("transfer-syntax")
        yield one
    if missing:
        raise BadAnswer("Fewer frames came than were asked for", where=reply.where)


def _frame(part: BodyPart, missing: list[int], where: str) -> int:
    """Return which frame it is: the one that its headers name, or else the next of those asked for."""
    named = _FRAME_PLACE.search(part.headers.get("content-location", ""))
    frame = int(named[1]) - 1 if named else next(iter(missing), -1)
    if frame not in missing:
        raise BadAnswer("Other frames came than were asked for", where=where)
    missing.remove(frame)
    return frame


def _is_kind(name: str, wanted: Wanted) -> bool:
    return name.startswith(_FRAME_KINDS) if wanted.frames else name == FILE
