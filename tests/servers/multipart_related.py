"""Bodies of several parts, taken apart and put together for servers that run in tests.

Source:  RFC 2387, RFC 2046 section 5.1.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

_BOUNDARY: Final = re.compile(r'boundary="?([^";]+)')


@dataclass(frozen=True)
class Section:
    """A part: its headers by lower-case names, and its bytes."""

    headers: Mapping[str, str] = field(default_factory=dict)
    data: bytes = b""


def boundary_of(content_type: str) -> str:
    """Return the boundary that a Content-Type names, "" if none."""
    found = _BOUNDARY.search(content_type)
    return found[1] if found else ""


def apart(body: bytes, boundary: str) -> tuple[list[Section], bool]:
    """Return the parts of a body, and whether its last boundary stands where it has to."""
    pieces = (b"\r\n" + body).split(f"\r\n--{boundary}".encode())
    is_ended = pieces[-1].startswith(b"--")
    return [_section(piece) for piece in pieces[1 : -1 if is_ended else None]], is_ended


def together(sections: Iterable[Section], boundary: str) -> bytes:
    """Return a body of these parts, with headers as they are given."""
    pieces = [b"".join((opening(one.headers, boundary), one.data, b"\r\n")) for one in sections]
    return b"".join((*pieces, closing(boundary)))


def opening(headers: Mapping[str, str], boundary: str) -> bytes:
    """Return what stands before a part's bytes."""
    lines = [f"--{boundary}", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode()


def closing(boundary: str) -> bytes:
    """Return what stands after the last part."""
    return f"--{boundary}--\r\n".encode()


def next_head(stream: BinaryIO) -> dict[str, str] | None:
    """Read up to a part's bytes and return its headers by lower-case names; None after the last part."""
    line = stream.readline()
    while line.strip() == b"":
        if not line:
            raise OSError("a body ends before its last boundary")
        line = stream.readline()
    if line.rstrip().endswith(b"--"):
        return None
    headers = {}
    while line := stream.readline().strip():
        name, _, value = line.decode().partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers


def _section(piece: bytes) -> Section:
    head, _, data = piece.partition(b"\r\n\r\n")
    lines = [line.partition(":") for line in head.decode().split("\r\n") if line]
    return Section({name.strip().lower(): value.strip() for name, _, value in lines}, data)
