from pathlib import Path

import pydicom.data
import pytest
from dicom_objects import ct, part10

from workstation.dicom.errors import DicomRefused
from workstation.dicom.media import missing, referenced_files

DISC = Path(pydicom.data.__file__).parent / "test_files" / "dicomdirtests"


@pytest.mark.parametrize("name", ["DICOMDIR", "DICOMDIR-bigEnd", "DICOMDIR-implicit", "DICOMDIR-reordered"])
def test_a_directory_lists_the_files_that_really_are_beside_it(name: str) -> None:
    listed = referenced_files(memoryview((DISC / name).read_bytes()))

    assert len(listed) == 31  # as its README counts them: 3 CR, 12 CT, 16 MR
    assert all((DISC / path).is_file() for path in listed)


def test_a_directory_that_cant_be_read_is_refused() -> None:
    with pytest.raises(DicomRefused):
        referenced_files(memoryview(b"junk" * 100))


def test_an_image_lists_nothing() -> None:
    assert referenced_files(memoryview(part10(ct()))) == []


@pytest.mark.parametrize("found", ["cd/A/IM1", "cd/a/im1", "cd/A/IM1;1", "cd/A/IM1."])
def test_discs_write_one_name_in_several_ways(found: str) -> None:
    assert missing(["A/IM1"], "cd", [found]) == []


@pytest.mark.parametrize("listed", ["A/IM2", "../A/IM1", "/cd/A/IM1", "C:/A/IM1", "A/../A/IM1"])
def test_what_wasnt_found_is_missing_whatever_it_points_to(listed: str) -> None:
    assert missing([listed, listed], "cd", ["cd/A/IM1"]) == [listed]
