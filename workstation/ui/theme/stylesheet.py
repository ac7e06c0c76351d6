"""The style sheet of the whole window, generated from the colours and sizes.

Widgets say what they are by a property (``role``, ``kind``), never how they look. Focus is a ring
in the accent colour on every control that can have the keys.
"""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import Final

from PySide6.QtCore import QDir
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from workstation.ui.theme.fonts import font
from workstation.ui.theme.palette import PALETTE, mix
from workstation.ui.theme.sizes import CONTROL, CORNER, HEADER

_PICTURES: Final = Path(__file__).with_name("pictures")
_SHEET: Final = Template("""
* { color: $text; selection-background-color: $chosen; selection-color: $text; outline: none; }
QWidget[kind="page"], QMainWindow, QStackedWidget { background: $window; }
QWidget[kind="panel"] { background: $panel; }
QWidget[kind="bar"] { background: $panel; border: none; border-bottom: 1px solid $line; }
QWidget[kind="state-bar"] { background: $panel; border: none; border-top: 1px solid $line; }
QWidget[kind="preview"] { background: $panel; border: none; border-left: 1px solid $line; }
QWidget[kind="sheet"] { background: $raised; border: 1px solid $line; border-radius: ${corner}px; }
QFrame[kind="rule"] { background: $line; border: none; }

QLabel { background: transparent; }
QLabel[role="secondary"] { color: $secondary; }
QLabel[role="disabled"] { color: $disabled; }
QLabel[role="accent"] { color: $accent; }
QLabel[role="attention"] { color: $attention; }
QLabel[role="fault"] { color: $fault; }
QLabel[role="good"] { color: $good; }

QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 8px; }

QLineEdit { background: $window; border: 1px solid $line; border-radius: ${corner}px;
    padding: 0 8px; min-height: ${inner}px; placeholder-text-color: $secondary; }
QLineEdit:focus { border: 1px solid $accent; }

QPushButton { background: $raised; border: 1px solid $line; border-radius: ${corner}px;
    padding: 0 12px; min-height: ${inner}px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $panel; }
QPushButton:focus { border: 1px solid $accent; }
QPushButton:disabled { color: $disabled; }
QPushButton[kind="primary"] { background: $primary; border: 1px solid $primary_line; }
QPushButton[kind="primary"]:hover { background: $primary_line; }
QPushButton[kind="primary"]:focus { border: 1px solid $mark_selected; }
QPushButton[kind="primary"]:disabled { background: $raised; border: 1px solid $line; }

QPushButton[kind="chip"] { border-radius: ${round}px; color: $secondary; }
QPushButton[kind="chip"]:checked { background: $chosen; border: 1px solid $accent_line; color: $text; }
QPushButton[kind="chip"]:focus { border: 1px solid $accent; }

QPushButton[kind="link"] { background: transparent; border: 1px solid transparent; color: $accent;
    padding: 0 4px; text-align: left; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border: 1px solid $accent; }
QPushButton[kind="quiet"] { background: transparent; border: 1px solid transparent; color: $secondary;
    padding: 0 8px; text-align: left; }
QPushButton[kind="quiet"]:hover { color: $text; background: $raised; }
QPushButton[kind="quiet"]:focus { border: 1px solid $accent; }
QPushButton[kind="line"] { background: transparent; border: 1px solid transparent; padding: 0;
    margin-left: -1px; min-height: 18px; text-align: left; }
QPushButton[kind="line"]:hover { color: $accent; }
QPushButton[kind="line"]:focus { border: 1px solid $accent; }
QPushButton[kind="item"] { background: transparent; border: 1px solid transparent; padding: 0 4px;
    min-height: 20px; }
QPushButton[kind="item"]:hover { background: $raised; }
QPushButton[kind="item"]:focus { border: 1px solid $accent; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: ${corner}px; }
QToolButton:hover { background: $raised; }
QToolButton:checked { background: $chosen; }
QToolButton:focus { border: 1px solid $accent; }

QCheckBox, QRadioButton { spacing: 8px; min-height: ${inner}px; padding: 0 4px;
    border: 1px solid transparent; border-radius: ${corner}px; }
QCheckBox:focus, QRadioButton:focus { border: 1px solid $accent; }
QCheckBox:disabled, QRadioButton:disabled { color: $disabled; }
QCheckBox::indicator, QRadioButton::indicator { width: 16px; height: 16px; background: $window;
    border: 1px solid $secondary; border-radius: 3px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:checked { background: $primary; image: url(theme:check.svg); }
QRadioButton::indicator:checked { background: $primary; image: url(theme:dot.svg); }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border: 1px solid $line; }
QDialog { background: $panel; border: 1px solid $line; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }

QComboBox { background: $window; border: 1px solid $line; border-radius: ${corner}px;
    padding: 0 8px; min-height: ${inner}px; }
QComboBox:focus { border: 1px solid $accent; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(theme:down.svg); width: 16px; height: 16px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $line; }
QFileDialog QAbstractItemView { border: 1px solid $line; }
QFileDialog QAbstractItemView::item { padding: 4px 8px; min-height: 20px; }
QFileDialog QToolButton { min-width: ${inner}px; min-height: ${inner}px; }
QFileDialog QSplitter::handle { background: transparent; width: 8px; }

QAbstractItemView { background: $window; border: none; }
QTableView::item { border: none; padding: 0 5px; } /* and Qt's own 3 px */
QListWidget { background: transparent; }
QListView[kind="outbox"] { background: $panel; }
QHeaderView { background: $window; border: none; }
QHeaderView::section { background: $window; color: $secondary; border: none;
    border-bottom: 1px solid $line; padding: 0 8px; height: ${header}px; }
QHeaderView::section:hover { color: $text; }
QHeaderView::up-arrow, QHeaderView::down-arrow { subcontrol-position: center right; }
QHeaderView::up-arrow { image: url(theme:up.svg); width: 12px; height: 12px; }
QHeaderView::down-arrow { image: url(theme:down.svg); width: 12px; height: 12px; }

QProgressBar { background: $raised; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 4px; margin: 2px; }
QScrollBar::handle:hover { background: $disabled; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }

QMenu { background: $raised; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: ${corner}px; }
QMenu::item:selected { background: $chosen; }
QSplitter::handle { background: $line; }
""")


