"""The study list where archives are set up: the worklist, by mouse and by keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from invented import InventedDesk
from invented_worklist import NOW, OFFER, TROUBLE, Worklist, worklist_rows
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QWidget

from workstation.errors import LumenError
from workstation.ui.contracts import LinkOffer, Refusal, StudyRow, StudyState, WindowMemory
from workstation.ui.main_window import MainWindow
from workstation.ui.studies import StudiesPage
from workstation.ui.studies.columns import NAMES
from workstation.ui.studies.query import Query
from workstation.ui.studies.same_person import SamePersonDialog
from workstation.ui.studies.saved import Saved
from workstation.ui.studies.saved_menu import NameDialog
from workstation.ui.theme import PALETTE

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]
Key = Qt.Key


class Clock:
    """Says what a test wants."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def desk() -> InventedDesk:
    return InventedDesk(worklist_rows())


@pytest.fixture
def network(desk: InventedDesk) -> Worklist:
    return Worklist(desk)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept() -> list[str]:
    """Return what was kept of the saved filters, the latest last."""
    return [""]


@pytest.fixture
def window(
    desk: InventedDesk, network: Worklist, clock: Clock, kept: list[str], show: Show, wait: Wait
) -> MainWindow:
    memory = WindowMemory(filters=lambda: kept[-1], keep_filters=kept.append)
    made = MainWindow(desk, network=network, now=clock, reader="Dr N. Haverford", memory=memory)
    made.resize(1920, 1000)
    show(made)
    made.show_studies()
    wait(lambda: made.studies.model.rowCount() == 12)
    return made


@pytest.fixture
def page(window: MainWindow) -> StudiesPage:
    return window.studies


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]


def cell(page: StudiesPage, row: int, name: str) -> str:
    return str(page.model.index(row, NAMES.index(name)).data())


def names(page: StudiesPage) -> list[str]:
    return [cell(page, row, "patient").partition(",")[0] for row in range(page.model.rowCount())]


def uid_of(desk: InventedDesk, name: str) -> str:
    return next(row.uid for row in desk.rows if row.patient_name.startswith(name))


def choose_also(page: StudiesPage, *rows: int) -> None:
    flags = QItemSelectionModel.SelectionFlag
    for row in rows:
        page.table.selectionModel().select(page.model.index(row, 2), flags.Select | flags.Rows)


def button(widget: QWidget, text: str) -> QPushButton:
    QApplication.processEvents()  # what was just laid out is shown
    found = [one for one in widget.findChildren(QPushButton) if one.text().startswith(text)]
    return next(one for one in found if one.isVisibleTo(widget))


def test_the_list_stands_in_the_order_of_reading_and_says_what_it_knows(page: StudiesPage) -> None:
    assert names(page)[:3] == ["VALE", "OKAFOR", "LINDQVIST"]
    row = [cell(page, 0, name) for name in NAMES]
    assert row == [
        "STAT",
        "14:02",
        "VALE, Marisol",
        "67 F",
        "CT head without contrast · stroke",
        "CT · head",
        "2026-11-24 02:04",
        "Harbor",
        "132 / 212",
        "2 ready",
        "haemorrhage 0.93",
        "arriving",
    ]
    assert cell(page, 7, "state") == "in progress, Dr Imai"


def test_the_bar_says_what_there_is_to_do(page: StudiesPage, clock: Clock) -> None:
    assert "8 unread · 3 stat · 1 overdue · next due in" in texts(page.bar)
    assert "14:02" in texts(page.bar)

    clock.at = NOW + timedelta(minutes=15)
    page._tick()

    assert "8 unread · 3 stat · 2 overdue · next due in" in texts(page.bar)
    assert "12:40" in texts(page.bar)


def test_the_clock_goes_on_without_moving_a_row(page: StudiesPage, clock: Clock) -> None:
    page.table.sortByColumn(NAMES.index("due"), Qt.SortOrder.AscendingOrder)
    before = names(page)
    assert before[:3] == ["LINDQVIST", "VALE", "OKAFOR"]

    clock.at = NOW + timedelta(minutes=14, seconds=12)
    page._tick()

    assert names(page) == before
    assert cell(page, 1, "due") == "−0:10"


