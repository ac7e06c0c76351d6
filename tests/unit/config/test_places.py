from pathlib import Path

import pytest

from workstation.config import Places, resource


def test_one_variable_moves_everything_of_a_person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LUMEN_HOME", str(tmp_path))
    places = Places.usual()

    assert {getattr(places, name).parent for name in Places.__slots__} == {tmp_path}


def test_the_demo_and_the_real_store_never_share_a_folder() -> None:
    places = Places.usual()

    assert places.demo not in (places.store, *places.store.parents)
    assert places.store not in places.demo.parents


def test_the_program_s_own_files_are_found() -> None:
    assert resource("help").is_dir()
