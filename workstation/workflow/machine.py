"""What this machine offers: how far processes are shut in, a memory kept private, kernels made ready."""

from __future__ import annotations

from workstation import rendering
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


def warm_up() -> None:
    """Load what the first picture needs; takes a second or two, away from the main thread."""
    rendering.warm_up()
