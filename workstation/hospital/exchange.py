"""A request as the rules see it, and what they answer: no socket, no header of the transport's own.

Errors:  Refused, which is an answer too: a status and a line of text.
Source:  RFC 9110; PS3.18 8.5 (status codes).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

JSON: Final = "application/dicom+json"
TEXT: Final = "text/plain; charset=utf-8"

Piece: TypeAlias = bytes | memoryview | Path
"""A stretch of a body: bytes, or a file that is sent whole."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked; ``parameters`` are decoded, in their order."""

    method: str
    path: tuple[str, ...]  # decoded segments below the base
    parameters: Sequence[tuple[str, str]] = ()
    query: str = ""  # as it came, for the one transaction that has no name for its parameter
    headers: Mapping[str, str] = field(default_factory=dict)  # by their names in small letters
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered; the transport adds the length."""

    status: int
    body: tuple[Piece, ...] = ()
    media_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The request isn't met; ``text`` says why, in plain words and without a patient's identity."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status, self.text, self.headers = status, text, headers or {}

    @property
    def answer(self) -> Answer:
        """Return it as an answer."""
        return Answer(self.status, (f"{self.text}\n".encode(),), TEXT, self.headers)


def json_answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Return a value as DICOM JSON."""
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    return Answer(status, (body,), JSON, headers or {})
