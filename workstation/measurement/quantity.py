"""A measured value that says its unit, where its scale comes from, and what to beware of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["mm", "px"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value in full precision; ``note`` is "" or a few words that belong beside the number."""

    value: float
    unit: Unit
    spacing_source: str  # the attribute that made pixels into mm, "" if none
    note: str = ""

    def text(self) -> str:
        """Return the value as it stands beside the line, to a tenth.

        >>> Quantity(24.12, "mm", "PixelSpacing").text()
        '24.1 mm'
        """
        return f"{self.value:.1f} {self.unit}"