def test_o_goes_back_to_the_order_of_reading(page: StudiesPage) -> None:
    page.table.sortByColumn(NAMES.index("patient"), Qt.SortOrder.AscendingOrder)
    assert names(page)[0] == "ABERNATHY"

    QTest.keyClick(page.table, Key.Key_O)

    assert names(page)[:3] == ["VALE", "OKAFOR", "LINDQVIST"]


@pytest.mark.parametrize(
    ("key", "found"),
    [
        (Key.Key_M, ["VALE", "HOLLOWAY", "ABERNATHY"]),
        (Key.Key_S, ["VALE", "OKAFOR", "LINDQVIST"]),
        (Key.Key_T, ["VALE", "OKAFOR", "LINDQVIST", "HOLLOWAY", "ABERNATHY"]),
    ],
)
def test_a_chip_narrows_the_list_by_its_key_and_widens_it_again(
    page: StudiesPage, key: Key, found: list[str]
) -> None:
    QTest.keyClick(page.table, key)
    assert names(page) == found

    QTest.keyClick(page.table, key)
    assert len(names(page)) == 12

    QTest.keyClick(page.table, key)
    QTest.keyClick(page.table, Key.Key_A)
    assert len(names(page)) == 12


def test_a_letter_that_is_typed_into_the_search_is_no_command(page: StudiesPage) -> None:
    page.bar.search.setFocus()
    QTest.keyClicks(page.bar.search, "mstuacbfnop")

    assert page.bar.query == Query("mstuacbfnop")


def test_priors_come_into_sight_when_they_are_asked_for(page: StudiesPage) -> None:
    QTest.keyClick(page.table, Key.Key_P)
    assert page.model.rowCount() == 14
    assert cell(page, 13, "priority") == "Prior"

    QTest.keyClick(page.table, Key.Key_P)
    assert page.model.rowCount() == 12


def test_a_list_of_nothing_but_priors_says_that_nothing_is_to_read(
    page: StudiesPage, desk: InventedDesk, wait: Wait
) -> None:
    desk.rows = [row for row in desk.rows if row.is_prior]
    page.reload()

    wait(lambda: "Nothing to read" in texts(page))


def test_without_archives_nothing_of_the_worklist_shows(show: Show, wait: Wait) -> None:
    made = MainWindow(InventedDesk(), now=lambda: NOW)
    show(made)
    made.show_studies()
    wait(lambda: made.studies.model.total)
    page = made.studies

    assert not page.bar.next_case.isVisibleTo(page)
    assert not page.bar.saved.isVisibleTo(page)
    assert all(page.table.isColumnHidden(NAMES.index(name)) for name in ("priority", "due", "priors", "flag"))
    offered = {command.name for command, _ in page.offered()}
    assert not {"next-case", "claim", "show-stat"} & offered
    assert {"own-order", "show-today", "save-filter"} <= offered
    assert [one.text() for one in page.preview.findChildren(QPushButton) if one.isVisibleTo(page)] == [
        "Open   Enter"
    ]


def test_claim_hand_back_and_fetch_reach_the_network(
    page: StudiesPage, network: Worklist, desk: InventedDesk, wait: Wait
) -> None:
    page.table.choose(uid_of(desk, "VALE"))
    QTest.keyClick(page.table, Key.Key_C)
    QTest.keyClick(page.table, Key.Key_F)
    page.table.choose(uid_of(desk, "HOLLOWAY"))
    QTest.keyClick(page.table, Key.Key_B)
    wait(lambda: len(network.asked) == 3)

    assert set(network.asked) == {
        ("claim", uid_of(desk, "VALE")),
        ("fetch", uid_of(desk, "VALE")),
        ("hand back", uid_of(desk, "HOLLOWAY")),
    }


def test_what_makes_no_sense_is_not_offered(page: StudiesPage, desk: InventedDesk) -> None:
    def offered(name: str) -> list[bool]:
        page.table.choose(uid_of(desk, name))
        return [page.actions_[work].isEnabled() for work in ("claim", "hand-back", "fetch")]

    assert offered("VALE") == [True, False, True]
    assert offered("HOLLOWAY") == [False, True, False]  # it is claimed, and whole
    assert offered("WINTERS") == [False, False, False]  # it is final
    assert offered("Hong") == [False, False, False]  # no archive knows it
    assert offered("OKAFOR") == [False, False, False]  # its archive doesn't share claims


