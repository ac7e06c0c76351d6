"""What a study consists of, as bytes that the store keeps; only this program reads them again.

Errors:  ValueError for bytes that ``pack`` of this version did not write: the archive is asked anew.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict
from typing import Any, Final

from workstation.archive import Contents, ListedInstance, ListedSeries
from workstation.dicom.model import Patient, Series, Study

_VERSION: Final = 1
_FAST: Final = 1


def pack(contents: Contents) -> bytes:
    """Return contents as bytes."""
    text = json.dumps({"version": _VERSION, **asdict(contents)}, separators=(",", ":"))
    return zlib.compress(text.encode(), _FAST)


def unpack(body: bytes) -> Contents:
    """Return the contents that ``pack`` wrote."""
    try:
        told = json.loads(zlib.decompress(body))
        if told["version"] != _VERSION:
            raise ValueError("another version wrote it")
        return Contents(
            Patient(**told["patient"]),
            Study(**told["study"]),
            tuple(_series(one) for one in told["series"]),
            told["announced"],
        )
    except (zlib.error, KeyError, TypeError) as error:
        raise ValueError("no contents") from error


def _series(told: dict[str, Any]) -> ListedSeries:
    return ListedSeries(
        Series(**told["series"]), tuple(_instance(one) for one in told["instances"]), told["announced"]
    )


def _instance(told: dict[str, Any]) -> ListedInstance:
    for name in ("position", "orientation"):
        told[name] = tuple(told[name]) if told[name] is not None else None
    return ListedInstance(**told)
