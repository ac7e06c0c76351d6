"""What a measurement refuses."""

from __future__ import annotations

from workstation.errors import LumenError


class MeasurementError(LumenError):
    """A measurement that cannot be: ends that are no numbers, another image's, a broken record."""

    exit_code = 54
