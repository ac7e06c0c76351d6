import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from invented import InventedDesk, many_rows, study_rows
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from workstation.ui.contracts import ImportSummary, StudyRow
from workstation.ui.main_window import MainWindow
from workstation.ui.studies import StudiesPage
from workstation.ui.studies.columns import COLUMNS, NAMES, widths

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OF_A_STORE = set(NAMES) - {"priority", "due", "priors", "flag"}


@pytest.fixture
def desk() -> InventedDesk:
    return InventedDesk()


@pytest.fixture
def window(desk: InventedDesk, show: Callable[[QWidget], QWidget], wait: Wait) -> MainWindow:
    made = MainWindow(desk, now=lambda: NOW, reader="Dr N. Haverford")
    made.resize(1200, 760)
    show(made)
    made.show_studies()
    wait(lambda: made.studies.model.total == len(desk.rows))
    return made


@pytest.fixture
def page(window: MainWindow) -> StudiesPage:
    return window.studies


def _column(page: StudiesPage, name: str) -> list[str]:
    number = [column.name for column in COLUMNS].index(name)
    return [str(page.model.index(row, number).data()) for row in range(page.model.rowCount())]


def _texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


def _is_chip(button: QPushButton) -> bool:
    return button.isCheckable() and button.isVisible()


def _count(page: StudiesPage) -> str:
    return next(text for text in _texts(page.bar) if "stud" in text)


@pytest.mark.parametrize(
    ("room", "gone"),
    [
        (1480, []),
        (840, []),
        (800, ["site"]),
        (700, ["modality", "site"]),
        (600, ["modality", "site", "images"]),
    ],
)
def test_columns_fill_the_room_and_the_least_needed_go_first(room: int, gone: list[str]) -> None:
    made = widths(room, OF_A_STORE)

    assert sum(made) == room
    shown = {column.name for column, width in zip(COLUMNS, made, strict=True) if width}
    assert [name for name in NAMES if name in OF_A_STORE - shown] == gone
    assert shown <= OF_A_STORE
    assert all(width >= column.least for column, width in zip(COLUMNS, made, strict=True) if width)


def test_the_newest_study_is_first_and_chosen(page: StudiesPage) -> None:
    dates = _column(page, "date")

    assert dates == sorted(dates, reverse=True)
    current = page.table.current()
    assert current is not None
    assert current.patient_name == "VALE^Marisol"


def test_typing_narrows_the_list_and_the_count_says_so(page: StudiesPage) -> None:
    QTest.keyClicks(page.bar.search, "chest")

    assert _column(page, "patient") == ["OKAFOR, Benedict", "LINDQVIST, Tore", "HOLLOWAY, June"]
    assert _count(page) == "3 of 12 studies"

    QTest.keyClick(page.bar.search, Qt.Key.Key_Escape)
    assert _count(page) == "12 studies"


def test_a_heading_sorts_and_sorts_back(page: StudiesPage) -> None:
    header = page.table.horizontalHeader()
    where = header.viewport()
    patient = NAMES.index("patient")
    place = header.sectionViewportPosition(patient) + 20

    for expected_reverse in (False, True):
        QTest.mouseClick(where, Qt.MouseButton.LeftButton, pos=QPoint(place, 10))
        names = [name.casefold() for name in _column(page, "patient")]
        assert names == sorted(names, reverse=expected_reverse)
    assert page.model.headerData(patient, Qt.Orientation.Horizontal) == "Patient ▾"

    QTest.mouseClick(where, Qt.MouseButton.LeftButton, pos=QPoint(place, 10))
    dates = _column(page, "date")
    assert dates == sorted(dates, reverse=True)
    assert page.model.headerData(NAMES.index("date"), Qt.Orientation.Horizontal) == "Date ▾"


def test_the_chosen_study_stays_chosen_when_the_order_changes(page: StudiesPage) -> None:
    page.table.choose(page.model.study(4).uid)
    before = page.table.current()

    page.table.sortByColumn(NAMES.index("patient"), Qt.SortOrder.AscendingOrder)

    assert page.table.current() == before


def test_chips_filter_by_modality_and_date(page: StudiesPage) -> None:
    from workstation.ui.controls import Button

    chips = {chip.text(): chip for chip in page.bar.findChildren(Button) if _is_chip(chip)}
    assert list(chips) == ["All", "Today", "7 days", "CT", "DX", "MG", "MR", "PT", "US"]

    chips["MR"].click()
    assert len(_column(page, "patient")) == 3

    chips["Today"].click()
    assert _column(page, "patient") == ["ABERNATHY, Colm"]
    assert _count(page) == "1 of 12 studies"


def test_the_key_of_the_search_is_not_searched_for(page: StudiesPage) -> None:
    page.bar.search.setFocus()
    QTest.keyClicks(page.bar.search, "/head")

    assert page.bar.search.text() == "head"
    QTest.keyClicks(page.bar.search, " 1/2")
    assert page.bar.search.text() == "head 1/2"


