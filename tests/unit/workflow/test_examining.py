import pytest
from dicom_objects import ct, part10
from quick_desk import SharedPool

from workstation.dicom.errors import NotDicom
from workstation.dicom.examine import examine
from workstation.workflow.examining import examine_in_worker


def test_a_file_is_examined_in_a_worker_as_it_would_be_here(pool: SharedPool) -> None:
    data = memoryview(part10(ct()))

    assert examine_in_worker(pool, data) == examine(data)


def test_a_file_that_has_become_empty_is_refused_like_any_other(pool: SharedPool) -> None:
    with pytest.raises(NotDicom):
        examine_in_worker(pool, memoryview(b""))
