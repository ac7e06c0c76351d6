"""The bytes between this process and a worker: a length, then JSON; file descriptors ride beside.

A reply comes from a process that may have been taken over by the file it read. It is only data: its
length is capped before it is taken in, it is strict JSON of bounded depth, and nothing in it is
ever run.

Units:   a message is a 4-byte big-endian length and that many bytes of UTF-8.
Errors:  OutOfForm for whatever does not follow these rules.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator, Mapping
from typing import Any, Final, Never, TypeAlias

from workstation.workers.job import Json

LENGTH: Final = struct.Struct(">I")
REQUEST_BYTES: Final = 64 << 10  # fits a socket's buffer whole: sending to an idle worker never waits
DEPTH: Final = 32
_RECEIVE_BYTES: Final = 256 << 10

Message: TypeAlias = dict[str, Json]


class OutOfForm(ValueError):
    """The other side does not speak as agreed."""


def encode(message: Mapping[str, Json]) -> bytes:
    """Return a message as it goes over the socket; ValueError for NaN, TypeError for what JSON lacks."""
    text = json.dumps(message, allow_nan=False, separators=(",", ":")).encode()
    return LENGTH.pack(len(text)) + text


def decode(text: bytes | bytearray) -> Message:
    """Return the message in ``text``, its length already taken off."""
    try:
        message = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise OutOfForm("not JSON") from error
    if not isinstance(message, dict):
        raise OutOfForm("not an object")
    _refuse_depth(message)
    return message


class Inbox:
    """Bytes as they arrive, cut into messages."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = bytearray()

    def receive(self, channel: socket.socket) -> bool:
        """Take in what a non-blocking channel has, at most one helping; False when the other end is gone."""
        try:
            piece = channel.recv(_RECEIVE_BYTES)
        except BlockingIOError:
            return True
        except OSError:
            return False
        self._bytes += piece
        return bool(piece)

    def messages(self) -> Iterator[Message]:
        """Yield the messages that are whole."""
        while len(self._bytes) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(self._bytes)
            if length > self._limit:
                raise OutOfForm(f"a reply of {length} bytes, allowed are {self._limit}")
            end = LENGTH.size + length
            if len(self._bytes) < end:
                return
            text = self._bytes[LENGTH.size : end]
            del self._bytes[:end]
            yield decode(text)


def _refuse_constant(name: str) -> Never:
    raise ValueError(f"{name} is not JSON")


def _refuse_depth(message: Message) -> None:
    level: list[Any] = [message]
    for _ in range(DEPTH):
        level = [value for held in level for value in _values(held) if isinstance(value, dict | list)]
        if not level:
            return
    raise OutOfForm(f"nested deeper than {DEPTH}")


def _values(held: dict[str, Any] | list[Any]) -> Any:  # noqa: ANN401  whatever JSON holds
    return held.values() if isinstance(held, dict) else held
