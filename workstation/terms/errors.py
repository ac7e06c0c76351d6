"""What can be wrong with a table that a hospital has edited."""

from __future__ import annotations

from workstation.errors import LumenError


class BadTable(LumenError):
    """A table can't be used as it is written."""

    exit_code = 95