def test_several_are_claimed_at_once_and_one_that_cannot_be_stops_no_other(
    page: StudiesPage, window: MainWindow, network: Worklist, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed: list[str] = []

    def claim(uid: str) -> None:
        if not claimed:
            claimed.append("refused")
            raise LumenError("Somebody else has this study", remedy="Look again in a minute.")
        claimed.append(uid)

    monkeypatch.setattr(network, "claim", claim)
    choose_also(page, 1, 2, 7)
    assert button(page.preview, "Claim").text() == "Claim · 3   C"

    button(page.preview, "Claim").click()
    wait(lambda: window.notices.text)

    expected = [page.model.study(row).uid for row in (2, 7)]
    assert claimed[1:] == expected
    assert window.notices.text == (
        "1 of 3 not claimed: Somebody else has this study. Look again in a minute."
    )


def test_the_other_mouse_button_offers_what_fits(page: StudiesPage, desk: InventedDesk) -> None:
    page.table.choose(uid_of(desk, "HOLLOWAY"))
    page._open_menu(QPoint(10, 10))
    menu = next(one for one in page.findChildren(QMenu) if one.isVisible())

    assert [action.text() for action in menu.actions()] == ["Open the study", "Hand back what is chosen"]
    menu.close()


def test_ctrl_and_shift_choose_several(page: StudiesPage) -> None:
    def click(row: int, held: Qt.KeyboardModifier) -> None:
        where = page.table.visualRect(page.model.index(row, NAMES.index("patient"))).center()
        QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, held, where)

    click(1, Qt.KeyboardModifier.NoModifier)
    click(3, Qt.KeyboardModifier.ShiftModifier)
    click(6, Qt.KeyboardModifier.ControlModifier)

    assert [row.patient_name.partition("^")[0] for row in page.table.several()] == [
        "OKAFOR",
        "LINDQVIST",
        "HOLLOWAY",
        "PRZYBYLSKI",
    ]


def test_the_preview_tells_order_priors_and_what_is_here(page: StudiesPage, wait: Wait) -> None:
    wait(lambda: "same region, 9 months" in texts(page.preview))
    wait(lambda: "referred by CASTELLAN, Dr Iris" in texts(page.preview))

    said = texts(page.preview)
    assert {"ORDER", "PRIORS, WHY THEY MATTER", "HERE SO FAR", "132 of 212"} <= set(said)
    assert {"CT head without contrast · acc. 99812", "stroke", "assigned to Dr N. Haverford"} <= set(said)
    assert "stands here: stat, due soon" in said
    assert "Harbor · fibre · 184 Mbit/s · 22 ms" in said
    assert "not here yet" in said


def test_trouble_is_told_in_the_list_and_in_the_preview(page: StudiesPage, desk: InventedDesk) -> None:
    page.table.choose(uid_of(desk, "ABERNATHY"))

    label = next(one for one in page.preview.findChildren(QLabel) if one.text() == TROUBLE)
    assert label.property("role") == "attention"
    index = page.model.index(4, NAMES.index("state"))
    assert TROUBLE in str(index.data(Qt.ItemDataRole.ToolTipRole))
    assert TROUBLE in str(index.data(Qt.ItemDataRole.AccessibleDescriptionRole))


@pytest.mark.parametrize(("name", "says"), [("OKAFOR", True), ("VALE", False), ("Hong", False)])
def test_an_archive_that_cannot_share_claims_is_named_so(
    page: StudiesPage, desk: InventedDesk, wait: Wait, name: str, *, says: bool
) -> None:
    page.table.choose(uid_of(desk, name))
    wait(lambda: any("referred by" in text for text in texts(page.preview)))
    QTest.qWait(50)

    assert ("This archive cannot share claims." in texts(page.preview)) is says


def test_a_click_on_a_prior_opens_it(page: StudiesPage, wait: Wait) -> None:
    opened: list[str] = []
    page.opened.connect(opened.append)
    wait(lambda: "same region, 9 months" in texts(page.preview))

    button(page.preview, "CT head · 2024").click()

    assert opened == [f"{page.model.study(0).uid}.9.1"]


