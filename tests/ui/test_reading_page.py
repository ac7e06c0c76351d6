import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import NoReturn

import pytest
from invented import InventedDesk
from invented_reading import OPENING, InventedReading
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget

from workstation.ui.contracts import StackShare, Unshowable
from workstation.ui.main_window import MainWindow
from workstation.ui.reading import ReadingPage
from workstation.ui.stacks import carrying
from workstation.viewing import Layout, commands

Wait = Callable[[Callable[[], object]], None]
Key = Qt.Key
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def window(show: Callable[[QWidget], QWidget], wait: Wait) -> MainWindow:
    made = MainWindow(InventedDesk(), now=lambda: NOW)
    made.resize(1000, 640)
    show(made)
    made.show_studies()
    wait(lambda: made.studies.model.total)
    made.open_study(made.studies.model.study(0).uid)
    wait(made.reading.isVisible)
    return made


@pytest.fixture
def page(window: MainWindow) -> ReadingPage:
    return window.reading


@pytest.fixture
def reading(page: ReadingPage) -> InventedReading:
    assert isinstance(page.reading, InventedReading)
    return page.reading


def press(
    page: ReadingPage, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    widget = QApplication.focusWidget() or page.grid
    QTest.keyClick(widget, key, modifiers)
    QApplication.processEvents()


def _texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


@pytest.mark.parametrize("name", ["VALE^Marisol", "BARTHOLOMEW-FEATHERSTONE^Anastasia Wilhelmina"])
def test_in_the_smallest_window_no_date_of_birth_is_cut(
    window: MainWindow, page: ReadingPage, reading: InventedReading, name: str
) -> None:
    """Half a date is another date; a name that is cut must say so."""
    window.resize(window.minimumSize())
    page.banner.show_study(replace(reading.study, patient_name=name))
    page.banner.show_share(StackShare(1234, 1234, 0))
    QApplication.processEvents()

    banner = page.banner
    for label in (banner._person, banner._here, banner._unseen):
        assert label.isHidden() or label.width() >= label.sizeHint().width(), label.text()
    assert banner._next.geometry().right() <= banner.width()
    assert banner._name.width() >= min(banner._name.sizeHint().width(), 160)
    assert banner._name._elided
    assert name.partition("^")[0] in banner._name.toolTip()


def test_the_images_have_the_keys_when_a_study_opens(page: ReadingPage) -> None:
    assert page.grid.hasFocus()
    assert page.grid.page.has_keys


def test_the_banner_says_whose_study_it_is(page: ReadingPage) -> None:
    texts = _texts(page.banner)

    assert texts[:4] == [
        "VALE, Marisol",
        "F · 67 · 1959-03-02",
        "ID 4711-08 (Harbor)",
        "CT head without contrast · 2026-11-24 02:04 · acc. 99812",
    ]
    assert "132 of 212 here" in texts


@pytest.mark.parametrize(
    ("keys", "index"),
    [
        ([Key.Key_Down], 1),
        ([Key.Key_Down, Key.Key_Down, Key.Key_Up], 1),
        ([Key.Key_PageDown], 10),
        ([Key.Key_PageDown, Key.Key_PageDown, Key.Key_PageUp], 10),
        ([Key.Key_End], 31),
        ([Key.Key_End, Key.Key_Down], 31),
        ([Key.Key_End, Key.Key_Home], 0),
    ],
)
def test_keys_go_through_the_stack(
    page: ReadingPage, reading: InventedReading, keys: list[Qt.Key], index: int
) -> None:
    for key in keys:
        press(page, key)

    assert reading.screen.active.index == index


def test_digits_are_windows_by_number_and_say_when_there_is_none(
    page: ReadingPage, reading: InventedReading, window: MainWindow
) -> None:
    press(page, Key.Key_7)
    lung = reading.screen.active.window
    assert lung is not None
    assert (lung.name, lung.center, lung.width) == ("lung", -600, 1500)

    press(page, Key.Key_2)
    assert reading.screen.active.window == lung
    assert window.notices.text == "There is no window 2 for these images."


def test_the_windows_that_there_are_can_be_chosen_by_name(
    page: ReadingPage, reading: InventedReading
) -> None:
    page._bar._window.click()
    (menu,) = page._bar.findChildren(QMenu)
    words = [action.text() for action in menu.actions()]
    assert words[:3] == ["1   C 40 W 80 · brain", "3   C 40 W 80 · brain", "4   C 40 W 400 · abdomen"]

    menu.actions()[2].trigger()
    menu.close()

    assert reading.screen.active.window is not None
    assert reading.screen.active.window.name == "abdomen"


def test_esc_leaves_full_screen_before_the_page(page: ReadingPage, window: MainWindow) -> None:
    press(page, Key.Key_F)
    assert window.isFullScreen()

    press(page, Key.Key_Escape)
    assert not window.isFullScreen()
    assert page.isVisible()


def test_an_unexpected_error_in_a_picture_stays_in_its_viewport(
    page: ReadingPage, reading: InventedReading, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(pane: int, width: int, height: int) -> NoReturn:
        raise ZeroDivisionError(f"VALE^Marisol {pane} {width} {height}")

    monkeypatch.setattr(reading, "picture", fail)
    press(page, Key.Key_Down)
    shown = page.grid.viewports[0].picture

    assert isinstance(shown, Unshowable)
    assert "VALE" not in shown.reason


def test_r_shows_it_as_it_opened(page: ReadingPage, reading: InventedReading) -> None:
    press(page, Key.Key_7)
    press(page, Key.Key_I)
    press(page, Key.Key_R)

    state = reading.screen.active
    assert (state.window, state.invert, state.camera.zoom) == (OPENING, False, 1.0)


def test_i_inverts_and_its_button_says_so(page: ReadingPage, reading: InventedReading) -> None:
    press(page, Key.Key_I)

    assert reading.screen.active.invert
    assert page.actions_["invert"].isChecked()


def test_space_hides_texts_everywhere_and_shows_them_again(
    page: ReadingPage, reading: InventedReading
) -> None:
    press(page, Key.Key_Space)
    assert not any(state.texts for state in reading.screen.viewports)

    press(page, Key.Key_Space)
    assert all(state.texts for state in reading.screen.viewports)


def test_tab_goes_round_the_viewports(page: ReadingPage, reading: InventedReading) -> None:
    commands.set_grid(reading.screen, rows=2, columns=2, who="test")
    seen = []
    for _ in range(4):
        press(page, Key.Key_Tab)
        seen.append(reading.screen.layout.active)
    press(page, Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)

    assert seen == [1, 2, 3, 0]
    assert reading.screen.layout.active == 3
    assert page.grid.hasFocus()


def test_left_and_right_change_the_series(page: ReadingPage, reading: InventedReading) -> None:
    stacks = [series.key for series in reading.series]

    press(page, Key.Key_Right)
    assert reading.screen.active.stack == stacks[1]
    press(page, Key.Key_Right)
    press(page, Key.Key_Right)
    assert reading.screen.active.stack == stacks[2]
    press(page, Key.Key_Left)
    assert reading.screen.active.stack == stacks[1]


def test_a_double_click_on_a_series_shows_it(page: ReadingPage, reading: InventedReading) -> None:
    tile = page.series.tiles[1]

    QTest.mouseDClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))

    assert reading.screen.active.stack == tile.stack
    assert page.grid.hasFocus()


