"""Show a page with invented data, to look at it: ``PYTHONPATH=. python tests/ui/gallery.py studies``."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from invented import InventedDesk, many_rows
from invented_network import CONTACTS, HARBOR, ST_ANNE, InventedNetwork, deliveries, delivery
from invented_reading import InventedReading, record_of
from invented_worklist import OFFER, Worklist, worklist_rows
from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QApplication

from workstation.measurement import Length, Point
from workstation.ui.contracts import DeliveryState, LineStatus, Notice, Outage, StateItem, Told, Tone
from workstation.ui.main_window import MainWindow
from workstation.ui.theme import apply_theme
from workstation.viewing import commands

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def main(page: str) -> None:
    """Show one page until the window is closed."""
    application = QApplication([])
    apply_theme(application)
    rows = {"empty": [], "empty-down": [], "many": many_rows(20_000)}.get(page)
    if page.startswith("worklist"):
        rows = worklist_rows(many_rows(20_000 if page == "worklist-many" else 12))
    desk = InventedDesk(rows, pause=20)
    if page == "waiting":
        desk.arrived.clear()
    network = Worklist(desk) if page.startswith("worklist") else network_of(page)
    window = MainWindow(
        desk, network=None if page == "store" else network, now=lambda: NOW, reader="Dr N. Haverford"
    )
    window.state.set_item(StateItem("cache", "Cache 41 % of 8 GB"))
    window.resize(QSize(1920, 1200).boundedTo(window.screen().availableSize()))
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
    QTimer.singleShot(900, lambda: show_list(page, window))
    QTimer.singleShot(700, lambda: show_network(page, window))
    application.exec()


def show_list(page: str, window: MainWindow) -> None:
    """Show what a search finds or doesn't, a question about a person, a study that is waited for."""
    words = {"worklist-unlisted": "grimaldi", "worklist-nobody": "nobody else"}.get(page)
    if words is not None:
        window.studies.bar.search.setText(words)
        window.studies.actions_["search-archives"].trigger()
    if page == "worklist-same":
        window.studies._decide(window.studies.model.study(0), OFFER, is_same=True)
    if page == "waiting":
        window.open_study(window.studies.model.study(0).uid)


def network_of(page: str) -> InventedNetwork:
    """Return the network that a page is to be seen with."""
    made = InventedNetwork([HARBOR, ST_ANNE], deliveries() if page.startswith("outbox") else [], history=14)
    if page == "outbox-held":
        made.answer_outbox = [
            delivery(0),
            delivery(4, state=DeliveryState.HELD, next_try=None, error="Signed out of Harbor."),
            *deliveries()[:1],
        ]
    if page == "outbox-done":
        made.answer_outbox = deliveries()[4:]
    if page in ("outbox-empty", "check-first"):
        made.answer_outbox, made.history = [], []
    if page in ("quit", "read-down"):
        made.answer_outbox = [delivery(0), delivery(1, kind="image", count=23)]
    if page in ("outage", "tell", "read-down", "empty-down"):
        since = NOW - timedelta(minutes=12)
        made.answer_lines = [
            replace(HARBOR, status=LineStatus.OFFLINE, since=since, why="No answer"),
            ST_ANNE,
        ]
        made.answer_outage = Outage("Harbor", since, contacts=CONTACTS)
    if page == "tell":
        made.answer_told = Told("Harbor", NOW - timedelta(minutes=2), "Dr N. Haverford")
    if page.startswith("sign-in"):
        asks = "" if page == "sign-in-browser" else "password"
        made.answer_lines = [replace(HARBOR, status=LineStatus.SIGNED_OUT, asks_for=asks), ST_ANNE]
    if page == "check-run":
        made.step_taken.clear()
    if page == "old-tls":
        made.answer_lines = [
            replace(HARBOR, warning="The site allows TLS 1.2 here, which is older than it should be.")
        ]
    return made


def show_network(page: str, window: MainWindow) -> None:
    """Open the page of the network that was asked for."""
    board = window.network
    if board is None:
        return
    if page.startswith("outbox") or page == "give-up":
        board.outbox.open()
    if page == "outbox-done":
        board.outbox.toggle_done()
    if page.startswith("check"):
        board.open_check()
    if page == "check-run":
        board.check.check()
    if page == "tell":
        board.tell_group()
    if page.startswith("sign-in"):
        window.actions_["sign-in"].trigger()
    if page == "quit":
        window.close()
    if page == "outbox-give-up":
        QTimer.singleShot(300, board.outbox.actions_["give-up"].trigger)


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
