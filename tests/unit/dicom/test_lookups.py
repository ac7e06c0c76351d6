from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from workstation.dicom.lookups import NONE, lookups_of


def _table(first: int, bits: int = 16, count: int = 4, explanation: str = "") -> Dataset:
    item = Dataset()
    item.add_new(0x00283002, "US", [count, first % 65_536, bits])
    item.LUTExplanation = explanation
    item.add_new(0x00283006, "US", list(range(4)))
    return item


def _image(*, signed: bool = False) -> Dataset:
    dataset = Dataset()
    dataset.Rows = dataset.Columns = 4
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = int(signed)
    dataset.PhotometricInterpretation = "MONOCHROME2"
    return dataset


def test_a_plain_image_has_no_tables_and_no_notes() -> None:
    dataset = dcmread(Path(str(get_testdata_file("CT_small.dcm", download=False))), stop_before_pixels=True)

    assert lookups_of(dataset) == NONE


def test_a_modality_table_starts_below_zero_only_for_signed_pixels() -> None:
    for signed, first in ((True, -1024), (False, 64_512)):
        dataset = _image(signed=signed)
        dataset.ModalityLUTSequence = [_table(-1024)]

        table = lookups_of(dataset).modality

        assert table is not None
        assert table.first == first


@pytest.mark.parametrize(
    ("signed", "rescale", "modality_table", "negative"),
    [
        (False, None, False, False),
        (True, None, False, True),
        (False, (1, -1024), False, True),
        (False, (1, 0), False, False),
        (False, (-1, 0), False, True),
        (True, (1, 2048), False, False),  # 12 bits signed: −2048 + 2048 is the least
        (True, None, True, False),
    ],
)
def test_when_a_voi_table_may_start_below_zero(
    rescale: tuple[float, float] | None, *, signed: bool, modality_table: bool, negative: bool
) -> None:
    """PS3.3 C.11.2.1.1: SS if the output of the rescale may be signed; else as Pixel Representation."""
    dataset = _image(signed=signed)
    if rescale:
        dataset.RescaleSlope, dataset.RescaleIntercept = rescale
    if modality_table:
        dataset.ModalityLUTSequence = [_table(0)]
    dataset.VOILUTSequence = [_table(-100)]

    (table,) = lookups_of(dataset).voi_of(0)

    assert table.first == (-100 if negative else 65_436)


def test_hounsfield_units_are_always_signed() -> None:
    dataset = _image()
    dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType = 1, 0, "HU"
    dataset.VOILUTSequence = [_table(-100)]

    assert lookups_of(dataset).voi_of(0)[0].first == -100


def test_several_tables_keep_their_explanations() -> None:
    dataset = _image()
    dataset.VOILUTSequence = [_table(0, explanation="NORMAL"), _table(0, explanation="HARDER")]

    assert [table.explanation for table in lookups_of(dataset).voi_of(5)] == ["NORMAL", "HARDER"]


def _group(table: Dataset | None) -> Dataset:
    group = Dataset()
    if table is not None:
        macro = Dataset()
        macro.VOILUTSequence = [table]
        group.FrameVOILUTSequence = [macro]
    return group


def test_tables_of_functional_groups_belong_to_their_frames() -> None:
    """PS3.3 C.7.6.16.2.10: a frame without its own takes the shared one."""
    dataset = _image()
    dataset.SharedFunctionalGroupsSequence = [_group(_table(0, explanation="shared"))]
    dataset.PerFrameFunctionalGroupsSequence = [
        _group(None), _group(_table(0, explanation="own")), _group(None),
    ]  # fmt: skip

    lookups = lookups_of(dataset)

    names = [[table.explanation for table in lookups.voi_of(n)] for n in range(3)]
    assert names == [["shared"], ["own"], ["shared"]]


def test_a_malformed_table_is_left_out_and_the_good_one_stays() -> None:
    dataset = _image()
    dataset.VOILUTSequence = [_table(0, count=9), _table(0, explanation="GOOD")]

    lookups = lookups_of(dataset)

    assert [table.explanation for table in lookups.voi_of(0)] == ["GOOD"]
    assert lookups.notes == (
        "The VOI LUT 1 is left out: it has 4 words where its descriptor says 9 entries.",
    )


@pytest.mark.parametrize("keyword", ["LUTDescriptor", "LUTData"])
def test_half_a_table_is_left_out(keyword: str) -> None:
    dataset = _image()
    item = _table(0)
    del item[keyword]
    dataset.ModalityLUTSequence = [item]

    lookups = lookups_of(dataset)

    assert lookups.modality is None
    assert lookups.notes == (f"The modality LUT is left out: it has no {keyword}.",)


def test_a_value_that_cannot_be_parsed_is_noted_without_being_printed() -> None:
    dataset = _image()
    dataset.add_new(0x60000010, "LO", "DOE^JANE")
    dataset.add_new(0x60000011, "US", 4)

    assert lookups_of(dataset).notes == ("The overlay 1 is left out: it can't be read.",)


def test_something_that_is_no_sequence_has_no_items() -> None:
    dataset = _image()
    dataset.add_new(0x00283010, "LO", "no sequence")

    assert lookups_of(dataset) == NONE


def _with_palette(photometric: str, presentation: str = "") -> Dataset:
    dataset = _image()
    dataset.PhotometricInterpretation, dataset.PixelPresentation = photometric, presentation
    for n, channel in enumerate(("Red", "Green", "Blue")):
        dataset.add_new(0x00281101 + n, "US", [4, 0, 16])
        setattr(dataset, f"{channel}PaletteColorLookupTableData", b"\0" * 8)
    return dataset


@pytest.mark.parametrize(
    ("photometric", "presentation", "found", "supplemental"),
    [
        ("PALETTE COLOR", "", True, False),
        ("MONOCHROME2", "COLOR", True, True),
        ("MONOCHROME2", "MIXED", True, True),
        ("MONOCHROME2", "MONOCHROME", False, False),
        ("MONOCHROME2", "", False, False),
    ],
)
def test_a_palette_counts_where_the_pixels_are_its_indices(
    photometric: str, presentation: str, *, found: bool, supplemental: bool
) -> None:
    """PS3.3 C.7.6.19: grey pixels have a palette only if Pixel Presentation says COLOR or MIXED."""
    palette = lookups_of(_with_palette(photometric, presentation)).palette

    assert (palette is not None) == found
    assert (palette is not None and palette.supplemental) == supplemental


def test_every_overlay_group_is_found() -> None:
    dataset = _image()
    for group in (0x6000, 0x601E):
        dataset.add_new((group, 0x0010), "US", 4)
        dataset.add_new((group, 0x0011), "US", 4)
        dataset.add_new((group, 0x3000), "OB", b"\x01\x80")

    lookups = lookups_of(dataset)

    assert [overlay.group for overlay in lookups.overlays] == [0x6000, 0x601E]
    assert np.argwhere(lookups.overlays[0].plane(0, 4, 4)).tolist() == [[0, 0], [3, 3]]


def test_reading_tables_leaves_the_header_as_it_was() -> None:
    dataset = _with_palette("PALETTE COLOR")
    dataset.VOILUTSequence = Sequence([_table(0)])
    before = dataset.to_json_dict()

    lookups_of(dataset)

    assert dataset.to_json_dict() == before
