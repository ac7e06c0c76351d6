"""The way to the person's own store, and what is said on it."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from workstation.app import window as app_window
from workstation.app.asking import Asker
from workstation.app.own_store import OwnStore
from workstation.cli.session import Session
from workstation.config import Places, load
from workstation.store import StoreBusy
from workstation.store.lock import NAME, StoreLock
from workstation.workflow import Desk, KeySource, create_store


class NobodyToAsk(Asker):
    """Fails where a question is put."""

    def ask(self, question: object) -> object:  # type: ignore[override]
        """Fail."""
        raise AssertionError(f"asked {question}")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places.below(tmp_path / "home")


def test_a_store_in_use_is_told_before_a_passphrase_is_asked_for(places: Places) -> None:
    create_store(folder=places.store, key=KeySource.passphrase("harbour lamp seven"))
    own = OwnStore(load(places.policy, places.settings), places, NobodyToAsk())
    held = StoreLock(places.store / NAME)

    with pytest.raises(StoreBusy):
        own.open()

    held.release()


@pytest.fixture
def program(places: Places, monkeypatch: pytest.MonkeyPatch) -> Iterator[app_window.Program]:
    monkeypatch.setattr(app_window, "end_when_asked", id)
    monkeypatch.setattr(app_window, "tell_faults", lambda *_: None)
    session = Session(places=places)
    made = app_window.Program(session.settings(), places, session, demo=True)
    yield made
    made.window.close()
    made.close()
    made.window.deleteLater()


@pytest.mark.parametrize("is_demo", [True, False])
def test_who_leaves_the_invented_studies_is_told_how_to_come_back(
    program: app_window.Program, *, is_demo: bool
) -> None:
    program._follow_desk(cast("Desk", SimpleNamespace(is_demo=is_demo)))

    assert ("workstation demo" in program.window.notices.text) is not is_demo
