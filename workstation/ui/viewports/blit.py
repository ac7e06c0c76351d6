"""Copy device pixels to the screen, one to one, at any scale of the desktop.

Qt counts in logical pixels, and at 125 or 150 % a widget's edge may fall within a device pixel.
The picture is asked for, and placed, on whole device pixels, so that nothing is ever resampled
on the way: a grey value that was computed is the grey value that is lit.

Units:   device pixels.
Shapes:  pixels are uint8, (height, width) or (height, width, 3).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QWidget


def device_size(widget: QWidget) -> tuple[int, int]:
    """Return (width, height) of the whole device pixels that a widget covers."""
    ratio = widget.devicePixelRatioF()
    corner = widget.mapTo(widget.window(), QPoint(0, 0))
    width = round((corner.x() + widget.width()) * ratio) - round(corner.x() * ratio)
    height = round((corner.y() + widget.height()) * ratio) - round(corner.y() * ratio)
    return max(width, 1), max(height, 1)


def blit(painter: QPainter, pixels: NDArray[np.uint8]) -> None:
    """Copy a picture to the top left corner of what is painted on."""
    place = painter.deviceTransform()
    whole = QTransform.fromTranslate(round(place.dx()), round(place.dy()))
    painter.save()
    painter.setTransform(whole * place.inverted()[0], True)
    painter.drawImage(0, 0, _image(pixels))
    painter.restore()


def _image(pixels: NDArray[np.uint8]) -> QImage:
    """Return a picture over the same memory: it must not outlive the array."""
    rows, columns = pixels.shape[:2]
    if pixels.ndim == 2:
        return QImage(pixels.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
    return QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
