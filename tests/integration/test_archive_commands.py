"""The archives' commands end to end: real processes, a real Orthanc, a real keyring, and every way to end.

Each command is a process of its own, as a script's would be; what it leaves behind is all that the next
one has.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dicom_objects import ct, part10
from fault_proxy import FaultProxy
from line_faults import Line
from needs import needs_dcmtk, needs_orthanc
from orthanc import Orthanc, Setup

COMMAND = [sys.executable, "-m", "workstation"]
PATIENCE = 180
STUDY = "1.2.826.7.2"
NAME = "ZQXNAME^SECRET"
KEYRING = [tool for tool in ("dbus-run-session", "gnome-keyring-daemon") if shutil.which(tool) is None]
WORD = "open sesame"

pytestmark = needs_orthanc

Done = subprocess.CompletedProcess[str]


class Person:
    """Somebody with a home of their own who types commands."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.keyring = False
        home.mkdir(mode=0o700)
        (home / "runtime").mkdir(mode=0o700)
        (home / "words").write_text("correct horse battery staple\n")
        (home / "settings.toml").write_text("[workers]\ncount = 1\n")

    def run(self, *words: object, code: int = 0) -> Done:
        """Run a command that has to end with a code."""
        done = subprocess.run(  # noqa: S603  our own program
            self._command(*words),
            env=self._environment(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout
        assert NAME not in done.stderr
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    def json(self, *words: object, code: int = 0) -> list[dict[str, Any]]:
        """Return what a command answers as JSON."""
        found: list[dict[str, Any]] = json.loads(self.run(*words, "--json", code=code).stdout)
        return found

    @contextlib.contextmanager
    def running(self, *words: object) -> Iterator[subprocess.Popen[str]]:
        """Run a command beside the test; it has ended when the block does."""
        process = subprocess.Popen(  # noqa: S603  as above
            self._command(*words),
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def trail(self) -> str:
        """Return the audit trail as a person reads it."""
        return self.run("audit", "--last", "200").stdout

    def _command(self, *words: object) -> list[str]:
        command = [*COMMAND, "--passphrase-file", str(self.home / "words"), *map(str, words)]
        if not self.keyring:
            return command
        unlock = "printf login | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1"
        return ["dbus-run-session", "--", "bash", "-c", f'{unlock}; exec "$@"', "login", *command]

    def _environment(self) -> dict[str, str]:
        kept = {
            name: os.environ[name] for name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV") if name in os.environ
        }
        return kept | {
            "HOME": str(self.home),
            "LUMEN_HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home / "runtime"),
            "LC_ALL": "C.UTF-8",
            "PYTHONUTF8": "1",
        }


@pytest.fixture
def person(tmp_path: Path) -> Person:
    return Person(tmp_path / "home")


def objects(count: int, study: str = STUDY, side: int = 32) -> dict[str, bytes]:
    """Return a CT of today as files, by UID."""
    chance = np.random.default_rng(7)
    made = {}
    for n in range(count):
        dataset = ct(
            chance.integers(0, 2500, (side, side)).astype(np.uint16),
            PatientName=NAME,
            PatientID="P7",
            StudyInstanceUID=study,
            SeriesInstanceUID=f"{study}.1",
            SOPInstanceUID=f"{study}.1.{n + 1}",
            StudyDate=time.strftime("%Y%m%d"),
            StudyDescription="CT head",
            InstanceNumber=n + 1,
            ImagePositionPatient=[0, 0, 3 * n],
            PixelSpacing=[0.5, 0.5],
        )
        made[str(dataset.SOPInstanceUID)] = part10(dataset)
    return made


def disc(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for uid, data in files.items():
        (folder / f"{uid}.dcm").write_bytes(data)
    return folder


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)


def web(person: Person, orthanc: Orthanc, *more: object) -> None:
    person.run("archive", "add", "harbor", "--way", f"fibre={orthanc.dicomweb}", *more)


def dimse(person: Person, orthanc: Orthanc) -> None:
    person.run(
        "archive", "add", "harbor", "--speech", "dimse", "--unencrypted", "--called", orthanc.ae_title,
        "--way", f"fibre=127.0.0.1:{orthanc.dicom_port}",
    )  # fmt: skip


def slow(orthanc: Orthanc) -> FaultProxy:
    """Return a line to it that takes its time."""
    return FaultProxy(orthanc.port, line=Line(up=400_000, down=400_000))


def by_proxy(person: Person, proxy: FaultProxy) -> None:
    way = f"fibre=http://{proxy.host}:{proxy.port}/dicom-web"
    person.run("archive", "add", "harbor", "--way", way)


SET_UP = pytest.mark.parametrize("set_up", [web, dimse], ids=["web", "dimse"])


# ---- archive


@SET_UP
def test_an_archive_is_set_up_listed_tried_and_removed(
    person: Person, orthanc: Orthanc, set_up: Callable[[Person, Orthanc], None]
) -> None:
    set_up(person, orthanc)
    (listed,) = person.json("archive", "list")
    assert (listed["identifier"], listed["name"], listed["sign_in"]) == ("harbor", "harbor", "none")
    steps = person.json("archive", "test", "harbor")
    assert {step["verdict"] for step in steps} == {"good"}
    assert steps[0]["found"] == "answers, signed in"
    assert person.run("archive", "test", "harbor").stdout.startswith("ok  fibre: answers")

    assert "stays in the outbox" in person.run("archive", "remove", "harbor").stdout
    assert person.json("archive", "list") == []
    assert "No archive of this name" in person.run("archive", "test", "harbor", code=92).stderr


def test_a_way_that_leads_nowhere_is_told_beside_one_that_works(person: Person, orthanc: Orthanc) -> None:
    web(person, orthanc, "--way", "hotspot=http://127.0.0.1:9/dicom-web")
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
    assert "isn't" not in person.run("archive", "add", "new", "--way", "https://x.example", code=10).stdout
    assert "morse" in file.read_text()


def test_without_an_archive_every_command_says_how_to_set_one_up(person: Person, tmp_path: Path) -> None:
    folder = disc(tmp_path / "in", objects(1))
    for words in (("sync",), ("send", folder), ("doctor", "--network")):
        assert "workstation archive add" in person.run(*words, code=2).stderr


@pytest.mark.skipif(bool(KEYRING), reason=f"needs {' and '.join(KEYRING)} (apt packages)")
def test_a_password_lies_in_the_keyring_and_nowhere_else(
    person: Person, new_orthanc: Callable[..., Orthanc]
) -> None:
    orthanc = new_orthanc(Setup(users={"r1": WORD}))
    orthanc.upload(objects(2).values())
    person.keyring = True
    (person.home / "secret").write_text(f"{WORD}\n")
    (person.home / "wrong").write_text("close sesame\n")
    basic = ("--sign-in", "basic", "--user", "r1", "--secret-file")
    web(person, orthanc, *basic, person.home / "secret")
    (person.home / "secret").unlink()
    assert person.json("archive", "test", "harbor")[0]["verdict"] == "good"
    assert "1 fetched whole" in person.run("sync", "--once").stdout
    assert person.json("studies")[0]["here"] == 2
    assert not [
        file for file in person.home.rglob("*") if file.is_file() and WORD.encode() in file.read_bytes()
    ]

    person.run("archive", "remove", "harbor")
    web(person, orthanc, *basic, person.home / "wrong")
    (step,) = person.json("archive", "test", "harbor", code=3)
    assert step["verdict"] == "bad"
    told = person.run("sync", "--once", code=3)
    assert "signed out" in told.stderr


def test_without_a_keyring_a_password_is_not_taken(person: Person, orthanc: Orthanc) -> None:
    (person.home / "secret").write_text(f"{WORD}\n")
    told = person.run(
        "archive", "add", "harbor", "--way", orthanc.dicomweb, "--sign-in", "basic", "--user", "r1",
        "--secret-file", person.home / "secret", code=33,
    )  # fmt: skip
    assert "keyring" in told.stderr
    assert person.json("archive", "list") == []


# ---- send and outbox


@SET_UP
def test_files_are_sent_and_proven(
    person: Person, orthanc: Orthanc, tmp_path: Path, set_up: Callable[[Person, Orthanc], None]
) -> None:
    set_up(person, orthanc)
    made = objects(4)
    folder = disc(tmp_path / "in", made)
    told = person.run("send", folder)
    assert told.stdout == "4 objects queued for harbor.\nAll of them have arrived.\n"
    assert orthanc.count() == 4
    (row,) = person.json("outbox")
    assert (row["state"], row["count"], row["kind"]) == ("delivered", 4, "image")
    assert person.run("send", folder).stdout.startswith("0 objects queued for harbor, 4 had arrived before.")
    assert all(len(orthanc.copies(uid)) == 1 for uid in made)
    trail = person.trail()
    assert "queued for harbor" in trail
    assert "delivered to harbor" in trail


def test_a_file_that_can_t_be_read_is_named_and_the_others_go(
    person: Person, orthanc: Orthanc, tmp_path: Path
) -> None:
    web(person, orthanc)
    folder = disc(tmp_path / "in", objects(2))
    (folder / "broken.dcm").write_bytes(bytes(128) + b"DICM" + b"garbage that claims much" * 8)
    told = person.run("send", folder, code=3)
    assert "broken.dcm" in told.stderr
    assert orthanc.count() == 2


def test_without_a_line_everything_waits_and_goes_when_it_is_back(
    person: Person, new_orthanc: Callable[..., Orthanc], tmp_path: Path
) -> None:
    orthanc = new_orthanc()
    web(person, orthanc)
    orthanc.kill()
    told = person.run("send", disc(tmp_path / "in", objects(3)), code=3)
    assert "3 objects still to go." in told.stdout
    assert person.json("outbox")[0]["state"] == "waiting"
    assert "offline" in person.run("sync", "--once", code=3).stderr

    orthanc.start()
    assert "0 in the outbox" in person.run("sync", "--once").stdout
    assert orthanc.count() == 3
    assert "no line for" in person.trail()


def test_what_was_only_queued_goes_at_the_next_sync_and_one_can_be_given_up(
    person: Person, orthanc: Orthanc, tmp_path: Path
) -> None:
    web(person, orthanc)
    person.run("send", disc(tmp_path / "in", objects(2)), "--later")
    person.run("send", disc(tmp_path / "more", objects(1, "1.2.826.7.9")), "--later")
    one, other = sorted(person.json("outbox"), key=lambda row: -int(row["count"]))
    assert person.run("outbox", "retry", one["identifier"]).stdout == "2 objects will be sent again.\n"
    person.run("outbox", "give-up", other["identifier"], "--reason", "sent by courier")
    person.run("sync", "--once")
    assert orthanc.count() == 2
    assert {row["state"] for row in person.json("outbox")} == {"delivered", "given up"}
    assert "has no such entry" in person.run("outbox", "retry", "00000000", code=91).stderr
    assert "sent by courier" in person.run("outbox").stdout


def test_an_archive_that_is_removed_leaves_what_waits_for_it(
    person: Person, new_orthanc: Callable[..., Orthanc], tmp_path: Path
) -> None:
    orthanc = new_orthanc()
    web(person, orthanc)
    person.run("send", disc(tmp_path / "in", objects(2)), "--later")
    person.run("archive", "remove", "harbor")
    (row,) = person.json("outbox")
    assert "not set up any more" in person.run("outbox", "retry", row["identifier"], code=92).stderr
    web(person, orthanc)
    person.run("sync", "--once")
    assert orthanc.count() == 2
    trail = person.trail()
    assert "harbor set up" in trail
    assert "harbor removed" in trail


def test_ctrl_c_in_the_middle_of_a_sending_leaves_everything_whole(
    person: Person, new_orthanc: Callable[..., Orthanc], tmp_path: Path
) -> None:
    orthanc = new_orthanc()
    made = objects(40, side=256)
    with slow(orthanc) as proxy:
        by_proxy(person, proxy)
        with person.running("send", disc(tmp_path / "in", made)) as sending:
            until(lambda: orthanc.count() > 0)
            sending.send_signal(signal.SIGINT)
            assert sending.wait(PATIENCE) == 130
    person.run("check")
    person.run("archive", "remove", "harbor")
    web(person, orthanc)
    person.run("sync", "--once")
    assert orthanc.count() == len(made)
    assert all(len(orthanc.copies(uid)) == 1 for uid in made)


# ---- sync


@SET_UP
def test_what_is_to_be_read_comes_whole_and_as_the_archive_has_it(
    person: Person, orthanc: Orthanc, tmp_path: Path, set_up: Callable[[Person, Orthanc], None]
) -> None:
    made = objects(5)
    orthanc.upload(made.values())
    set_up(person, orthanc)
    assert "1 study to read · 1 fetched whole · 0 in the outbox." in person.run("sync", "--once").stdout
    (study,) = person.json("studies")
    assert (study["here"], study["expected"], study["state"]) == (5, 5, "unread")
    person.run("export", "--study", STUDY, tmp_path / "out")
    assert len([file for file in (tmp_path / "out").rglob("*") if file.is_file()]) == 5


def test_one_study_comes_and_nothing_else(person: Person, orthanc: Orthanc) -> None:
    orthanc.upload([*objects(3).values(), *objects(3, "1.2.826.7.9").values()])
    web(person, orthanc)
    person.run("sync", "--study", STUDY)
    assert [study["uid"] for study in person.json("studies")] == [STUDY]
    assert "No archive has a study" in person.run("sync", "--study", "1.2.404", code=61).stderr


def test_watching_takes_what_is_new_and_ends_with_ctrl_c(person: Person, orthanc: Orthanc) -> None:
    (person.home / "settings.toml").write_text("[workers]\ncount = 1\n[worklist]\nrefresh_seconds = 5\n")
    orthanc.upload(objects(2).values())
    web(person, orthanc)
    blobs = person.home / "store" / "blobs"
    with person.running("sync", "--watch") as watching:
        until(lambda: len([file for file in blobs.glob("*/*/*") if file.name != "study.key"]) == 2)
        orthanc.upload(objects(2, "1.2.826.7.9").values())
        until(lambda: len([file for file in blobs.glob("*/*/*") if file.name != "study.key"]) == 4)
        watching.send_signal(signal.SIGINT)
        told, trouble = watching.communicate(timeout=PATIENCE)
    assert (watching.returncode, trouble) == (0, "")
    assert "2 studies to read · 2 fetched whole" in told
    assert {study["here"] for study in person.json("studies")} == {2}


def test_ctrl_c_in_the_middle_of_a_sync_leaves_everything_whole(
    person: Person, new_orthanc: Callable[..., Orthanc]
) -> None:
    orthanc = new_orthanc()
    orthanc.upload(objects(60, side=256).values())
    blobs = person.home / "store" / "blobs"
    with slow(orthanc) as proxy:
        by_proxy(person, proxy)
        with person.running("sync", "--once") as syncing:
            until(lambda: len(list(blobs.glob("*/*/*"))) > 3)
            syncing.send_signal(signal.SIGINT)
            assert syncing.wait(PATIENCE) == 130
    person.run("check")
    assert 0 < person.json("studies")[0]["here"] < 60
    person.run("archive", "remove", "harbor")
    web(person, orthanc)
    person.run("sync", "--once")
    assert person.json("studies")[0]["here"] == 60


def test_a_full_disk_ends_a_sync_and_is_told(person: Person, orthanc: Orthanc) -> None:
    """The site wants more room left free than there is."""
    orthanc.upload(objects(3).values())
    web(person, orthanc)
    (person.home / "policy.toml").write_text("[store]\nfree_gigabytes = 10000\n")
    told = person.run("sync", "--once", code=3)
    assert "full" in told.stderr or "room" in told.stderr
    (person.home / "policy.toml").unlink()
    person.run("sync", "--once")
    assert person.json("studies")[0]["here"] == 3


@needs_dcmtk
def test_watching_takes_in_what_is_pushed_and_passes_it_on(
    person: Person, orthanc: Orthanc, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = int(one.getsockname()[1])
    (person.home / "policy.toml").write_text(
        f'[listener]\nport = {port}\ncallers = "CT1@127.0.0.1"\n', encoding="utf-8"
    )
    (person.home / "forward.toml").write_text('[all]\nto = ["harbor"]\n[lost]\nto = ["nowhere"]\n')
    web(person, orthanc)
    folder = disc(tmp_path / "in", objects(3))
    push = ["storescu", "-aet", "CT1", "-aec", "LUMEN", "+sd", "127.0.0.1", str(port), str(folder)]
    with person.running("sync", "--watch") as watching:
        until(lambda: subprocess.run(push, check=False, capture_output=True).returncode == 0)  # noqa: S603  dcmtk's
        until(lambda: orthanc.count() == 3)
        watching.send_signal(signal.SIGINT)
        _, trouble = watching.communicate(timeout=PATIENCE)
    assert "comes unencrypted" in trouble
    assert "'nowhere', which is not set up" in trouble
    assert watching.returncode == 0
    trail = person.trail()
    assert "pushed by CT1" in trail
    assert "queued for harbor" in trail


# ---- doctor


def test_the_doctor_needs_no_store_and_makes_none(person: Person, orthanc: Orthanc) -> None:
    orthanc.upload(objects(3).values())
    web(person, orthanc)
    (person.home / "policy.toml").write_text("[line]\nmegabits = 0.1\nmilliseconds = 60000\n")
    (report,) = person.json("doctor", "--network")
    assert (report["archive"], report["endpoint"]) == ("harbor", "fibre")
    assert {step["name"] for step in report["steps"]} >= {"Latency", "Sign-in"}
    assert not (person.home / "store").exists()


def test_the_doctor_says_what_is_wrong_and_what_to_do(
    person: Person, new_orthanc: Callable[..., Orthanc]
) -> None:
    orthanc = new_orthanc()
    web(person, orthanc)
    person.run("sync", "--once")  # makes the store
    orthanc.kill()
    told = person.run("doctor", "--network", code=3)
    assert "The line is not as it should be." in told.stdout
    (report,) = person.json("doctor", "--network", "--archive", "harbor", code=3)
    assert any(step["advice"] for step in report["steps"] if step["verdict"] == "bad")
    assert "line checked: bad" in person.trail()
    with person.running("sync", "--watch"):
        until(lambda: "not kept" in person.run("doctor", "--network", code=3).stderr)
    person.run("doctor", "--network", "--archive", "city", code=92)
