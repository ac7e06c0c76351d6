"""Stores of earlier versions open, complete, whatever happens while they are brought up to date."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import store_session
from older_store import set_back
from store_faults import MAKER
from store_instances import KEK
from store_power import seeded
from store_session import FOLDER, Memory, Stage, complaints, measure, play, put, queue

from workstation.errors import LumenError
from workstation.store import Options, Store, schemas
from workstation.store.disk import Disk

QUEUE = queue("r1", "group")
RELEASED = {"work": ["43705849760a9828"], "cache": ["70ca84ec82169131"]}  # what lies on people's disks


def _steps() -> list[store_session.Step]:
    """Return what could be done with a store of version 1."""
    return [
        put(MAKER, store_session.A, "1.1", "1.2"),
        measure("m1", 10),
        put(MAKER, store_session.B, "2.1", verified=True),
    ]


@pytest.fixture
def old(folder: Path, options: Options) -> Memory:
    """Make a store of version 1; return what is in it."""
    memory = Memory()
    with Store.create(folder, KEK, options) as store:
        play(store, _steps(), memory)
    set_back(folder, KEK, Disk(), 1)
    return memory


@pytest.mark.parametrize(("name", "steps"), [("work", schemas.WORK), ("cache", schemas.CACHE)])
def test_a_step_that_stores_were_made_with_never_changes(name: str, steps: Sequence[Sequence[str]]) -> None:
    """A new one is added to the end; with the release that brings it, its digest is added here."""
    texts = (" ".join(" ".join(step).split()) for step in steps)
    digests = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in texts]

    assert digests[: len(RELEASED[name])] == RELEASED[name]


def test_a_store_of_the_first_version_opens_with_all_that_is_in_it(
    old: Memory, reopen: Callable[[], Store]
) -> None:
    store = reopen()

    assert complaints(store, old) == []
    assert store.report.notes == []
    assert play(store, [QUEUE], old) == 1
    store.listed.remove("group", "1")
    store.close()
    again = reopen()
    assert complaints(again, old) == []


def test_its_journal_is_of_the_new_version_too(old: Memory, reopen: Callable[[], Store]) -> None:
    store = reopen()
    assert play(store, [QUEUE], old) == 1
    store.close()
    (store.folder / "work.db").unlink()

    again = reopen()

    assert complaints(again, old) == []


@pytest.mark.parametrize("lost", ["work.db", "work.journal", "cache.db"])
def test_it_opens_as_well_if_one_file_is_lost(
    old: Memory, reopen: Callable[[], Store], folder: Path, lost: str
) -> None:
    (folder / lost).unlink()

    store = reopen()

    assert play(store, [QUEUE], old) == 1
    assert complaints(store, old) == []


def test_an_older_database_beside_a_journal_of_today_is_brought_up_to_date(
    old: Memory, reopen: Callable[[], Store], folder: Path
) -> None:
    before = (folder / "work.db").read_bytes()
    store = reopen()
    assert play(store, [QUEUE], old) == 1
    store.close()
    (folder / "work.db").write_bytes(before)

    again = reopen()

    assert complaints(again, old) == []
    assert "that the work record lacked" in again.report.notes[0]


def test_a_power_cut_at_any_step_of_the_way_loses_nothing() -> None:
    for cut in itertools.count(1):
        stage, memory = Stage(MAKER), Memory()
        with stage.store() as store:
            play(store, _steps(), memory)
        set_back(FOLDER, KEK, stage.options.disk, 1)
        stage.disk.cut_at = stage.disk.steps + cut
        try:
            with stage.store():
                was_cut = False
        except LumenError:
            was_cut = True
        was_cut = was_cut or stage.disk.is_dead
        stage.disk.restart(seeded("migration", cut))
        with stage.store() as store:
            assert play(store, [QUEUE], memory) == 1
            assert complaints(store, memory) == [], cut
        if not was_cut:
            return
