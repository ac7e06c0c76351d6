"""What goes out is what came in, and nothing that was there is lost for it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from offered import (
    STUDY,
    a_cine,
    a_report,
    a_slice,
    blob_files,
    contents,
    digests,
    flip,
    part10,
    put,
    take_in,
    trail,
)

from workstation.security import Action
from workstation.workflow import Desk, FileInTheWay, NoSuchStudy, WorkflowError, export_study


def test_every_byte_comes_out_as_it_came_in_but_for_the_preamble(
    desk: Desk, disc: Path, tmp_path: Path
) -> None:
    put(
        disc,
        *(a_slice(n) for n in range(3)),
        a_cine(2),
        a_report(),
        a_slice(0, WindowCenter=1, WindowWidth=9),
    )
    program = b"MZ" + bytes(range(126)) + part10(a_slice(9))[128:]
    (disc / "program.dcm").write_bytes(program)
    take_in(desk, disc)
    summary = export_study(desk, study_uid=STUDY, folder=tmp_path / "new" / "out")
    files = list((tmp_path / "new" / "out").iterdir())

    assert summary.files == len(files) == 7
    assert digests(file.read_bytes() for file in files) == digests(
        path.read_bytes() for path in disc.iterdir()
    )
    assert {file.read_bytes()[:128] for file in files} == {bytes(128)}


def test_files_are_named_by_series_and_image_and_never_by_a_person(
    desk: Desk, disc: Path, tmp_path: Path
) -> None:
    put(disc, a_slice(6, SeriesNumber=3), a_report(SeriesNumber=None, InstanceNumber=None))
    take_in(desk, disc)
    export_study(desk, study_uid=STUDY, folder=tmp_path / "out")

    names = sorted(file.name.rsplit("-", 1)[0] for file in (tmp_path / "out").iterdir())
    assert names == ["0000-00000", "0003-00007"]


def test_a_second_export_into_the_same_folder_changes_nothing(desk: Desk, disc: Path, tmp_path: Path) -> None:
    put(disc, *(a_slice(n) for n in range(3)))
    take_in(desk, disc)
    export_study(desk, study_uid=STUDY, folder=tmp_path)
    *others, last = sorted(tmp_path.glob("*.dcm"), key=lambda path: path.name[-10:])  # as they are written
    last.write_bytes(b"somebody's own")
    for path in others:
        path.unlink()

    with pytest.raises(FileInTheWay):
        export_study(desk, study_uid=STUDY, folder=tmp_path)
    assert [path.name for path in tmp_path.glob("*.dcm")] == [last.name]
    assert last.read_bytes() == b"somebody's own"


def test_a_damaged_image_is_left_out_and_named_and_the_others_are_there(
    desk: Desk, disc: Path, folder: Path, tmp_path: Path
) -> None:
    put(disc, *(a_slice(n) for n in range(3)))
    take_in(desk, disc)
    flip(blob_files(folder)[1])
    summary = export_study(desk, study_uid=STUDY, folder=tmp_path / "out")
    files = list((tmp_path / "out").iterdir())

    assert (summary.files, len(summary.refused), len(files)) == (2, 1, 2)
    assert summary.refused[0].name not in {file.name for file in files}
    assert digests(file.read_bytes() for file in files) < digests(
        path.read_bytes() for path in disc.iterdir()
    )


def test_an_image_whose_first_version_is_gone_comes_out_once(
    desk: Desk, disc: Path, folder: Path, tmp_path: Path
) -> None:
    """``check --repair`` sets the damaged first version aside; the second is then the one that is shown."""
    first, second = put(disc, a_slice(0), a_slice(0, WindowCenter=1, WindowWidth=9))
    take_in(desk, first)
    flip(blob_files(folder)[0])
    take_in(desk, second)
    desk.store.check(repair=True)
    summary = export_study(desk, study_uid=STUDY, folder=tmp_path / "out")

    assert contents(desk) == digests([second.read_bytes()])
    assert summary.files == 1


def test_a_disk_that_fills_up_leaves_no_half_of_a_file(
    desk: Desk, disc: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(disc, *(a_slice(n) for n in range(3)))
    take_in(desk, disc)
    written: list[Path] = []
    give_name = Path.replace

    def full(path: Path, target: Path) -> Path:
        written.append(path)
        if len(written) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return give_name(path, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(WorkflowError, match="No space left"):
        export_study(desk, study_uid=STUDY, folder=tmp_path / "out")
    monkeypatch.undo()
    files = [path for path in (tmp_path / "out").iterdir() if not path.name.startswith(".")]
    assert len(files) == 2
    assert digests(file.read_bytes() for file in files) < digests(
        path.read_bytes() for path in disc.iterdir()
    )


def test_a_folder_that_cannot_be_made_is_told(desk: Desk, disc: Path, tmp_path: Path) -> None:
    put(disc, a_slice())
    take_in(desk, disc)
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(WorkflowError, match="cannot be made"):
        export_study(desk, study_uid=STUDY, folder=tmp_path / "file")


def test_a_study_that_is_not_here_makes_no_folder(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(NoSuchStudy):
        export_study(desk, study_uid="1.2.9", folder=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_trail_tells_that_it_began_and_how_it_ended(desk: Desk, disc: Path, tmp_path: Path) -> None:
    put(disc, a_slice())
    take_in(desk, disc)
    export_study(desk, study_uid=STUDY, folder=tmp_path / "out")

    records = [record for record in trail(desk) if record.action is Action.EXPORT]
    assert [record.detail for record in records] == ["begun", "1 files, 0 damaged ones left out"]
    assert {record.study for record in records} == {STUDY}
