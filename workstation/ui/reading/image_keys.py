"""What the keys do to images, in viewing's words.

Units:   steps in images.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from workstation.ui.contracts import Reading
from workstation.viewing import Screen, Window, commands

Handler = Callable[[], object]

WHO: Final = "keys"
FAR: Final = 10
_SCROLLS: Final = {"previous-image": -1, "next-image": 1, "back-images": -FAR, "forward-images": FAR}
_ENDS: Final = {"first-image": 0, "last-image": -1}
_VIEWPORTS: Final = {"next-viewport": 1, "previous-viewport": -1}


class ImageKeys:
    """Commands on the active viewport of the study that is open."""

    def __init__(self, reading: Callable[[], Reading | None]) -> None:
        self._reading = reading

    def handlers(self) -> Mapping[str, Handler]:
        """Return what each command does."""
        return {
            **{name: self._scroller(steps) for name, steps in _SCROLLS.items()},
            **{name: self._goer(index) for name, index in _ENDS.items()},
            **{name: self._stepper(steps) for name, steps in _VIEWPORTS.items()},
            "invert": lambda: self._do(lambda screen: commands.invert(screen, pane=_pane(screen), who=WHO)),
            "maximise": lambda: self._do(
                lambda screen: commands.toggle_maximised(screen, pane=_pane(screen), who=WHO)
            ),
            "texts": lambda: self._do(
                lambda screen: commands.show_texts(screen, shown=not screen.active.texts, who=WHO)
            ),
            "undo": lambda: self._do(lambda screen: screen.undo(who=WHO)),
            "redo": lambda: self._do(lambda screen: screen.redo(who=WHO)),
            "reset": self._reset,
        }

    def set_grid(self, rows: int, columns: int) -> None:
        """Divide the image area."""
        self._do(lambda screen: commands.set_grid(screen, rows=rows, columns=columns, who=WHO))

    def window(self, digit: int) -> Window | None:
        """Return the window behind a digit for the active viewport, None if there is none."""
        reading = self._reading()
        return reading.window_of_digit(_pane(reading.screen), digit) if reading else None

    def preset(self, digit: int) -> bool:
        """Show the window behind a digit; False if this picture has none there."""
        window = self.window(digit)
        if window is not None:
            self._do(lambda screen: commands.set_window(screen, pane=_pane(screen), window=window, who=WHO))
        return window is not None

    def _reset(self) -> None:
        reading = self._reading()
        if reading is not None:
            pane = _pane(reading.screen)
            commands.reset(reading.screen, pane=pane, window=reading.opening_window(pane), who=WHO)

    def _scroller(self, steps: int) -> Handler:
        return lambda: self._do(
            lambda screen: commands.scroll(screen, pane=_pane(screen), steps=steps, who=WHO)
        )

    def _goer(self, index: int) -> Handler:
        return lambda: self._do(
            lambda screen: commands.go_to(screen, pane=_pane(screen), index=index, who=WHO)
        )

    def _stepper(self, steps: int) -> Handler:
        return lambda: self._do(lambda screen: commands.next_viewport(screen, steps=steps, who=WHO))

    def _do(self, act: Callable[[Screen], object]) -> None:
        reading = self._reading()
        if reading is not None:
            act(reading.screen)


def _pane(screen: Screen) -> int:
    return screen.layout.active
