"""An answer on its way: its chunks as they come, or the whole of it, and a cut that never passes for an end.

| body                    | a cut shows by                          |
|-------------------------|-----------------------------------------|
| with a Content-Length   | fewer bytes                             |
| chunked                 | the missing last chunk                  |
| gzip                    | the missing end of the stream           |
| ended by closing        | nothing here: by what the bytes mean    |

An answer that dribbles is given up, even if no single wait is long: ``Patience.slowest`` bytes a second have
to come on the whole. Only waiting for the line counts, not what the reader of the chunks does meanwhile.

Units:   bytes, seconds.
Errors:  Truncated for a cut, Interrupted if our side dropped the line, BadAnswer for what is no archive's.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from requests import Response
from urllib3.exceptions import HTTPError

from workstation.archive.errors import ArchiveError, BadAnswer, Interrupted, Truncated
from workstation.archive.web.lines import Lines
from workstation.archive.web.media_types import MediaType, media_type
from workstation.archive.web.statuses import bad_answer

CHUNK: Final = 1 << 18
MOST_JSON: Final = 1 << 28  # metadata of 10,000 slices are a tenth of it
_MOST_LEFT_OVER: Final = 1 << 16  # read to the end so that a connection can serve again
_JSON: Final = ("application/dicom+json", "application/json")
_TROUBLE: Final = (HTTPError, OSError, http.client.HTTPException, ValueError)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the other side may take."""

    connect: float = 5.0  # until a connection stands
    idle: float = 30.0  # between two signs of life
    grace: float = 60.0  # that waiting may take in all, whatever the size …
    slowest: float = 16_384.0  # … and then so many bytes a second have to have come


class Reply:
    """One answer; to be closed, which drops its connection unless it was read to the end."""

    def __init__(
        self,
        response: Response,
        lines: Lines,
        patience: Patience,
        where: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._where = where
        self._response = response
        self._lines = lines
        self._patience = patience
        self._clock = clock

    @property
    def where(self) -> str:
        """Return who answered, for messages."""
        return self._where

    @property
    def media_type(self) -> MediaType:
        """Return what the body is."""
        return media_type(self.headers.get("Content-Type", ""))

    @property
    def length(self) -> int | None:
        """Return how many bytes are to come, None if that isn't said (or they are compressed)."""
        text = self.headers.get("Content-Length", "").strip()
        is_plain = not self._encoding and "Transfer-Encoding" not in self.headers
        return int(text) if is_plain and text.isascii() and text.isdigit() and len(text) < 20 else None

    def chunks(self) -> Iterator[bytes]:
        """Yield the body, decoded, piece by piece as it comes."""
        coming = self._coming()
        if not self._encoding:
            return coming
        if self._encoding in ("gzip", "x-gzip", "deflate"):
            return self._inflated(coming)
        raise BadAnswer("The answer is packed in a way that wasn't asked for", where=self._where)

    def whole(self, most: int) -> bytes:
        """Return the whole body, if it is no larger than that."""
        parts, size = [], 0
        for chunk in self.chunks():
            size += len(chunk)
            if size > most:
                raise BadAnswer("The answer is larger than such an answer can be", where=self._where)
            parts.append(chunk)
        return b"".join(parts)

    def json(self) -> Any:  # noqa: ANN401  whatever came
        """Return the body's JSON; None for an empty body."""
        if self.status == 204:
            return None
        if self.media_type.name not in _JSON:
            raise bad_answer("Something answered that isn't an archive", self._where)
        body = self.whole(MOST_JSON)
        try:
            return json.loads(body) if body.strip() else None
        except (ValueError, RecursionError) as error:
            if _is_cut(body, error):
                raise Truncated("The answer ended too early", where=self._where) from None
            raise BadAnswer("The answer can't be read", where=self._where) from None

    def discard(self) -> None:
        """Read what little is left, so that the connection can serve again, and close."""
        size = 0
        with contextlib.suppress(ArchiveError):
            for chunk in self._coming():
                size += len(chunk)
                if size > _MOST_LEFT_OVER:
                    break
        self.close()

    def close(self) -> None:
        """Give the answer up; its connection is dropped unless it was read to the end."""
        self._response.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _encoding(self) -> str:
        named = self.headers.get("Content-Encoding", "").strip().lower()
        return "" if named == "identity" else named

    def _coming(self) -> Iterator[bytes]:
        read = self._response.raw.read1
        waited, came = 0.0, 0
        while True:
            asked = self._clock()
            try:
                chunk = read(CHUNK, decode_content=False)
            except _TROUBLE as error:
                raise self._cut(error) from None
            waited += self._clock() - asked
            if not chunk:
                break
            came += len(chunk)
            if waited > self._patience.grace + came / self._patience.slowest:
                raise Truncated("The answer came too slowly and was given up", where=self._where)
            yield chunk
        if self._lines.closed:  # an end by closing is the other side's to make
            raise self._dropped()

    def _cut(self, error: Exception) -> Interrupted:
        if self._lines.closed:
            return self._dropped()
        del error  # its text may quote the request
        return Truncated("The connection broke off in the middle of an answer", where=self._where)

    def _dropped(self) -> Interrupted:
        return Interrupted("The connection to the archive was closed here", where=self._where)

    def _inflated(self, coming: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the plain bytes of a gzip or deflate stream, in bounded pieces; its end has to come."""
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
        for chunk in coming:
            waiting = chunk
            while waiting:
                if inflater.eof:  # a further member follows
                    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
                try:
                    plain = inflater.decompress(waiting, CHUNK)
                except zlib.error:
                    raise BadAnswer("The answer can't be unpacked", where=self._where) from None
                if plain:
                    yield plain
                waiting = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        if not inflater.eof:
            raise Truncated("The answer ended too early", where=self._where)


def _is_cut(body: bytes, error: Exception) -> bool:
    """Say whether JSON looks as if its end were missing."""
    if not body.rstrip().endswith((b"]", b"}")):
        return True
    return isinstance(error, json.JSONDecodeError) and error.pos >= len(error.doc.rstrip())
