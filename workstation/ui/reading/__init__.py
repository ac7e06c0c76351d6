"""The reading page: whose study, which tools, its series, its images.

It shows a ``contracts.Reading``; only ``main_window`` imports it.
"""

from workstation.ui.reading.page import ReadingPage

__all__ = ["ReadingPage"]
