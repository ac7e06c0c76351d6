import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.lookups import Lookups
from workstation.dicom.lut import Lut
from workstation.dicom.modality import Rescale
from workstation.dicom.model import (
    FrameFacts,
    InstanceRecord,
    Patient,
    PixelFormat,
    Series,
    Study,
    VoiFunction,
    VoiWindow,
)
from workstation.dicom.voi import WindowRefused, apply_voi
from workstation.rendering import DisplayTable, Domain, Look, level_table, look_of

EIGHT_BITS = Domain(0, 255)
TWELVE_BITS = Domain(0, 4095)


def _record(photometric: str = "MONOCHROME2", presentation: str = "") -> InstanceRecord:
    return InstanceRecord(
        uid="1",
        sop_class="1",
        transfer_syntax="1",
        patient=Patient("", "", "", "", ""),
        study=Study("1", "", "", "", "", "", "", ""),
        series=Series("1", None, "CT", "", "", "", "", "", "", ""),
        number=None,
        acquisition=None,
        frame_of_reference="",
        pixel=PixelFormat("1", 4, 4, 1, 16, 12, 11, signed=False, photometric=photometric, planar=0),
        frame_count=2,
        frames=(FrameFacts(slope=1.0, intercept=-1024.0), FrameFacts(slope=2.0)),
        presentation=presentation,
    )


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@given(center=st.integers(-1500, 3500), width=st.integers(1, 5000))
def test_stored_values_are_rescaled_windowed_and_rounded_to_the_nearest_level(
    function: VoiFunction, center: int, width: int
) -> None:
    window = VoiWindow(center, width, function=function)

    table = level_table(Look(window, Rescale(1.0, -1024.0)), TWELVE_BITS)

    expected = np.rint(apply_voi(np.arange(4096) - 1024.0, window) * 255)
    assert table[:: 1 << TWELVE_BITS.fraction].tolist() == expected.tolist()


@pytest.mark.parametrize("domain", [EIGHT_BITS, TWELVE_BITS, Domain(-32_768, 32_767), Domain(0, 1)])
def test_the_table_has_a_level_for_every_index(domain: Domain) -> None:
    assert level_table(Look(), domain).size == domain.top + 1


def test_a_narrow_window_over_few_values_is_still_smooth() -> None:
    """Three values wide, 256 steps to a value: every grey there is, each at most one from the last."""
    table = level_table(Look(VoiWindow(100, 3)), EIGHT_BITS).astype(int)

    assert set(table.tolist()) == set(range(256))
    assert np.diff(table).max() == 1


def test_inverted_is_the_complement() -> None:
    window = VoiWindow(2048, 4096)

    plain, inverted = (level_table(Look(window, inverted=flag), TWELVE_BITS) for flag in (False, True))
    assert np.abs(plain.astype(int) + inverted - 255).max() <= 1  # ties of the rounding
    assert (inverted[0], inverted[-1]) == (255, 0)


def test_the_display_table_comes_last() -> None:
    """A screen that must be sent 7, 9 and 200 for black, grey and white."""
    display = DisplayTable(np.array([7, 9, 200], dtype=np.uint8))

    table = level_table(Look(VoiWindow(128, 256), display=display), EIGHT_BITS)
    assert (table[0], table[len(table) // 2], table[-1]) == (7, 9, 200)
    assert level_table(Look(VoiWindow(128, 256), inverted=True, display=display), EIGHT_BITS)[0] == 200


def test_a_deep_screen_is_sent_more_than_256_levels() -> None:
    display = DisplayTable(np.arange(1024, dtype=np.uint16))

    table = level_table(Look(VoiWindow(2048, 4096), display=display), TWELVE_BITS)
    assert table.dtype == np.uint16
    assert len(set(table.tolist())) == 1024


def test_tables_of_the_file_are_applied_in_order_modality_then_voi() -> None:
    """By hand: stored 0–3 → 30, 20, 10, 0 → the VOI table starts at 10: 0, 1, … 20 of 20 bits' worth."""
    modality = Lut(0, np.array([30, 20, 10, 0], dtype=np.uint16), 8)
    voi = Lut(10, np.arange(256, dtype=np.uint16), 8)

    table = level_table(Look(voi, modality), Domain(0, 3))
    assert table[:: 1 << Domain(0, 3).fraction].tolist() == [20, 10, 0, 0]


def test_without_a_window_the_whole_range_is_shown() -> None:
    table = level_table(Look(modality=Rescale(-1.0, 5.0)), EIGHT_BITS)

    assert (table[0], table[-1]) == (255, 0)


def test_a_window_that_means_nothing_is_refused() -> None:
    with pytest.raises(WindowRefused):
        level_table(Look(VoiWindow(40, 0)), TWELVE_BITS)


@pytest.mark.parametrize(
    ("photometric", "presentation", "by_reader", "inverted"),
    [
        ("MONOCHROME2", "", False, False),
        ("MONOCHROME2", "", True, True),
        ("MONOCHROME1", "INVERSE", False, True),
        ("MONOCHROME1", "", True, False),
    ],
)
def test_a_look_is_inverted_as_the_header_says_and_once_more_by_the_reader(
    photometric: str, presentation: str, *, by_reader: bool, inverted: bool
) -> None:
    look = look_of(_record(photometric, presentation), 0, VoiWindow(40, 400), inverted=by_reader)

    assert look.inverted == inverted


def test_a_look_takes_the_rescale_of_its_own_frame() -> None:
    record = _record()

    assert look_of(record, 0, None).modality == Rescale(1.0, -1024.0)
    assert look_of(record, 1, None).modality == Rescale(2.0, 0.0)


def test_a_modality_table_takes_the_place_of_the_rescale() -> None:
    table = Lut(0, np.array([1], dtype=np.uint16), 8)

    assert look_of(_record(), 0, None, lookups=Lookups(modality=table)).modality is table


def test_looking_the_same_way_again_builds_no_new_table() -> None:
    one, again = (level_table(Look(VoiWindow(40, 400)), TWELVE_BITS) for _ in range(2))

    assert one is again
    assert not one.flags.writeable


def test_building_a_table_is_quick_enough_to_drag_with() -> None:
    """The budget is 1 ms of a processor; ten times that tells a loop over 65,536 entries from array work."""
    domain = Domain(0, 65_535)
    start = time.thread_time()
    for width in range(1000, 1010):
        level_table(Look(VoiWindow(2000, width)), domain)

    assert (time.thread_time() - start) / 10 < 0.01
