"""Compare what two viewports put on the screen with what they were given; run by test_main_window."""

import sys

import numpy as np
from invented import study_rows
from invented_reading import InventedReading
from PySide6.QtWidgets import QApplication

from workstation.ui.viewports import ViewportGrid
from workstation.viewing import commands


def main() -> int:
    """Return 0 if every pixel is there, once, unchanged."""
    application = QApplication([])
    reading = InventedReading(study_rows()[0])
    grid = ViewportGrid()
    grid.resize(413, 301)
    grid.set_reading(reading)
    commands.set_grid(reading.screen, rows=1, columns=2, who="test")
    reading.show_stack(1, reading.series[0].key)
    commands.show_texts(reading.screen, shown=False, who="test")
    grid.show()
    application.processEvents()
    screen = grid.grab().toImage()
    ratio = grid.devicePixelRatioF()
    wrong = 0
    for viewport in grid.viewports[:2]:
        pixels = viewport.shown.pixels
        left = round(viewport.x() * ratio)
        rows, columns = pixels.shape
        inner = [
            [screen.pixelColor(left + x, y).red() for x in range(4, columns - 4)]
            for y in range(4, rows - 4, 9)
        ]
        wrong += int((np.array(inner) != pixels[4 : rows - 4 : 9, 4 : columns - 4]).sum())
    print(f"scale {ratio:g}: {wrong} pixels differ")  # noqa: T201  the test reads it
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