def test_enter_on_a_series_shows_it_and_arrows_go_through_them(
    page: ReadingPage, reading: InventedReading
) -> None:
    page.series.take_keys()
    press(page, Key.Key_Down)
    press(page, Key.Key_Down)
    press(page, Key.Key_Return)

    assert reading.screen.active.stack == reading.series[2].key


def test_a_series_is_dropped_on_a_viewport(page: ReadingPage, reading: InventedReading) -> None:
    commands.set_grid(reading.screen, rows=1, columns=2, who="test")
    stack = reading.series[1].key
    data = carrying(stack)  # Qt keeps no reference
    target = page.grid.viewports[1]
    none = Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(20, 20), Qt.DropAction.CopyAction, data, left, none)
    QApplication.sendEvent(target, enter)
    event = QDropEvent(
        QPointF(20, 20),
        Qt.DropAction.CopyAction,
        data,
        left,
        none,
    )

    QApplication.sendEvent(target, event)

    assert reading.screen.viewport(1).stack == stack
    assert reading.screen.layout.active == 1


def test_the_layout_is_picked_by_arrows_and_enter(page: ReadingPage, reading: InventedReading) -> None:
    press(page, Key.Key_Y)
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Down, Key.Key_Return):
        QTest.keyClick(page._picker, key)

    assert reading.screen.layout == Layout(2, 3)
    assert "2 × 3" in [button.text() for button in page._bar.findChildren(type(page._bar._layout))]


def test_the_layout_is_picked_by_pointer(page: ReadingPage, reading: InventedReading) -> None:
    press(page, Key.Key_Y)
    QTest.mouseMove(page._picker, QPoint(60, 60))
    QTest.mouseClick(page._picker, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))

    assert reading.screen.layout == Layout(2, 2)


def test_h_hides_the_series_and_shows_them_again(page: ReadingPage) -> None:
    press(page, Key.Key_H)
    assert not page.series.isVisible()

    press(page, Key.Key_H)
    assert page.series.isVisible()


