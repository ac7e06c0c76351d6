"""Reads multipart/related as it comes: part by part, in constant memory, without copying the bytes.

A delimiter is a whole line: ``CRLF--boundary``, perhaps ``--``, perhaps blanks, ``CRLF``. Pixels may hold
anything, the boundary's letters included. The closing delimiter has to come: a body that only ends is cut,
which an answer without a length shows in no other way. A part that tells its length isn't searched; the
delimiter then has to follow where the length says.

Shapes:  ``_Source`` holds one chunk and a position in it; what is handed out are views of the chunk. Only the
         few bytes at the end of a chunk that may begin a delimiter are carried over to the next one.
Errors:  Truncated for a missing end, BadAnswer for headers or lengths that can't be.
Source:  RFC 2046 section 5.1.1, RFC 2387.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from workstation.archive.errors import BadAnswer, Truncated

MOST_HEADERS: Final = 1 << 14  # bytes of one part's headers, or between two delimiters' blanks
MOST_PARTS: Final = 1_000_000
_LONGEST_BOUNDARY: Final = 70  # RFC 2046
_MOST_EPILOGUE: Final = 1 << 16
_BLANKS: Final = b" \t"
_LINE: Final = b"\r\n"


class BodyPart:
    """One part: its headers, by lower-case names, and its bytes, to be asked for once."""

    def __init__(self, headers: Mapping[str, str], body: Iterator[memoryview]) -> None:
        self.headers = headers
        self._body = body

    @property
    def length(self) -> int | None:
        """Return how many bytes it has, None if it doesn't say."""
        return _length(self.headers)

    def __iter__(self) -> Iterator[memoryview]:
        return self._body


def parts(chunks: Iterable[bytes], boundary: str, where: str = "") -> Iterator[BodyPart]:
    """Yield the parts of a body; the rest of one is passed over when the next is asked for."""
    return _Reader(chunks, _checked(boundary, where), where).parts()


class _Source:
    """The chunk that is being read, and what is left of it."""

    def __init__(self, chunks: Iterable[bytes], where: str) -> None:
        self._chunks = iter(chunks)
        self._where = where
        self.chunk = b""
        self.at = 0

    @property
    def left(self) -> int:
        return len(self.chunk) - self.at

    def more(self) -> None:
        """Get a further chunk; what is left of this one stays in front of it."""
        while True:
            following = next(self._chunks, None)
            if following is None:
                raise Truncated("The answer ended before its last part was whole", where=self._where)
            if following:
                break
        self.chunk = self.chunk[self.at :] + following if self.left else following
        self.at = 0

    def ensure(self, count: int) -> None:
        """Have at least so many bytes at hand."""
        while self.left < count:
            self.more()

    def take(self, count: int) -> memoryview:
        """Return so many bytes of those at hand, and go behind them."""
        view = memoryview(self.chunk)[self.at : self.at + count]
        self.at += count
        return view

    def run_out(self, most: int) -> None:
        """Read to the end, if it isn't far."""
        for chunk in self._chunks:
            most -= len(chunk)
            if most < 0:
                return


class _Reader:
    def __init__(self, chunks: Iterable[bytes], boundary: bytes, where: str) -> None:
        self._source = _Source(chunks, where)
        self._delimiter = _LINE + b"--" + boundary
        self._where = where
        self._number = 0  # of the part that is being read; 0: the preamble
        self._inside = True  # its delimiter is still to come
        self._remaining: int | None = None  # bytes of it, where it tells its length

    def parts(self) -> Iterator[BodyPart]:
        source = self._source
        source.more()
        source.chunk = _LINE + source.chunk  # the first delimiter needs no line before it
        while True:
            while self._view() is not None:
                pass  # a preamble, or what wasn't asked for
            if self._is_closing():
                source.run_out(_MOST_EPILOGUE)
                return
            if self._number == MOST_PARTS:
                raise BadAnswer("The answer has more parts than a study can", where=self._where)
            headers = self._headers()
            self._number += 1
            self._inside = True
            self._remaining = _length(headers)
            yield BodyPart(headers, self._body(self._number))

    def _body(self, number: int) -> Iterator[memoryview]:
        while self._number == number and (view := self._view()) is not None:
            yield view

    def _view(self) -> memoryview | None:
        """Return the next bytes of the part; None when they are at an end, and the position is behind it."""
        if not self._inside:
            return None
        return self._searched() if self._remaining is None else self._counted(self._remaining)

    def _searched(self) -> memoryview | None:
        source, delimiter = self._source, self._delimiter
        while True:
            found = source.chunk.find(delimiter, source.at)
            end = found if found >= 0 else self._safe_end()
            if end > source.at:
                return source.take(end - source.at)
            if found < 0:
                source.more()
            elif self._is_line():
                self._passed()
                return None
            else:
                return source.take(len(_LINE))

    def _counted(self, remaining: int) -> memoryview | None:
        source = self._source
        if remaining:
            source.ensure(1)
            view = source.take(min(remaining, source.left))
            self._remaining = remaining - len(view)
            return view
        source.ensure(len(self._delimiter))
        if not source.chunk.startswith(self._delimiter, source.at) or not self._is_line():
            raise BadAnswer("A part of the answer isn't as long as it says", where=self._where)
        self._passed()
        return None

    def _passed(self) -> None:
        self._source.at += len(self._delimiter)
        self._inside = False

    def _safe_end(self) -> int:
        """Return up to where no delimiter can begin in this chunk."""
        chunk, delimiter = self._source.chunk, self._delimiter
        start = max(self._source.at, len(chunk) - len(delimiter) + 1)
        while (start := chunk.find(b"\r", start)) >= 0:
            if delimiter.startswith(chunk[start:]):
                return start
            start += 1
        return len(chunk)

    def _is_line(self) -> bool:
        """Say whether what begins like a delimiter goes on like one: it may be pixels after all."""
        source, offset = self._source, len(self._delimiter)
        source.ensure(offset + 2)
        if source.chunk.startswith(b"--", source.at + offset):
            return True
        while offset < MOST_HEADERS and source.chunk[source.at + offset] in _BLANKS:
            offset += 1
            source.ensure(offset + 2)
        return source.chunk.startswith(_LINE, source.at + offset)

    def _is_closing(self) -> bool:
        """Say whether the delimiter that was passed was the last."""
        self._source.ensure(2)
        return self._source.chunk.startswith(b"--", self._source.at)

    def _headers(self) -> dict[str, str]:
        """Return the headers, and go behind them; what is left of the delimiter's line comes first."""
        source = self._source
        while (end := source.chunk.find(_LINE * 2, source.at)) < 0:
            if source.left > MOST_HEADERS:
                break
            source.more()
        if end < 0 or end - source.at > MOST_HEADERS:
            raise BadAnswer("A part of the answer has headers without end", where=self._where)
        lines = source.chunk[source.at : end].decode("latin-1").split("\r\n")
        source.at = end + 2 * len(_LINE)
        return _fields(lines)


def _fields(lines: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if line[:1] in (" ", "\t") and name:  # a folded line
            found[name] += " " + line.strip()
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower() if colon else ""
        if name:
            found[name] = value.strip()
    return found


def _length(headers: Mapping[str, str]) -> int | None:
    text = headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _checked(boundary: str, where: str) -> bytes:
    if (
        not boundary
        or not boundary.isascii()
        or not boundary.isprintable()
        or len(boundary) > _LONGEST_BOUNDARY
    ):
        raise BadAnswer("The answer doesn't say where its parts end", where=where)
    return boundary.encode()
