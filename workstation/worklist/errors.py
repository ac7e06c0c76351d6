"""What the worklist refuses."""

from __future__ import annotations

from workstation.errors import LumenError


class WorklistError(LumenError):
    """Something about the list of cases can't be right."""

    exit_code = 96


class BadTriage(WorklistError):
    """A result of an AI can't be what it says."""

    exit_code = 97
