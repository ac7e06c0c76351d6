"""A small part of the soak's long nights between desk and archive."""

from __future__ import annotations

from pathlib import Path

import pytest
import sync_failover
import sync_outbox
import sync_retrieval
from orthanc import missing
from proof import Batch

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


def test_what_a_killed_client_has_signed_is_in_the_archive_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_outbox, "A_KILL", 5.0)
    monkeypatch.setattr(sync_outbox, "A_SWITCH", 8.0)
    monkeypatch.setattr(sync_outbox, "ONE_TRY", 1e6)  # how long it takes is the soak's business
    outcome = sync_outbox.deliver(Batch(0, 20, 7, tmp_path))

    assert outcome.texts == []
    assert outcome.counts["kills"] >= 1


def test_a_study_over_a_line_that_breaks_is_whole_and_comes_once(tmp_path: Path) -> None:
    outcome = sync_retrieval.retrieve(Batch(0, 1, 7, tmp_path))

    assert outcome.texts == []
    assert outcome.counts["slices"] == sync_retrieval.SLICES
    assert outcome.counts["resets"] > 5


def test_bad_lines_are_changed_reluctantly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_failover, "MINUTES", 1.5)
    monkeypatch.setattr(sync_failover, "_PACE", 3.0)  # a busy machine must not look like a bad line
    outcome = sync_failover.switches(Batch(0, 1, 7, tmp_path))

    assert outcome.texts == []
    assert outcome.counts["connections struck"] > 5
