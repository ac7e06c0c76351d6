"""A patient that isn't listed: the archives are asked, and the answer says whom was asked."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from invented import InventedDesk
from invented_network import HARBOR, ST_ANNE
from invented_worklist import NOW, Worklist, worklist_rows
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from workstation.errors import LumenError
from workstation.ui.contracts import LineStatus, Refusal, Searched
from workstation.ui.main_window import MainWindow
from workstation.ui.studies import StudiesPage
from workstation.ui.studies.archive_search import NOTHING_TO_ASK, outcome

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def desk() -> InventedDesk:
    return InventedDesk(worklist_rows())


@pytest.fixture
def network(desk: InventedDesk) -> Worklist:
    return Worklist(desk)


@pytest.fixture
def window(desk: InventedDesk, network: Worklist, show: Show, wait: Wait) -> MainWindow:
    made = MainWindow(desk, network=network, now=lambda: NOW, reader="Dr N. Haverford")
    made.resize(1400, 800)
    show(made)
    made.show_studies()
    wait(lambda: made.studies.model.rowCount() == 12)
    return made


@pytest.fixture
def page(window: MainWindow) -> StudiesPage:
    return window.studies


def _said(page: StudiesPage) -> str:
    return page.stack.no_match.line.text()


def test_by_keys_alone_a_patient_is_found_that_nobody_has_listed(
    page: StudiesPage, network: Worklist, wait: Wait
) -> None:
    page.bar.quick.press("stat")
    page.bar.search.setFocus()
    QTest.keyClicks(page.bar.search, "grimaldi")
    assert page.stack.currentWidget() is page.stack.no_match

    QTest.keyClick(page.bar.search, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is page.stack.archives
    QTest.keyClick(page.stack.archives, Qt.Key.Key_Return)
    wait(lambda: page.model.rowCount() == 1)

    assert ("search", "grimaldi") in network.asked
    assert page.model.study(0).patient_name == "GRIMALDI^Enzo"
    assert page.stack.currentWidget() is page.table
    assert page.bar.query.text == "grimaldi"
    assert not page.bar.query.stat


def test_the_key_searches_from_the_field(page: StudiesPage, network: Worklist, wait: Wait) -> None:
    page.bar.search.setFocus()
    QTest.keyClicks(page.bar.search, "grim")
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(page.bar.search, Qt.Key.Key_F, both)

    wait(lambda: page.model.rowCount() == 1)
    assert ("search", "grim") in network.asked


def test_that_no_archive_has_it_is_said_in_its_place_until_other_words_are_typed(
    page: StudiesPage, wait: Wait
) -> None:
    before = _said(page)
    page.bar.search.setText("nobody else")
    page.actions_["search-archives"].trigger()
    wait(lambda: "no such study" in _said(page))

    assert _said(page) == "Harbor and St. Anne have no such study."
    assert page.stack.archives.isEnabled()
    page.bar.search.setText("nobody els")
    assert _said(page) == before


def test_an_archive_that_could_not_be_asked_is_named(
    page: StudiesPage, network: Worklist, wait: Wait
) -> None:
    network.answer_lines = [HARBOR, replace(ST_ANNE, status=LineStatus.OFFLINE)]
    page.bar.search.setText("nobody else")
    page.actions_["search-archives"].trigger()

    wait(lambda: "could not be asked" in _said(page))
    assert _said(page) == "Harbor has no such study. St. Anne could not be asked. There is no line."


def test_a_search_that_fails_is_told(page: StudiesPage, network: Worklist, wait: Wait) -> None:
    network.trouble = LumenError("No store is open yet")
    page.bar.search.setText("nobody else")
    page.actions_["search-archives"].trigger()

    wait(lambda: "No store is open" in _said(page))
    assert page.stack.archives.isEnabled()


def test_without_words_nothing_is_asked(window: MainWindow, page: StudiesPage, network: Worklist) -> None:
    page.actions_["search-archives"].trigger()

    assert window.notices.text == NOTHING_TO_ASK
    assert not [one for one in network.asked if one[0] == "search"]


def test_without_archives_nothing_is_offered(desk: InventedDesk, show: Show, wait: Wait) -> None:
    made = MainWindow(desk, now=lambda: NOW)
    show(made)
    made.show_studies()
    wait(lambda: made.studies.model.total)
    made.studies.bar.search.setText("nobody else")

    assert made.studies.stack.no_match.isVisible()
    assert not made.studies.stack.archives.isVisible()
    assert "search-archives" not in {command.name for command, _ in made.studies.offered()}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Searched(1, ("Harbor",)), "Harbor has 1 such study."),
        (Searched(3, ("Harbor", "St. Anne")), "Harbor and St. Anne have 3 such studies."),
        (Searched(0, (), (Refusal("Harbor", "It is busy."),)), "Harbor could not be asked. It is busy."),
    ],
)
def test_the_outcome_is_one_sentence(found: Searched, said: str) -> None:
    assert outcome(found) == said
