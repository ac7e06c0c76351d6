import os
import shutil
import sys
import zipfile
from pathlib import Path

import pydicom.data
import pytest
from dicom_objects import bare, ct, part10

from workstation.dicom.errors import MediaRefused
from workstation.dicom.sources import FileSource, Refusal, Source, walk

DISC = Path(pydicom.data.__file__).parent / "test_files" / "dicomdirtests"
IMAGE = part10(ct())


def _split(*paths: Path) -> tuple[dict[str, Source], dict[str, Refusal]]:
    found = list(walk(paths))
    sources = {one.name: one for one in found if not isinstance(one, Refusal)}
    refusals = {one.name: one for one in found if isinstance(one, Refusal)}
    assert len(sources) + len(refusals) == len(found), "each name once"
    return sources, refusals


def _read(source: Source) -> bytes:
    buffer = bytearray(source.size)
    assert source.readinto(memoryview(buffer)) == source.size
    return bytes(buffer)


def test_a_folder_is_walked_to_its_ends(tmp_path: Path) -> None:
    (tmp_path / "study" / "deep" / "er").mkdir(parents=True)
    (tmp_path / "study" / "one.dcm").write_bytes(IMAGE)
    (tmp_path / "study" / "deep" / "er" / "NONAME").write_bytes(bare(ct()))

    sources, refusals = _split(tmp_path / "study")

    assert list(sources) == ["study/one.dcm", "study/deep/er/NONAME"]
    assert _read(sources["study/one.dcm"]) == IMAGE
    assert not refusals


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(200)),
        ("readme.txt", b"Open me with the viewer on this disc."),
        ("autorun.exe", b"MZ" + bytes(500)),
        ("empty", b""),
        ("zeros", bytes(1000)),
    ],
)
def test_a_file_of_another_kind_is_told_apart_as_expected(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "one.dcm").write_bytes(IMAGE)

    sources, refusals = _split(tmp_path)

    assert len(sources) == 1
    (refusal,) = refusals.values()
    assert refusal == Refusal(f"{tmp_path.name}/{name}", "This is not a DICOM file.", expected=True)


def test_a_single_file_is_a_source_or_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "one.dcm").write_bytes(IMAGE)
    (tmp_path / "two.txt").write_bytes(b"text")

    assert list(_split(tmp_path / "one.dcm")[0]) == ["one.dcm"]
    assert list(_split(tmp_path / "two.txt")[1]) == ["two.txt"]


def test_a_file_dropped_twice_is_taken_once(tmp_path: Path) -> None:
    (tmp_path / "one.dcm").write_bytes(IMAGE)

    assert len(list(walk([tmp_path / "one.dcm", tmp_path, tmp_path]))) == 1


def test_what_isnt_there_is_a_refusal_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "one.dcm").write_bytes(IMAGE)

    sources, refusals = _split(tmp_path / "nothing", tmp_path / "one.dcm")

    assert list(sources) == ["one.dcm"]
    assert refusals["nothing"].reason == "No such file or directory."