def test_while_images_arrive_the_numbers_go_on_and_nothing_else_moves(
    page: StudiesPage, desk: InventedDesk, wait: Wait
) -> None:
    wait(lambda: "same region, 9 months" in texts(page.preview))
    wait(lambda: any("referred by" in text for text in texts(page.preview)))
    labels = set(page.preview.findChildren(QLabel))

    desk.rows[0] = replace(desk.rows[0], here=180)
    page.reload()
    wait(lambda: "180 of 212" in texts(page.preview))

    assert set(page.preview.findChildren(QLabel)) == labels


def test_the_seconds_that_are_left_are_told_and_then_the_next_study_has_none(
    page: StudiesPage, desk: InventedDesk
) -> None:
    page.preview.tick(10.6)
    assert "132 of 212 · 11 s left" in texts(page.preview)

    page.table.choose(uid_of(desk, "OKAFOR"))
    page.preview.tick(None)

    assert "648 of 648" in texts(page.preview)


def test_nothing_of_the_study_before_stays_in_the_preview(
    page: StudiesPage, desk: InventedDesk, wait: Wait
) -> None:
    wait(lambda: "same region, 9 months" in texts(page.preview))
    page.table.choose(uid_of(desk, "SORIANO"))

    said = " ".join(texts(page.preview))
    assert "SORIANO" in said
    assert not any(word in said for word in ("VALE", "stroke", "same region", "212", "SA-20881"))


def test_an_answer_that_comes_late_is_not_shown_for_another_study(
    page: StudiesPage, network: Worklist, desk: InventedDesk, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait(lambda: "same region, 9 months" in texts(page.preview))
    offers = network.link_offers

    def slow(uid: str) -> list[LinkOffer]:
        QTest.qSleep(150)
        return list(offers(uid))

    monkeypatch.setattr(network, "link_offers", slow)
    page.table.choose(uid_of(desk, "SORIANO"))
    QTest.qWait(20)
    page.table.choose(uid_of(desk, "VALE"))
    QTest.qWait(100)  # it is asked for
    page.table.choose(uid_of(desk, "SORIANO"))
    QTest.qWait(400)

    assert not any("SA-20881" in text for text in texts(page.preview))


def _dialog(window: MainWindow) -> SamePersonDialog | None:
    return next((one for one in window.findChildren(SamePersonDialog) if one.isVisible()), None)


@pytest.mark.parametrize(
    ("link", "answer", "asked"),
    [
        ("Same person", "They are one person", ("confirm", "SA-20881")),
        ("Not the same", "They are two persons", ("refuse", "SA-20881")),
    ],
)
def test_whether_two_are_one_is_said_in_two_steps_with_both_in_sight(
    window: MainWindow,
    page: StudiesPage,
    network: Worklist,
    wait: Wait,
    link: str,
    answer: str,
    asked: object,
) -> None:
    wait(lambda: any("SA-20881" in text for text in texts(page.preview)))

    button(page.preview, link).click()
    dialog = _dialog(window)
    assert dialog is not None
    said = texts(dialog)
    assert {"4711-08", "SA-20881", "Harbor", "St. Anne"} <= set(said)
    assert said.count("VALE, Marisol") == said.count("1959-03-02") == 2
    assert network.asked == []

    button(dialog, answer).click()
    wait(lambda: network.asked == [asked])
    wait(lambda: not any("SA-20881" in text for text in texts(page.preview)))


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Escape])
def test_a_stray_key_decides_nothing(
    window: MainWindow, page: StudiesPage, network: Worklist, wait: Wait, key: Key
) -> None:
    wait(lambda: any("SA-20881" in text for text in texts(page.preview)))
    button(page.preview, "Same person").click()
    dialog = _dialog(window)
    assert dialog is not None

    QTest.keyClick(dialog, key)
    QTest.qWait(20)

    assert _dialog(window) is None
    assert network.asked == []


def test_what_differs_between_the_two_is_in_the_attention_colour(show: Show) -> None:
    row = worklist_rows()[0]
    offer = replace(OFFER, other_birth_date="19590320", other_name="vale^marisol")
    dialog = SamePersonDialog(row, offer, is_same=True)
    show(dialog)

    marked = [label.text() for label in dialog.findChildren(QLabel) if label.property("role") == "attention"]
    assert marked == ["1959-03-02", "1959-03-20"]


