import struct
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from workstation.dicom import zips
from workstation.dicom.errors import DicomRefused, MediaRefused
from workstation.dicom.limits import MIB, Limits


def _zip(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _read(member: zips.Member) -> bytes:
    buffer = bytearray(member.size)
    assert member.readinto(memoryview(buffer)) == member.size
    return bytes(buffer)


def test_members_are_read_in_place(tmp_path: Path) -> None:
    found = zips.members(_zip(tmp_path / "a.zip", one=b"1" * 5000, two=b"22"), "a.zip")

    assert [(member.name, member.size) for member in found] == [("a.zip/one", 5000), ("a.zip/two", 2)]
    assert _read(found[0]) == b"1" * 5000


def test_many_threads_may_read_at_once(tmp_path: Path) -> None:
    contents = {f"f{i}": bytes([i]) * 50_000 for i in range(40)}
    found = zips.members(_zip(tmp_path / "a.zip", **contents), "a.zip")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(_read, found * 5)) == list(contents.values()) * 5


def test_a_buffer_shorter_than_the_member_takes_its_beginning(tmp_path: Path) -> None:
    (member,) = zips.members(_zip(tmp_path / "a.zip", one=b"12345"), "a.zip")
    buffer = bytearray(2)

    assert member.readinto(memoryview(buffer)) == 2
    assert buffer == b"12"


def test_folders_in_a_zip_are_no_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.mkdir("deep")
        archive.writestr("deep/x", b"1")

    assert [member.name for member in zips.members(tmp_path / "a.zip", "a.zip")] == ["a.zip/deep/x"]


def test_a_damaged_member_is_refused_by_its_checksum(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", b"content that is there as it is")
    path.write_bytes(path.read_bytes().replace(b"content", b"CONTENT"))
    (member,) = zips.members(path, "a.zip")

    with pytest.raises(MediaRefused, match="damaged"):
        _read(member)


@pytest.mark.parametrize("content", [b"PK\3\4" + bytes(100), b"PK\3\4", b"PK\3\4" + b"PK\5\6" + b"\xff" * 18])
def test_what_only_begins_like_a_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)

    with pytest.raises(DicomRefused):
        zips.members(tmp_path / "a.zip", "a.zip")


def test_a_cut_zip_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", one=bytes(100_000), two=b"2")
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(MediaRefused, match="cut off"):
        zips.members(path, "a.zip")


def test_a_table_of_contents_too_long_is_refused_unread(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", one=b"1")
    data = bytearray(path.read_bytes())
    data[-10:-6] = struct.pack("<I", 100 * MIB)
    path.write_bytes(data)

    with pytest.raises(DicomRefused, match="table of contents is too long"):
        zips.members(path, "a.zip")


def test_the_length_of_a_long_table_is_read_from_its_64_bit_record(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", one=b"1")
    record = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, 100 * MIB, 0)
    locator = b"PK\6\7" + struct.pack("<IQI", 0, 0, 1)
    data = path.read_bytes()
    end = data.rindex(b"PK\5\6")
    path.write_bytes(data[:end] + record + locator + data[end:])

    with pytest.raises(DicomRefused, match="table of contents is too long"):
        zips.members(path, "a.zip")


def test_an_archive_that_grows_too_much_is_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "a.zip", **{f"f{i}": bytes(8 * MIB) for i in range(3)})  # 1000 : 1

    with pytest.raises(DicomRefused, match="would grow to 24 MB"):
        zips.members(path, "a.zip")


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "_MAX_MEMBERS", 2)

    with pytest.raises(DicomRefused, match="3 files"):
        zips.members(_zip(tmp_path / "a.zip", a=b"", b=b"", c=b""), "a.zip")


def test_one_member_that_grows_too_much_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _zip(tmp_path / "a.zip", one=bytes(2 * MIB), two=b"2")
    monkeypatch.setattr(zips, "DEFAULT_LIMITS", Limits(inflate_free=3 * MIB))
    one, two = zips.members(path, "a.zip")

    monkeypatch.setattr(zips, "DEFAULT_LIMITS", Limits(inflate_free=MIB))

    assert "would grow to 2 MB" in zips.unreadable(one.info)
    assert zips.unreadable(two.info) == ""


def test_an_encrypted_member_is_told(tmp_path: Path) -> None:
    (member,) = zips.members(_zip(tmp_path / "a.zip", one=b"1"), "a.zip")
    member.info.flag_bits |= 1  # APPNOTE 4.4.4: bit 0

    assert "password" in zips.unreadable(member.info)
    with pytest.raises(MediaRefused):
        _read(member)
