from __future__ import annotations

from io import BytesIO

import pydicom
import pytest
from dimse_peer import CT, PLAIN, as_file, instance
from hypothesis import given
from hypothesis import strategies as st

from workstation.archive.dimse.part10 import CHUNK, File, dataset_of, file_head, study_of


def test_a_file_is_what_pydicom_reads_and_its_dataset_is_untouched() -> None:
    source = as_file(instance(7))
    dataset = bytes(dataset_of(memoryview(source)) or b"")

    file = File("1.2.3.7", CT, PLAIN[0], BytesIO(dataset))
    written = b"".join(file)
    read = pydicom.dcmread(BytesIO(written))

    assert written.endswith(dataset)
    assert len(written) == file.length
    assert read.file_meta.TransferSyntaxUID == PLAIN[0]
    assert read.file_meta.MediaStorageSOPClassUID == CT
    assert read.file_meta.MediaStorageSOPInstanceUID == "1.2.3.7"
    assert pydicom.uid.UID(read.file_meta.ImplementationClassUID).is_valid
    assert len(str(read.file_meta.ImplementationVersionName)) <= 16  # SH
    assert read.PixelData == instance(7).PixelData


def test_the_group_length_counts_what_follows_it() -> None:
    """PS3.10 table 7.1-1: bytes from the end of (0002,0000) to the end of the file meta information."""
    head = file_head("1.2.3", CT, PLAIN[0])

    assert int.from_bytes(head[140:144], "little") == len(head) - 144


@given(st.binary(max_size=64), st.sampled_from(["1.2.3", "1.2.840.10008.1.2.4.90", "2.25.1234567"]))
def test_what_was_put_behind_a_head_is_found_again(dataset: bytes, uid: str) -> None:
    whole = file_head(uid, CT, PLAIN[1]) + b"\x08\x00" + dataset

    assert bytes(dataset_of(memoryview(whole)) or b"") == b"\x08\x00" + dataset


@pytest.mark.parametrize("data", [b"", b"DICM", b"\0" * 200, b"\0" * 128 + b"DICM\x02\0\x10\0UI\xff\xff"])
def test_what_is_no_file_has_no_dataset(data: bytes) -> None:
    assert dataset_of(memoryview(data)) is None


def test_a_large_object_comes_in_pieces() -> None:
    file = File("1.2", CT, PLAIN[0], BytesIO(bytes(CHUNK + 1)))

    assert [len(piece) for piece in file][1:] == [CHUNK, 1]
    assert (file.is_file, file.frame, file.transfer_syntax) == (True, None, PLAIN[0])


@pytest.mark.parametrize("syntax", PLAIN)
def test_the_study_is_read_in_either_encoding(syntax: str) -> None:
    dataset = dataset_of(memoryview(as_file(instance(study="1.2.33"), syntax)))

    assert study_of(dataset or memoryview(b""), syntax) == "1.2.33"


def test_the_study_of_what_cant_be_read_is_unknown() -> None:
    assert study_of(memoryview(b"\x78\x9c rubbish"), "1.2.840.10008.1.2.1.99") == ""
    assert study_of(memoryview(b"\x08\x00\x18\x00UI\xff\xff1.2"), PLAIN[0]) == ""
    assert study_of(memoryview(b""), PLAIN[0]) == ""
