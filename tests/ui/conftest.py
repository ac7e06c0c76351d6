"""One application for all tests of the window, off screen; Qt's warnings and leaked windows fail them."""

import os
import sys
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={Path(__file__).parent / 'offscreen.json'}"
sys.path.insert(0, str(Path(__file__).parent))  # for the invented desk, which the gallery shares

import gc
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEventLoop, QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget

from workstation.ui.theme import apply_theme

NO_SCREEN = "This plugin does not support"  # raise, grab: there is no window manager off screen
QUIET = (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg)


@pytest.fixture(scope="session")
def application() -> QApplication:
    made = QApplication.instance() or QApplication(["lumen"])
    assert isinstance(made, QApplication)
    made.setQuitOnLastWindowClosed(False)
    apply_theme(made)
    return made


@pytest.fixture(autouse=True)
def _clean(application: QApplication) -> Iterator[None]:
    """Fail a test that makes Qt complain, raises inside a slot, or leaves a window behind."""
    complaints: list[str] = []
    hook = sys.excepthook
    sys.excepthook = lambda kind, error, _: complaints.append(f"{kind.__name__} in a slot: {error}")

    def hear(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind not in QUIET and not text.startswith(NO_SCREEN):
            complaints.append(text)

    before = qInstallMessageHandler(hear)
    yield
    application.processEvents()
    gc.collect()
    application.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    qInstallMessageHandler(before)
    sys.excepthook = hook
    left = [type(widget).__name__ for widget in application.topLevelWidgets()]
    for widget in application.topLevelWidgets():
        widget.close()
        widget.deleteLater()
    assert not complaints, complaints
    assert not left, f"windows left behind: {left}"


@pytest.fixture
def show(application: QApplication) -> Iterator[Callable[[QWidget], QWidget]]:
    """Show a widget as a window until the test ends."""
    shown: list[QWidget] = []

    def do(widget: QWidget) -> QWidget:
        shown.append(widget)
        widget.show()
        widget.activateWindow()
        application.processEvents()
        return widget

    yield do
    for widget in shown:
        getattr(widget, "leave", widget.close)()  # a window with unsent work would ask first
        widget.deleteLater()
    application.processEvents()


@pytest.fixture
def wait(application: QApplication) -> Callable[[Callable[[], object]], None]:
    """Let events run until something holds, for at most five seconds."""
    assert application.thread().isCurrentThread()

    def until(holds: Callable[[], object], milliseconds: int = 5000) -> None:
        loop = QEventLoop()
        tick, end = QTimer(), QTimer()
        tick.timeout.connect(lambda: loop.quit() if holds() else None)
        end.setSingleShot(True)
        end.timeout.connect(loop.quit)
        tick.start(2)
        end.start(milliseconds)
        loop.exec()
        assert holds(), "it never happened"

    return until
