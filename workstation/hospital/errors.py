"""What the invented hospital can't do."""

from __future__ import annotations

from workstation.errors import LumenError


class HospitalRefused(LumenError):
    """The hospital doesn't expect such a study, or can't keep its pictures."""

    exit_code = 98
