"""The sizes that everything is built from.

Units:   logical pixels at 100 %; Qt multiplies them by the screen's and the reader's scale.
"""

from __future__ import annotations

from typing import Final

STEP: Final = 4  # spacing comes in steps of this
CORNER: Final = 4  # radius of a control's corners
CONTROL: Final = 28  # the least height of a control
ICON: Final = 20

BANNER: Final = 44  # top bar of a page
TOOLBAR: Final = 44
STATE_BAR: Final = 30
ROW: Final = 36  # a row of the study list
HEADER: Final = 30  # its header
PREVIEW: Final = 440  # width of the study list's preview
NARROW_PREVIEW: Final = 320  # … in a small window
THUMBNAIL: Final = 96
SERIES_COLUMN: Final = THUMBNAIL + 6 * STEP
