"""What nobody caught: logged without patient data, told in one line, and the window goes on."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from workstation.app.asking import Asker
from workstation.errors import calm
from workstation.ui.contracts import Notice, Tone

_log = logging.getLogger(__name__)


def tell_faults(asker: Asker, tell: Callable[[Notice], object]) -> None:
    """From now on, no traceback reaches the terminal or ends the program."""

    def hear(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            return
        _log.critical("nobody caught %s", kind.__name__, exc_info=(kind, error, trace))
        asker.post(lambda: tell(Notice(calm(error), Tone.FAULT)))

    def hear_thread(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None:
            hear(told.exc_type, told.exc_value, told.exc_traceback)

    sys.excepthook = hear
    threading.excepthook = hear_thread
