"""A window with an invented network, for the tests of its pages."""

from __future__ import annotations

from collections.abc import Callable

from invented import InventedDesk
from invented_network import NOW, InventedNetwork, nameless
from PySide6.QtWidgets import QWidget

from workstation.ui.main_window import MainWindow
from workstation.ui.network import Switchboard

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]


def window_with(network: InventedNetwork, show: Show, wait: Wait) -> MainWindow:
    """Show a window on the study list, once it knows what the network says."""
    made = MainWindow(InventedDesk(), network=network, now=lambda: NOW, reader="Dr N. Haverford")
    made.resize(1200, 760)
    show(made)
    made.show_studies()
    board = board_of(made)
    wait(lambda: made.studies.model.total)
    wait(lambda: list(board.state.lines) == network.answer_lines)
    wait(lambda: list(board.state.outbox) == [nameless(row) for row in network.answer_outbox])
    return made


def board_of(window: MainWindow) -> Switchboard:
    """Return the window's part that belongs to the network."""
    assert window.network is not None
    return window.network
