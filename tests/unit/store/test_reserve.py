"""The room that is kept for work, on a simulated disk that fills up."""

from __future__ import annotations

import pytest
from store_instances import Maker
from store_session import Memory, Stage, audit, complaints, measure, play, put

from workstation.store import DiskFull

MAKER = Maker(size=3000)
LARGE = Maker(size=100_000)


def test_work_is_still_stored_when_the_disk_is_full_and_images_are_not() -> None:
    stage, memory = Stage(MAKER), Memory()
    with stage.store() as store:
        play(store, [put(MAKER, "1.2.1", "1")], memory)
        assert store.condition.value == "ready"
        stage.disk.capacity = stage.disk.used() + 100

        assert play(store, [measure("m1", 1), audit("a1"), measure("m2", 2)], memory) == 3
        assert store.condition.value == "reserve gone"
        with pytest.raises(DiskFull):
            put(MAKER, "1.2.1", "2").do(store)

    stage.disk.capacity *= 10
    with stage.store() as store:
        assert complaints(store, memory) == []
        assert store.condition.value == "ready"


def test_the_reserve_comes_back_as_soon_as_there_is_room() -> None:
    stage = Stage(MAKER)
    with stage.store() as store:
        stage.disk.capacity = stage.disk.used() + 100
        measure("m1", 1).do(store)
        assert store.condition.value == "reserve gone"
        stage.disk.capacity *= 10

        put(MAKER, "1.2.1", "1").do(store)

        assert store.condition.value == "ready"


def test_images_give_way_to_images_on_a_full_disk_and_the_oldest_go_first() -> None:
    stage = Stage(LARGE)
    with stage.store() as store:
        for number in range(6):
            put(LARGE, f"1.2.{number}", f"{number}", verified=True).do(store)
        stage.disk.capacity = stage.disk.used() + 2000  # not even a row can be deleted without the reserve

        put(LARGE, "1.2.9", "9", verified=True).do(store)

        left = {row.uid for row in store.studies.list()}
        assert {"1.2.9", "1.2.5"} <= left
        assert "1.2.0" not in left
        assert store.condition.value == "ready"
