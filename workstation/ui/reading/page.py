"""The page where a study is read: banner, tools, series, images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.errors import calm
from workstation.ui.actions import Actions, Handler, Offered
from workstation.ui.bridge import Listening
from workstation.ui.contracts import Notice, Reading, StackShare, Tone
from workstation.ui.operations import Operations
from workstation.ui.reading.banner import Banner
from workstation.ui.reading.image_keys import WHO, ImageKeys
from workstation.ui.reading.layout_picker import LayoutPicker
from workstation.ui.reading.series_column import SeriesColumn
from workstation.ui.reading.tool_bar import ToolBar
from workstation.ui.shortcuts import TOOLS, Command
from workstation.ui.viewports import ViewportGrid
from workstation.viewing import Change, commands

_SETTLE: Final = 100  # milliseconds between two looks at how much is ready and seen


class ReadingPage(QWidget):
    """Says ``left`` to go back to the list, ``stepped`` for another study, ``full_screen``.

    It says ``looked_at`` with study and series when the active viewport shows another series.
    Where there is a worklist it says ``asked_next`` with the study that is done with.
    """

    left = Signal()
    stepped = Signal(int)
    asked_next = Signal(str)
    full_screen = Signal()
    looked_at = Signal(str, str)
    noticed = Signal(object)

    def __init__(self, operations: Operations, window_actions: Actions, *, has_cases: bool = False) -> None:
        super().__init__()
        self._has_cases = has_cases
        self._reading: Reading | None = None
        self._stack = ""  # that is looked at
        self._operations = operations
        self._listening: list[Listening[str]] = []
        self.setProperty("kind", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.banner = Banner(has_cases=has_cases)
        self.series = SeriesColumn(operations)
        self.grid = ViewportGrid()
        self._stacks_changed: set[str] = set()
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE)
        self._settle.timeout.connect(self._tell_share)
        self._keys = ImageKeys(lambda: self._reading)
        on_images, on_page = self._handlers()
        self.image_actions = Actions(self.grid, on_images)
        self.actions_ = Actions(self, on_page)
        self._tools = self.actions_.group(TOOLS)
        self.actions_["tool-window"].setChecked(True)
        self._bar = ToolBar(self.actions_, self.image_actions, window_actions)
        self._bar.asked_windows.connect(self._offer_windows)
        self._picker = LayoutPicker(self)
        self._picker.picked.connect(self._keys.set_grid)
        self._lay_out()
        self._connect()

    @property
    def reading(self) -> Reading | None:
        """Return the study that is open."""
        return self._reading

    def show_reading(self, reading: Reading) -> None:
        """Show an open study."""
        self.put_away()
        self._reading, self._stack = reading, ""
        reading.screen.changed.connect(self._follow)
        self._listening = [
            Listening(reading.changed, self._more, self),
            Listening(reading.grown, self._grow, self),
            Listening(reading.troubled, self._tell_trouble, self),
        ]
        self.banner.show_study(reading.study)
        self.series.set_reading(reading)
        self.grid.set_reading(reading)
        self._follow(None)
        self._tell_share()

    def put_away(self) -> None:
        """Show nothing any more, and let go of the study behind the scenes."""
        reading = self._leave()
        if reading is not None:
            self._operations.run(
                lambda _: reading.put_away(),
                asked_by=self,
                done=lambda _: None,
                failed=lambda error: self._tell_trouble(calm(error)),
            )

    def put_away_for_good(self) -> None:
        """Let go of the study before anything else happens, as when the window closes."""
        reading = self._leave()
        if reading is not None:
            reading.close()

    def _leave(self) -> Reading | None:
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.screen.changed.disconnect(self._follow)
            for listening in self._listening:
                listening.stop()
            self.grid.set_reading(None)
            self.series.set_reading(None)
        return reading

    def take_keys(self) -> None:
        """Give the images the keys."""
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def offered(self) -> Offered:
        """Return what can be done here, for the palette; a window is called by its name."""
        named = [(self._named(command), action) for command, action in self.actions_.items()]
        return [*named, *self.image_actions.items()]

    def _named(self, command: Command) -> Command:
        if command.name == "next-study" and self._has_cases:
            return replace(command, text="Next case")
        kind, _, digit = command.name.partition("-")
        window = self._keys.window(int(digit)) if kind == "preset" else None
        return replace(command, text=f"Window: {window.name or window.text()}") if window else command

    def areas(self) -> list[QWidget]:
        """Return where the keys can be, in the order of the eye."""
        return [self.grid, *self.series.tiles[:1], self._bar]

    def show_series(self, stack: str) -> None:
        """Show a series in the active viewport."""
        if self._reading is not None and stack:
            self._reading.show_stack(self._reading.screen.layout.active, stack)
            self.take_keys()

    def _handlers(self) -> tuple[dict[str, Handler], dict[str, Handler]]:
        """Return what works while the images have the keys, and what works on the whole page."""
        handlers = dict(self._keys.handlers())
        images = {name: handlers.pop(name) for name in _IMAGES_ONLY}
        images |= {
            "previous-series": lambda: self._step_series(-1),
            "next-series": lambda: self._step_series(1),
            "delete-mark": self._delete_mark,
        }
        page = handlers | {name: self._tool_taker(name) for name in TOOLS}
        page |= {f"preset-{digit}": self._presetter(digit) for digit in range(10)}
        page |= {
            "layout": self._open_picker,
            "series-column": lambda: self.series.setVisible(not self.series.isVisible()),
            "full-screen-images": self.full_screen.emit,
            "next-study": self._go_on,
            "previous-study": lambda: self.stepped.emit(-1),
            "back": self._back,
        }
        return images, page

    def _tool_taker(self, name: str) -> Handler:
        return lambda: self.grid.page.take_tool(name)

    def _presetter(self, digit: int) -> Callable[[], None]:
        return lambda: self._preset(digit)

    def _preset(self, digit: int) -> None:
        if not self._keys.preset(digit):
            self.noticed.emit(Notice(f"There is no window {digit} for these images.", Tone.PLAIN))

    def _offer_windows(self) -> None:
        """Open the list of windows that the active viewport's images can have."""
        self._bar.open_windows(
            [(digit, self._keys.window(digit)) for digit in (*range(1, 10), 0)], self._preset
        )

    def _go_on(self) -> None:
        """Go to the next case of the worklist, or to the next study of the list."""
        if self._has_cases:
            self.asked_next.emit(self._reading.study.uid if self._reading else "")
        else:
            self.stepped.emit(1)

    def _step_series(self, step: int) -> None:
        if self._reading is not None:
            self.show_series(self.series.neighbour(self._reading.screen.active.stack, step))

    def _delete_mark(self) -> None:
        mark = self.grid.page.mark
        if self._reading is not None and mark in self._reading.screen.marks:
            self._reading.screen.remove_mark(mark, who=WHO)

    def _open_picker(self) -> None:
        if self._reading is not None:
            layout = self._reading.screen.layout
            self._picker.open_at(self._bar.below_layout(), layout.rows, layout.columns)

    def _back(self) -> None:
        """Go one step back: keys, gesture, choice, viewport alone, full screen, and at last the list."""
        if not self.grid.hasFocus():
            self.take_keys()
        elif self.grid.cancel():
            pass
        elif self.grid.page.mark:
            self.grid.page.choose("")
        elif self._reading is not None and self._reading.screen.layout.maximised:
            pane = self._reading.screen.layout.active
            commands.toggle_maximised(self._reading.screen, pane=pane, who=WHO)
        elif self.window().isFullScreen():
            self.full_screen.emit()
        else:
            self.left.emit()

    def _follow(self, _: Change | None) -> None:
        """Let buttons and column say what the screen says."""
        if self._reading is None:
            return
        screen = self._reading.screen
        self._tell_looked_at(self._reading)
        self.series.choose(screen.active.stack)
        self.actions_["invert"].setChecked(screen.active.invert)
        self.image_actions["texts"].setChecked(not screen.active.texts)
        self._bar.show_state(screen.layout, screen.active.window)

    def _tell_looked_at(self, reading: Reading) -> None:
        before, self._stack = self._stack, reading.screen.active.stack
        uid = next((row.series_uid for row in reading.series if row.key == self._stack), "")
        if uid and self._stack != before:
            self.looked_at.emit(reading.study.uid, uid)

    def _tell_trouble(self, sentence: str) -> None:
        self.noticed.emit(Notice(sentence, Tone.FAULT))

    def _grow(self, _: str) -> None:
        """Show that more of the study has arrived."""
        if self._reading is not None and self._reading.grow():
            self.banner.show_study(self._reading.study)
            self.series.grow(self._reading)
            self.series.choose(self._reading.screen.active.stack)
            self._tell_share()

    def _more(self, stack: str) -> None:
        """Show that more of a stack is ready, or seen."""
        if self._reading is not None:
            self.grid.take_ready(stack)
            self._stacks_changed.add(stack)
            self._settle.start()

    def _tell_share(self) -> None:
        """Show how far the stacks are that changed; hundreds of images may come in a second."""
        if self._reading is not None:
            for stack in self._stacks_changed:
                self.series.refresh(self._reading, stack)
            self._stacks_changed.clear()
            shares = [self._reading.share(series.key) for series in self._reading.series]
            self.banner.show_share(
                StackShare(
                    sum(share.count for share in shares),
                    sum(share.ready for share in shares),
                    sum(share.seen for share in shares),
                )
            )

    def _connect(self) -> None:
        self.banner.back.connect(self.left)
        self.banner.stepped.connect(self._step)
        self.series.opened.connect(self.show_series)
        self.grid.dropped.connect(self._drop)

    def _step(self, step: int) -> None:
        if step > 0:
            self._go_on()
        else:
            self.stepped.emit(step)

    def _drop(self, pane: int, stack: str) -> None:
        if self._reading is not None:
            self._reading.show_stack(pane, stack)

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.series)
        middle.addWidget(self.grid, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.banner)
        whole.addWidget(self._bar)
        whole.addLayout(middle, 1)


# Keys that mean something else to a button or a list have their meaning only over the images.
_IMAGES_ONLY: Final = (
    "texts",
    "maximise",
    "previous-image",
    "next-image",
    "back-images",
    "forward-images",
    "first-image",
    "last-image",
    "next-viewport",
    "previous-viewport",
)
