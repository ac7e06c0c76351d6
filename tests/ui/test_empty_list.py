"""An empty list says whether nothing is to be read, or nobody could be asked."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from invented import InventedDesk
from invented_network import HARBOR, ST_ANNE
from invented_worklist import NOW, Worklist
from PySide6.QtWidgets import QApplication, QWidget

from workstation.ui.contracts import LineStatus
from workstation.ui.main_window import MainWindow
from workstation.ui.studies.stack import nothing_text

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]


@pytest.mark.parametrize(
    ("statuses", "title", "line"),
    [
        ([], "No studies yet", "Drop a folder, a zip or a CD"),
        ([LineStatus.ONLINE], "Nothing to read", "Harbor lists no study."),
        ([LineStatus.ONLINE, LineStatus.ONLINE], "Nothing to read", "Harbor and St. Anne list no study."),
        ([LineStatus.OFFLINE], "No word from Harbor", "The list comes when there is a line."),
        ([LineStatus.UNKNOWN], "No word from Harbor", "The list comes when there is a line."),
        ([LineStatus.ONLINE, LineStatus.CAPTIVE], "No word from St. Anne", "when there is a line."),
        ([LineStatus.SIGNED_OUT], "Signed out of Harbor", "when you have signed in."),
    ],
)
def test_an_empty_list_says_whose_word_it_is(statuses: list[LineStatus], title: str, line: str) -> None:
    lines = [replace(row, status=status) for row, status in zip([HARBOR, ST_ANNE], statuses, strict=False)]

    said = nothing_text(lines)

    assert said[0] == title
    assert line in said[1]


def test_the_empty_list_follows_the_lines(show: Show, wait: Wait) -> None:
    desk = InventedDesk([])
    network = Worklist(desk, [replace(HARBOR, status=LineStatus.OFFLINE)])
    window = MainWindow(desk, network=network, now=lambda: NOW)
    show(window)
    window.show_studies()
    wait(lambda: window.studies.stack.nothing_yet.title.text() == "No word from Harbor")

    network.say(lines=[HARBOR])

    wait(lambda: window.studies.stack.nothing_yet.title.text() == "Nothing to read")


def test_in_a_small_window_no_word_is_cut(show: Show, wait: Wait) -> None:
    desk = InventedDesk([])
    window = MainWindow(desk, network=Worklist(desk, [HARBOR, ST_ANNE]), now=lambda: NOW)
    show(window)
    window.show_studies()
    window.setMinimumSize(1, 1)
    window.resize(640, 360)
    wait(lambda: window.studies.stack.nothing_yet.title.text() == "Nothing to read")
    QApplication.processEvents()

    line = window.studies.stack.nothing_yet.line
    assert line.height() >= line.heightForWidth(line.width())
    assert line.width() <= 640
