"""A series on its way from the column to a viewport, in the hands of a mouse."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMimeData

STACK: Final = "application/x-lumen-stack"


def carrying(stack: str) -> QMimeData:
    """Return what a drag carries."""
    made = QMimeData()
    made.setData(STACK, stack.encode())
    return made


def stack_of(data: QMimeData) -> str:
    """Return the stack that is carried, "" for anything else."""
    return bytes(data.data(STACK).data()).decode() if data.hasFormat(STACK) else ""
