"""What this machine offers: how far the decoding processes are shut in, and kernels made ready."""

from __future__ import annotations

from workstation import rendering
from workstation.workers import sandbox_check


def sandbox_of_this_machine() -> str:
    """Return in words what holds a decoding process back here."""
    found = sandbox_check()
    closed = [name for name, refused in found.refused.items() if refused]
    opened = [name for name, refused in found.refused.items() if not refused]
    return f"refuses {', '.join(closed) or 'nothing'}" + (f"; allows {', '.join(opened)}" if opened else "")


def warm_up() -> None:
    """Load what the first picture needs; takes a second or two, away from the main thread."""
    rendering.warm_up()
