"""What one viewport shows and how; an empty one has no stack.

Units:   ``index`` counts the frames of the stack from 0, in reading order.
Errors:  ViewingError for an index below 0, or any but 0 in an empty viewport.
"""

from __future__ import annotations

from dataclasses import dataclass

from workstation.viewing.camera import UPRIGHT, Camera
from workstation.viewing.errors import ViewingError
from workstation.viewing.window import Window


@dataclass(frozen=True, slots=True)
class ViewportState:
    """The state of one viewport.

    ``window`` is None for colour, and until the first picture has said which window suits it.
    """

    stack: str = ""  # the key of an ImageStack
    index: int = 0
    window: Window | None = None
    camera: Camera = UPRIGHT
    invert: bool = False
    texts: bool = True

    def __post_init__(self) -> None:
        if self.index < 0 or (self.index and not self.stack):
            raise ViewingError(f"there is no image {self.index + 1} in this viewport")
