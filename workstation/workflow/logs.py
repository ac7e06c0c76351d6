"""The log: a few small files that say what the program did and nothing about a patient.

Whatever nobody caught ends here too, not on a terminal: a traceback helps nobody there, and its last line
may quote what was being read.

Errors:  none; a log that cannot be written is done without.
"""

from __future__ import annotations

import logging
import secrets
import sys
import threading
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

from workstation.errors import calm
from workstation.security import redact_log

_SIZE: Final = 1 << 20
_FILES: Final = 4

_log = logging.getLogger(__name__)


class _File(RotatingFileHandler):
    """A file that is made, with its folder, when there is a first line to write."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_SIZE, backupCount=_FILES, encoding="utf-8", delay=True)

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()


def start_log(file: Path, level: str) -> None:
    """Write everything of this level and above to a rotating file, redacted; a second call moves the log.

    UIDs are hashed with a key of this run: lines of one run can be put together, and that is all.
    """
    logging.raiseExceptions = False  # else a full disk prints tracebacks
    root = logging.getLogger()
    root.setLevel(level.upper())
    for earlier in [handler for handler in root.handlers if isinstance(handler, _File)]:
        root.removeHandler(earlier)
        earlier.close()
    root.addHandler(redact_log(_File(file), secrets.token_bytes(32)))
    logging.captureWarnings(capture=True)


def catch_the_uncaught() -> None:
    """Send what nobody catches, on any thread, to the log instead of the terminal."""
    sys.excepthook = _on_the_main_thread
    threading.excepthook = _elsewhere
    sys.unraisablehook = _elsewhere


def _on_the_main_thread(_kind: type[BaseException], error: BaseException, _: TracebackType | None) -> None:
    _keep(error)
    if sys.stderr is not None:  # a program without a console has none
        sys.stderr.write(f"workstation: {calm(error)}\n")


def _elsewhere(told: threading.ExceptHookArgs | sys.UnraisableHookArgs) -> None:
    if told.exc_value is not None:
        _keep(told.exc_value)


def _keep(error: BaseException) -> None:
    if not isinstance(error, KeyboardInterrupt | SystemExit):
        _log.critical("uncaught %s", type(error).__name__, exc_info=error)
