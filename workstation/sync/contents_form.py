"""What a study consists of, as bytes that the store keeps; only this program reads them again.

Errors:  ValueError for bytes that ``pack`` of this version did not write: the archive is asked anew.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from workstation.archive import Contents, ListedInstance, ListedSeries
from workstation.dicom.model import Patient, Series, Study

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_VERSION: Final = 1
_FAST: Final = 1


def pack(contents: Contents) -> bytes:
    """Return contents as bytes."""
    told = {"version": _VERSION, **_told(contents)}
    text = json.dumps(told, separators=(",", ":"), default=_told)
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


def _told(one: DataclassInstance) -> dict[str, Any]:
    """Return the fields of one level; JSON asks for the next."""
    return {field.name: getattr(one, field.name) for field in fields(one)}


def _series(told: dict[str, Any]) -> ListedSeries:
    return ListedSeries(
        Series(**told["series"]), tuple(_instance(one) for one in told["instances"]), told["announced"]
    )


def _instance(told: dict[str, Any]) -> ListedInstance:
    for name in ("position", "orientation"):
        told[name] = tuple(told[name]) if told[name] is not None else None
    return ListedInstance(**told)
