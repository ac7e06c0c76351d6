from dataclasses import replace

import numpy as np
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
from workstation.dicom.series import ImageStack, split
from workstation.dicom.volume import VolumeRefused, volume_of, why_no_volume

PIXEL = PixelFormat("1", 4, 5, 1, 16, 12, 11, signed=False, photometric="MONOCHROME2", planar=0)
HEIGHTS = (0.0, 2.5, 5.0)


def _slices(heights: tuple[float, ...] = HEIGHTS) -> list[InstanceRecord]:
    facts = [
        FrameFacts(
            position=(-10.0, 20.0, height),
            orientation=(1, 0, 0, 0, 1, 0),
            spacing=Spacing(0.5, 0.75, "PixelSpacing"),
            slope=2.0,
            intercept=-1024.0,
        )
        for height in heights
    ]
    return [
        InstanceRecord(
            uid=f"1.{n}",
            sop_class="1",
            transfer_syntax="1",
            patient=Patient("", "", "", "", ""),
            study=Study("1", "", "", "", "", "", "", ""),
            series=Series("1.2", 1, "CT", "", "", "", "", "", "", ""),
            number=n,
            acquisition=None,
            frame_of_reference="",
            pixel=PIXEL,
            frame_count=1,
            frames=(fact,),
        )
        for n, fact in enumerate(facts)
    ]


def _stack(records: list[InstanceRecord]) -> ImageStack:
    (stack,) = split(records)
    return stack


VALUES = np.arange(60, dtype=np.uint16).reshape(3, 4, 5)


def test_a_regular_stack_is_a_volume() -> None:
    """By hand: i runs 0.75 mm to the left, j 0.5 mm to the back, k 2.5 mm to the head."""
    volume = volume_of(_stack(_slices()), VALUES)

    assert (volume.slope, volume.intercept) == (2.0, -1024.0)
    assert volume.affine == pytest.approx(
        np.array([[0.75, 0, 0, -10], [0, 0.5, 0, 20], [0, 0, 2.5, 0], [0, 0, 0, 1]])
    )
    assert np.shares_memory(volume.values, VALUES)
    assert not volume.values.flags.writeable
    assert VALUES.flags.writeable


def test_a_stack_numbered_from_the_head_down_is_a_right_handed_volume_all_the_same() -> None:
    """The frames come head first; slice 0 of the volume is the lowest, as in the case above."""
    records = [replace(record, number=9 - n) for n, record in enumerate(_slices())]
    stack = _stack(records)
    assert [frame.record.number for frame in stack.frames] == [7, 8, 9]

    volume = volume_of(stack, VALUES)

    assert volume.affine == pytest.approx(
        np.array([[0.75, 0, 0, -10], [0, 0.5, 0, 20], [0, 0, 2.5, 0], [0, 0, 0, 1]])
    )
    assert (volume.values == VALUES[::-1]).all()
    assert np.shares_memory(volume.values, VALUES)


def _with(records: list[InstanceRecord], last: InstanceRecord) -> list[InstanceRecord]:
    return [*records[:-1], last]


def test_what_is_no_grid_of_one_scale_is_refused_with_the_reason() -> None:
    records = _slices()
    facts = records[-1].frames[0]
    deeper = replace(records[-1], pixel=replace(PIXEL, bits_stored=16))
    rescaled = replace(records[-1], frames=(replace(facts, slope=1.0),))
    coloured = [replace(record, pixel=replace(PIXEL, photometric="RGB")) for record in records]
    placeless = [replace(record, frames=(FrameFacts(),)) for record in records]
    cases = {
        "missing": _slices((0.0, 2.5, 7.5, 10.0)),
        "2 different pixel formats": _with(records, deeper),
        "2 different rescales": _with(records, rescaled),
        "colour": coloured,
        "aren't slices": placeless,
        "one slice alone": records[:1],
    }

    for reason, instances in cases.items():
        stack = _stack(instances)
        assert reason in why_no_volume(stack)
        with pytest.raises(VolumeRefused, match=reason):
            volume_of(stack, VALUES)


def test_slices_that_were_compressed_differently_are_still_a_volume() -> None:
    records = _slices()
    other = replace(records[-1], pixel=replace(PIXEL, transfer_syntax="1.2.840.10008.1.2.4.90"))

    assert why_no_volume(_stack(_with(records, other))) == ""


def test_values_of_another_shape_are_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="shape"):
        volume_of(_stack(_slices()), VALUES[:2])
