"""The list of files that were left out can be read whole."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget

from workstation.ui.contracts import Refusal
from workstation.ui.panels import RefusalsPanel
from workstation.ui.theme import PALETTE, contrast

Show = Callable[[QWidget], QWidget]
LONG = "The file is cut off inside the pixel data (210432 bytes are claimed). Ask for another copy. " * 3


@pytest.mark.parametrize("width", [700, 1000])
def test_a_long_reason_is_wrapped_not_cut(show: Show, application: QApplication, width: int) -> None:
    panel = RefusalsPanel()
    panel.resize(width, 240)
    show(panel)
    panel.show_refusals([Refusal("mixed/cut.dcm", LONG), Refusal("b", "Short.")])
    application.processEvents()
    table = panel._table

    room = QRect(0, 0, table.columnWidth(1) - 16, 10_000)
    needed = table.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, LONG).height()
    assert needed > 30
    assert table.rowHeight(0) >= needed
    assert table.rowHeight(1) < 38


def _first_ink(picture: QImage) -> int:
    """Return the leftmost column with text in it."""
    return next(
        x
        for x in range(picture.width())
        for y in range(picture.height())
        if contrast(QColor(picture.pixel(x, y)).name(), PALETTE.window) > 2
    )


def test_names_stand_below_their_heading(show: Show, application: QApplication) -> None:
    panel = RefusalsPanel()
    panel.resize(900, 240)
    show(panel)
    panel.show_refusals([Refusal("What", "Why")])
    panel._table.clearFocus()
    panel._table.horizontalHeader().model()
    application.processEvents()

    heading = _first_ink(panel._table.horizontalHeader().grab(QRect(0, 0, 100, 28)).toImage())
    name = _first_ink(panel._table.viewport().grab(QRect(0, 0, 100, 28)).toImage())
    assert abs(heading - name) <= 1
