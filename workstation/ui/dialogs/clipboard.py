"""A secret on the clipboard, for a minute.

Units:   milliseconds.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

MINUTE: Final = 60_000
_HINTS: Final = {  # to what keeps a history of the clipboard: leave this out
    "x-kde-passwordManagerHint": b"secret",
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"1",
}


def copy_secret(secret: str, *, until: int = MINUTE) -> None:
    """Put a secret on the clipboard; it goes after a while or with the program, unless another came."""
    data = QMimeData()
    data.setText(secret)
    for kind, value in _HINTS.items():
        data.setData(kind, value)
    QGuiApplication.clipboard().setMimeData(data)
    application = QApplication.instance()
    assert application is not None  # noqa: S101  there is one, or there would be no clipboard
    timer = QTimer(application, singleShot=True, interval=until)
    ending = application.aboutToQuit.connect(lambda: _take_back(secret))
    timer.timeout.connect(lambda: _take_back(secret))
    timer.timeout.connect(lambda: QObject.disconnect(ending))
    timer.timeout.connect(timer.deleteLater)
    timer.start()


def _take_back(secret: str) -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard.text() == secret:
        clipboard.clear()