def test_n_opens_the_next_case_and_says_what_was_passed_over(
    window: MainWindow, page: StudiesPage, network: Worklist, desk: InventedDesk, wait: Wait
) -> None:
    first = desk.rows[0]
    network.skipped = (Refusal("CT head", "132 of 212 images are here", first.uid),)
    QTest.keyClick(page.table, Key.Key_N)
    wait(window.reading.isVisible)

    assert window.reading.reading is not None
    assert window.reading.reading.study.patient_name.startswith("OKAFOR")
    assert network.asked == [("next", "")]
    assert window.notices.text == "Passed over: CT head, 132 of 212 images are here."

    window.notices._action.click()
    wait(lambda: window.reading.reading and window.reading.reading.study.uid == first.uid)
    assert window.notices.text == ""
    window.show_studies()


def test_n_over_the_images_goes_on_to_the_case_after(
    window: MainWindow, network: Worklist, desk: InventedDesk, wait: Wait
) -> None:
    window.open_study(uid_of(desk, "OKAFOR"))
    wait(window.reading.isVisible)
    assert window.reading.banner._next.isEnabled()

    QTest.keyClick(window.reading.grid, Key.Key_N)
    wait(lambda: window.reading.reading and window.reading.reading.study.patient_name.startswith("LINDQVIST"))

    assert network.asked == [("next", uid_of(desk, "OKAFOR"))]
    assert "Next case" in {command.text for command, _ in window.reading.offered()}
    window.show_studies()
    current = window.studies.table.current()
    assert current is not None
    assert current.patient_name.startswith("LINDQVIST")


def test_when_nothing_is_left_it_says_so_and_opens_nothing(
    window: MainWindow, page: StudiesPage, desk: InventedDesk, network: Worklist, wait: Wait
) -> None:
    desk.rows = [replace(row, state=StudyState.FINAL) for row in desk.rows]
    network.skipped = (Refusal("CT head", "final already"), Refusal("a", "b"), Refusal("c", "d"))
    page.bar.next_case.click()
    wait(lambda: window.notices.text)

    assert window.notices.text == (
        "Nothing is left that could be read now. Passed over: CT head, final already; a, b; and 1 more."
    )
    assert window.studies.isVisible()
    assert not window.notices._action.isVisible()


