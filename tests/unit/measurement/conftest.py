"""One record to measure on, made different by each test."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from workstation.dicom.model import (
    FrameFacts,
    InstanceRecord,
    Patient,
    PixelFormat,
    Series,
    Spacing,
    Study,
)

SYNTAX = "1.2.840.10008.1.2.1"


@pytest.fixture(scope="session")
def records() -> Callable[..., InstanceRecord]:
    return _record


def _record(
    spacing: Spacing | None = None,
    modality: str = "CT",
    **changes: Any,  # noqa: ANN401  any field of the record
) -> InstanceRecord:
    record = InstanceRecord(
        uid="2.25.3",
        sop_class="1.2.840.10008.5.1.4.1.1.7",
        transfer_syntax=SYNTAX,
        patient=Patient("", "", "", "", ""),
        study=Study("2.25.1", "", "", "", "", "", "", ""),
        series=Series("2.25.2", None, modality, "", "", "", "", "", "", ""),
        number=1,
        acquisition=None,
        frame_of_reference="",
        pixel=PixelFormat(SYNTAX, 400, 600, 1, 16, 12, 11, signed=False, photometric="MONOCHROME2", planar=0),
        frame_count=1,
        frames=(FrameFacts(spacing=spacing),),
    )
    return replace(record, **changes)
