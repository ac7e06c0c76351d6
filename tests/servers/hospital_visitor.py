"""Somebody who asks a hospital by plain HTTP: the standard library's client, and its reader of multipart."""

from __future__ import annotations

import email.parser
import email.policy
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

DATA: Final = Path(__file__).parents[2] / "resources" / "demo"
FILES: Final = 'multipart/related; type="application/dicom"; transfer-syntax=*'
_PATIENCE: Final = 60.0


@dataclass(frozen=True)
class Reply:
    """What was answered."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return the body as JSON."""
        return json.loads(self.body)

    @property
    def parts(self) -> list[tuple[str, bytes]]:
        """Return type and body of each part of a multipart body, as Python's e-mail reader finds them."""
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + self.body)
        assert message.is_multipart()
        assert not message.defects
        parts = [part for part in message.walk() if part is not message]
        return [(str(part["Content-Type"]).replace('"', ""), _payload(part)) for part in parts]


class Visitor:
    """Asks one hospital; each request by a connection of its own."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    @property
    def address(self) -> tuple[str, int]:
        """Return host and port."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 0

    def connection(self) -> http.client.HTTPConnection:
        """Return a new connection."""
        return http.client.HTTPConnection(*self.address, timeout=_PATIENCE)

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        on: http.client.HTTPConnection | None = None,
    ) -> Reply:
        """Ask for a path below the base, signed in; ``on`` a connection that stays open."""
        connection = on or self.connection()
        try:
            everything = {"Authorization": f"Bearer {self.token}"} | dict(headers or {})
            connection.request(method, f"{urlsplit(self.url).path}/{path}", body, everything)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            if on is None:
                connection.close()


def value(record: Mapping[str, Any], tag: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return the first value of an element of the DICOM JSON model."""
    return record[tag]["Value"][0]


def multipart(*files: bytes, boundary: str = "b0undary", kind: str = "application/dicom") -> bytes:
    """Return the body of a request to store files."""
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    parts = b"".join(b"--" + boundary.encode() + b"\r\n" + head + file + b"\r\n" for file in files)
    return parts + b"--" + boundary.encode() + b"--\r\n"


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload
