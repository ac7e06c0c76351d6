"""The trail can be read, checked, and taken elsewhere to be checked there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from offered import STUDY, a_slice, put, take_in, trail
from quick_desk import SharedPool, quick_desk

from workstation.security import Action, SealedRecord, read_json_line, verify_chain
from workstation.workflow import (
    Desk,
    FileInTheWay,
    WorkflowError,
    describe_study,
    export_audit,
    read_audit,
    verify_audit,
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, pool: SharedPool) -> Iterator[Desk]:
    """Return one desk for all of these tests, with a trail of some length."""
    place = tmp_path_factory.mktemp("trail")
    made = quick_desk(place / "store", pool)
    take_in(made, *put(place, a_slice()))
    for _ in range(3):
        describe_study(made, study_uid=STUDY)
    yield made
    made.close()


def test_the_last_records_come_oldest_first(desk: Desk) -> None:
    whole = trail(desk)

    assert read_audit(desk, last=3) == tuple(whole[-3:])
    assert len(read_audit(desk, last=10_000)) == len(whole) + 1


def test_reading_checking_and_exporting_are_recorded(desk: Desk, tmp_path: Path) -> None:
    before = len(trail(desk))
    read_audit(desk, last=1)
    verify_audit(desk)
    count = export_audit(desk, file=tmp_path / "trail.jsonl")

    assert [(record.action, record.detail) for record in trail(desk)[before:]] == [
        (Action.READ_AUDIT, ""),
        (Action.READ_AUDIT, "verified"),
        (Action.READ_AUDIT, "begun"),
        (Action.READ_AUDIT, f"{count} records exported"),
    ]


def test_an_exported_trail_is_verified_elsewhere(desk: Desk, tmp_path: Path) -> None:
    count = export_audit(desk, file=tmp_path / "trail.jsonl")
    lines = (tmp_path / "trail.jsonl").read_text(encoding="ascii").splitlines()
    report = verify_chain(map(read_json_line, lines))

    assert report.bad is None
    assert report.count == count == len(lines) == len(trail(desk)) - 1
    del lines[2]
    assert verify_chain(map(read_json_line, lines)).bad is not None


def test_messages_are_the_standard_s_and_well_formed(desk: Desk, tmp_path: Path) -> None:
    """PS3.15 A.5.1: every AuditMessage has an event, who took part, and its source."""
    count = export_audit(desk, file=tmp_path / "trail.XML")
    messages = ET.parse(tmp_path / "trail.XML").getroot()  # noqa: S314  our own file

    assert len(messages) == count
    for message in messages:
        assert message.tag == "AuditMessage"
        for part in ("EventIdentification", "ActiveParticipant", "AuditSourceIdentification"):
            assert message.find(part) is not None
    (imported,) = (
        message
        for message in messages
        if (code := message.find("EventIdentification/EventID")) is not None
        and code.get("csd-code") == "110107"
        and message.find(f"ParticipantObjectIdentification[@ParticipantObjectID='{STUDY}']") is not None
    )
    assert imported.find("EventIdentification[@EventOutcomeIndicator='0']") is not None


@pytest.mark.parametrize("name", ["trail.jsonl", "trail.xml"])
def test_an_export_replaces_nothing(desk: Desk, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("last month's")

    with pytest.raises(FileInTheWay):
        export_audit(desk, file=tmp_path / name)
    assert (tmp_path / name).read_text() == "last month's"


def test_a_record_that_was_altered_is_named_and_becomes_an_alert(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = list(desk.store.audit.sealed())
    rows[3] = replace(rows[3], data=rows[3].data.replace(b"success", b"SUCCESS").replace(b"1.2.3", b"1.2.4"))
    rows[3] = SealedRecord(rows[3].seq, rows[3].data.replace(b"Reader", b"Nobody"), rows[3].hash)
    monkeypatch.setattr(desk.store.audit, "sealed", lambda: iter(rows))
    verdict = verify_audit(desk)
    monkeypatch.undo()

    assert (verdict.whole, verdict.line) == (False, "The trail is broken: record 4 was altered.")
    assert [record.action for record in trail(desk)[-2:]] == [Action.ALERT, Action.READ_AUDIT]
    assert "record 4" in trail(desk)[-2].detail
    assert trail(desk)[-1].detail == "found broken"


@pytest.mark.parametrize("name", ["trail.jsonl", "trail.xml"])
def test_a_record_that_is_none_is_told_by_its_number(
    desk: Desk, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = list(desk.store.audit.sealed())
    rows[-1] = SealedRecord(rows[-1].seq, b"\xff no record", rows[-1].hash)
    monkeypatch.setattr(desk.store.audit, "sealed", lambda: iter(rows))

    with pytest.raises(WorkflowError, match=f"Record {rows[-1].seq} "):
        read_audit(desk, last=2)
    with pytest.raises(WorkflowError, match=f"Record {rows[-1].seq} "):
        export_audit(desk, file=tmp_path / name)
    assert list(tmp_path.iterdir()) == []
