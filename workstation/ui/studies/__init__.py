"""The study list, with archives the worklist: search, filters, table, preview, import.

Its rows come from ``contracts.Desk``; only ``main_window`` imports it.
"""

from workstation.ui.studies.listing import Listing
from workstation.ui.studies.page import StudiesPage
from workstation.ui.studies.work import Works

__all__ = ["Listing", "StudiesPage", "Works"]
