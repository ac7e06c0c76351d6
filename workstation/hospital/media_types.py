"""Media types as HTTP writes them, and the choice between what is wanted and what is there.

Source:  RFC 9110 5.6.6 (parameters), 12.5.1 (Accept); PS3.18 8.7.3.5 (transfer-syntax), 8.7.5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from workstation.dicom.layout import EXPLICIT_LITTLE
from workstation.hospital.exchange import JSON, Refused

DICOM: Final = "application/dicom"
OCTETS: Final = "application/octet-stream"
RELATED: Final = "multipart/related"

_PARAMETER: Final = re.compile(r'\s*;\s*([^\s=;,"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;,"\s]*)')
_TYPE: Final = re.compile(r"\s*([^\s;,/]+/[^\s;,/]+)")


@dataclass(frozen=True, slots=True)
class MediaType:
    """A type with its parameters; names are in small letters."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def weight(self) -> float:
        """Return how much it is wanted, from 0 to 1."""
        try:
            return float(self.parameters.get("q", "1"))
        except ValueError:
            return 0.0

    @property
    def part(self) -> str:
        """Return of which type the parts are to be: its own, where it isn't multipart."""
        return self.parameters.get("type", "").lower() if self.name == RELATED else self.name

    @property
    def syntax(self) -> str:
        """Return the wanted transfer syntax, "*" for any, "" where none is named."""
        if "transfer-syntax" in self.parameters:
            return self.parameters["transfer-syntax"]
        nested = MediaType.parsed(self.parameters.get("type", ""))  # some put it inside the quotes
        return nested[0].parameters.get("transfer-syntax", "") if nested else ""

    @classmethod
    def parsed(cls, text: str) -> list[MediaType]:
        """Return the types of a list, in their order; ValueError for what is none."""
        found, position = [], 0
        while text[position:].strip(" \t,"):
            start = _TYPE.match(text, position)
            if start is None:
                raise ValueError("not a media type")
            position = start.end()
            parameters = {}
            while parameter := _PARAMETER.match(text, position):
                parameters[parameter[1].lower()] = _unquoted(parameter[2])
                position = parameter.end()
            found.append(cls(start[1].lower(), parameters))
            position = _after_comma(text, position)
        return found


def wanted(accept: str) -> list[MediaType]:
    """Return what is acceptable, most wanted first; nothing said is everything."""
    try:
        types = MediaType.parsed(accept or "*/*")
    except ValueError as error:
        raise Refused(400, "The Accept header can't be understood") from error
    return sorted((one for one in types if one.weight > 0), key=lambda one: -one.weight)


def demand_json(accept: str) -> None:
    """Refuse (406) whoever doesn't take DICOM JSON."""
    names = {one.part for one in wanted(accept)}
    if names.isdisjoint({JSON, "application/json", "application/*", "*/*"}):
        raise Refused(406, f"This answers {JSON}")


def may_be(accept: str, media_type: str, syntax: str, *, default: str = EXPLICIT_LITTLE) -> bool:
    """Say whether parts of a type in a transfer syntax are acceptable as multipart/related."""
    return any(
        _fits(one, media_type) and (one.syntax or _default(one, default)) in {"*", syntax}
        for one in wanted(accept)
    )


def _fits(one: MediaType, media_type: str) -> bool:
    if one.name == "*/*":
        return True
    return one.name == RELATED and one.part.split(";")[0].strip() in {media_type, "*/*", ""}


def _default(one: MediaType, default: str) -> str:
    return "*" if one.name == "*/*" else default


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def _after_comma(text: str, position: int) -> int:
    rest = text[position:].split(",", 1)
    if rest[0].strip():
        raise ValueError("not a parameter")
    return position + len(rest[0]) + 1
