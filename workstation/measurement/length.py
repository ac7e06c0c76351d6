"""A length that a reader drew: which image, from where to where, when.

It holds places and no millimetres. What a pixel is worth is the image's to say, so the value is
worked out anew wherever it is shown (``evaluate_length``) and can't disagree with the header.

Units:   points are (column, row) of the image, pixel centres at whole numbers; times are UTC.
Errors:  MeasurementError for ends that are not finite, a frame below 0, a time without its zone.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from workstation.dicom.model import InstanceRecord
from workstation.measurement.errors import MeasurementError


class Point(NamedTuple):
    """A place in an image, between its pixels too."""

    column: float
    row: float


@dataclass(frozen=True, slots=True)
class Length:
    """A straight line in one frame (counted from 0); ``id`` stays the same when it is moved."""

    id: str
    study_uid: str
    series_uid: str
    sop_uid: str
    frame: int
    start: Point
    end: Point
    created: datetime

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (*self.start, *self.end))):
            raise MeasurementError("a length has an end that is nowhere")
        if self.frame < 0:
            raise MeasurementError(f"a length is on frame {self.frame}, but frames count from 0")
        if self.created.tzinfo is None:
            raise MeasurementError("a length has a time of unknown zone")

    @classmethod
    def drawn(
        cls, record: InstanceRecord, frame: int, start: Point, end: Point, *, created: datetime
    ) -> Length:
        """Return a new length on a frame of an instance."""
        return cls(
            id=str(uuid.uuid4()),
            study_uid=record.study.uid,
            series_uid=record.series.uid,
            sop_uid=record.uid,
            frame=frame,
            start=start,
            end=end,
            created=created,
        )

    def moved(self, *, start: Point | None = None, end: Point | None = None) -> Length:
        """Return the length with one or both ends elsewhere."""
        return replace(self, start=start or self.start, end=end or self.end)
