"""Each command at a desk: what it prints, where, and how it ends."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from dicom_objects import ct, part10
from quick_desk import SharedPool, quick_desk

from workstation.cli import check, import_, version
from workstation.config import ArchiveEntry, resource
from workstation.store.audit_log import AuditLog
from workstation.workflow import (
    CheckStep,
    CheckSummary,
    ConnectionReport,
    Desk,
    ImportProgress,
    ImportSummary,
    OutboxRow,
    Refusal,
    SeriesRow,
    StudyRow,
    check_store,
)

Run = Callable[..., Result]

STUDY = "1.2.3"
BROKEN = bytes(128) + b"DICM" + b"garbage that claims much" * 8
HOSTILE = "ZQX\u202e\u200b\x85^NAME"

JSON_FIELDS = {
    "studies": (
        "uid", "patient_name", "patient_id", "issuer", "birth_date", "sex", "date", "time", "accession",
        "description", "modalities", "site", "here", "expected", "state", "who", "urgency", "due", "reason",
        "region", "priors_here", "priors_known", "flag", "is_flag_urgent", "archives", "assigned",
        "can_be_claimed", "is_claimed", "why_here", "trouble", "is_prior", "rank",
    ),
    "series": (
        "key", "label", "modality", "count", "note", "displayable", "series_uid", "regular", "reason",
    ),
    "version": (
        "workstation", "python", "system", "pydicom", "PySide6-Essentials", "imagecodecs", "cryptography",
        "sandbox",
    ),
}  # fmt: skip
"""What scripts rely on: names may be added here, none may go."""

pytestmark = pytest.mark.usefixtures("at_desk")


def blob(home: Path) -> Path:
    return min(path for path in (home / "store" / "blobs").glob("*/*/*") if path.name != "study.key")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


# ---- import


def test_an_import_says_what_came_in_and_what_was_there(run: Run, disc: Path) -> None:
    (disc / "viewer.exe").write_bytes(b"no image")
    first, second = run("import", disc), run("import", disc, disc / "0.dcm")

    assert (first.exit_code, first.stderr) == (0, "")
    assert first.stdout == "Imported 3 instances in 1 study · 1 file passed over, no DICOM.\n"
    assert second.stdout == "Nothing new · 3 instances were there already · 1 file passed over, no DICOM.\n"


def test_a_file_that_could_not_be_read_is_named_and_ends_with_3(run: Run, disc: Path) -> None:
    name = "bad\x1b[2J\n\udcff.dcm"
    (disc / name).write_bytes(BROKEN)
    told = run("import", "--quiet", disc)

    assert (told.exit_code, told.stdout) == (3, "")
    assert told.stderr.count("\n") == 1
    assert told.stderr.startswith("disc/bad [2J ")
    assert "\x1b" not in told.stderr


def test_another_version_is_told(run: Run, disc: Path) -> None:
    run("import", disc / "0.dcm")
    (disc / "0.dcm").write_bytes(part10(ct(SOPInstanceUID="1.2.3.1.0", WindowCenter=1, WindowWidth=2)))

    told = run("import", disc / "0.dcm")
    assert told.stdout == "Imported 1 instance in 1 study, kept apart from another version.\n"


REFUSED = (Refusal("a", "It is cut off."), Refusal("b", "It is cut off."))


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        (ImportSummary(1, 1, 0), "Imported 1 instance in 1 study."),
        (ImportSummary(2, 1200, 0), "Imported 1,200 instances in 2 studies."),
        (ImportSummary(1, 0, 1), "Nothing new · 1 instance was there already."),
        (
            ImportSummary(1, 2, 0, untouched=1),
            "Imported 2 instances in 1 study · 1 file found and not looked into.",
        ),
        (ImportSummary(0, 0, 0, others=2), "Nothing imported · 2 files passed over, no DICOM."),
        (ImportSummary(0, 0, 0, refused=REFUSED), "Nothing imported · 2 could not be read."),
        (
            ImportSummary(1, 5, 3, versions=2, others=1, refused=REFUSED),
            (
                "Imported 5 instances in 1 study, 2 of them kept apart from another version · 3 instances "
                "were there already · 1 file passed over, no DICOM · 2 could not be read."
            ),
        ),
    ],
)
def test_a_summary_counts_each_file_once_and_one_as_one(summary: ImportSummary, words: str) -> None:
    """Instances stored, known, passed over and refused are all there were; versions are among the stored."""
    assert import_._in_words(summary) == words


def test_the_counts_add_up_to_the_files_that_were_found(run: Run, disc: Path) -> None:
    run("import", disc / "0.dcm")
    (disc / "readme.txt").write_text("no image")
    (disc / "bad.dcm").write_bytes(BROKEN)
    told = run("import", disc).stdout.replace("in 1 study", "")

    assert sum(map(int, re.findall(r"\d+", told))) == len(list(disc.iterdir()))


def test_an_import_that_was_stopped_says_what_is_here_and_ends_with_130(
    run: Run, disc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_: Desk, **how: Any) -> ImportSummary:  # noqa: ANN401  whatever the verb takes
        assert callable(how["cancelled"])
        return ImportSummary(1, 2, 0, refused=(Refusal("x", "y"),), cancelled=True)

    monkeypatch.setattr(import_, "import_studies", stopped)
    told = run("import", disc)

    assert told.exit_code == 130
    assert "Imported 2 instances" in told.stdout
    assert told.stderr.endswith("workstation: Stopped. What was taken in until then is whole.\n")


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (ImportProgress(0, None, 0, None, 0.0), "0"),
        (ImportProgress(50, None, 500, None, 5.0), "50 · 10 per second"),
        (ImportProgress(50, 150, 500, 1500, 5.0), "50 of 150 · 10 per second · 10 s left"),
        (ImportProgress(1200, 1200, 500, 500, 5.0), "1,200 of 1,200 · 240 per second · 0 s left"),
        (ImportProgress(3, 4, 0, 100, 1.0), "3 · 3 per second"),
    ],
)
def test_progress_tells_rate_and_time_left(progress: ImportProgress, words: str) -> None:
    assert import_._progress_in_words(progress) == words


# ---- lists


def test_the_study_list_is_a_table_or_json(run: Run, disc: Path) -> None:
    run("import", disc)
    text, found = run("studies"), json.loads(run("studies", "--json").stdout)

    assert re.split(r"\s{2,}", text.stdout.splitlines()[1]) == ["1.2.3", "PHANTOM^ONE", "P1", "CT", "3"]
    assert [(row["uid"], row["here"], row["modalities"], row["state"]) for row in found] == [
        ("1.2.3", 3, ["CT"], "unread")
    ]


def test_an_empty_store_is_an_empty_list(run: Run) -> None:
    assert json.loads(run("studies", "--json").stdout) == []
    assert run("studies").stdout.count("\n") == 1


@pytest.mark.parametrize(("command", "kind"), [("studies", StudyRow), ("series", SeriesRow)])
def test_json_has_the_fields_that_scripts_rely_on(
    run: Run, disc: Path, command: str, kind: type[StudyRow | SeriesRow]
) -> None:
    run("import", disc)
    words = ("--study", STUDY) if command == "series" else ()
    (found,) = json.loads(run(command, *words, "--json").stdout)

    assert set(JSON_FIELDS[command]) <= set(found) == {field.name for field in fields(kind)}


@pytest.mark.parametrize("command", JSON_FIELDS)
def test_the_help_page_tells_the_fields_of_json(command: str) -> None:
    page = resource("help", "command-line.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{command}` |")]

    assert tuple(re.findall(r"`([\w-]+)`", row.split("|")[2])) == JSON_FIELDS[command]


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("outbox", OutboxRow),
        ("archive list", ArchiveEntry),
        ("archive test", CheckStep),
        ("doctor", ConnectionReport),
    ],
)
def test_the_help_page_tells_what_the_archives_commands_answer(command: str, kind: type[Any]) -> None:
    page = resource("help", "command-line.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{command}` |")]

    assert re.findall(r"`([\w-]+)`", row.split("|")[2]) == [field.name for field in fields(kind)]


def test_a_hostile_name_steers_no_terminal_and_is_whole_in_json(run: Run, tmp_path: Path) -> None:
    """Controls, and marks that turn the reading direction, as UTF-8 lets them through (PS3.5 6.1.1)."""
    dataset = ct(PatientName=HOSTILE, StudyDescription=HOSTILE, SpecificCharacterSet="ISO_IR 192")
    (tmp_path / "a.dcm").write_bytes(part10(dataset))
    run("import", tmp_path / "a.dcm")
    text, found = run("studies"), json.loads(run("studies", "--json").stdout)

    assert all(line.isprintable() for line in text.stdout.splitlines())
    assert found[0]["patient_name"].startswith("ZQX\u202e\u200b")
    assert run("studies", "--json").stdout.isascii()


def test_series_tell_regularity_and_account_for_everything(run: Run, disc: Path) -> None:
    (disc / "far.dcm").write_bytes(
        part10(ct(SOPInstanceUID="1.2.3.1.9", InstanceNumber=9, ImagePositionPatient=[0, 0, 9]))
    )
    run("import", disc)
    told = run("series", "--study", STUDY)
    (row,) = json.loads(run("series", "--study", STUDY, "--json").stdout)

    assert told.stdout.splitlines()[-1] == "4 instances: 4 images"
    assert (row["regular"], row["count"]) == (False, 4)
    assert row["reason"] in told.stdout


def test_series_name_what_is_not_shown(run: Run, disc: Path) -> None:
    (disc / "other.dcm").write_bytes(part10(ct(SOPInstanceUID="1.2.3.1.0", InstanceNumber=0, KVP=1)))
    run("import", disc)
    told = run("series", "--study", STUDY, "--json")

    assert "kept apart" in told.stderr
    assert len(json.loads(told.stdout)) == 1
    assert told.exit_code == 0


# ---- render, export


def test_a_picture_replaces_the_one_before_it(run: Run, disc: Path, tmp_path: Path) -> None:
    run("import", disc)
    picture = tmp_path / "a.png"
    picture.write_bytes(b"old")
    told = run("render", "--study", STUDY, "--size", "32x16", "--output", picture)

    assert (told.exit_code, told.output) == (0, "")
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")) == (32, 16)


def test_a_picture_that_cannot_be_made_leaves_the_old_one(run: Run, disc: Path, tmp_path: Path) -> None:
    run("import", disc)
    picture = tmp_path / "a.png"
    picture.write_bytes(b"old")
    told = run("render", "--study", STUDY, "--index", 7, "--output", picture)

    assert told.exit_code == 62
    assert "images 0 to 2, not 7" in told.stderr
    assert picture.read_bytes() == b"old"


def test_an_export_with_a_damaged_file_names_it_and_ends_with_3(
    run: Run, disc: Path, home: Path, tmp_path: Path
) -> None:
    run("import", disc)
    flip(blob(home))
    told = run("export", "--study", STUDY, tmp_path / "out")

    assert told.exit_code == 3
    assert told.stdout.startswith("Exported 2 files to ")
    assert told.stderr.count("\n") == 1
    assert "damaged" in told.stderr


def test_an_export_into_the_same_folder_is_refused(run: Run, disc: Path, tmp_path: Path) -> None:
    run("import", disc)
    codes = [run("export", "--study", STUDY, tmp_path / "out").exit_code for _ in range(2)]

    assert codes == [0, 63]


# ---- check, audit


def test_a_sound_store_ends_with_0(run: Run, disc: Path) -> None:
    run("import", disc)
    told = run("check")

    assert (told.exit_code, told.stderr) == (0, "")
    assert "all is as it was written" in told.stdout


@pytest.mark.parametrize("words", [(), ("--repair",)])
def test_a_damaged_file_is_named_and_ends_with_3_set_apart_or_not(
    run: Run, disc: Path, home: Path, words: Sequence[str]
) -> None:
    run("import", disc)
    victim = blob(home)
    flip(victim)
    told = run("check", *words)

    assert told.exit_code == 3
    assert victim.name in told.stderr
    assert ("set apart" in told.stderr) is bool(words)
    assert run("check").exit_code == (0 if words else 3)


def test_a_study_that_lost_an_image_is_listed_with_what_it_should_have(
    run: Run, disc: Path, home: Path
) -> None:
    run("import", disc)
    whole = json.loads(run("studies", "--json").stdout)[0]["here"]
    flip(blob(home))
    run("check", "--repair")

    assert f"{whole - 1} of {whole}" in run("studies").stdout


def test_what_was_mended_as_the_store_opened_counts_as_found(
    run: Run, disc: Path, home: Path, pool: SharedPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", disc)

    def open_desk(**_: object) -> Desk:
        desk = quick_desk(home / "store", pool)
        desk.store.report.say("3 image(s) were listed again.")
        return desk

    monkeypatch.setattr("workstation.cli.session.open_desk", open_desk)
    told = run("check")

    assert (told.exit_code, told.stderr) == (3, "workstation: 3 image(s) were listed again.\n")


def test_a_check_that_somebody_stops_ends_with_130(
    run: Run, disc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", disc)

    def asked(desk: Desk, *, repair: bool, progress: check._Progress) -> CheckSummary:
        progress._asked.set()
        return check_store(desk, repair=repair, progress=progress)

    monkeypatch.setattr(check, "check_store", asked)
    assert run("check").exit_code == 130


def test_the_trail_is_printed_verified_and_exported(run: Run, disc: Path, tmp_path: Path) -> None:
    run("import", disc)
    listed = run("audit", "--last", 4)
    both = run("audit", "--verify", "--export", tmp_path / "trail.jsonl")

    assert listed.stdout.count("\n") == 5
    assert "import" in listed.stdout
    assert "3 added" in listed.stdout
    assert run("audit", "--verify").stdout.count("\n") == 1
    assert both.exit_code == 0
    assert both.stdout.startswith("The trail is whole: ")
    assert len((tmp_path / "trail.jsonl").read_text().splitlines()) > 4
    assert run("audit", "--export", tmp_path / "trail.jsonl").exit_code == 63


def test_a_broken_trail_ends_with_3_and_is_exported_all_the_same(
    run: Run, disc: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", disc)
    sealed = AuditLog.sealed
    monkeypatch.setattr(AuditLog, "sealed", lambda self: (one for one in sealed(self) if one.seq != 2))
    told = run("audit", "--verify", "--export", tmp_path / "trail.jsonl")

    assert told.exit_code == 3
    assert "record 2 was removed" in told.stdout
    assert (tmp_path / "trail.jsonl").exists()


# ---- version


def test_the_version_is_told_installed_or_not(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "sandbox_of_this_machine", lambda: "refuses everything")
    found = json.loads(run("version", "--json").stdout)
    assert set(JSON_FIELDS["version"]) <= set(found)
    assert found["workstation"]

    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    told = run("version")
    assert told.exit_code == 0
    assert "from sources" in told.stdout
