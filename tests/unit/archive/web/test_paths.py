from __future__ import annotations

import pytest

from workstation.archive import BadAnswer, Wanted
from workstation.archive.web.capabilities import PROFILES, Capabilities
from workstation.archive.web.paths import any_of, criterion, query, study_path, wanted_path, workitem_path

RAW = PROFILES["orthanc"]
DECODING = Capabilities(percent_decodes=True)
PLAIN = Capabilities(percent_decodes=True, wildcards=False)


@pytest.mark.parametrize(
    ("traits", "value", "written"),
    [
        (RAW, "DOE^JANE", "DOE?JANE"),
        (RAW, "CT CHEST", "CT?CHEST"),
        (RAW, "20040101-20041231", "20040101-20041231"),
        (RAW, "A*B?C", "A*B?C"),
        (RAW, "a&limit=0#%5E+\\", "a?limit?0??5E??"),
        (DECODING, "DOE^JANE*", "DOE%5EJANE*"),
        (DECODING, "a b&c", "a%20b%26c"),
        (DECODING, "a\\b", "a?b"),
        (PLAIN, "DOE^JANE", "DOE%5EJANE"),
    ],
)
def test_a_value_is_written_as_the_archive_reads_it(traits: Capabilities, value: str, written: str) -> None:
    assert criterion(traits, "PatientName", value) == f"PatientName={written}"


@pytest.mark.parametrize(
    ("traits", "value"), [(RAW, ""), (RAW, "김"), (DECODING, "MÜLLER"), (PLAIN, "DO*"), (PLAIN, "a?")]
)
def test_what_can_t_be_asked_for_is_not_asked(traits: Capabilities, value: str) -> None:
    assert criterion(traits, "PatientName", value) == ""


def test_a_list_is_parted_by_plain_commas() -> None:
    assert any_of("ModalitiesInStudy", ["CT", "MR"]) == "ModalitiesInStudy=CT,MR"
    assert query("a=1", "", "b=2") == "a=1&b=2"


def test_paths_name_what_is_wanted_and_count_frames_from_one() -> None:
    assert study_path("1.2") == "studies/1.2"
    assert wanted_path(Wanted("1.2", "3.4")) == "studies/1.2/series/3.4"
    assert wanted_path(Wanted("1", "2", "3", (0, 4))) == "studies/1/series/2/instances/3/frames/1,5"
    assert workitem_path("1.2", "state") == "workitems/1.2/state"


@pytest.mark.parametrize("uid", ["", ".", "..", "1/../2", "1?x=y", "1#", "1%2F", "1 2", "x" * 65, "1\n", "٣"])
def test_a_uid_that_is_none_never_becomes_a_path(uid: str) -> None:
    with pytest.raises(BadAnswer):
        study_path(uid)
    with pytest.raises(BadAnswer):
        workitem_path(uid)


@pytest.mark.parametrize(
    "wanted", [Wanted("1", "", "3"), Wanted("1", "2", "", (0,)), Wanted("1", "", "", (0,))]
)
def test_what_lies_in_nothing_can_t_be_wanted(wanted: Wanted) -> None:
    with pytest.raises(ValueError, match="without what it lies in"):
        wanted_path(wanted)
