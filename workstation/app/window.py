"""The program with its window, from the first pixel to the last store closed.

The window is shown before anything slow begins; the store opens, the night's studies are made and
the rendering kernels load behind it, each on a thread of its own.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from workstation.app.asking import Asker
from workstation.app.ending import end_when_asked
from workstation.app.faults import tell_faults
from workstation.app.memory import window_memory
from workstation.app.network import WindowNetwork
from workstation.app.open_archives import OpenArchives, open_in_browser
from workstation.app.own_store import OwnStore
from workstation.app.state import StateItems
from workstation.app.window_desk import WindowDesk
from workstation.cli.session import Session
from workstation.config import Places, Settings
from workstation.errors import Cancelled, LumenError, calm
from workstation.security import harden_process
from workstation.ui.bridge import Listening
from workstation.ui.contracts import Notice, Tone
from workstation.ui.dialogs import leave_no_trace
from workstation.ui.main_window import MainWindow
from workstation.ui.theme import apply_scale, apply_theme
from workstation.ui.watchdog import Watchdog
from workstation.workflow import (
    Desk,
    demo_desk,
    last_study,
    local_actor,
    start_log,
    warm_up,
)

_CLOCK_LOOK: Final = 30_000  # milliseconds

_LEFT_DEMO: Final = Notice(
    "These are your own studies. The invented ones are kept apart; "
    "the command “workstation demo” shows them again."
)

_log = logging.getLogger(__name__)


class NoDisplay(LumenError):
    """There is no screen to show a window on."""

    exit_code = 12


def open_window(session: Session, *, demo: bool) -> int:
    """Show the window until it is closed; return the exit code."""
    _require_display()
    harden_process()
    settings, places = session.settings(), session.places
    start_log(places.log, settings.text("log.level"))
    leave_no_trace()
    apply_scale(int(settings.number("display.scale_percent")))
    application = QApplication.instance() or QApplication(["lumen"])
    assert isinstance(application, QApplication)  # noqa: S101  nothing else makes one
    apply_theme(application)
    program = Program(settings, places, session, demo=demo)
    program.show()
    code = application.exec()
    program.close()
    return code


class Program:
    """The window and what goes on behind it."""

    def __init__(self, settings: Settings, places: Places, session: Session, *, demo: bool) -> None:
        self._settings = settings
        self._places = places
        self._session = session
        self._demo = demo
        self._closing = threading.Event()
        self._asker = Asker()
        self._own = OwnStore(settings, places, self._asker, session.store)
        self.desk = WindowDesk(self._own.open)
        self._archives = OpenArchives(settings, places, self._tell_later)
        self._network = WindowNetwork(self.desk, settings, open_in_browser)
        self.window = MainWindow(
            self.desk,
            now=_now,
            reader=_reader(settings),
            memory=replace(
                window_memory(places.cache / "window"),
                filters=self.desk.filters,
                keep_filters=self.desk.keep_filters,
            ),
            network=self._network if demo or self._archives.are_set_up() else None,
        )
        self._own.window = self.window
        self._moved = Listening(self.desk.moved, self._follow_desk, self.window)
        self._state = StateItems(self.desk, self.window.state)
        self._watchdog = Watchdog() if "LUMEN_DEBUG" in os.environ else None
        self._threads: list[threading.Thread] = []
        self._look = QTimer(self.window, interval=_CLOCK_LOOK)
        self._look.timeout.connect(self._look_at_clock)
        end_when_asked(self.window)
        tell_faults(self._asker, self.window.tell)

    def show(self) -> None:
        """Show the window; everything else starts once it is up."""
        if self._demo or self._own.exists():
            self.window.studies.hold("Opening the studies")
        self.window.show()
        self.window.show_studies()
        for problem in self._settings.problems:
            self.window.tell(Notice(str(problem)))
        QTimer.singleShot(0, self._begin)

    def close(self) -> None:
        """Stop what runs behind the window and close the store."""
        self._closing.set()
        if self._watchdog is not None:
            self._watchdog.stop()
        for thread in self._threads:
            thread.join()
        self._state.stop()
        self.desk.close()
        self._archives.close()

    def _begin(self) -> None:
        if self._watchdog is not None:
            self._watchdog.start()
        self._look.start()
        warm_up()
        self.window.operations.run(
            lambda _: self._open(), asked_by=self.window, done=self._opened, failed=self._not_opened
        )

    def _open(self) -> Desk | None:
        if self._demo:
            return demo_desk(settings=self._settings, places=self._places)
        if not self._own.exists():
            return None
        return self._own.open(self._session.key_source() if self._session.passphrase_file else None)

    def _opened(self, desk: Desk | None) -> None:
        if desk is None:
            return
        self.desk.sit_down(desk)
        for line in desk.start_report:
            self.window.tell(Notice(line, Tone.PLAIN if desk.store.report.is_harmless else Tone.ATTENTION))
        study = last_study(desk)
        if study:
            self.window.open_study(study)

    def _follow_desk(self, desk: Desk) -> None:
        self._state.tell()
        self._on_thread("connect", lambda: self._archives.connect(desk))
        if desk.is_demo:
            self.window.studies.hold("Making the night's studies", "The first one is here in a few seconds.")
        else:
            self.window.studies.release()
            if self._demo:
                self.window.tell(_LEFT_DEMO)

    def _tell_later(self, sentence: str) -> None:
        """Show a line that comes from another thread."""
        self._asker.post(lambda: self.window.tell(Notice(sentence, Tone.ATTENTION)))

    def _not_opened(self, error: BaseException) -> None:
        locked = isinstance(error, Cancelled)
        title = "Your studies are locked" if locked else "Your studies could not be opened"
        self.window.studies.hold(title, "" if locked else calm(error), self._begin_again)

    def _begin_again(self) -> None:
        self.window.studies.hold("Opening the studies")
        self.window.operations.run(
            lambda _: self._open(), asked_by=self.window, done=self._opened, failed=self._not_opened
        )

    def _look_at_clock(self) -> None:
        desk = self.desk.desk
        if desk is not None:
            self._on_thread("clock", desk.look_at_clock)

    def _on_thread(self, name: str, work: Callable[[], object]) -> None:
        thread = threading.Thread(target=_logged(work), name=name)
        self._threads = [one for one in self._threads if one.is_alive()] + [thread]
        thread.start()


def _logged(work: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        except Exception:  # noqa: BLE001  the window goes on
            _log.exception("work behind the window failed")

    return run


def _require_display() -> None:
    if sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        raise NoDisplay(
            "There is no screen to show a window on",
            remedy="Start it on a desktop, or see workstation --help for what works without one.",
        )


def _now() -> datetime:
    return datetime.now(UTC).astimezone()


def _reader(settings: Settings) -> str:
    return local_actor(
        name=settings.text("profile.name"),
        title=settings.text("profile.title"),
        identifier=settings.text("profile.identifier"),
    ).signature
