"""What the window keeps of an outage lies in the store and survives the program."""

from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from invented_network import NOW

from workstation.app.network import WindowNetwork
from workstation.app.window_desk import WindowDesk
from workstation.config import Settings
from workstation.events import Signal
from workstation.ui.contracts import Told
from workstation.workflow import Desk

TOLD = Told("Harbor", NOW - timedelta(minutes=2), "Dr N. Haverford")


class Sessions(dict[str, str]):
    """The store's drawer for small texts."""

    def put(self, name: str, text: str) -> None:
        self[name] = text


def network_on(sessions: Sessions) -> WindowNetwork:
    """Return what a new start of the program makes on the same store."""
    desk = cast("Desk", SimpleNamespace(store=SimpleNamespace(sessions=sessions)))
    window = SimpleNamespace(desk=desk, sitting=lambda: desk, moved=Signal[Desk]("moved"))
    return WindowNetwork(cast("WindowDesk", window), cast("Settings", None), lambda _: None)


def test_the_next_start_still_knows_that_the_group_was_told() -> None:
    sessions = Sessions()
    network_on(sessions).keep_told(TOLD)

    assert network_on(sessions).told() == TOLD

    network_on(sessions).keep_told(None)
    assert network_on(sessions).told() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"archive": "Harbor"}', '{"archive": 1, "at": 2, "by": 3}'])
def test_what_another_version_wrote_is_as_if_nobody_had_been_told(text: str) -> None:
    assert network_on(Sessions({"group told": text})).told() is None
