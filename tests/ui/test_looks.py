"""A look that a person begins is asked for as such, its refreshes are not: each look leaves a record."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from invented import InventedDesk
from invented_worklist import NOW, Worklist, worklist_rows
from PySide6.QtWidgets import QWidget

from workstation.ui.contracts import NextCase, StudyPreview, StudyRow
from workstation.ui.main_window import MainWindow

Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]


class WatchedDesk(InventedDesk):
    """Writes down who asked for what."""

    def __init__(self) -> None:
        super().__init__(worklist_rows())
        self.asked: list[str] = []

    def studies(self) -> Sequence[StudyRow]:
        self.asked.append("list")
        return tuple(self.rows)

    def refresh_studies(self) -> Sequence[StudyRow]:
        self.asked.append("list again")
        return tuple(self.rows)

    def preview(self, study_uid: str) -> StudyPreview:
        self.asked.append(f"study {study_uid[-1]}")
        return super().preview(study_uid)

    def refresh_preview(self, study_uid: str) -> StudyPreview:
        self.asked.append(f"study {study_uid[-1]} again")
        return super().preview(study_uid)


@pytest.fixture
def desk() -> WatchedDesk:
    return WatchedDesk()


@pytest.fixture
def window(desk: WatchedDesk, show: Show, wait: Wait) -> MainWindow:
    made = MainWindow(desk, network=Worklist(desk), now=lambda: NOW)
    show(made)
    made.show_studies()
    wait(lambda: "study 0" in desk.asked)
    return made


def test_the_list_is_one_look_until_one_comes_back_to_it(
    window: MainWindow, desk: WatchedDesk, wait: Wait
) -> None:
    assert desk.asked.count("list") == 1
    desk.studies_changed.emit("")
    wait(lambda: "list again" in desk.asked)
    assert desk.asked.count("list") == 1

    window.open_study(desk.rows[0].uid)
    wait(window.reading.isVisible)
    window.show_studies()
    wait(lambda: desk.asked.count("list") == 2)


def test_a_study_that_goes_on_arriving_is_one_look(window: MainWindow, desk: WatchedDesk, wait: Wait) -> None:
    desk.rows[0] = replace(desk.rows[0], reason="stroke?")
    window.studies.reload()
    wait(lambda: "study 0 again" in desk.asked)

    assert desk.asked.count("study 0") == 1
    window.studies.table.choose(desk.rows[1].uid)
    wait(lambda: "study 1" in desk.asked)
    window.studies.table.choose(desk.rows[0].uid)
    wait(lambda: desk.asked.count("study 0") == 2)  # chosen anew: a new look


def test_why_a_case_is_offered_again_is_said(
    window: MainWindow, desk: WatchedDesk, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert window.cases is not None
    note = "Nothing else is left: you have opened this one already."
    monkeypatch.setattr(
        window.cases._network, "next_case", lambda _: NextCase(desk.rows[1], note=note), raising=True
    )

    window.cases.ask()

    wait(window.reading.isVisible)
    assert window.notices.text == note
    window.show_studies()
