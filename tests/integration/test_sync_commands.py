"""What is sent, fetched and pushed by commands: real processes, a real Orthanc, and every way to end."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_line import PATIENCE, STUDY, Person, dimse, disc, know, objects, web
from fault_proxy import FaultProxy
from line_faults import Line
from needs import needs_dcmtk, needs_orthanc
from orthanc import Orthanc
from sync_ground import until

pytestmark = needs_orthanc

SET_UP = pytest.mark.parametrize("set_up", [web, dimse], ids=["web", "dimse"])


@contextlib.contextmanager
def slow_web(person: Person, orthanc: Orthanc) -> Iterator[None]:
    """Set the archive up by a line that takes its time; afterwards by one that doesn't."""
    with FaultProxy(orthanc.port, line=Line(up=400_000, down=400_000)) as proxy:
        know(person, f"http://{proxy.host}:{proxy.port}/dicom-web")
        yield
    web(person, orthanc)


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
    newcomer: Person, orthanc: Orthanc, tmp_path: Path
) -> None:
    web(newcomer, orthanc)
    folder = disc(tmp_path / "in", objects(2))
    (folder / "broken.dcm").write_bytes(bytes(128) + b"DICM" + b"garbage that claims much" * 8)
    told = newcomer.run("send", folder, code=3)
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
    with slow_web(person, orthanc), person.running("send", disc(tmp_path / "in", made)) as sending:
        until(lambda: orthanc.count() > 0)
        sending.send_signal(signal.SIGINT)
        assert sending.wait(PATIENCE) == 130
    person.run("check")
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
    with slow_web(person, orthanc), person.running("sync", "--once") as syncing:
        until(lambda: len(list(blobs.glob("*/*/*"))) > 3)
        syncing.send_signal(signal.SIGINT)
        assert syncing.wait(PATIENCE) == 130
    person.run("check")
    assert 0 < person.json("studies")[0]["here"] < 60
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
    assert "not encrypted on its way" in trouble
    assert "'nowhere', which is not set up" in trouble
    assert watching.returncode == 0
    trail = person.trail()
    assert "pushed by CT1" in trail
    assert "queued for harbor" in trail
