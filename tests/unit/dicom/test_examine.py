import hashlib

import pytest
from dicom_objects import bare, ct, part10

from workstation.dicom.errors import DicomRefused
from workstation.dicom.examine import digest, examine


def test_a_look_tells_the_record_the_table_and_the_digest() -> None:
    data = part10(ct())

    found = examine(memoryview(data))

    assert found.record.uid == "1.2.3.4"
    assert found.table.spans == (((len(data) - 40, 40),),)
    assert found.sha256 == hashlib.sha256(data[128:]).hexdigest()


def test_copies_with_another_preamble_have_one_digest() -> None:
    data = part10(ct())

    assert digest(memoryview(b"x" * 128 + data[128:])) == digest(memoryview(data))
    assert digest(memoryview(data[:-1] + b"!")) != digest(memoryview(data))


def test_a_file_without_preamble_is_digested_whole() -> None:
    data = bare(ct())

    assert digest(memoryview(data)) == hashlib.sha256(data).hexdigest()


def test_whatever_goes_wrong_inside_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise AttributeError("PHANTOM^ONE")

    monkeypatch.setattr("workstation.dicom.examine.record_of", broken)

    with pytest.raises(DicomRefused, match=r"can't be understood \(AttributeError\)"):
        examine(memoryview(part10(ct())))


def test_the_buffer_is_free_again_after_a_look() -> None:
    """It may be shared memory that has to be closed."""
    data = bytearray(part10(ct()))
    with memoryview(data) as view:
        examine(view)

    data.clear()
