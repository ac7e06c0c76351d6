import sys
import threading
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from workstation import events
from workstation.ui.bridge import Listening
from workstation.ui.operations import Operations, Ticket
from workstation.ui.shortcuts import COMMANDS, conflicts, remapped
from workstation.ui.theme.icons import ICONS
from workstation.ui.watchdog import Stall, Watchdog

Wait = Callable[[Callable[[], object]], None]


def _on_main() -> bool:
    return threading.current_thread() is threading.main_thread()


def _destroy(thing: QObject) -> None:
    thing.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_an_event_from_another_thread_arrives_on_the_main_thread(wait: Wait) -> None:
    heard: list[tuple[int, bool]] = []
    owner = QObject()
    arrived: events.Signal[int] = events.Signal("test")
    Listening(arrived, lambda value: heard.append((value, _on_main())), owner)

    thread = threading.Thread(target=arrived.emit, args=(7,))
    thread.start()
    thread.join()
    assert heard == []

    wait(lambda: heard)
    assert heard == [(7, True)]


def test_a_widget_that_is_gone_hears_nothing(application: QApplication) -> None:
    heard: list[int] = []
    owner = QObject()
    arrived: events.Signal[int] = events.Signal("test")
    Listening(arrived, heard.append, owner)

    _destroy(owner)
    arrived.emit(1)
    application.processEvents()

    assert heard == []


def test_work_runs_elsewhere_and_its_answer_and_progress_arrive_on_the_main_thread(wait: Wait) -> None:
    operations, owner = Operations(), QObject()
    told: list[tuple[str, object, bool]] = []

    def work(ticket: Ticket) -> bool:
        ticket.report(50)
        return _on_main()

    operations.run(
        work,
        asked_by=owner,
        done=lambda value: told.append(("done", value, _on_main())),
        failed=lambda error: told.append(("failed", error, _on_main())),
        progress=lambda value: told.append(("progress", value, _on_main())),
    )
    wait(lambda: len(told) == 2)
    operations.close()

    assert told == [("progress", 50, True), ("done", False, True)]


def test_what_goes_wrong_in_work_is_told_to_who_asked(wait: Wait) -> None:
    operations, owner = Operations(), QObject()
    failed: list[BaseException] = []

    def work(_: Ticket) -> None:
        raise OSError(28, "No space left on device")

    operations.run(work, asked_by=owner, done=lambda _: None, failed=failed.append)
    wait(lambda: failed)
    operations.close()

    assert isinstance(failed[0], OSError)


def test_an_answer_for_a_widget_that_is_gone_is_dropped(application: QApplication, wait: Wait) -> None:
    operations, owner, other = Operations(), QObject(), QObject()
    told: list[str] = []
    gone = threading.Event()

    def work(_: Ticket) -> None:
        gone.wait(5)

    operations.run(work, asked_by=owner, done=lambda _: told.append("owner"), failed=lambda _: None)
    _destroy(owner)
    gone.set()
    operations.run(lambda _: None, asked_by=other, done=lambda _: told.append("other"), failed=lambda _: None)
    wait(lambda: "other" in told)
    operations.close()
    application.processEvents()

    assert told == ["other"]


def test_closing_stops_what_runs(wait: Wait) -> None:
    operations, owner = Operations(), QObject()
    began, saw_cancel = threading.Event(), threading.Event()

    def work(ticket: Ticket) -> None:
        began.set()
        while not ticket.cancelled():
            time.sleep(0.001)
        saw_cancel.set()

    operations.run(work, asked_by=owner, done=lambda _: None, failed=lambda _: None)
    wait(began.is_set)
    operations.close()

    assert saw_cancel.is_set()


def test_the_watchdog_names_the_function_that_held_the_main_thread(wait: Wait) -> None:
    stalls: list[Stall] = []
    dog = Watchdog(stalls.append)
    dog.start()
    QTest.qWait(50)

    _a_slow_slot()
    wait(lambda: stalls)
    dog.stop()

    assert "_a_slow_slot" in stalls[0].stack
    assert stalls[0].seconds >= 0.05


def _a_slow_slot() -> None:
    time.sleep(0.15)


def test_no_two_commands_answer_to_one_key_in_one_place() -> None:
    assert conflicts() == ()


def test_a_key_given_twice_is_told() -> None:
    found = conflicts(remapped({"invert": ("W",), "texts": ("Ctrl+K",)}))

    assert {(one.name, other.name, key) for one, other, key in found} == {
        ("tool-window", "invert", "W"),
        ("palette", "texts", "Ctrl+K"),
    }


def test_every_command_has_a_name_of_its_own_words_and_an_icon_that_exists() -> None:
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)
    assert all(command.text for command in COMMANDS)
    assert {command.icon for command in COMMANDS if command.icon} <= ICONS.keys()


@pytest.mark.parametrize("name", sorted(ICONS))
def test_every_icon_draws_something(application: QApplication, name: str) -> None:  # noqa: ARG001  fonts need it
    from workstation.ui.theme import icon

    image = icon(name).pixmap(20, 20).toImage()

    assert any(image.pixelColor(x, y).alpha() for x in range(20) for y in range(20))


def test_qt_leaves_none_alone(application: QApplication) -> None:
    """PySide6 6.12.0 takes a reference of None away with every call that returns nothing.

    It is built for Pythons whose None never dies (from 3.12 on); on 3.11 the window crashes within minutes.
    """
    before = sys.getrefcount(None)
    for _ in range(1000):
        application.setQuitOnLastWindowClosed(False)

    assert sys.getrefcount(None) > before - 500
