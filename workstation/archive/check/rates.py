"""How long small requests take, and how much comes down and goes up, with what an archive really does.

Down: real instances, as a reader's would come, over and over until it is enough to tell.

Up: a STOW-RS request whose one part is noise. An archive reads it whole and then can only refuse it: there is
no object in it that could be kept, overwritten or listed. To store again what is already there would be
no such thing: archives keep a second version, or change the first. Its server may write a line about it in
its log. An archive that refuses before reading is not measured, and said so.

Units:   seconds, bytes.
Errors:  those of the archive; Cancelled; NotOffered where nothing could be measured.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import requests

from workstation.archive.check.measured import MeasuredLatency, MeasuredRate
from workstation.archive.errors import ArchiveError, NotAllowed, NotOffered
from workstation.archive.model import Query, TlsRules, Wanted
from workstation.archive.protocols import Connection, Images
from workstation.archive.session import session_to
from workstation.clock import Clock
from workstation.errors import Cancelled

REQUESTS: Final = 30
LOST_IN_A_ROW: Final = 3
ENOUGH_SECONDS: Final = 3.0
ENOUGH_BYTES: Final = 64_000_000
_PIECE_BYTES: Final = 256 * 1024  # more than a compressing tunnel looks back
_STUDIES_LOOKED_AT: Final = 5
_SILENCE_SECONDS: Final = 30.0

_NOT_FOR_US: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_READ_AND_REFUSED: Final = frozenset(
    {
        HTTPStatus.OK,
        HTTPStatus.ACCEPTED,
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.INTERNAL_SERVER_ERROR,
    }
)


@dataclass(frozen=True, slots=True)
class Watch:
    """What every measurement looks at: the time, and whether a person has had enough."""

    clock: Clock
    cancelled: Callable[[], bool] = lambda: False
    share: Callable[[float], object] = field(default=lambda _: None)  # told how much of the step is done

    def go_on(self, share: float) -> None:
        """Tell how far it is, and stop if that is wished."""
        self.share(min(1.0, share))
        if self.cancelled():
            raise Cancelled("The connection check was cancelled")


def latency(connection: Connection, watch: Watch, count: int = REQUESTS) -> MeasuredLatency:
    """Time small signed-in requests; a few in a row that fail end it with their error."""
    taken: list[float] = []
    lost = in_a_row = 0
    for index in range(count):
        watch.go_on(index / count)
        began = watch.clock.monotonic()
        try:
            connection.echo()
        except ArchiveError:
            lost, in_a_row = lost + 1, in_a_row + 1
            if in_a_row >= LOST_IN_A_ROW:
                raise
        else:
            in_a_row = 0
            taken.append(watch.clock.monotonic() - began)
    return MeasuredLatency(tuple(taken), lost)


def largest_series(images: Images) -> Wanted:
    """Return the series with the most instances among a few studies: something worth to be retrieved."""
    found = images.search(Query(limit=_STUDIES_LOOKED_AT)).studies[:_STUDIES_LOOKED_AT]
    listed = [images.metadata(study.study.uid) for study in found]
    series = [(study.study.uid, one) for study in listed for one in study.series if one.instances]
    if not series:
        raise _nothing()
    study_uid, largest = max(series, key=lambda pair: len(pair[1].instances))
    return Wanted(study_uid, largest.series.uid)


def download(images: Images, wanted: Wanted, watch: Watch) -> MeasuredRate:
    """Retrieve something, over and over, until it is enough."""
    began, count = watch.clock.monotonic(), 0
    while True:
        before = count
        for size in _sizes(images, wanted):
            count += size
            if _is_enough(count, began, watch):
                return MeasuredRate(count, watch.clock.monotonic() - began)
        if count == before:
            raise _nothing()


def upload(url: str, rules: TlsRules, headers: Mapping[str, str], watch: Watch) -> MeasuredRate:
    """Send noise to a DICOMweb archive, until it is enough, and wait for it to be refused."""
    noise = _Noise(watch)
    began = watch.clock.monotonic()
    with session_to(url, rules) as session:
        try:
            with session.post(
                f"{url.rstrip('/')}/studies",
                data=iter(noise),
                headers={**headers, "Content-Type": noise.content_type, "Accept": "application/dicom+json"},
                timeout=_SILENCE_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as answer:
                status, seconds = answer.status_code, watch.clock.monotonic() - began
        except requests.RequestException:
            status, seconds = 0, 0.0
    if status in _NOT_FOR_US:
        raise NotAllowed("The upload could not be measured: this account may not store here")
    if status not in _READ_AND_REFUSED or not noise.is_sent:
        raise NotOffered(
            "The upload could not be measured: the archive did not read what was sent",
            where=urlsplit(url).netloc,
        )
    return MeasuredRate(noise.count, seconds)


class _Noise:
    """A request's body: one part that is no object, as long as it takes."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._boundary = os.urandom(16).hex()
        self.content_type = f'multipart/related; type="application/dicom"; boundary={self._boundary}'
        self.count = 0
        self.is_sent = False

    def __iter__(self) -> Iterator[bytes]:
        piece, began = os.urandom(_PIECE_BYTES), self._watch.clock.monotonic()
        yield f"--{self._boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        while not _is_enough(self.count, began, self._watch):
            yield piece
            self.count += len(piece)
        yield f"\r\n--{self._boundary}--\r\n".encode()
        self.is_sent = True


def _is_enough(count: int, began: float, watch: Watch) -> bool:
    elapsed = watch.clock.monotonic() - began
    watch.go_on(max(count / ENOUGH_BYTES, elapsed / ENOUGH_SECONDS))
    return count >= ENOUGH_BYTES or elapsed >= ENOUGH_SECONDS


def _nothing() -> NotOffered:
    return NotOffered("The archive gave nothing to measure the download with")


def _sizes(images: Images, wanted: Wanted) -> Iterator[int]:
    """Yield the sizes of the pieces that come; the connection is dropped where it is left early."""
    with closing(images.retrieve(wanted)) as answer:
        for part in answer:
            yield from map(len, part)
