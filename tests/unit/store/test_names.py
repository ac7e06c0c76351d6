from pathlib import Path

import pytest
from store_instances import KEK

from workstation.store.names import Names, Place, is_study_tag, parse_name

ROOT = Path("/blobs")
HOSTILE = ["../../../etc/passwd", "/etc/passwd", "..", "", "1.2\x00.3", "a" * 10_000, "CON", "1.2/3", "ü"]


@pytest.mark.parametrize("uid", ["1.2.3", *HOSTILE])
def test_no_uid_can_choose_where_its_file_lies(uid: str) -> None:
    names = Names(KEK, ROOT)
    path = names.path(Place(names.study_tag(uid), names.instance_tag(uid), 1))

    assert len(path.relative_to(ROOT).parts) == 3
    assert path.parent.parent.name == path.parent.name[:2]
    assert is_study_tag(path.parent.name)
    assert parse_name(path.parent.name, path.name) == Place(path.parent.name, path.name[:52], 1)


def test_a_tag_tells_neither_the_uid_nor_whether_two_stores_hold_the_same() -> None:
    names, others = Names(KEK, ROOT), Names(bytes(32), ROOT)

    assert names.study_tag("1.2") != others.study_tag("1.2")
    assert names.study_tag("1.2") != names.instance_tag("1.2")
    assert names.study_tag("1.2") == Names(KEK, ROOT).study_tag("1.2")


@pytest.mark.parametrize(
    "name", ["study.key", "a" * 52, "a" * 52 + "-0", "a" * 52 + "-1.tmp", "A" * 52 + "-1", "x-1"]
)
def test_what_is_no_blob_is_not_taken_for_one(name: str) -> None:
    assert parse_name("s", name) is None
