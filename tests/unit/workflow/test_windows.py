"""Which window a picture opens with, and what lies behind the digits. Source: PS3.3 C.11.2."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from offered import a_slice, item, part10
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from workstation.dicom.examine import examine
from workstation.dicom.header import read_header
from workstation.dicom.layout import scan
from workstation.dicom.lookups import Lookups, lookups_of
from workstation.dicom.lut import Lut
from workstation.dicom.model import InstanceRecord, VoiWindow
from workstation.viewing import Window
from workstation.workflow.windows import (
    is_grey,
    opening_window,
    voi_of,
    window_behind,
    window_of_values,
    windows_of_file,
)

Facts = tuple[InstanceRecord, int, Lookups, NDArray[Any]]


def facts(dataset: Dataset) -> Facts:
    """Return what the rules are asked about, for an image of 4 × 5."""
    data = memoryview(part10(dataset))
    pixels = np.frombuffer(dataset.PixelData, np.int16 if dataset.PixelRepresentation else np.uint16)
    return examine(data).record, 0, lookups_of(read_header(data, scan(data))), pixels[:20].reshape(4, 5)


def table(first: int = 0, explanation: str = "odd") -> Dataset:
    entries = np.arange(20, dtype="<u2") * 3000
    return item(LUTDescriptor=[20, first, 16], LUTData=entries.tobytes(), LUTExplanation=explanation)


def tables(*items: Dataset) -> Sequence:
    return Sequence(list(items))


AS_STORED: dict[str, object] = {"Modality": "MR", "RescaleSlope": None, "RescaleIntercept": None}
WINDOW = {"WindowCenter": 5, "WindowWidth": 9}
OPENING: dict[str, tuple[dict[str, object], tuple[float, float, str]]] = {
    "a table comes before a window": ({"VOILUTSequence": tables(table()), **WINDOW}, (10, 20, "odd")),
    "the first of several windows": ({"WindowCenter": [5, 50], "WindowWidth": [9, 90]}, (5, 9, "")),
    "its name with it": ({**WINDOW, "WindowCenterWidthExplanation": "BRAIN"}, (5, 9, "BRAIN")),
    "not one that the standard forbids": ({"WindowCenter": [5, 50], "WindowWidth": [0, 90]}, (50, 90, "")),
    "CT that is silent has its habit": ({}, (40, 400, "abdomen")),
    "but not for other units": ({"RescaleType": "US"}, (-1014, 20, "automatic")),
    "MR that is silent is asked itself": (AS_STORED, (10, 20, "automatic")),
    "after its own rescale": (
        {"Modality": "MR", "RescaleSlope": 2, "RescaleIntercept": 100}, (119.5, 39, "automatic"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("attributes", "expected"), list(OPENING.values()), ids=list(OPENING))
def test_a_picture_opens_with(attributes: dict[str, object], expected: tuple[float, float, str]) -> None:
    """The values are 0 to 19, before a rescale of −1024 unless told; all of them fit a window of 20."""
    window = opening_window(*facts(a_slice(0, "1.2", **attributes)))

    assert window is not None
    assert (window.center, window.width, window.name) == expected


def test_padding_has_no_say_in_a_window_from_values() -> None:
    pixels = a_slice(0, Modality="MR", RescaleIntercept=None, RescaleSlope=None, PixelPaddingValue=60000)
    values = np.arange(20, dtype="<u2")
    values[:15] = 60000
    pixels.PixelData = values.tobytes()

    window = window_of_values(*facts(pixels))
    assert window is not None
    assert (window.center, window.width) == (17.5, 5)  # 15 to 19


def test_a_picture_that_is_all_padding_has_no_window() -> None:
    pixels = a_slice(0, Modality="MR", RescaleIntercept=None, RescaleSlope=None, PixelPaddingValue=7)
    pixels.PixelData = np.full(20, 7, "<u2").tobytes()

    assert opening_window(*facts(pixels)) is None


@pytest.mark.parametrize(
    ("photometric", "samples", "expected"),
    [("MONOCHROME1", 1, True), ("MONOCHROME2", 1, True), ("PALETTE COLOR", 1, False), ("RGB", 3, False)],
)
def test_a_window_means_something_for_grey_alone(photometric: str, samples: int, expected: bool) -> None:  # noqa: FBT001  a case
    dataset = a_slice(
        0, PhotometricInterpretation=photometric, SamplesPerPixel=samples, WindowCenter=5, WindowWidth=9
    )
    dataset.PlanarConfiguration = 0
    dataset.PixelData = dataset.PixelData * samples
    if photometric == "PALETTE COLOR":
        for channel in ("Red", "Green", "Blue"):
            setattr(dataset, f"{channel}PaletteColorLookupTableDescriptor", [20, 0, 16])
            setattr(dataset, f"{channel}PaletteColorLookupTableData", np.arange(20, dtype="<u2").tobytes())
    about = facts(dataset)

    assert is_grey(about[0]) is expected
    assert (opening_window(*about) is not None) is expected
    assert (window_behind(1, *about) is not None) is expected


def test_digits_are_automatic_the_file_s_two_and_the_modality_s() -> None:
    about = facts(a_slice(0, WindowCenter=[5, 50, 500], WindowWidth=[9, 90, 900]))
    found = {digit: window_behind(digit, *about) for digit in range(10)}

    assert [(w.center, w.width) for digit in (1, 2) if (w := found[digit])] == [(5, 9), (50, 90)]
    assert [w.name for digit in range(3, 10) if (w := found[digit])] == [
        "brain", "abdomen", "mediastinum", "bone", "lung", "liver", "stroke",
    ]  # fmt: skip
    assert found[0] is not None
    assert found[0].name == "automatic"


def test_a_digit_without_a_window_behind_it_brings_none() -> None:
    about = facts(a_slice(0, Modality="MR", WindowCenter=5, WindowWidth=9))

    assert [window_behind(digit, *about) is None for digit in (0, 1, 2, 3, 9)] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_a_table_s_window_leads_back_to_its_table_until_it_is_dragged() -> None:
    about = facts(a_slice(0, RescaleIntercept=0, VOILUTSequence=tables(table(0, "one"), table(100, "two"))))
    first, second = windows_of_file(about[0], 0, about[2])

    assert [window.center for window in (first, second)] == [10, 110]
    found = voi_of(second, 0, about[2])
    assert isinstance(found, Lut)
    assert found.explanation == "two"
    dragged = voi_of(second.dragged(10, 0), 0, about[2])
    assert isinstance(dragged, VoiWindow)


def test_a_table_that_is_not_there_any_more_leaves_its_range() -> None:
    assert voi_of(Window(10, 20, lut=3), 0, Lookups()) == VoiWindow(10, 20, "", "LINEAR")
    assert voi_of(None, 0, Lookups()) is None
