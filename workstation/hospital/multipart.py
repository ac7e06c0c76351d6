"""multipart/related, written and read: every part with its headers, the closing delimiter always.

Errors:  Refused (400) for a body that isn't whole or isn't in form.
Source:  RFC 2046 5.1, RFC 2387; PS3.18 8.6.1.2.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from typing import Final

from workstation.hospital.exchange import Answer, Piece, Refused
from workstation.hospital.media_types import RELATED

_LINE: Final = b"\r\n"


@dataclass(frozen=True, slots=True)
class Part:
    """A part that was received."""

    headers: Message
    body: memoryview


def written(parts: Iterable[tuple[str, str, Piece]], media_type: str) -> Answer:
    """Return parts, each with its type, its location and its body, as an answer of parts of one type."""
    boundary = secrets.token_hex(16)
    pieces: list[Piece] = []
    for number, (kind, location, body) in enumerate(parts):
        head = f"Content-Type: {kind}\r\nContent-Location: {location}\r\n\r\n"
        pieces += [f"{'' if number == 0 else _LINE.decode()}--{boundary}\r\n{head}".encode(), body]
    pieces.append(f"\r\n--{boundary}--\r\n".encode())
    return Answer(200, tuple(pieces), f'{RELATED}; type="{media_type}"; boundary={boundary}')


def read(body: bytes, boundary: str) -> list[Part]:
    """Return the parts of a body that was received."""
    delimiter = _LINE + b"--" + boundary.encode("latin-1", "replace")
    whole = memoryview(body)
    start = body.find(delimiter[2:])
    if not boundary or (start != 0 and body[start - 2 : start] != _LINE):
        raise Refused(400, "The body has no part")
    position, parts = start + len(delimiter) - 2, []
    while body[position : position + 2] != b"--":
        end = body.find(delimiter, position)
        head_end = body.find(_LINE + _LINE, position)
        if end < 0:
            raise Refused(400, "The body ends before its closing delimiter")
        if not 0 <= head_end < end or body[position : position + 2] != _LINE:
            raise Refused(400, "A part of the body has no header")
        headers = HeaderParser().parsestr(bytes(whole[position + 2 : head_end]).decode("latin-1"))
        parts.append(Part(headers, whole[min(head_end + 4, end) : end]))
        position = end + len(delimiter)
    return parts
