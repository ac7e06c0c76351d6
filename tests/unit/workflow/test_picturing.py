"""An image in a file: every pixel by the standard's formula, and a reason where there is none."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from dicom_objects import RLE, compressed, ct, part10
from numpy.typing import NDArray
from offered import STUDY, a_report, a_slice, blob_files, flip, item, put, take_in
from pydicom.sequence import Sequence

from workstation.errors import LumenError
from workstation.store import BlobDamaged
from workstation.workflow import (
    Desk,
    NoSuchImage,
    NoSuchStudy,
    Rendered,
    describe_study,
    render_image,
)

SIDE = 64
NOISE = np.random.default_rng(7).integers(0, 2000, (SIDE, SIDE)).astype(np.uint16)


def render(
    desk: Desk,
    *,
    study: str = STUDY,
    series: str | None = None,
    index: int | None = None,
    window: tuple[float, float] | None = None,
    size: tuple[int, int] = (SIDE, SIDE),
) -> Rendered:
    return render_image(desk, study_uid=study, series=series, index=index, window=window, size=size)


def pixels(rendered: Rendered) -> NDArray[np.uint8]:
    return np.asarray(imagecodecs.png_decode(rendered.png), np.uint8)


def slice_number(desk: Desk, series: str | None) -> int:
    """Return which of ``a_slice``'s slices is shown, by its grey value."""

    def is_above(number: int) -> bool:
        shown = pixels(render(desk, series=series, window=(100 * number - 1074, 1), size=(16, 16)))
        return bool(shown.max() == 255)

    return max(number for number in range(10) if is_above(number))


def linear(values: NDArray[np.float64], center: float, width: float) -> NDArray[np.float64]:
    """PS3.3 C.11.2.1.2.1, for an output of 0 to 255."""
    return np.clip(((values - (center - 0.5)) / (width - 1) + 0.5) * 255, 0, 255)


def noise(**attributes: object) -> bytes:
    own: dict[str, object] = {
        "PixelSpacing": [1, 1],
        "StudyInstanceUID": STUDY,
        "SeriesInstanceUID": f"{STUDY}.1",
    }
    return part10(ct(NOISE, **(own | attributes)))


@pytest.mark.parametrize(("asked", "used"), [(None, (100, 700)), ((-300, 1500), (-300, 1500))])
def test_each_pixel_is_what_the_standard_s_formula_gives(
    desk: Desk, disc: Path, asked: tuple[float, float] | None, used: tuple[float, float]
) -> None:
    put(disc, noise(WindowCenter=100, WindowWidth=700))
    take_in(desk, disc)
    found = pixels(render(desk, window=asked))

    expected = linear(NOISE.astype(np.float64) - 1024, *used)
    assert found.shape == (SIDE, SIDE)
    assert np.abs(found - expected).max() <= 1


def test_monochrome_1_is_shown_with_its_high_values_dark(desk: Desk, disc: Path) -> None:
    put(disc, noise(PhotometricInterpretation="MONOCHROME1"))
    take_in(desk, disc)
    found = pixels(render(desk, window=(0, 2000)))

    assert np.abs(found - (255 - linear(NOISE.astype(np.float64) - 1024, 0, 2000))).max() <= 1


def test_the_picture_has_the_size_that_was_asked_for_and_its_shape_is_kept(desk: Desk, disc: Path) -> None:
    put(disc, noise())
    take_in(desk, disc)
    found = pixels(render(desk, window=(-5000, 2), size=(200, 100)))  # everything white

    assert found.shape == (100, 200)
    assert (found[:, :49] == 0).all()
    assert (found[5:95, 55:145] == 255).all()
    assert (found[:, 151:] == 0).all()


def test_the_middle_image_is_shown_unless_another_was_asked_for(desk: Desk, disc: Path) -> None:
    put(disc, *(a_slice(n) for n in range(5)))
    take_in(desk, disc)
    white = [
        pixels(render(desk, index=index, window=(100 * number - 1024, 1), size=(16, 16))).max()
        for index, number in ((None, 2), (None, 3), (4, 4), (0, 1))
    ]

    assert white == [255, 0, 255, 0]


def test_a_series_or_one_of_its_stacks_is_chosen_by_its_name(desk: Desk, disc: Path) -> None:
    coronal = [1, 0, 0, 0, 0, -1]
    put(
        disc,
        a_slice(0),
        a_slice(5, ImageOrientationPatient=coronal),
        a_slice(9, "1.2.3", SeriesInstanceUID="1.2.3.7", SeriesNumber=7),
    )
    take_in(desk, disc)
    keys = [row.key for row in describe_study(desk, study_uid=STUDY).series]
    names = [None, f"{STUDY}.1", keys[0], keys[1], "1.2.3.7", keys[2]]

    assert len(keys) == 3
    assert [slice_number(desk, name) for name in names] == [0, 0, 0, 5, 9, 9]


def test_a_localizer_is_shown_only_by_its_key_or_where_there_is_nothing_else(desk: Desk, disc: Path) -> None:
    plan = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    put(
        disc,
        a_slice(9, SeriesInstanceUID="1.2.3.1", SeriesNumber=1, ImageType=plan),
        a_slice(5, SeriesInstanceUID="1.2.3.2", SeriesNumber=2, ImageType=plan),
        a_slice(2, SeriesInstanceUID="1.2.3.2", SeriesNumber=2),
    )
    take_in(desk, disc)
    keys = [row.key for row in describe_study(desk, study_uid=STUDY).series]
    names = [None, "1.2.3.2", "1.2.3.1", *keys]

    assert [slice_number(desk, name) for name in names] == [2, 2, 9, 9, 5, 2]


def test_what_is_not_there_is_told_by_its_kind(desk: Desk, disc: Path) -> None:
    put(disc, a_slice(), a_report(1, "1.2.4"))
    take_in(desk, disc)

    with pytest.raises(NoSuchStudy):
        render(desk, study="1.2.9")
    with pytest.raises(NoSuchImage, match="in this study"):
        render(desk, study="1.2.4")
    with pytest.raises(NoSuchImage, match="in this series"):
        render(desk, series="1.2.9")
    for index in (1, -1):
        with pytest.raises(NoSuchImage, match=f"images 0 to 0, not {index}"):
            render(desk, index=index)


def test_why_there_is_no_picture_is_told_as_the_decoder_or_the_store_says_it(
    desk: Desk, disc: Path, folder: Path
) -> None:
    put(disc, a_slice())
    take_in(desk, disc)
    flip(blob_files(folder)[0])
    put(disc, compressed(a_slice(0, "1.2.4"), [b"no RLE header at all, and far too short"], RLE))
    take_in(desk, *disc.glob("0001.dcm"))

    with pytest.raises(BlobDamaged):
        render(desk)
    with pytest.raises(LumenError) as told:
        render(desk, study="1.2.4")
    assert 20 <= told.value.exit_code < 30


def test_a_table_that_was_left_out_is_told_with_the_picture(desk: Desk, disc: Path) -> None:
    short = item(LUTDescriptor=[20, 0, 16], LUTData=b"\1\0")
    put(disc, a_slice(VOILUTSequence=Sequence([short])))
    take_in(desk, disc)

    (note,) = render(desk).notes
    assert "VOI LUT" in note
