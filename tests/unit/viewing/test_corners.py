import math
from collections.abc import Callable

import pytest

from workstation.dicom.model import FrameFacts, InstanceRecord, Patient, Series, Study
from workstation.viewing import Corners, ViewportState, Window, corner_texts

Records = Callable[..., InstanceRecord]
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def test_everything_known_stands_in_its_corner(records: Records) -> None:
    """The places are those of the window's plan: who, study, slice and window, enlargement."""
    facts = FrameFacts(position=(-120.0, -120.0, -12.41), orientation=AXIAL, thickness=0.67)
    record = records(facts, extra=(("KVP", ""), ("MagneticFieldStrength", "3")))
    state = ViewportState("t1", 95, Window(38, 76))

    assert corner_texts(record, 0, state, label="T1 axial", count=192, scale=1.3) == Corners(
        top_left=("DOE, JANE", "F 69 · 1957-03-02", "ID 4711 (Site A)"),
        top_right=("MR HEAD", "2026-11-24 02:04", "T1 axial", "3 T · 0.67 mm"),
        bottom_left=("96 / 192 · z −12.4 mm", "C 38 W 76"),
        bottom_right=("zoom 130 %",),
    )


def test_what_is_unknown_leaves_no_empty_line(records: Records) -> None:
    record = records(
        FrameFacts(),
        patient=Patient("", "", "", "", ""),
        study=Study("2.25.1", "", "", "", "", "", "", ""),
        series=Series("2.25.2", None, "OT", "", "", "", "", "", "", ""),
    )

    assert corner_texts(record, 0, ViewportState("t1")) == Corners((), ("OT",), ("1 / 1",), ())


def test_a_technical_value_that_is_no_number_is_left_out(records: Records) -> None:
    record = records(FrameFacts(), extra=(("KVP", "high"), ("MagneticFieldStrength", "1.5")))

    assert corner_texts(record, 0, ViewportState("t1")).top_right[-1] == "1.5 T"


def test_hidden_texts_are_hidden_in_every_corner(records: Records) -> None:
    hidden = corner_texts(records(), 0, ViewportState("t1", texts=False), label="T1", scale=1.0)

    assert hidden == Corners((), (), (), ())


@pytest.mark.parametrize(
    ("orientation", "place"),
    [
        (AXIAL, "z 30.0 mm"),
        ((1.0, 0.0, 0.0, 0.0, 0.0, -1.0), "y 20.0 mm"),
        ((0.0, 1.0, 0.0, 0.0, 0.0, -1.0), "x 10.0 mm"),
        ((0.0,) * 6, ""),
    ],
)
def test_a_slice_is_placed_on_the_axis_that_it_cuts(
    records: Records, orientation: tuple[float, ...], place: str
) -> None:
    record = records(FrameFacts(position=(10.0, 20.0, 30.0), orientation=orientation))  # type: ignore[arg-type]

    assert corner_texts(record, 0, ViewportState("t1")).bottom_left == (
        (f"1 / 1 · {place}",) if place else ("1 / 1",)
    )


def test_no_slice_lies_at_minus_nought(records: Records) -> None:
    facts = FrameFacts(position=(-0.02, 0.0, 0.0), orientation=(0.0, 1.0, 0.0, 0.0, 0.0, -1.0))

    assert corner_texts(records(facts), 0, ViewportState("t1")).bottom_left == ("1 / 1 · x 0.0 mm",)


def test_an_oblique_slice_is_placed_where_it_cuts_the_axis_and_not_where_its_corner_lies(
    records: Records,
) -> None:
    """By hand: a plane through z = 30 that leans 30° to the back; its corner at y = −100 lies lower."""
    lean = math.radians(30)
    corner = (0.0, -100 * math.cos(lean), 30 - 100 * math.sin(lean))
    facts = FrameFacts(position=corner, orientation=(1.0, 0.0, 0.0, 0.0, math.cos(lean), math.sin(lean)))

    assert corner_texts(records(facts), 0, ViewportState("t1")).bottom_left == ("1 / 1 · z 30.0 mm",)
