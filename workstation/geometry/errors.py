"""What geometry refuses: a header that cannot describe a place in the patient."""

from __future__ import annotations

from workstation.errors import LumenError


class GeometryError(LumenError):
    """A position, orientation or spacing that no patient can have, NaN included."""