def test_in_the_smallest_window_no_chip_is_cut(
    window: MainWindow, page: StudiesPage, desk: InventedDesk, wait: Wait
) -> None:
    names = ["CT", "DX", "MG", "MR", "NM", "PT", "US", "XA"]
    desk.rows = [replace(row, modalities=(name,)) for row, name in zip(desk.rows, names * 2, strict=False)]
    window.resize(window.minimumSize())
    page.reload()
    wait(lambda: list(page.bar.modalities.chips) == names)
    QApplication.processEvents()

    chips = page.bar.modalities.chips.values()
    assert all(chip.isVisible() and chip.width() >= chip.sizeHint().width() for chip in chips)


def test_when_nothing_matches_the_way_out_is_one_key(page: StudiesPage) -> None:
    QTest.keyClicks(page.bar.search, "zzz")
    assert "Nothing matches" in _texts(page)

    QTest.keyClick(page.bar.search, Qt.Key.Key_Escape)

    assert "Nothing matches" not in _texts(page)
    assert _count(page) == "12 studies"


def test_an_empty_store_says_how_to_fill_it(show: Callable[[QWidget], QWidget], wait: Wait) -> None:
    made = MainWindow(InventedDesk([]), now=lambda: NOW)
    show(made)
    wait(lambda: "No studies yet" in _texts(made.studies))

    assert any("Drop a folder" in text for text in _texts(made.studies))
    assert not made.studies.preview.isVisible()


def test_a_store_that_is_not_open_is_not_called_empty(show: Callable[[QWidget], QWidget], wait: Wait) -> None:
    tried: list[str] = []
    desk = InventedDesk([])
    made = MainWindow(desk, now=lambda: NOW)
    made.studies.hold("Your studies are locked", again=lambda: tried.append("x"))
    show(made)
    made.studies.reload()
    wait(lambda: "Your studies are locked" in _texts(made.studies))

    assert "No studies yet" not in _texts(made.studies)
    assert not any("0 studies" in text for text in _texts(made.studies.bar))
    made.studies.stack.again.click()
    assert tried == ["x"]

    made.studies.release()
    wait(lambda: "No studies yet" in _texts(made.studies))


def test_the_first_study_takes_the_place_of_the_reason_why_there_was_none(
    show: Callable[[QWidget], QWidget], wait: Wait
) -> None:
    desk = InventedDesk([])
    made = MainWindow(desk, now=lambda: NOW)
    made.studies.hold("Opening the studies")
    show(made)
    desk.rows = many_rows(1)

    made.studies.reload()

    wait(made.studies.table.isVisible)
    assert not made.studies.stack.again.isVisible()


def test_the_preview_tells_the_series_and_that_nothing_is_missing(page: StudiesPage, wait: Wait) -> None:
    page.table.choose(next(row.uid for row in study_rows() if row.patient_name.startswith("OKA")))
    wait(lambda: any("every instance is accounted for" in text for text in _texts(page.preview)))

    texts = _texts(page.preview)
    assert texts[:2] == ["OKAFOR, Benedict", "M · 44 · 1982-07-14 · ID 2203-51 (St. Anne)"]
    assert {"CT axial", "CT · 646 images", "648 of 648"} <= set(texts)


def test_only_the_preview_of_the_last_chosen_study_is_shown(page: StudiesPage, wait: Wait) -> None:
    for number in range(page.model.rowCount()):
        page.table.choose(page.model.study(number).uid)
    last = page.model.study(page.model.rowCount() - 1)
    wait(lambda: any("accounted for" in text or "not here" in text for text in _texts(page.preview)))

    assert _texts(page.preview)[0].startswith("DONAUDAMPFSCHIFF")
    assert page.table.current() == last


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_opens_the_chosen_study(page: StudiesPage, key: Qt.Key) -> None:
    opened: list[str] = []
    page.opened.connect(opened.append)

    QTest.keyClick(page.table, Qt.Key.Key_Down)
    QTest.keyClick(page.table, key)

    assert opened == [page.model.study(1).uid]


@pytest.mark.parametrize(("words", "is_opened"), [("vale", True), ("ct", False), ("nobody else", False)])
def test_enter_after_words_opens_what_is_found_alone(
    page: StudiesPage, words: str, *, is_opened: bool
) -> None:
    opened: list[str] = []
    page.opened.connect(opened.append)
    page.bar.search.setFocus()
    QTest.keyClicks(page.bar.search, words)
    QTest.keyClick(page.bar.search, Qt.Key.Key_Return)

    assert opened == ([page.model.study(0).uid] if is_opened else [])
    assert QApplication.focusWidget() is not page.bar.search


def test_a_double_click_opens(page: StudiesPage) -> None:
    opened: list[str] = []
    page.opened.connect(opened.append)
    place = page.table.visualRect(page.model.index(2, NAMES.index("patient"))).center()

    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert opened == [page.model.study(2).uid]


