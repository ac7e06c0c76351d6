from collections.abc import Callable
from typing import Any

import pytest

from workstation.dicom.model import FrameFacts, InstanceRecord, Spacing, UltrasoundRegion
from workstation.geometry import examine_stack
from workstation.viewing import Camera, ViewportState, badges

Records = Callable[..., InstanceRecord]
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
PLAIN = ViewportState("t1")
REGION = UltrasoundRegion(0, 0, 99, 99, 1, 1, 3, 3, 0.02, 0.02)


def test_a_picture_that_is_as_it_seems_has_no_badge(records: Records) -> None:
    geometry = examine_stack([(0, 0, 0), (0, 0, 5)], [AXIAL] * 2, [(1, 1)] * 2)

    assert badges(records(), 0, PLAIN, geometry) == ()


@pytest.mark.parametrize(
    ("heights", "text", "hint"),
    [
        ([0, 5, 15], "1 missing", "Slices 2 and 3 are 10.0 mm apart where 5.0 mm is usual: 1 missing."),
        ([0, 5, 12.5], "variable spacing", "Slices are 5.00 to 7.50 mm apart."),
        ([0, 5, 5, 10], "doubled slices", "Slices 2 and 3 lie at the same place."),
    ],
)
def test_a_stack_that_is_no_grid_wears_it(
    records: Records, heights: list[float], text: str, hint: str
) -> None:
    count = len(heights)
    geometry = examine_stack([(0, 0, z) for z in heights], [AXIAL] * count, [(1, 1)] * count)
    (badge,) = badges(records(), 0, PLAIN, geometry)

    assert (badge.text, badge.hint) == (text, hint)


def test_one_slice_alone_needs_no_badge(records: Records) -> None:
    assert badges(records(), 0, PLAIN, examine_stack([(0, 0, 0)], [AXIAL], [(1, 1)])) == ()


@pytest.mark.parametrize(
    ("facts", "changes", "state", "text"),
    [
        (None, {"lossy": "ISO_10918_1, 12 : 1"}, PLAIN, "lossy"),
        (None, {"presentation": "INVERSE"}, PLAIN, "black or white?"),
        (FrameFacts(), {}, PLAIN, "size unknown"),
        (FrameFacts(spacing=Spacing(0.1, 0.1, "ImagerPixelSpacing")), {}, PLAIN, "at detector"),
        (None, {}, ViewportState("t1", camera=Camera(flip=True)), "mirrored"),
        (None, {}, ViewportState("t1", invert=True), "inverted"),
    ],
)
def test_what_is_not_as_it_seems_is_said(
    records: Records, facts: FrameFacts | None, changes: dict[str, Any], state: ViewportState, text: str
) -> None:
    (badge,) = badges(records(facts, **changes), 0, state)

    assert badge.text == text
    assert badge.hint.endswith(".")


def test_ultrasound_with_calibrated_regions_has_a_size(records: Records) -> None:
    assert badges(records(FrameFacts(), regions=(REGION,)), 0, PLAIN) == ()
