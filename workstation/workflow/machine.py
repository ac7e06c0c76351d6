"""What this machine offers: how far processes are shut in, a memory kept private, kernels made ready."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from typing import Final

from workstation import rendering
from workstation.events import Signal
from workstation.security import harden_process
from workstation.workers import sandbox_check


def sandbox_of_this_machine() -> str:
    """Return in words what holds a decoding process back here."""
    found = sandbox_check()
    closed = [name for name, refused in found.refused.items() if refused]
    opened = [name for name, refused in found.refused.items() if not refused]
    return f"refuses {', '.join(closed) or 'nothing'}" + (f"; allows {', '.join(opened)}" if opened else "")


def keep_memory_private() -> None:
    """Let no core dump and no debugger have this process's keys and pictures, as far as the system helps."""
    harden_process()


class Kernels:
    """The compiled part of rendering: loaded once for the process, beside the main thread.

    The first picture of a process would otherwise wait for it, and the window with it: a second or
    two, on a machine where nothing is compiled yet ten.
    """

    def __init__(self, load: Callable[[], object]) -> None:
        self.loaded: Signal[str] = Signal("kernels loaded")
        self._load = load
        self._lock = threading.Lock()
        self._begun = False
        self._are_loaded = threading.Event()

    def are_loaded(self) -> bool:
        """Tell whether a picture can be drawn at once; if not, they are on their way from now on."""
        if self._are_loaded.is_set():
            return True
        with self._lock:
            if not self._begun:
                self._begun = True
                threading.Thread(target=self._run, name="kernels", daemon=True).start()
        return False

    def _run(self) -> None:
        try:
            self._load()
        finally:  # if it failed, the first picture says why
            gc.freeze()  # looking for garbage among all that was loaded would stop the window for 80 ms
            self._are_loaded.set()
            self.loaded.emit("")


KERNELS: Final = Kernels(rendering.warm_up)


def warm_up() -> None:
    """Have the rendering kernels loaded soon; returns at once."""
    KERNELS.are_loaded()