def test_markup_in_a_name_is_shown_as_it_is_stored(
    show: Callable[[QWidget], QWidget], wait: Wait, desk: InventedDesk
) -> None:
    desk.rows = [replace(desk.rows[0], patient_name="<b>x</b>^<img src='http://example.org'>")]
    made = MainWindow(desk, now=lambda: NOW)
    show(made)
    wait(lambda: made.studies.model.total == 1)
    wait(lambda: any("not here" in text for text in _texts(made.studies.preview)))

    label = next(label for label in made.findChildren(QLabel) if label.text().startswith("<b>"))
    assert all(one.textFormat() == Qt.TextFormat.PlainText for one in made.findChildren(QLabel))
    assert "&lt;img" in label.toolTip()


def test_an_import_shows_its_way_and_what_it_could_not_read(
    page: StudiesPage, window: MainWindow, wait: Wait
) -> None:
    seen: list[str] = []
    window.imports.progressed.connect(lambda _: seen.append(window.state.text_of("import")))

    window.imports.start([Path("/invented/cd")])
    wait(lambda: not window.imports.running)

    assert "Importing 50%" in seen
    assert window.state.text_of("import") == ""
    summary = "224 instances in 2 studies imported · 12 were here already · 2 files could not be read"
    assert summary in _texts(page)

    page.import_line._show.click()
    assert page.refusals.isVisible()
    assert page.refusals.model.refusals[0].reason == "not a DICOM file"

    QTest.keyClick(page.refusals, Qt.Key.Key_Escape)
    assert not page.refusals.isVisible()


def test_an_import_can_be_cancelled(window: MainWindow, desk: InventedDesk, wait: Wait) -> None:
    desk.pause = 4.0
    ended: list[ImportSummary] = []
    window.imports.ended.connect(ended.append)

    window.imports.start([Path("/invented/cd")])
    window.imports.start([Path("/invented/waiting")])
    wait(lambda: window.state.text_of("import"))
    window.imports.cancel()
    wait(lambda: ended)
    desk.pause = 0.0
    QTest.qWait(50)

    assert [summary.cancelled for summary in ended] == [True]
    assert desk.imported == []


def test_what_is_dropped_during_an_import_waits_for_its_turn(
    window: MainWindow, desk: InventedDesk, wait: Wait
) -> None:
    window.imports.start([Path("/invented/one")])
    window.imports.start([Path("/invented/two")])
    wait(lambda: len(desk.imported) == 2 and not window.imports.running)

    assert desk.imported == [Path("/invented/one"), Path("/invented/two")]


def test_a_study_that_arrives_appears_by_itself(page: StudiesPage, desk: InventedDesk, wait: Wait) -> None:
    desk.rows += many_rows(13)[12:]
    desk.studies_changed.emit("")
    wait(lambda: page.model.total == 13)

    assert _count(page) == "13 studies"


def test_ten_thousand_rows_are_shown_without_waiting(show: Callable[[QWidget], QWidget], wait: Wait) -> None:
    import time

    made = MainWindow(InventedDesk(many_rows(10_000)), now=lambda: NOW)
    show(made)
    wait(lambda: made.studies.model.total == 10_000)

    started = time.perf_counter()
    made.studies.table.sortByColumn(NAMES.index("patient"), Qt.SortOrder.AscendingOrder)
    made.studies.table.viewport().repaint()

    assert time.perf_counter() - started < 0.5


def test_neighbours_are_those_of_the_list_as_it_is_shown(page: StudiesPage) -> None:
    QTest.keyClicks(page.bar.search, "chest")
    first: StudyRow = page.model.study(0)

    assert page.neighbour(first.uid, -1) is None
    assert page.neighbour(first.uid, 1) == page.model.study(1)
    assert page.neighbour("1.2.3", 1) is None


def test_a_page_that_is_asked_for_its_list_at_the_start_asks_once(show: Show, wait: Wait) -> None:
    desk = InventedDesk()
    asked: list[int] = []

    def studies() -> list[StudyRow]:
        asked.append(1)
        return list(desk.rows)

    desk.studies = studies  # type: ignore[method-assign]  # counts the questions
    window = MainWindow(desk, now=lambda: NOW)
    window.show_studies()
    show(window)
    wait(lambda: window.studies.model.total)
    QTest.qWait(40)  # the first question's timer would have gone off

    assert len(asked) == 1


def test_an_old_list_never_comes_after_a_newer_one(show: Show, wait: Wait) -> None:
    desk = InventedDesk()
    window = MainWindow(desk, now=lambda: NOW)
    show(window)
    wait(lambda: window.studies.model.total)
    rows, begun, may_go_on = tuple(desk.rows), threading.Event(), threading.Event()

    def slow_once() -> list[StudyRow]:
        if begun.is_set():
            return list(rows[:3])
        begun.set()
        may_go_on.wait(5)
        return list(rows)

    desk.studies = slow_once  # type: ignore[method-assign]  # the first answer is long on its way
    window.studies.reload()
    wait(begun.is_set)
    window.studies.reload()
    window.studies.reload()
    QTest.qWait(20)
    may_go_on.set()

    wait(lambda: window.studies.model.total == 3)
    QTest.qWait(20)
    assert window.studies.model.total == 3