def stylesheet() -> str:
    """Return the style sheet."""
    return _SHEET.substitute(_values())


def apply_theme(application: QApplication) -> None:
    """Give an application the window's look."""
    QDir.setSearchPaths("theme", [str(_PICTURES)])
    application.setStyle("Fusion")
    application.setPalette(_qt_palette())
    application.setFont(font())
    application.setStyleSheet(stylesheet())


def _values() -> dict[str, str]:
    colours = {name: getattr(PALETTE, name) for name in PALETTE.__slots__}
    accent, panel = PALETTE.accent, PALETTE.panel
    return colours | {
        "chosen": mix(accent, panel, 0.18),
        "hover": mix(PALETTE.text, PALETTE.raised, 0.06),
        "primary": mix(accent, panel, 0.38),
        "primary_line": mix(accent, panel, 0.52),
        "accent_line": mix(accent, panel, 0.6),
        "corner": str(CORNER),
        "inner": str(CONTROL - 2),
        "round": str(CONTROL // 2),
        "header": str(HEADER),
    }


def _qt_palette() -> QPalette:
    """Return what is drawn without the style sheet: the same colours."""
    made = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, PALETTE.window),
        (roles.Base, PALETTE.window),
        (roles.AlternateBase, PALETTE.panel),
        (roles.Button, PALETTE.raised),
        (roles.WindowText, PALETTE.text),
        (roles.Text, PALETTE.text),
        (roles.ButtonText, PALETTE.text),
        (roles.ToolTipBase, PALETTE.raised),
        (roles.ToolTipText, PALETTE.text),
        (roles.PlaceholderText, PALETTE.secondary),
        (roles.Highlight, mix(PALETTE.accent, PALETTE.panel, 0.18)),
        (roles.HighlightedText, PALETTE.text),
        (roles.Link, PALETTE.accent),
        (roles.Mid, PALETTE.line),
        (roles.Light, PALETTE.raised),
        (roles.Dark, PALETTE.image),
        (roles.Shadow, PALETTE.image),
    ):
        made.setColor(role, QColor(colour))
    return made
