"""How one cell of the study list is drawn: calm, one line, a bar where a count is a share.

What needs no reading any more steps back; what is incomplete, overdue or in doubt says so in words and
colour.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from workstation.ui.contracts import StudyRow, StudyState, Urgency
from workstation.ui.controls import elide
from workstation.ui.studies.columns import COLUMNS, Column
from workstation.ui.studies.model import StudyModel
from workstation.ui.studies.query import READ
from workstation.ui.studies.words import NOTHING, presses
from workstation.ui.theme import PALETTE, STEP, FontSize, font, icon, mix
from workstation.ui.theme.sizes import ROW

_CHOSEN: Final = QColor(mix(PALETTE.accent, PALETTE.window, 0.16))
_BAR_WIDTH: Final = 72
_LEAST_BAR: Final = 16  # a shorter one says nothing
_COUNT: Final = 84  # what "1 136 / 1 136" takes beside it
_BAR_HEIGHT: Final = 4
_DOT: Final = 8
_REMEMBERED: Final = 4096  # texts
_LEAST_ASIDE: Final = 24  # narrower, only "…" would be left of it
_MARK: Final = 16
_MARGIN: Final = 2 * STEP
_TEXT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_BEHIND: Final = " · "  # before what is said behind a text
_STATE_COLOURS: Final = {
    StudyState.ARRIVING: PALETTE.accent,
    StudyState.INCOMPLETE: PALETTE.attention,
    StudyState.UNREAD: PALETTE.text,
    StudyState.DICTATED: PALETTE.accent,
    StudyState.PRELIMINARY: PALETTE.accent,
    StudyState.FINAL: PALETTE.good,
}
_PRIORITY_COLOURS: Final = {
    Urgency.STAT: PALETTE.fault,
    Urgency.HIGH: PALETTE.attention,
    Urgency.ROUTINE: PALETTE.secondary,
    Urgency.LOW: PALETTE.secondary,
}


class StudyDelegate(QStyledItemDelegate):
    """Draws the cells of a table; a bar at the left marks the row that has the keys."""

    def __init__(self, table: QTableView, model: StudyModel) -> None:
        super().__init__(table)
        self._table = table
        self._model = model
        self._letters = _Letters(font())
        self._strong = _Letters(font(FontSize.CAPTION, strong=True, spaced=True))
        self._trouble = icon("attention", colour=PALETTE.attention)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return one row's height."""
        return QSize(super().sizeHint(option, index).width(), ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one cell."""
        row, column = self._model.study(index.row()), COLUMNS[index.column()]
        painter.save()
        self._ground(painter, option, index)
        inside = option.rect.adjusted(_MARGIN, 0, -_MARGIN, -1)
        inside.setLeft(inside.left() + self._picture(painter, inside, row, column.name))
        letters = self._strong if column.name == "priority" else self._letters
        painter.setFont(letters.font)
        painter.setPen(_pen(_colour(row, column, self._model.at)))
        letters.write(painter, inside, column.text(row, self._model.at), column.aside(row))
        painter.restore()

    def _ground(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, _CHOSEN)
        is_first = not self._table.horizontalHeader().sectionPosition(index.column())
        if is_first and index.row() == self._table.currentIndex().row() and self._table.hasFocus():
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height() - 1), QColor(PALETTE.accent))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(PALETTE.raised))

    def _picture(self, painter: QPainter, inside: QRect, row: StudyRow, column: str) -> int:
        """Draw what stands before a text; return how much room it takes."""
        if column == "images" and row.is_counted and row.expected and not _is_settled(row):
            width = min(_BAR_WIDTH, inside.width() - _COUNT - 2 * STEP)
            return _bar(painter, inside, row, width) if width >= _LEAST_BAR else 0
        if column == "priority" and row.urgency is Urgency.STAT:
            _dot(painter, inside, _PRIORITY_COLOURS[row.urgency] if _is_waiting(row) else PALETTE.secondary)
            return _DOT + STEP + 1
        if column == "state" and row.trouble:
            top = inside.center().y() - _MARK // 2 + 1
            self._trouble.paint(painter, QRect(inside.left(), top, _MARK, _MARK))
            return _MARK + STEP
        return 0


def _is_waiting(row: StudyRow) -> bool:
    """Say whether a row stands in front: a reading is waited for, or nobody has looked at it yet."""
    if row.is_prior or row.state in READ or row.state is StudyState.IN_PROGRESS:
        return False
    return row.state is not StudyState.OPENED or row.urgency is not None


def _is_settled(row: StudyRow) -> bool:
    return row.is_whole and not _is_waiting(row) and row.state is not StudyState.IN_PROGRESS


def _colour(row: StudyRow, column: Column, at: datetime) -> str:
    if column.name == "state":
        return _STATE_COLOURS.get(row.state, PALETTE.secondary)
    if column.name == "priority" and row.is_prior:
        return PALETTE.prior
    if not _is_waiting(row) or column.quiet:
        return PALETTE.secondary
    return _colour_of_waiting(row, column, at)


def _colour_of_waiting(row: StudyRow, column: Column, at: datetime) -> str:
    if column.name == "priority" and row.urgency:
        return _PRIORITY_COLOURS[row.urgency]
    if column.name == "due" and presses(row, at):
        return PALETTE.fault
    if column.name == "flag":
        return PALETTE.attention if row.is_flag_urgent else PALETTE.secondary
    is_empty = column.name in ("due", "priors") and column.text(row, at) in (NOTHING, "none")
    return PALETTE.secondary if is_empty else PALETTE.text


class _Letters:
    """A font that remembers how wide its texts are: a list says the same again and again."""

    def __init__(self, made: QFont) -> None:
        self.font = made
        metrics = QFontMetrics(made)
        self._fit = lru_cache(_REMEMBERED)(lambda text, width: elide(metrics, text, width))
        self._width = lru_cache(_REMEMBERED)(metrics.horizontalAdvance)

    def write(self, painter: QPainter, inside: QRect, text: str, aside: str) -> None:
        """Write a text, and behind it in the secondary colour what is left room for."""
        painter.drawText(inside, _TEXT, self._fit(text, inside.width()))
        if not aside:
            return
        inside.setLeft(inside.left() + self._width(text))
        if inside.width() > self._width(_BEHIND) + _LEAST_ASIDE:
            painter.setPen(_pen(PALETTE.secondary))
            painter.drawText(inside, _TEXT, self._fit(_BEHIND + aside, inside.width()))


@lru_cache(64)
def _pen(colour: str) -> QColor:
    return QColor(colour)


def _dot(painter: QPainter, inside: QRect, colour: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    middle = inside.top() + (inside.height() + 1) / 2
    painter.drawEllipse(QPointF(inside.left() + _DOT / 2, middle), _DOT / 2, _DOT / 2)


def _bar(painter: QPainter, inside: QRect, row: StudyRow, whole: int) -> int:
    """Draw how much of a study is here; return how much room it takes."""
    share = min(row.here / row.expected, 1.0)
    middle = inside.center().y() - _BAR_HEIGHT / 2 + 1
    colour = PALETTE.attention if row.state == StudyState.INCOMPLETE else PALETTE.accent
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for width, fill in ((whole, PALETTE.raised), (whole * share, colour)):
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(QRectF(inside.left(), middle, width, _BAR_HEIGHT), 2, 2)
    return whole + 2 * STEP
