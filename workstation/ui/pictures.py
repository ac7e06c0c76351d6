"""Arrays as Qt pictures: small stills for lists and columns, never scaled up.

Shapes:  (rows, columns) grey or (rows, columns, 3) red, green, blue; uint8.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from workstation.ui.contracts import Thumbnail
from workstation.ui.theme import PALETTE


def image_of(pixels: Thumbnail) -> QImage:
    """Return a picture with a copy of the pixels."""
    data = np.ascontiguousarray(pixels)
    rows, columns = data.shape[:2]
    colour = data.ndim == 3
    kind = QImage.Format.Format_RGB888 if colour else QImage.Format.Format_Grayscale8
    return QImage(data.data, columns, rows, columns * (3 if colour else 1), kind).copy()


class Still(QWidget):
    """A square with a small picture in its middle; empty until there is one."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.setFixedSize(side, side)
        self._image: QImage | None = None
        self._chosen = False
        self._ring = False

    @property
    def device_side(self) -> int:
        """Return how many device pixels a side has inside its frame."""
        return int((self.width() - 2) * self.devicePixelRatioF())

    def show_pixels(self, pixels: Thumbnail | None) -> None:
        """Show a picture of at most ``device_side`` on either side."""
        self._image = None if pixels is None else image_of(pixels)
        self.update()

    def set_chosen(self, chosen: bool) -> None:
        """Light up the frame."""
        self._chosen = chosen
        self.update()

    def set_ring(self, ring: bool) -> None:
        """Show that this has the keys."""
        self._ring = ring
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw picture and frame."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._image is not None:
            ratio = self.devicePixelRatioF()
            self._image.setDevicePixelRatio(ratio)
            size = self._image.deviceIndependentSize()
            at = QPointF(round((self.width() - size.width()) / 2), round((self.height() - size.height()) / 2))
            painter.drawImage(at, self._image)
        painter.setPen(QPen(QColor(PALETTE.accent if self._chosen or self._ring else PALETTE.line), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if self._ring:
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
