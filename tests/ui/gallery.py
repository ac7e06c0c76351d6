"""Show a page with invented data, to look at it: ``PYTHONPATH=. python tests/ui/gallery.py studies``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from invented import InventedDesk, many_rows
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from workstation.ui.contracts import Notice, StateItem, Tone
from workstation.ui.main_window import MainWindow
from workstation.ui.theme import apply_theme

NOW = datetime(2026, 11, 24, 2, 11).astimezone()


def main(page: str) -> None:
    """Show one page until the window is closed."""
    application = QApplication([])
    apply_theme(application)
    rows = {"empty": [], "many": many_rows(10_000)}.get(page)
    window = MainWindow(InventedDesk(rows, pause=20), now=lambda: NOW, reader="Dr N. Haverford")
    window.state.set_item(StateItem("cache", "Cache 41 % of 8 GB"))
    window.resize(1920, 1200)
    window.show()
    window.show_studies()
    if page == "import":
        window.imports.start([Path("/invented/cd")])
    if page == "refused":
        window.studies.refusals.show_refusals(InventedDesk().summary.refused)
        window.tell(Notice("The disk is nearly full (2 % left)", Tone.ATTENTION, "Free some space", print))
    if page == "keys":
        QTimer.singleShot(500, window.actions_["keys"].trigger)
    if page == "palette":
        QTimer.singleShot(500, window.actions_["palette"].trigger)
    application.exec()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "studies")
