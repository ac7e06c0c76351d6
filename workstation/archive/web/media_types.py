"""Media types with their parameters, as they stand in Content-Type.

A parameter may be quoted and hold a semicolon: ``type="application/octet-stream; transfer-syntax=1.2"``.

Source:  RFC 9110 section 8.3.1, RFC 2046 section 5.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

_PARAMETER: Final = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_ESCAPED: Final = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class MediaType:
    """A type in lower case, and its parameters by their names in lower case."""

    name: str
    parameters: dict[str, str] = field(default_factory=dict)

    def get(self, parameter: str) -> str:
        """Return a parameter, "" if it isn't given."""
        return self.parameters.get(parameter, "")


def media_type(text: str) -> MediaType:
    """Return what a Content-Type says; nothing is wrong enough to raise."""
    name, semicolon, rest = text.partition(";")
    found = {key.lower(): _plain(value.strip()) for key, value in _PARAMETER.findall(semicolon + rest)}
    inner = media_type(found["type"]) if ";" in found.get("type", "") else None
    if inner is not None:  # parameters of the part's type that were put into the quotes
        found = {**inner.parameters, **found, "type": inner.name}
    return MediaType(name.strip().lower(), found)


def _plain(value: str) -> str:
    return _ESCAPED.sub(r"\1", value[1:-1]) if value.startswith('"') and value.endswith('"') else value
