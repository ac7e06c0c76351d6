"""A night: what arrives and when, the line that drops and returns, and an end without anything left over."""

from __future__ import annotations

import http.client
import os
import queue
import socket
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hospital_visitor import DATA, FILES, Visitor, value

from workstation.clock import ManualClock
from workstation.hospital import Hospital, HospitalRefused
from workstation.phantoms import PhantomStudy
from workstation.terms import BadTable

BEGAN = datetime(2026, 11, 24, 2, 11, tzinfo=UTC)
CUT = (ConnectionError, http.client.HTTPException, TimeoutError)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def opened(tmp_path: Path, clock: ManualClock) -> Iterator[Hospital]:
    with Hospital(BEGAN, clock=clock, data=DATA, folder=tmp_path) as hospital:
        yield hospital


@pytest.fixture
def guest(opened: Hospital) -> Visitor:
    return Visitor(opened.url, opened.token)


def _heard(hospital: Hospital) -> list[str]:
    heard: list[str] = []
    hospital.events.connect(heard.append)
    return heard


def _count(visitor: Visitor, study: PhantomStudy) -> int:
    reply = visitor.ask(f"studies?StudyInstanceUID={study.study_uid}")
    return 0 if reply.status == 204 else int(value(reply.json[0], "00201208"))


def test_the_stroke_arrives_after_three_minutes_slice_by_slice(
    opened: Hospital, guest: Visitor, clock: ManualClock, studies: dict[str, PhantomStudy]
) -> None:
    stroke = studies["head-ct"]
    heard = _heard(opened)
    clock.wait(179.9)
    assert _count(guest, stroke) == 0
    clock.wait(0.1)
    assert _count(guest, stroke) == 1
    clock.wait(6)
    assert _count(guest, stroke) == stroke.count // 2  # it takes twelve seconds
    assert heard == ["CT head without contrast: arriving"]

    listed = guest.ask(f"studies/{stroke.study_uid}/metadata").json
    assert [value(record, "00200013") for record in listed] == list(range(1, stroke.count // 2 + 1))
    [task] = guest.ask("workitems?PatientID=PH-4711").json
    assert value(task, "00404041") == "INCOMPLETE"

    clock.wait(6)
    assert _count(guest, stroke) == stroke.count
    [task] = guest.ask("workitems?PatientID=PH-4711").json
    assert value(task, "00404041") == "READY"
    assert heard[1:] == ["CT head without contrast: all images are here"]


def test_a_slice_that_has_not_come_is_not_found_until_it_has(
    opened: Hospital, guest: Visitor, clock: ManualClock, studies: dict[str, PhantomStudy]
) -> None:
    opened.let_arrive("head-ct")
    clock.wait(12)
    last = guest.ask(f"studies/{studies['head-ct'].study_uid}/metadata").json[-1]
    path = "studies/{}/series/{}/instances/{}".format(
        *(value(last, tag) for tag in ("0020000D", "0020000E", "00080018"))
    )
    assert guest.ask(path).status == 200

    opened._holdings._arrivals["head-ct"].began = opened.schedule.elapsed
    assert guest.ask(path).status == 404


def test_a_study_that_was_let_in_by_hand_does_not_begin_again(
    opened: Hospital, guest: Visitor, clock: ManualClock, studies: dict[str, PhantomStudy]
) -> None:
    heard = _heard(opened)
    opened.let_arrive("head-ct")
    opened.let_arrive("head-ct")
    clock.wait(12)
    assert _count(guest, studies["head-ct"]) == studies["head-ct"].count
    clock.wait(168)

    assert _count(guest, studies["head-ct"]) == studies["head-ct"].count
    assert len(heard) == 2


def test_only_what_is_to_come_can_be_let_in(opened: Hospital) -> None:
    for key in ("chest-ct", "nothing"):
        with pytest.raises(HospitalRefused, match="arrive"):
            opened.let_arrive(key)


def test_a_night_that_went_on_before_has_what_had_come(
    tmp_path: Path, clock: ManualClock, studies: dict[str, PhantomStudy]
) -> None:
    with Hospital(BEGAN, clock=clock, data=DATA, folder=tmp_path, gone=3600) as hospital:
        assert hospital.is_reachable
        visitor = Visitor(hospital.url, hospital.token)
        assert _count(visitor, studies["head-ct"]) == studies["head-ct"].count


def test_a_faster_night_comes_to_the_same_in_less_time(
    opened: Hospital, guest: Visitor, clock: ManualClock, studies: dict[str, PhantomStudy]
) -> None:
    opened.schedule.faster(60)
    clock.wait(3.2)

    assert _count(guest, studies["head-ct"]) == studies["head-ct"].count


def test_the_line_drops_after_six_minutes_and_returns(
    opened: Hospital, guest: Visitor, clock: ManualClock
) -> None:
    heard = _heard(opened)
    kept = guest.connection()
    guest.ask("studies", on=kept)
    clock.wait(360)
    opened.look()
    with pytest.raises(CUT):
        guest.ask("studies", on=kept)
    with pytest.raises(CUT):
        guest.ask("studies")
    assert not opened.is_reachable

    clock.wait(90)
    opened.look()
    assert guest.ask("studies").status == 200
    kept.close()
    assert [event for event in heard if "line" in event] == ["The line dropped", "The line is back"]


def test_what_is_due_happens_before_the_next_answer(
    opened: Hospital,
    guest: Visitor,
    clock: ManualClock,
    studies: dict[str, PhantomStudy],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opened._server, "_look", lambda: None)  # what looks by itself, five times a second
    clock.wait(180)
    assert _count(guest, studies["head-ct"]) == 1
    clock.wait(180)
    with pytest.raises(CUT):
        guest.ask("studies")


def test_who_hears_of_something_may_ask_at_once(
    opened: Hospital, guest: Visitor, studies: dict[str, PhantomStudy]
) -> None:
    counts: list[int] = []

    def ask(_: str) -> None:
        counts.append(_count(guest, studies["head-ct"]))

    opened.events.connect(ask)
    opened.let_arrive("head-ct")

    assert counts == [1]


def test_the_schedule_is_looked_at_without_anyone_asking(opened: Hospital, clock: ManualClock) -> None:
    told: queue.SimpleQueue[str] = queue.SimpleQueue()
    opened.events.connect(told.put)
    clock.wait(180)

    assert told.get(timeout=60) == "CT head without contrast: arriving"


def test_what_is_on_its_way_is_cut_in_the_middle(
    opened: Hospital, guest: Visitor, studies: dict[str, PhantomStudy]
) -> None:
    """18 MB are more than any buffer between the two holds."""
    connection = guest.connection()
    headers = {"Authorization": f"Bearer {guest.token}", "Accept": FILES}
    connection.request("GET", f"/dicom-web/studies/{studies['head-ct-prior'].study_uid}", headers=headers)
    response = connection.getresponse()
    response.read(1000)
    opened.drop_line()
    with pytest.raises(CUT):
        response.read()
    connection.close()


def test_a_silent_line_answers_nobody_until_it_is_back(opened: Hospital, guest: Visitor) -> None:
    opened.drop_line(silent=True)
    with socket.create_connection(guest.address, timeout=60) as channel:
        channel.sendall(b"GET /dicom-web/studies HTTP/1.1\r\n\r\n")
        channel.settimeout(0.5)
        with pytest.raises(TimeoutError):
            channel.recv(1)
        opened.restore_line()
        channel.settimeout(60)
        with pytest.raises(ConnectionError):
            channel.recv(1)

    assert guest.ask("studies").status == 200


def test_what_happens_by_hand_is_told_once(opened: Hospital) -> None:
    heard = _heard(opened)
    opened.drop_line()
    opened.drop_line()
    opened.restore_line()
    opened.restore_line()

    assert heard == ["The line dropped", "The line is back"]


def test_two_openings_of_the_same_night_are_the_same_but_for_the_token(tmp_path: Path) -> None:
    told = []
    for name in ("one", "two"):
        with Hospital(BEGAN, clock=ManualClock(), data=DATA, folder=tmp_path / name, workers=1) as hospital:
            visitor = Visitor(hospital.url, hospital.token)
            uid = value(visitor.ask("studies?PatientID=PH-9003").json[0], "0020000D")
            tasks = [value(task, "00080018") for task in visitor.ask("workitems").json]
            told.append((hospital.token, visitor.ask(f"studies/{uid}/metadata").body, tasks))

    assert told[0][0] != told[1][0]
    assert told[0][1:] == told[1][1:]


def test_its_folder_is_its_own_and_empty_afterwards(tmp_path: Path, studies: dict[str, PhantomStudy]) -> None:
    folder = tmp_path / "hospital"
    left = folder / "painted" / "wrist-xr" / "1.dcm"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"of an opening that was cut off")
    with Hospital(BEGAN, clock=ManualClock(), data=DATA, folder=folder) as hospital:
        Visitor(hospital.url, hospital.token).ask(f"studies/{studies['wrist-xr'].study_uid}/metadata")
        assert left.stat().st_size > 1_000_000
        if os.name == "posix":
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert stat.S_IMODE(left.parent.stat().st_mode) == 0o700

    assert list(folder.iterdir()) == []


def test_closing_ends_every_thread_and_process_and_answers_who_waits(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    hospital = Hospital(BEGAN, clock=ManualClock(), data=DATA, folder=tmp_path)
    visitor = Visitor(hospital.url, hospital.token)
    idle = visitor.connection()
    uids = [value(row, "0020000D") for row in visitor.ask("studies", on=idle).json]
    begun = threading.Barrier(len(uids) + 1)
    ends: list[int] = []

    def wait_for(uid: str) -> None:
        begun.wait()
        try:
            ends.append(visitor.ask(f"studies/{uid}/metadata").status)
        except CUT:
            ends.append(0)

    waiting = [threading.Thread(target=wait_for, args=(uid,)) for uid in uids]
    for thread in waiting:
        thread.start()
    begun.wait()
    hospital.close()
    for thread in waiting:
        thread.join()
    idle.close()

    assert set(ends) <= {0, 200, 503}
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("orders.toml", '"wrist-xr"', '"ankle-xr"'),
        ("orders.toml", '[[prior]]\nstudy = "chest-ct-prior"\nmodalities = ["CT"]', ""),
        ("schedule.toml", '"head-ct"', '"ankle-xr"'),
    ],
)
def test_tables_that_do_not_fit_the_night_are_refused_before_anything_opens(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    for file in ("orders.toml", "schedule.toml"):
        text = (DATA / file).read_text(encoding="utf-8")
        (tmp_path / file).write_text(text.replace(old, new) if file == name else text, encoding="utf-8")
    before = set(threading.enumerate())

    with pytest.raises(BadTable, match=r"ankle|chest"):
        Hospital(BEGAN, clock=ManualClock(), data=tmp_path, folder=tmp_path / "hospital")
    assert set(threading.enumerate()) <= before
