import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest
from invented import InventedDesk
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QWidget

from workstation.errors import LumenError
from workstation.ui.contracts import Notice, StudyRow, StudyState, Tone, WindowMemory
from workstation.ui.main_window import MainWindow
from workstation.ui.stacks import carrying

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture
def desk() -> InventedDesk:
    return InventedDesk()


@pytest.fixture
def window(desk: InventedDesk, show: Show, wait: Wait) -> MainWindow:
    made = MainWindow(desk, now=lambda: NOW, reader="Dr N. Haverford")
    made.resize(1200, 760)
    show(made)
    made.show_studies()
    wait(lambda: made.studies.model.total)
    return made


def _dragged(paths: list[str]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return data


def _enter(window: QWidget, data: QMimeData) -> bool:
    event = QDragEnterEvent(
        QPoint(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    QApplication.sendEvent(window, event)
    return event.isAccepted()


def _drop(window: QWidget, data: QMimeData) -> None:
    event = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(window, event)


def test_what_is_dropped_on_the_window_is_imported(
    window: MainWindow, desk: InventedDesk, wait: Wait
) -> None:
    data = _dragged(["/invented/cd", "/invented/study.zip"])

    assert _enter(window, data)
    assert window._drop.isVisible()
    _drop(window, data)
    wait(lambda: desk.imported)

    assert not window._drop.isVisible()
    assert desk.imported == [Path("/invented/cd"), Path("/invented/study.zip")]


def test_the_next_choice_of_files_begins_where_the_last_one_was(
    window: MainWindow, desk: InventedDesk, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[str] = []

    def choose(_parent: QWidget, _title: str, where: Path) -> list[Path]:
        began.append(str(where))
        return [Path("/media/disc/DICOM")]

    monkeypatch.setattr("workstation.ui.main_window.choose_folder", choose)
    for _ in range(2):
        window.actions_["import-folder"].trigger()
    wait(lambda: len(desk.imported) == 2)

    assert began == [str(Path.home()), "/media/disc"]


def test_a_series_or_a_web_address_is_not_taken_for_files(window: MainWindow) -> None:
    web = QMimeData()
    web.setUrls([QUrl("https://example.org/study.zip")])

    assert not _enter(window, carrying("1.2.3"))
    assert not _enter(window, web)
    assert not window._drop.isVisible()


def test_the_palette_finds_a_command_by_words_in_any_order_and_does_it(
    window: MainWindow, application: QApplication
) -> None:
    QTest.keyClick(window.studies.table, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.palette_.isVisible()

    QTest.keyClicks(window.palette_.field, "keys all")
    assert window.palette_.list.count() == 1
    QTest.keyClick(window.palette_.field, Qt.Key.Key_Return)

    assert not window.palette_.isVisible()
    assert window._keys is not None
    assert window._keys.isVisible()
    QTest.keyClick(window._keys, Qt.Key.Key_X)
    assert not window._keys.isVisible()
    assert application.focusWidget() is window.studies.table


def test_no_screen_is_too_small_for_the_window(
    desk: InventedDesk, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Laptop:
        """A screen of 1280 × 720 at 150 %."""

        def availableSize(self) -> QSize:  # noqa: N802  Qt's name
            return QSize(853, 480)

    monkeypatch.setattr(MainWindow, "screen", lambda _: Laptop())
    made = MainWindow(desk, now=lambda: NOW)
    show(made)

    assert made.width() <= 853
    assert made.height() <= 480


def test_a_click_beside_a_sheet_puts_it_away(window: MainWindow) -> None:
    window.palette_.open()

    QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))

    assert not window.palette_.isVisible()


def test_the_palette_offers_what_the_page_can_do(window: MainWindow, wait: Wait) -> None:
    on_list = {command.name for command, _ in window._offered()}
    window.open_study(window.studies.model.study(0).uid)
    wait(window.reading.isVisible)
    on_images = {command.name for command, _ in window._offered()}

    assert "search" in on_list - on_images
    assert "tool-length" in on_images - on_list
    assert "palette" in on_list & on_images


def test_the_palette_finds_a_window_by_its_name_and_shows_it(window: MainWindow, wait: Wait) -> None:
    window.open_study(window.studies.model.study(0).uid)
    wait(window.reading.isVisible)
    window.palette_.open()

    QTest.keyClicks(window.palette_.field, "lung")
    assert window.palette_.list.count() == 1
    QTest.keyClick(window.palette_.field, Qt.Key.Key_Return)

    assert window.reading.reading is not None
    shown = window.reading.reading.screen.active.window
    assert shown is not None
    assert shown.name == "lung"
    window.show_studies()


def test_the_palette_says_that_nothing_is_called_so(window: MainWindow) -> None:
    window.palette_.open()
    QTest.keyClicks(window.palette_.field, "zzz")

    assert [window.palette_.list.item(n).text() for n in range(window.palette_.list.count())] == [
        "Nothing is called that."
    ]
    QTest.keyClick(window.palette_.field, Qt.Key.Key_Return)
    assert window.palette_.isVisible()
    window.palette_.close_sheet()


def test_the_sheet_of_keys_fits_into_the_smallest_window(window: MainWindow, wait: Wait) -> None:
    window.open_study(window.studies.model.study(0).uid)
    wait(window.reading.isVisible)
    window.resize(window.minimumSize())
    window._open_keys()
    assert window._keys is not None

    assert window.rect().contains(window._keys.geometry())
    texts = {label.text() for label in window._keys.findChildren(QLabel)}
    assert {"Window: lung", "Wheel"} <= texts
    window._keys.close_sheet()
    window.show_studies()


def test_errors_are_lines_with_a_way_out(window: MainWindow) -> None:
    done: list[str] = []
    window.tell(
        Notice("The disk is nearly full", Tone.ATTENTION, "Free some space", lambda: done.append("x"))
    )
    window.tell(Notice("The index was rebuilt", Tone.FAULT))

    assert window.notices.text == "The index was rebuilt"
    window.notices.dismiss()
    assert window.notices.text == "The disk is nearly full"
    window.notices._action.click()

    assert done == ["x"]
    assert not window.notices.isVisible()


def test_the_same_line_twice_is_one(window: MainWindow) -> None:
    for _ in range(3):
        window.tell(Notice("The line is down", Tone.FAULT))
    window.notices.dismiss()

    assert window.notices.text == ""


@pytest.mark.parametrize("width", [960, 1700])
@pytest.mark.parametrize("action", ["", "Try again"])
@pytest.mark.parametrize(
    "text",
    [
        "There is no window 5 for these images.",
        "The program did not end in order last time.",
        "This store is open in another program (/home/reader/.local/share/lumen/store). " * 2,
    ],
)
def test_a_line_is_never_cut(window: MainWindow, width: int, action: str, text: str) -> None:
    window.resize(width, 760)
    window.tell(Notice(text, Tone.FAULT, action))
    QApplication.processEvents()

    label = window.notices._text
    asked = label.fontMetrics().boundingRect(label.rect(), Qt.TextFlag.TextWordWrap, text)
    assert asked.width() <= label.width()
    assert asked.height() <= label.height()
    assert window.notices.geometry().bottom() < window.studies.height()


def test_a_line_stays_in_front_when_a_study_opens(window: MainWindow, desk: InventedDesk, wait: Wait) -> None:
    window.tell(Notice("The program did not end in order last time.", Tone.ATTENTION))
    window.open_study(desk.rows[0].uid)
    wait(window.reading.isVisible)

    middle = window.notices.mapTo(window, window.notices.rect().center())
    found = window.childAt(middle)
    assert found is not None
    assert window.notices in (found, found.parentWidget())
    window.show_studies()


def test_a_hint_about_one_study_is_gone_when_the_next_one_is_there(
    window: MainWindow, desk: InventedDesk, wait: Wait
) -> None:
    QToolTip.showText(QPoint(50, 50), "Lengths are those at the detector.", window)
    assert QToolTip.isVisible()

    window.open_study(desk.rows[0].uid)

    wait(lambda: window.reading.isVisible() and not QToolTip.isVisible())
    window.show_studies()


def test_a_study_that_was_opened_is_no_longer_unread_in_the_list(
    window: MainWindow, desk: InventedDesk, wait: Wait
) -> None:
    unread = next(n for n, row in enumerate(desk.rows) if row.state is StudyState.UNREAD)
    uid = desk.rows[unread].uid
    window.open_study(uid)
    wait(window.reading.isVisible)
    desk.rows[unread] = replace(desk.rows[unread], state=StudyState.OPENED)

    window.show_studies()

    wait(lambda: window.studies.model.listing.known[uid].row.state is StudyState.OPENED)


def test_a_study_that_opens_before_the_list_is_there_learns_its_neighbours(show: Show, wait: Wait) -> None:
    desk = InventedDesk()
    listed, desk.rows = desk.rows, []
    window = MainWindow(desk, now=lambda: NOW)
    show(window)
    wait(lambda: window.studies.stack.currentWidget() is window.studies.stack.nothing_yet)
    desk.rows = listed
    window.open_study(listed[3].uid)
    wait(window.reading.isVisible)

    window.studies.reload()

    wait(window.reading.banner._next.isEnabled)
    assert window.reading.banner._previous.isEnabled()
    window.show_studies()


def test_a_study_that_cannot_be_opened_is_told_where_the_reader_looks(
    window: MainWindow, desk: InventedDesk, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str, **__: object) -> NoReturn:
        raise LumenError("The study's key is missing", remedy="Restore it from the backup.")

    monkeypatch.setattr(desk, "open_study", refuse)
    window.open_study("1.2.3")
    wait(lambda: window.notices.text)

    assert window.notices.text == "The study's key is missing. Restore it from the backup."
    assert window.studies.isVisible()


def test_a_list_that_cannot_be_read_is_told_and_can_be_tried_again(
    window: MainWindow, desk: InventedDesk, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def refuse() -> list[StudyRow]:
        asked.append(1)
        raise ValueError("VALE^Marisol")

    wait(lambda: not window.studies._list._is_asked)  # what the window has asked at its start is answered
    monkeypatch.setattr(desk, "studies", refuse)
    window.studies.reload()
    wait(lambda: window.notices.text)
    assert "VALE" not in window.notices.text

    window.notices._action.click()
    wait(lambda: len(asked) == 2)


def test_a_closing_window_stops_what_runs_and_is_remembered(
    desk: InventedDesk, show: Show, wait: Wait
) -> None:
    kept: list[bytes] = []
    desk.pause = 4.0
    made = MainWindow(desk, now=lambda: NOW, memory=WindowMemory(remember=kept.append))
    made.resize(1111, 777)
    show(made)
    made.imports.start([Path("/invented/cd")])
    wait(lambda: made.state.text_of("import"))

    made.close()

    assert len(kept) == 1
    assert desk.imported == []

    again = MainWindow(desk, now=lambda: NOW, memory=WindowMemory(kept[0]))
    assert again.size() == made.size()
    again.close()
    again.deleteLater()


def test_a_window_closes_even_if_its_place_cannot_be_kept(
    desk: InventedDesk, show: Show, recwarn: pytest.WarningsRecorder
) -> None:
    def refuse(_: bytes) -> None:
        raise OSError(28, "No space left on device")

    made = MainWindow(desk, now=lambda: NOW, memory=WindowMemory(remember=refuse))
    show(made)
    made.close()

    assert not made.isVisible()
    assert not recwarn.list


@pytest.mark.parametrize("percent", ["1", "1.25", "1.5", "2", "3"])
def test_at_any_scale_the_screen_has_exactly_the_pixels_that_were_made(percent: str) -> None:
    """In a process of its own: the scale is fixed when Qt starts."""
    script = Path(__file__).parent / "scaled_viewport.py"
    done = subprocess.run(  # noqa: S603  our own script
        [sys.executable, str(script), percent],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": percent, "PYTHONPATH": ":".join(sys.path)},
    )

    assert done.returncode == 0, done.stdout + done.stderr
