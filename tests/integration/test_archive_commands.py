"""Setting archives up and trying their lines by commands: real processes, a real Orthanc, a real keyring."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Person, disc, objects, web
from needs import needs_orthanc
from orthanc import Orthanc, Setup

from workstation.store.lock import StoreLock

KEYRING = [tool for tool in ("dbus-run-session", "gnome-keyring-daemon") if shutil.which(tool) is None]
WORD = "open sesame"

pytestmark = needs_orthanc


def add_web(person: Person, orthanc: Orthanc, *more: object) -> None:
    person.run("archive", "add", "harbor", "--way", f"fibre={orthanc.dicomweb}", *more)


def add_dimse(person: Person, orthanc: Orthanc) -> None:
    person.run(
        "archive", "add", "harbor", "--speech", "dimse", "--unencrypted", "--called", orthanc.ae_title,
        "--way", f"fibre=127.0.0.1:{orthanc.dicom_port}",
    )  # fmt: skip


@pytest.mark.parametrize("add", [add_web, add_dimse], ids=["web", "dimse"])
def test_an_archive_is_set_up_listed_tried_and_removed(
    newcomer: Person, orthanc: Orthanc, add: Callable[[Person, Orthanc], None]
) -> None:
    add(newcomer, orthanc)
    (listed,) = newcomer.json("archive", "list")
    assert (listed["identifier"], listed["name"], listed["sign_in"]) == ("harbor", "harbor", "none")
    steps = newcomer.json("archive", "test", "harbor")
    assert {step["verdict"] for step in steps} == {"good"}
    assert steps[0]["found"] == "answers, signed in"
    assert newcomer.run("archive", "test", "harbor").stdout.startswith("ok  fibre: answers")

    assert "stays in the outbox" in newcomer.run("archive", "remove", "harbor").stdout
    assert newcomer.json("archive", "list") == []
    assert "No archive of this name" in newcomer.run("archive", "test", "harbor", code=92).stderr


def test_a_way_that_leads_nowhere_is_told_beside_one_that_works(person: Person, orthanc: Orthanc) -> None:
    add_web(person, orthanc, "--way", "hotspot=http://127.0.0.1:9/dicom-web")
    steps = person.json("archive", "test", "harbor", code=3)
    assert {step["name"] for step in steps if step["verdict"] == "bad"} == {"hotspot"}
    assert {step["name"] for step in steps if step["verdict"] == "good"} == {"fibre"}


def test_a_bad_entry_is_told_and_the_others_hold(person: Person, orthanc: Orthanc) -> None:
    web(person, orthanc)
    file = person.home / "archives.toml"
    file.write_text(file.read_text() + '\n[old]\nspeech = "morse"\n')
    told = person.run("archive", "list")
    assert "harbor" in told.stdout
    assert "speech of old" in told.stderr
    refused = person.run("archive", "add", "new", "--way", "https://x.example", code=10)
    assert "speech of old" in refused.stderr
    assert "morse" in file.read_text()


def test_without_an_archive_every_command_says_how_to_set_one_up(person: Person, tmp_path: Path) -> None:
    folder = disc(tmp_path / "in", objects(1))
    for words in (("sync",), ("send", folder), ("doctor", "--network")):
        assert "workstation archive add" in person.run(*words, code=2).stderr


@pytest.mark.skipif(bool(KEYRING), reason=f"needs {' and '.join(KEYRING)} (apt packages)")
def test_a_password_lies_in_the_keyring_and_nowhere_else(
    newcomer: Person, new_orthanc: Callable[..., Orthanc]
) -> None:
    orthanc = new_orthanc(Setup(users={"r1": WORD}))
    orthanc.upload(objects(2).values())
    newcomer.keyring = True
    (newcomer.home / "secret").write_text(f"{WORD}\n")
    (newcomer.home / "wrong").write_text("close sesame\n")
    basic = ("--sign-in", "basic", "--user", "r1", "--secret-file")
    add_web(newcomer, orthanc, *basic, newcomer.home / "secret")
    (newcomer.home / "secret").unlink()
    assert newcomer.json("archive", "test", "harbor")[0]["verdict"] == "good"
    assert "1 fetched whole" in newcomer.run("sync", "--once").stdout
    assert newcomer.json("studies")[0]["here"] == 2
    assert not [
        file for file in newcomer.home.rglob("*") if file.is_file() and WORD.encode() in file.read_bytes()
    ]

    newcomer.run("archive", "remove", "harbor")
    add_web(newcomer, orthanc, *basic, newcomer.home / "wrong")
    (step,) = newcomer.json("archive", "test", "harbor", code=3)
    assert step["verdict"] == "bad"
    told = newcomer.run("sync", "--once", code=3)
    assert "signed out" in told.stderr


def test_without_a_keyring_a_password_is_not_taken(person: Person, orthanc: Orthanc) -> None:
    (person.home / "secret").write_text(f"{WORD}\n")
    told = person.run(
        "archive", "add", "harbor", "--way", orthanc.dicomweb, "--sign-in", "basic", "--user", "r1",
        "--secret-file", person.home / "secret", code=33,
    )  # fmt: skip
    assert "keyring" in told.stderr
    assert person.json("archive", "list") == []


# ---- doctor


def test_the_doctor_needs_no_store_and_makes_none(newcomer: Person, orthanc: Orthanc) -> None:
    orthanc.upload(objects(3).values())
    web(newcomer, orthanc)
    (newcomer.home / "policy.toml").write_text("[line]\nmegabits = 0.1\nmilliseconds = 60000\n")
    (report,) = newcomer.json("doctor", "--network")
    assert (report["archive"], report["endpoint"]) == ("harbor", "fibre")
    assert {step["name"] for step in report["steps"]} >= {"Latency", "Sign-in"}
    assert not (newcomer.home / "store").exists()


def test_the_doctor_says_what_is_wrong_and_what_to_do(
    person: Person, new_orthanc: Callable[..., Orthanc]
) -> None:
    orthanc = new_orthanc()
    web(person, orthanc)
    orthanc.kill()
    told = person.run("doctor", "--network", code=3)
    assert "The line is not as it should be." in told.stdout
    (report,) = person.json("doctor", "--network", "--archive", "harbor", code=3)
    assert any(step["advice"] for step in report["steps"] if step["verdict"] == "bad")
    assert "line checked: bad" in person.trail()
    lock = StoreLock(person.home / "store" / "lock")  # as while a sync runs
    told = person.run("doctor", "--network", code=3)
    lock.release()
    assert "not kept" in told.stderr
    person.run("doctor", "--network", "--archive", "city", code=92)