def test_delete_removes_the_chosen_measurement_and_undo_brings_it_back(
    page: ReadingPage, reading: InventedReading
) -> None:
    press(page, Key.Key_D)
    viewport = page.grid.viewports[0]
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(400, 240))
    (mark,) = reading.screen.marks.values()

    press(page, Key.Key_Delete)
    assert not reading.screen.marks

    press(page, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert list(reading.screen.marks.values()) == [mark]

    press(page, Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert not reading.screen.marks


def test_esc_goes_back_one_step_at_a_time(
    page: ReadingPage, reading: InventedReading, window: MainWindow, wait: Wait
) -> None:
    press(page, Key.Key_D)
    QTest.mouseClick(page.grid.viewports[0], Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    press(page, Key.Key_Return)
    page.series.take_keys()

    press(page, Key.Key_Escape)
    assert page.grid.hasFocus()
    press(page, Key.Key_Escape)
    assert not page.grid.cancel()
    press(page, Key.Key_Escape)
    assert not reading.screen.layout.maximised
    assert window.reading.isVisible()
    press(page, Key.Key_Escape)
    assert window.studies.isVisible()
    wait(lambda: reading.closed)
    assert reading.is_put_away


def test_a_key_on_a_button_presses_it_and_nothing_else(page: ReadingPage, reading: InventedReading) -> None:
    button = next(
        one for one in page._bar.findChildren(QWidget) if one.accessibleName() == "Invert grey scale"
    )
    button.setFocus()

    press(page, Key.Key_Space)

    assert reading.screen.active.invert
    assert reading.screen.active.texts


def test_next_study_opens_the_next_of_the_list(page: ReadingPage, window: MainWindow, wait: Wait) -> None:
    second = window.studies.model.study(1)
    first = page.reading

    press(page, Key.Key_N)
    wait(lambda: page.reading is not None and page.reading.study == second)

    assert isinstance(first, InventedReading)
    wait(lambda: first.closed)
    assert _texts(page.banner)[0] == "OKAFOR, Benedict"


def test_of_two_studies_asked_for_the_last_one_opens_though_the_first_comes_later(
    window: MainWindow, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, other = window.studies.model.study(2), window.studies.model.study(3)
    opened: list[InventedReading] = []

    def open_study(uid: str, *, cancelled: Callable[[], bool]) -> InventedReading:
        del cancelled  # it was on its way already
        time.sleep(0.15 if uid == slow.uid else 0)
        opened.append(InventedReading(slow if uid == slow.uid else other))
        return opened[-1]

    monkeypatch.setattr(window._desk, "open_study", open_study)
    window.open_study(slow.uid)
    window.open_study(other.uid)
    wait(lambda: len(opened) == 2)
    QTest.qWait(30)

    assert window.reading.reading is opened[0]
    wait(lambda: [reading.closed for reading in opened] == [False, True])


def test_more_of_a_stack_is_told_from_another_thread(
    page: ReadingPage, reading: InventedReading, wait: Wait
) -> None:
    import threading

    press(page, Key.Key_Down)
    thread = threading.Thread(target=reading.changed.emit, args=(reading.series[0].key,))
    thread.start()
    thread.join()
    unseen = sum(share.count - share.seen for share in map(reading.share, [s.key for s in reading.series]))

    wait(lambda: f"{unseen} images not yet seen" in _texts(page.banner))


def test_an_image_that_cannot_be_shown_still_says_which_one_it_is(
    page: ReadingPage, reading: InventedReading, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(
        "workstation.ui.viewports.viewport.draw_message", lambda _p, _a, text, _c: said.append(text)
    )
    reading.broken = reading.series[0].key
    press(page, Key.Key_End)
    page.grid.viewports[0].grab()

    count = reading.screen.stacks[reading.broken]
    assert said[-1].startswith(f"Image {count} of {count} cannot be displayed: ")


def test_what_could_not_be_kept_is_told(reading: InventedReading, window: MainWindow, wait: Wait) -> None:
    reading.troubled.emit("The measurement is not on the disk: it is full.")
    wait(lambda: window.notices.text)

    assert window.notices.text == "The measurement is not on the disk: it is full."


def test_a_window_that_closes_lets_go_of_the_study_first(
    reading: InventedReading, window: MainWindow
) -> None:
    window.close()

    assert reading.closed
    assert not reading.is_put_away


def test_f6_goes_through_the_areas(page: ReadingPage) -> None:
    where = []
    for _ in range(3):
        press(page, Key.Key_F6)
        focus = QApplication.focusWidget()
        assert focus is not None
        where.append(focus in (page.series.tiles[0], page.grid) or page._bar.isAncestorOf(focus))

    assert page.grid.hasFocus()
    assert all(where)


def test_every_button_has_a_name_and_a_tooltip_with_its_key(window: MainWindow) -> None:
    from PySide6.QtWidgets import QAbstractButton

    buttons = [one for one in window.findChildren(QAbstractButton) if one.isVisibleTo(window)]
    nameless = [one for one in buttons if not one.accessibleName() or not one.toolTip()]

    assert len(buttons) > 10
    assert nameless == []


def test_a_picture_that_breaks_is_told_in_its_place(page: ReadingPage, reading: InventedReading) -> None:
    reading.broken = reading.series[2].key
    page.show_series(reading.broken)
    QApplication.processEvents()

    assert isinstance(page.grid.viewports[0].picture, Unshowable)
    press(page, Key.Key_Left)
    assert reading.screen.active.stack == reading.series[1].key
