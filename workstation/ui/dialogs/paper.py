"""The recovery key on paper: what it is, what it opens, and where to keep it.

The sheet goes from memory to the system's printing; nothing is written to a file, and the print dialog
does not offer one.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSysInfo
from PySide6.QtGui import QFont, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QWidget

from workstation.ui.theme import fixed_font, font

ALPHABET: Final = "It has no letters I, L, O and U: 0 and 1 are always digits."
_PER_LINE: Final = 4
_WHAT: Final = "It opens the studies of one store when the passphrase or the keyring's entry is lost."
_USE: Final = "To use it, start Lumen and type it where the passphrase is asked for."
_KEEP: Final = (
    "Keep this sheet away from that computer, where only you reach it: in a safe, or a locked drawer "
    "somewhere else. Whoever has the computer's disk and this sheet can read the studies."
)


class NoPrinter(Exception):
    """No printer is set up on this computer."""


def grouped(key: str) -> str:
    r"""Return a key in lines of four groups.

    >>> grouped("AAAA-BBBB-CCCC-DDDD-EEEE")
    'AAAA  BBBB  CCCC  DDDD\nEEEE'
    """
    groups = [group for group in key.split("-") if group]
    lines = (groups[at : at + _PER_LINE] for at in range(0, len(groups), _PER_LINE))
    return "\n".join("  ".join(line) for line in lines)


def recovery_sheet(key: str, store: Path, day: date) -> QTextDocument:
    """Return the sheet."""
    made = QTextDocument()
    cursor = QTextCursor(made)
    made.setDefaultFont(_in_points(font(), 11))
    computer = QSysInfo.machineHostName()
    _write(cursor, "Lumen: recovery key", _in_points(font(strong=True), 20))
    _write(cursor, _WHAT, _in_points(font(), 11))
    _write(cursor, f"Store: {store}\nComputer: {computer}\nMade: {day.isoformat()}", _in_points(font(), 11))
    _write(cursor, grouped(key), _in_points(fixed_font(), 20))
    _write(cursor, f"{ALPHABET} {_USE}", _in_points(font(), 11))
    _write(cursor, _KEEP, _in_points(font(), 11))
    return made


def print_sheet(sheet: QTextDocument, parent: QWidget) -> bool:
    """Ask for a printer and print; False if the person would rather not. NoPrinter where there is none."""
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo

    if not QPrinterInfo.availablePrinterNames():
        raise NoPrinter
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName("Lumen recovery key")
    dialog = QPrintDialog(printer, parent)
    dialog.setOption(QPrintDialog.PrintDialogOption.PrintToFile, False)
    wanted = dialog.exec() == QDialog.DialogCode.Accepted
    if wanted:
        sheet.print_(printer)
    dialog.deleteLater()
    return wanted


def _write(cursor: QTextCursor, text: str, face: QFont) -> None:
    block, letters = QTextBlockFormat(), QTextCharFormat()
    block.setBottomMargin(16)
    letters.setFont(face)
    if not cursor.atStart():
        cursor.insertBlock()
    cursor.setBlockFormat(block)
    cursor.insertText(text.replace("\n", "\u2028"), letters)  # one paragraph of several lines


def _in_points(face: QFont, points: int) -> QFont:
    made = QFont(face)
    made.setPointSize(points)
    return made