def test_a_next_case_that_cannot_be_found_is_told(
    window: MainWindow, page: StudiesPage, network: Worklist, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> None:
        raise LumenError("The store is not open yet")

    monkeypatch.setattr(network, "next_case", refuse)
    page.bar.next_case.click()
    wait(lambda: window.notices.text)
    assert window.notices.text == "The store is not open yet."

    monkeypatch.undo()
    page.bar.next_case.click()
    wait(window.reading.isVisible)
    window.show_studies()


def called(page: StudiesPage) -> list[str]:
    return [one.name for one in page.bar.saved.filters]


def _name(window: MainWindow, name: str) -> None:
    dialog = next(one for one in window.findChildren(NameDialog) if one.isVisible())
    dialog.field.setText(name)
    QTest.keyClick(dialog, Key.Key_Return)


def test_a_filter_is_saved_taken_up_renamed_deleted_and_brought_back(
    window: MainWindow, page: StudiesPage, kept: list[str], wait: Wait
) -> None:
    saved = page.bar.saved
    QTest.keyClicks(page.bar.search, "chest")
    QTest.keyClick(page.table, Key.Key_S)
    page.actions_["save-filter"].trigger()
    _name(window, "Chest, stat")
    wait(lambda: len(kept) == 2)
    assert json.loads(kept[-1]) == [{"name": "Chest, stat", "text": "chest", "stat": True}]
    assert saved.chip.text() == "Chest, stat ▾"

    page.bar.clear()
    assert len(names(page)) == 12
    menu = saved.open()
    menu.actions()[0].trigger()
    assert names(page) == ["OKAFOR", "LINDQVIST"]
    assert page.bar.search.text() == "chest"
    menu.close()

    saved.rename("Chest, stat")
    _name(window, "Thorax")
    assert called(page) == ["Thorax"]

    saved.delete("Thorax")
    assert not called(page)
    assert window.notices.text == "The filter “Thorax” is deleted."
    window.notices._action.click()
    assert called(page) == ["Thorax"]
    wait(lambda: len(kept) == 5)


def test_saved_filters_are_there_at_the_next_start(
    window: MainWindow, page: StudiesPage, kept: list[str], wait: Wait
) -> None:
    kept.append('[{"name": "Neuro", "modalities": ["CT", "MR"], "text": "head"}]')
    page.reload()
    wait(lambda: page.bar.saved.filters)

    assert page.bar.saved.filters == (Saved("Neuro", Query("head", frozenset({"CT", "MR"}))),)
    assert window.notices.text == ""


def test_what_the_store_says_late_undoes_no_filter_that_was_just_saved(
    window: MainWindow, page: StudiesPage, kept: list[str], wait: Wait
) -> None:
    QTest.keyClicks(page.bar.search, "chest")
    page.bar.saved.save()
    _name(window, "Chest")
    wait(lambda: len(kept) == 2)
    kept.append("")
    listed: list[object] = []
    page.listed.connect(listed.append)
    page.reload()
    wait(lambda: listed)

    assert called(page) == ["Chest"]


def test_nothing_is_no_filter(page: StudiesPage, window: MainWindow) -> None:
    page.actions_["save-filter"].trigger()

    assert not any(one.isVisible() for one in window.findChildren(NameDialog))


@pytest.mark.parametrize("width", [640, 960, 1280, 1920, 2560])
def test_at_any_width_no_chip_and_no_button_is_cut(
    window: MainWindow, page: StudiesPage, width: int, wait: Wait
) -> None:
    window.setMinimumSize(1, 1)  # as on a screen that is that small
    window.resize(width, 700)
    QApplication.processEvents()

    def shown() -> list[QPushButton]:
        return [one for one in page.bar.findChildren(QPushButton) if one.isVisible()]

    wait(lambda: all(one.width() >= one.sizeHint().width() for one in shown()))
    right = max(one.mapTo(page.bar, one.rect().bottomRight()).x() for one in shown())
    assert right <= page.bar.width()
    assert page.preview.isVisible() is (width >= 760)


def test_where_there_is_no_room_chips_are_a_menu(window: MainWindow, page: StudiesPage) -> None:
    window.resize(960, 700)
    QApplication.processEvents()
    chips = page.bar.modalities
    assert chips.menu_chip.isVisible()

    chips.menu_chip.click()
    menu = next(one for one in chips.findChildren(QMenu) if one.isVisible())
    next(action for action in menu.actions() if action.text() == "MR").trigger()
    menu.close()

    assert names(page) == ["ABERNATHY", "Hong", "DONAUDAMPFSCHIFF"]
    assert chips.menu_chip.text() == "MR ▾"


def test_the_chosen_study_stays_chosen_when_the_list_grows(
    page: StudiesPage, desk: InventedDesk, wait: Wait
) -> None:
    page.table.choose(uid_of(desk, "SORIANO"))
    new: StudyRow = replace(desk.rows[0], uid="1.2.3", rank=0, patient_name="NEW^Arrival")
    desk.rows.insert(0, new)
    desk.studies_changed.emit("1.2.3")
    wait(lambda: page.model.rowCount() == 13)

    current = page.table.current()
    assert current is not None
    assert current.patient_name.startswith("SORIANO")
    assert [row.uid for row in page.table.several()] == [current.uid]


def test_every_button_has_a_name_and_a_hint(page: StudiesPage, window: MainWindow, wait: Wait) -> None:
    wait(lambda: any("SA-20881" in text for text in texts(page.preview)))
    shown = [one for one in window.findChildren(QPushButton) if one.isVisibleTo(window)]

    assert len(shown) > 20
    assert [one.text() for one in shown if not one.accessibleName() or not one.toolTip()] == []


def test_what_cannot_be_asked_of_archives_hides_no_trouble_and_no_picture(
    page: StudiesPage, network: Worklist, desk: InventedDesk, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> None:
        raise LumenError("The list of persons cannot be read")

    monkeypatch.setattr(network, "priors", refuse)
    page.table.choose(uid_of(desk, "ABERNATHY"))
    wait(lambda: "The list of persons cannot be read." in texts(page.preview))
    wait(lambda: "MR axial" in texts(page.preview))

    assert TROUBLE in texts(page.preview)


def test_a_letter_that_is_no_command_moves_nothing(page: StudiesPage) -> None:
    QTest.keyClick(page.table, Key.Key_D)  # DELACROIX, DONAUDAMPFSCHIFF

    current = page.table.current()
    assert current is not None
    assert current.patient_name.startswith("VALE")


def _shows(page: StudiesPage, row: int, column: str, colour: str) -> bool:
    """Say whether a cell holds a pixel of nearly this colour."""
    rect = page.table.visualRect(page.model.index(row, NAMES.index(column)))
    image = page.table.viewport().grab(rect).toImage()
    wanted = QColor(colour)
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return any(
        abs(one.red() - wanted.red()) + abs(one.green() - wanted.green()) + abs(one.blue() - wanted.blue())
        < 24
        for one in pixels
    )


@pytest.mark.parametrize(
    ("row", "column", "colour", "shown"),
    [
        (0, "priority", PALETTE.fault, True),
        (4, "priority", PALETTE.fault, False),
        (3, "priority", PALETTE.attention, True),
        (0, "due", PALETTE.fault, True),  # 14:02
        (2, "due", PALETTE.fault, True),  # overdue
        (3, "due", PALETTE.fault, False),  # more than an hour
        (0, "flag", PALETTE.attention, True),
        (1, "flag", PALETTE.attention, False),
        (8, "state", PALETTE.good, True),  # final
        (4, "state", PALETTE.attention, True),  # the triangle of trouble
        (5, "state", PALETTE.attention, False),
        (6, "images", PALETTE.attention, True),  # incomplete
        (0, "images", PALETTE.accent, True),
        (8, "images", PALETTE.accent, False),  # done with
        (8, "patient", PALETTE.text, False),
        (0, "patient", PALETTE.text, True),
    ],
)
def test_colours_say_what_the_words_say(
    page: StudiesPage, row: int, column: str, colour: str, *, shown: bool
) -> None:
    page.table.choose(page.model.study(10).uid)  # no ground of a chosen row

    assert _shows(page, row, column, colour) is shown


def test_of_a_new_list_only_the_rows_that_changed_are_told(
    page: StudiesPage, desk: InventedDesk, wait: Wait
) -> None:
    told: list[tuple[int, int]] = []
    layouts: list[int] = []
    page.model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    page.model.layoutChanged.connect(lambda: layouts.append(1))
    number = next(n for n, row in enumerate(desk.rows) if row.patient_name.startswith("VALE"))
    desk.rows[number] = replace(desk.rows[number], here=133)

    page.reload()
    wait(lambda: cell(page, 0, "images") == "133 / 212")

    assert told == [(0, 0)]
    assert layouts == []


def test_the_same_number_of_arriving_studies_is_told_once(
    window: MainWindow, page: StudiesPage, monkeypatch: pytest.MonkeyPatch, wait: Wait
) -> None:
    wait(lambda: window.state.text_of("arriving"))
    told: list[str] = []
    item = window.state.item("arriving")
    monkeypatch.setattr(item, "setAccessibleName", told.append)

    window._tell_arriving(page.model.listing)

    assert window.state.text_of("arriving") == "1 study arriving"
    assert told == []


def test_what_nobody_has_counted_is_never_shown_as_whole(
    window: MainWindow, page: StudiesPage, desk: InventedDesk, wait: Wait
) -> None:
    number = next(n for n, row in enumerate(desk.rows) if row.patient_name.startswith("VALE"))
    desk.rows[number] = replace(desk.rows[number], here=12, expected=12, is_counted=False)
    page.reload()
    wait(lambda: cell(page, 0, "images") == "12 / ?")

    index = page.model.index(0, NAMES.index("images"))
    assert "Nobody says how many images belong to it." in str(index.data(Qt.ItemDataRole.ToolTipRole))
    wait(lambda: "12 of ?" in texts(page.preview))
    assert button(page.preview, "Fetch now").isVisible()
    assert not page.preview._body.here._bar.isVisible()
    window.open_study(desk.rows[number].uid)
    wait(window.reading.isVisible)
    assert "12 of ? here" in texts(window.reading.banner)
    window.show_studies()


@pytest.mark.parametrize("width", [640, 1920])
def test_priors_are_offered_only_where_there_are_some(show: Show, wait: Wait, width: int) -> None:
    desk = InventedDesk(worklist_rows()[:12])
    window = MainWindow(desk, network=Worklist(desk), now=lambda: NOW)
    window.setMinimumSize(1, 1)
    window.resize(width, 700)
    show(window)
    window.show_studies()
    wait(lambda: window.studies.model.rowCount() == 12)

    chip = next(one for quick, one in window.studies.bar.quick.chips.items() if quick.name == "priors")
    assert not chip.isVisible()
