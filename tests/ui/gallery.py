"""Show a page with invented data, to look at it: ``PYTHONPATH=. python tests/ui/gallery.py studies``."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from invented import InventedDesk, many_rows
from invented_reading import InventedReading, record_of
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from workstation.measurement import Length, Point
from workstation.ui.contracts import Notice, StateItem, Tone
from workstation.ui.main_window import MainWindow
from workstation.ui.theme import apply_theme
from workstation.viewing import commands

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
    if page.startswith("read"):
        QTimer.singleShot(
            300, lambda: window.open_study(InventedDesk().rows[6 if page == "read1" else 0].uid)
        )
    if page == "read4":
        QTimer.singleShot(1200, lambda: four(window))
    if page == "import":
        window.imports.start([Path("/invented/cd")])
    if page == "refused":
        window.studies.refusals.show_refusals(InventedDesk().summary.refused)
        window.tell(Notice("The disk is nearly full (2 % left)", Tone.ATTENTION, "Free some space", print))
    if page == "drop":
        QTimer.singleShot(500, window._drop._cover)
    if page == "keys":
        QTimer.singleShot(500, window.actions_["keys"].trigger)
    if page == "palette":
        QTimer.singleShot(500, window.actions_["palette"].trigger)
    application.exec()


def four(window: MainWindow) -> None:
    """Show four viewports, one of them measured, one that cannot be shown."""
    reading = window.reading.reading
    assert isinstance(reading, InventedReading)
    screen = reading.screen
    commands.set_grid(screen, rows=2, columns=2, who="gallery")
    for pane, index in ((0, 15), (1, 8), (3, 20)):
        reading.show_stack(pane, reading.series[pane % 3].key)
        commands.go_to(screen, pane=pane, index=index, who="gallery")
    reading.broken = reading.series[2].key
    reading.show_stack(2, reading.broken)
    record = record_of(reading.study, reading.series[0], 15)
    for start, end in ((Point(90, 120), Point(165, 112)), (Point(120, 60), Point(122, 200))):
        mark = Length.drawn(record, 0, start, end, created=NOW)
        screen.set_mark(mark, who="gallery")
    window.reading.grid.page.choose(mark.id)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "studies")
