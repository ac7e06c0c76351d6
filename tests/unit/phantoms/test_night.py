from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pydicom import FileDataset
from pydicom.uid import UID

from workstation.phantoms import PhantomRefused, PhantomStudy, night

NOW = datetime(2026, 11, 24, 2, 11, tzinfo=UTC)
SAID_TO_BE_INVENTED = {
    "TESTCASE", "SPECIMEN", "PHANTOM", "FICTION", "MOCKUP", "NOBODY", "PLACEHOLDER", "EXAMPLE", "DUMMY",
    "SAMPLE",
}  # fmt: skip

# A few instances of each study: one of each series, and one more.
PICKED = {
    "head-ct": (30,), "head-ct-prior": (15,), "chest-ct": (0, 70), "chest-ct-prior": (100,),
    "pneumothorax-xr": (0,), "brain-mr": (60, 135, 160, 190), "chest-xr": (0,), "ultrasound": (0, 1),
    "mammogram": (0, 1, 2, 3), "pet-ct": (60, 226), "wrist-xr": (0,), "abdomen-ct": (40,),
}  # fmt: skip


def test_the_night_holds_what_was_asked_for_in_about_a_dozen_studies(
    studies: dict[str, PhantomStudy],
) -> None:
    assert set(studies) == set(PICKED)
    assert len({study.study_uid for study in studies.values()}) == len(studies)


def test_nothing_is_drawn_before_it_is_asked_for() -> None:
    before = time.process_time()
    night(seed=3, now=NOW)

    assert time.process_time() - before < 0.2  # to draw a study takes more


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(PhantomRefused, match="time zone"):
        night(seed=1, now=NOW.replace(tzinfo=None))


def test_an_instance_that_a_study_does_not_have_is_refused(studies: dict[str, PhantomStudy]) -> None:
    with pytest.raises(PhantomRefused, match="instances 0 to 223"):
        studies["chest-ct"].slices(range(220, 225))


@pytest.mark.parametrize("key", ["head-ct-prior", "ultrasound", "brain-mr", "pet-ct"])
def test_the_same_seed_gives_the_same_bytes_also_in_pieces(
    part10: Callable[[str, int], bytes], key: str
) -> None:
    number = PICKED[key][-1]
    again = next(study for study in night(seed=1, now=NOW) if study.key == key)

    digests = [hashlib.sha256(piece).hexdigest() for piece in again.slices(range(number, number + 1))]
    assert digests == [hashlib.sha256(part10(key, number)).hexdigest()]


def test_another_seed_or_another_hour_gives_other_uids(studies: dict[str, PhantomStudy]) -> None:
    mine = {study.study_uid for study in studies.values()}

    for other in (night(seed=2, now=NOW), night(seed=1, now=NOW + timedelta(hours=1))):
        assert mine.isdisjoint(study.study_uid for study in other)


def test_a_study_yields_as_many_instances_as_it_says(studies: dict[str, PhantomStudy]) -> None:
    study = studies["wrist-xr"]

    assert sum(1 for _ in study.instances()) == study.count == 3


@pytest.mark.parametrize("key", PICKED)
def test_every_file_says_who_where_and_when_in_words_that_are_plainly_invented(
    studies: dict[str, PhantomStudy], dataset: Callable[[str, int], FileDataset], key: str
) -> None:
    header = dataset(key, PICKED[key][0])

    assert str(header.PatientName).split("^", maxsplit=1)[0] in SAID_TO_BE_INVENTED
    assert str(header.ReferringPhysicianName).startswith("PRETEND^")
    assert header.InstitutionName in {"Harbor", "St. Anne", "Millbrook"}
    assert header.StudyDescription == studies[key].description
    assert header.StudyInstanceUID == studies[key].study_uid
    assert header.AccessionNumber
    when = datetime.strptime(header.StudyDate + header.StudyTime, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    assert when < NOW


@pytest.mark.parametrize("key", PICKED)
def test_uids_are_of_the_uuid_kind_and_valid(dataset: Callable[[str, int], FileDataset], key: str) -> None:
    """PS3.5 B.2: 2.25 and the number of a UUID, 64 characters at most."""
    header = dataset(key, PICKED[key][0])

    for uid in (header.StudyInstanceUID, header.SeriesInstanceUID, header.SOPInstanceUID):
        assert UID(uid).is_valid
        assert uid.startswith("2.25.")
    assert len({header.StudyInstanceUID, header.SeriesInstanceUID, header.SOPInstanceUID}) == 3
