"""What a study consists of: the numbers add up, and nothing that is wrong goes unsaid."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from offered import STUDY, a_cine, a_report, a_slice, blob_files, flip, put, take_in
from pydicom.dataset import Dataset

from workstation.workflow import (
    Desk,
    SeriesRow,
    StudyState,
    describe_study,
    export_study,
    list_studies,
    open_study,
)

KEY_OBJECT = "1.2.840.10008.5.1.4.1.1.88.59"
PRESENTATION = "1.2.840.10008.5.1.4.1.1.11.1"
PDF = "1.2.840.10008.5.1.4.1.1.104.1"
ECG = "1.2.840.10008.5.1.4.1.1.9.1.1"
STRUCTURES = "1.2.840.10008.5.1.4.1.1.481.3"
RAW = "1.2.840.10008.5.1.4.1.1.66"

NO_PICTURES = (
    "6 instances: 1 key object selection, 1 presentation state, 1 document, 1 waveform, 1 structure set, "
    "1 other object"
)
ACCOUNTS: list[tuple[list[Dataset], str]] = [
    ([a_slice(0)], "1 instance: 1 image"),
    ([a_slice(n) for n in range(3)], "3 instances: 3 images"),
    ([a_cine(7)], "1 instance: 1 multi-frame image (7 frames)"),
    ([a_report()], "1 instance: 1 report"),
    (
        [a_slice(0), a_slice(1), a_cine(3), a_report(1), a_report(2)],
        "5 instances: 2 images, 1 multi-frame image (3 frames), 2 reports",
    ),
    (
        [
            a_report(n, SOPClassUID=sop_class)
            for n, sop_class in enumerate((KEY_OBJECT, PRESENTATION, PDF, ECG, STRUCTURES, RAW), 1)
        ],
        NO_PICTURES,
    ),
]
"""SOP classes by PS3.4 B.5."""


@pytest.mark.parametrize(("datasets", "account"), ACCOUNTS, ids=[account for _, account in ACCOUNTS])
def test_every_instance_is_accounted_for(
    desk: Desk, disc: Path, datasets: list[Dataset], account: str
) -> None:
    put(disc, *datasets)
    take_in(desk, disc)
    told = describe_study(desk, study_uid=STUDY).accounting

    assert told == account
    total, *parts = map(int, re.findall(r"(?<!\()\b\d+", told))
    assert sum(parts) == total == len(datasets)


def test_a_study_is_listed_as_its_header_has_it(desk: Desk, disc: Path) -> None:
    header: dict[str, object] = {
        "PatientName": "Müller^Jürg",
        "SpecificCharacterSet": "ISO_IR 100",
        "PatientID": "77",
        "IssuerOfPatientID": "SITE",
        "PatientBirthDate": "19500102",
        "PatientSex": "M",
        "StudyDate": "20260304",
        "StudyTime": "050607",
        "AccessionNumber": "A1",
        "StudyDescription": "Thorax",
        "InstitutionName": "Bergspital",
    }
    put(disc, a_slice(0, STUDY, **header), a_report(1, STUDY, **header))
    take_in(desk, disc)
    (row,) = list_studies(desk)

    assert (row.uid, row.patient_id, row.accession) == (STUDY, "77", "A1")
    assert (row.here, row.expected, row.state) == (2, 2, StudyState.UNREAD)
    assert set(row.modalities) == {"CT", "SR"}
    described = describe_study(desk, study_uid=STUDY).study
    assert described == row
    assert (row.patient_name, row.issuer, row.birth_date, row.sex) == ("Müller^Jürg", "SITE", "19500102", "M")
    assert (row.date, row.time, row.description, row.site) == ("20260304", "050607", "Thorax", "Bergspital")


def test_a_study_that_was_opened_says_so_after_a_restart(
    desk: Desk, disc: Path, reopen: Callable[[], Desk]
) -> None:
    put(disc, a_slice(0), a_slice(0, "1.2.4"))
    take_in(desk, disc)
    open_study(desk, study_uid=STUDY).close()
    states = {row.uid: row.state for row in list_studies(reopen())}

    assert states == {STUDY: StudyState.OPENED, "1.2.4": StudyState.UNREAD}


def test_a_damaged_image_is_named_until_it_comes_again(
    desk: Desk, disc: Path, folder: Path, tmp_path: Path
) -> None:
    put(disc, a_slice(0), a_slice(1))
    take_in(desk, disc)
    flip(blob_files(folder)[0])
    export_study(desk, study_uid=STUDY, folder=tmp_path / "out")  # reads them all
    preview = describe_study(desk, study_uid=STUDY)

    assert len(preview.refused) == 1
    assert re.fullmatch(r"series 1, image [12]", preview.refused[0].name)
    assert "damaged" in preview.refused[0].reason
    assert preview.accounting == "2 instances: 2 images"

    take_in(desk, disc)
    assert describe_study(desk, study_uid=STUDY).refused == ()


def test_another_version_is_named_and_not_counted(desk: Desk, disc: Path) -> None:
    put(disc, a_slice(4), a_slice(4, WindowCenter=1, WindowWidth=2))
    take_in(desk, disc)
    preview = describe_study(desk, study_uid=STUDY)

    assert [refusal.name for refusal in preview.refused] == ["series 1, image 5"]
    assert "kept apart" in preview.refused[0].reason
    assert (preview.accounting, preview.study.here) == ("1 instance: 1 image", 1)


def test_an_instance_without_numbers_is_named_all_the_same(desk: Desk, disc: Path) -> None:
    put(
        disc,
        a_report(SeriesNumber=None, InstanceNumber=None),
        a_report(SeriesNumber=0, InstanceNumber=None, ContentDate="20260101"),
    )
    take_in(desk, disc)

    (refusal,) = describe_study(desk, study_uid=STUDY).refused
    assert refusal.name in ("series ?, report ?", "series 0, report ?")


STACKS: list[tuple[str, list[Dataset], tuple[bool, str, str]]] = [
    ("a grid", [a_slice(n) for n in range(4)], (True, "", "")),
    ("one slice", [a_slice(0)], (False, "a single slice", "")),
    ("a cine", [a_cine(3)], (False, "frames in time, not in space", "")),
    (
        "a radiograph",
        [a_slice(0, Modality="DX", ImagePositionPatient=None, ImageOrientationPatient=None)],
        (False, "a single image", ""),
    ),
    (
        "a localizer",
        [a_slice(0, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])],
        (False, "localizers are no stack of slices", ""),
    ),
    (
        "slices without a place",
        [a_slice(n, ImagePositionPatient=None) for n in range(3)],
        (False, "no position in the header", ""),
    ),
]


@pytest.mark.parametrize(
    ("datasets", "told"), [case[1:] for case in STACKS], ids=[case[0] for case in STACKS]
)
def test_a_stack_says_whether_it_is_a_grid_and_why_not(
    desk: Desk, disc: Path, datasets: list[Dataset], told: tuple[bool, str, str]
) -> None:
    put(disc, *datasets)
    take_in(desk, disc)
    (row,) = describe_study(desk, study_uid=STUDY).series

    assert (row.regular, row.note) == (told[0], told[2])
    assert row.reason == told[1] or (told[1] and told[1].split()[-1] in row.reason)


def test_a_gap_stands_in_the_note_with_its_number(desk: Desk, disc: Path) -> None:
    put(disc, *(a_slice(n) for n in (0, 1, 2, 4, 5)))
    take_in(desk, disc)
    (row,) = describe_study(desk, study_uid=STUDY).series

    assert not row.regular
    assert row.note == row.reason
    assert "1" in row.note
    assert "missing" in row.note


def test_series_come_in_their_order_with_what_is_in_them(desk: Desk, disc: Path) -> None:
    put(disc, a_cine(3), *(a_slice(n) for n in range(3)), a_report())
    take_in(desk, disc)
    rows: tuple[SeriesRow, ...] = describe_study(desk, study_uid=STUDY).series

    assert [(row.modality, row.count, row.series_uid) for row in rows] == [
        ("CT", 3, f"{STUDY}.1"),
        ("US", 3, f"{STUDY}.5"),
    ]
    assert len({row.key for row in rows}) == 2
