"""Counts as the command line and the audit trail write them; the window's own are in ``ui.wording``."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun.

    >>> counted(1, "study", "studies"), counted(1200, "file")
    ('1 study', '1,200 files')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