@pytest.mark.skipif(sys.platform == "win32", reason="needs a right that people lack there")
def test_links_lead_nowhere(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    inside = tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.dcm").write_bytes(IMAGE)
    (inside / "file").symlink_to(outside / "secret.dcm")
    (inside / "folder").symlink_to(outside, target_is_directory=True)
    (inside / "loop").symlink_to(inside, target_is_directory=True)
    (inside / "broken").symlink_to(tmp_path / "nothing")

    sources, refusals = _split(inside)

    assert not sources
    assert {refusal.reason for refusal in refusals.values()} == {
        "This is a link or no file; it isn't followed."
    }
    assert len(refusals) == 4


@pytest.mark.skipif(sys.platform == "win32", reason="has no named pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert not _split(tmp_path)[0]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_folder_that_may_not_be_read_is_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)

    assert _split(tmp_path)[1][f"{tmp_path.name}/closed"].reason == "Permission denied."


def test_a_source_that_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(MediaRefused, match="can't be read"):
        FileSource(tmp_path / "gone", "gone", 10).readinto(memoryview(bytearray(10)))


@pytest.mark.skipif(sys.platform == "win32", reason="needs a right that people lack there")
def test_a_file_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "one.dcm").write_bytes(IMAGE)
    (source,) = _split(tmp_path / "one.dcm")[0].values()
    (tmp_path / "other").write_bytes(bytes(len(IMAGE)))
    (tmp_path / "one.dcm").unlink()
    (tmp_path / "one.dcm").symlink_to(tmp_path / "other")

    with pytest.raises(MediaRefused):
        source.readinto(memoryview(bytearray(source.size)))


def test_a_zip_is_opened_wherever_it_lies(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "study.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("CT/one.dcm", IMAGE)
        archive.writestr("../../two.dcm", IMAGE)
        archive.writestr("readme.txt", b"text")
        archive.writestr("inner.zip", b"PK\3\4" + bytes(50))

    sources, refusals = _split(tmp_path)

    name = f"{tmp_path.name}/study.zip"
    assert list(sources) == [f"{name}/CT/one.dcm", f"{name}/../../two.dcm"]  # a name to show, nothing more
    assert all(_read(source) == IMAGE for source in sources.values())
    assert refusals[f"{name}/readme.txt"].expected
    assert "zip inside a zip" in refusals[f"{name}/inner.zip"].reason


def test_an_encrypted_or_broken_zip_is_listed_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\3\4" + bytes(50))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("x", IMAGE)
    data = bytearray((tmp_path / "b.zip").read_bytes())
    data[data.rindex(b"PK\1\2") + 8] |= 1
    (tmp_path / "b.zip").write_bytes(data)
    (tmp_path / "one.dcm").write_bytes(IMAGE)

    sources, refusals = _split(tmp_path)

    assert list(sources) == [f"{tmp_path.name}/one.dcm"]
    assert [("cut off" in r.reason, "encrypted" in r.reason) for r in refusals.values()] == [
        (True, False),
        (False, True),
    ]


@pytest.fixture
def disc(tmp_path: Path) -> Path:
    """Return a disc as pydicom's package has one: 31 listed images, and more files than listed."""
    return Path(shutil.copytree(DISC, tmp_path / "disc"))


def test_a_whole_disc_has_nothing_missing(disc: Path) -> None:
    sources, refusals = _split(disc)

    assert len([name for name in sources if name.count("/") == 3]) >= 31
    assert all(refusal.expected for refusal in refusals.values())
    assert refusals["disc/DICOMDIR"].reason == "This is the directory of a disc, not an image."


def test_the_directory_stands_for_its_disc(disc: Path) -> None:
    assert list(walk([disc / "DICOMDIR"])) == list(walk([disc]))


def test_a_listed_file_that_isnt_there_is_reported(disc: Path) -> None:
    (disc / "77654033" / "CR1" / "6154").unlink()

    _, refusals = _split(disc)

    assert refusals["disc/77654033/CR1/6154"].reason == "The disc's directory lists it, but it isn't there."


def test_a_file_that_isnt_listed_is_found_all_the_same(disc: Path) -> None:
    (disc / "more").mkdir()
    (disc / "more" / "unlisted").write_bytes(IMAGE)

    assert "disc/more/unlisted" in _split(disc)[0]


def test_a_disc_in_lower_case_has_nothing_missing(disc: Path) -> None:
    for folder in sorted(disc.rglob("*"), reverse=True):
        if folder.is_dir():
            folder.rename(folder.with_name(folder.name.lower()))

    assert all(refusal.expected for refusal in _split(disc)[1].values())


def test_a_broken_directory_doesnt_hide_the_disc(disc: Path) -> None:
    (disc / "DICOMDIR").write_bytes((disc / "DICOMDIR").read_bytes()[:3000])

    sources, refusals = _split(disc)

    assert len(sources) > 31
    assert any("cut off" in refusal.reason for refusal in refusals.values())


def test_a_disc_inside_a_zip_is_a_disc(disc: Path, tmp_path: Path) -> None:
    (disc / "77654033" / "CR1" / "6154").unlink()
    shutil.make_archive(str(tmp_path / "sent"), "zip", disc)

    _, refusals = _split(tmp_path / "sent.zip")

    assert "isn't there" in refusals["sent.zip/77654033/CR1/6154"].reason
