"""A length as the text in which the store keeps it.

Errors:  MeasurementError for a text that isn't one of these, whatever is wrong with it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from workstation.measurement.errors import MeasurementError
from workstation.measurement.length import Length, Point

KIND: Final = "length/1"
_TEXTS: Final = ("id", "study_uid", "series_uid", "sop_uid")


def to_json(length: Length) -> str:
    """Return the length as one line of JSON."""
    return json.dumps({"kind": KIND, **asdict(length), "created": length.created.isoformat()})


def from_json(text: str) -> Length:
    """Return the length that ``to_json`` wrote."""
    try:
        return _length(json.loads(text))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise MeasurementError(
            "a stored length can't be read", remedy="It was left out; the images are not affected."
        ) from error


def _length(fields: dict[str, Any]) -> Length:
    if fields["kind"] != KIND or not all(isinstance(fields[name], str) for name in _TEXTS):
        raise ValueError(fields["kind"])
    if type(fields["frame"]) is not int:
        raise TypeError(fields["frame"])
    return Length(
        **{name: fields[name] for name in _TEXTS},
        frame=fields["frame"],
        start=_point(fields["start"]),
        end=_point(fields["end"]),
        created=datetime.fromisoformat(fields["created"]),
    )


def _point(pair: list[float]) -> Point:
    column, row = pair
    return Point(float(column), float(row))
