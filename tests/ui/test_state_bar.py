"""The bar answers its questions in one order, and each answer that has a page opens it."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from workstation.ui.contracts import StateItem, Tone
from workstation.ui.state_bar import StateBar

Show = Callable[[QWidget], QWidget]
NAMES = ("line", "arriving", "import", "outbox", "store", "cache")


@pytest.fixture
def bar(show: Show) -> StateBar:
    made = StateBar(lambda: datetime(2026, 11, 24, tzinfo=UTC), "Dr N. Haverford")
    made.resize(1400, 30)
    show(made)
    return made


def _left(bar: StateBar, name: str) -> int:
    QApplication.processEvents()
    return bar.item(name).mapTo(bar, bar.item(name).rect().topLeft()).x()


def test_items_stand_in_the_order_of_the_questions_whenever_they_come(bar: StateBar) -> None:
    for name in reversed(NAMES):
        bar.set_item(StateItem(name, f"{name} is well"))

    places = [_left(bar, name) for name in NAMES]
    assert places == sorted(places)
    assert len(set(places)) == len(places)


def test_an_item_opens_its_page_by_mouse_and_by_keys_and_says_what_it_is(bar: StateBar) -> None:
    opened: list[str] = []
    bar.opens("line", lambda: opened.append("line"))
    bar.opens("outbox", lambda: opened.append("outbox"))
    for name in ("outbox", "cache", "line"):
        bar.set_item(StateItem(name, f"{name} text", Tone.GOOD, f"all about {name}"))

    QTest.mouseClick(bar.item("line"), Qt.MouseButton.LeftButton)
    bar.item("line").setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(bar.item("line"), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is bar.item("outbox")
    QTest.keyClick(bar.item("outbox"), Qt.Key.Key_Return)

    assert opened == ["line", "outbox"]
    assert bar.item("line").accessibleName() == "line text"
    assert "all about line" in bar.item("line").toolTip()
    assert not isinstance(bar.item("cache"), QAbstractButton)


def test_an_item_without_text_goes(bar: StateBar) -> None:
    bar.set_item(StateItem("import", "Importing"))
    bar.set_item(StateItem("import", ""))

    assert not bar.item("import").isVisible()


@pytest.mark.parametrize("width", [640, 960])
def test_in_a_small_window_nothing_overlaps_and_trouble_keeps_more_room_than_calm(
    bar: StateBar, width: int
) -> None:
    bar.opens("line", bar.update)
    bar.opens("outbox", bar.update)
    bar.set_item(StateItem("line", "Radiologiegemeinschaft Donaudampfschiff · fibre · 184 Mbit/s", Tone.GOOD))
    bar.set_item(StateItem("arriving", "12 studies arriving"))
    bar.set_item(StateItem("outbox", "Outbox: 12 need you · 148 waiting", Tone.FAULT))
    bar.set_item(StateItem("cache", "Store 41 % of 200 GB"))
    bar.resize(width, 30)
    QApplication.processEvents()

    names = [name for name in ("line", "arriving", "outbox", "cache") if bar.item(name).isVisible()]
    items = [bar.item(name) for name in names]
    assert names == (["line", "outbox"] if width == 640 else ["line", "arriving", "outbox", "cache"])
    for before, after in pairwise(items):
        assert before.geometry().right() < after.geometry().left()
    assert bar.width() == width
    words = bar.item("outbox").fontMetrics().horizontalAdvance(bar.text_of("outbox"))
    assert bar.item("outbox").width() > words
