"""How the image area is divided, which viewport has the keys, and whether it is shown alone.

Viewports are numbered row by row from 0. There are always nine of them; a layout shows the first
ones, so what was in the fourth is there again when the layout is large again.

Errors:  ViewingError for a grid beyond 3×3 or a viewport outside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from workstation.viewing.errors import ViewingError

LARGEST: Final = 3
PANES: Final = LARGEST * LARGEST


@dataclass(frozen=True, slots=True)
class Layout:
    """A grid of viewports."""

    rows: int = 1
    columns: int = 1
    active: int = 0
    maximised: bool = False

    def __post_init__(self) -> None:
        if not (1 <= self.rows <= LARGEST and 1 <= self.columns <= LARGEST):
            raise ViewingError(f"a layout has 1 to 3 rows and columns, not {self.rows} × {self.columns}")
        if not 0 <= self.active < self.rows * self.columns:
            raise ViewingError(
                f"viewport {self.active + 1} is not in a layout of {self.rows} × {self.columns}"
            )

    @property
    def panes(self) -> range:
        """Return the viewports of the grid, in Tab's order."""
        return range(self.rows * self.columns)

    @property
    def visible(self) -> tuple[int, ...]:
        """Return the viewports that are on the screen."""
        return (self.active,) if self.maximised else tuple(self.panes)

    def place(self, pane: int) -> tuple[int, int]:
        """Return the row and column of a viewport in the grid."""
        return divmod(pane, self.columns)

    def resized(self, rows: int, columns: int) -> Layout:
        """Return another grid; the active viewport stays so if it is still there."""
        return Layout(rows, columns, min(self.active, rows * columns - 1))

    def activated(self, pane: int) -> Layout:
        """Return the layout with the keys given to another viewport."""
        return replace(self, active=pane)

    def stepped(self, steps: int) -> Layout:
        """Return the layout with the keys given to the next viewport but so many, round and round."""
        return self.activated((self.active + steps) % len(self.panes))

    def toggled(self) -> Layout:
        """Return the layout with the active viewport alone, or with all of them again."""
        return replace(self, maximised=not self.maximised)
