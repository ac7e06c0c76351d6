"""An instance that the archive holds: its file, and what is told of it without opening that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workstation.hospital.describing import Attributes


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance; a night has over a thousand, so attributes stay a text until they are asked for."""

    study: str
    series: str
    uid: str
    sop_class: str
    syntax: str
    size: int
    file: Path
    text: str  # the DICOM JSON model, bulk data left out

    @property
    def attributes(self) -> Attributes:
        """Return its attributes."""
        loaded: Attributes = json.loads(self.text)
        return loaded


def kept(data: bytes | memoryview, described: Mapping[str, Any], file: Path) -> Instance:
    """Write an instance to its file, and return it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_bytes(data)
    return Instance(
        study=described["study"],
        series=described["series"],
        uid=described["uid"],
        sop_class=described["sop_class"],
        syntax=described["syntax"],
        size=len(data),
        file=file,
        text=described["attributes"],
    )
