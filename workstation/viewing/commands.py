"""What hands do to the screen: one small function for each, with ``who`` asked.

They stand between keys, mouse, links and scripts on one side and the strict setters of ``Screen`` on
the other; marks, undo and redo are asked of the screen itself. Changes with the same ``gesture``
(any word that a drag keeps) are undone together.

Units:   steps and indices in images; screen points and movements in device pixels (``drag_window``:
         in pixels as large as on a plain display).
Errors:  ViewingError as ``Screen`` raises it.
"""

from __future__ import annotations

from dataclasses import replace

from workstation.viewing.camera import UPRIGHT, Camera, Fit, Pair
from workstation.viewing.screen import Screen
from workstation.viewing.viewport import ViewportState
from workstation.viewing.window import Window


def put_stack(
    screen: Screen, *, pane: int, stack: str, index: int = 0, window: Window | None = None, who: str
) -> None:
    """Show a stack in a viewport, whole and upright."""
    texts = screen.viewport(pane).texts
    screen.set_viewport(pane, ViewportState(stack, index, window, texts=texts), who=who)


def clear_viewport(screen: Screen, *, pane: int, who: str) -> None:
    """Leave a viewport empty."""
    screen.set_viewport(pane, ViewportState(texts=screen.viewport(pane).texts), who=who)


def go_to(screen: Screen, *, pane: int, index: int, who: str) -> None:
    """Show an image of the stack, the nearest there is; −1 is the last."""
    state = screen.viewport(pane)
    count = screen.stacks.get(state.stack, 0)
    if count:
        wanted = count + index if index < 0 else index
        screen.set_viewport(pane, replace(state, index=min(max(wanted, 0), count - 1)), who=who)


def scroll(screen: Screen, *, pane: int, steps: int, who: str) -> None:
    """Go so many images on, or back; it stops at both ends."""
    go_to(screen, pane=pane, index=max(screen.viewport(pane).index + steps, 0), who=who)


def set_window(screen: Screen, *, pane: int, window: Window | None, who: str, gesture: str = "") -> None:
    """Show these values from black to white."""
    screen.set_viewport(pane, replace(screen.viewport(pane), window=window), who=who, gesture=gesture)


def drag_window(
    screen: Screen,
    *,
    pane: int,
    start: Window,
    moved: Pair,
    data_range: float | None = None,
    who: str,
    gesture: str,
) -> None:
    """Follow a drag that has moved so far (right, down) since it began at the window ``start``."""
    set_window(screen, pane=pane, window=start.dragged(*moved, data_range), who=who, gesture=gesture)


def set_camera(screen: Screen, *, pane: int, camera: Camera, who: str, gesture: str = "") -> None:
    """Look at the picture in this way."""
    screen.set_viewport(pane, replace(screen.viewport(pane), camera=camera), who=who, gesture=gesture)


def zoom(
    screen: Screen, *, pane: int, fit: Fit, factor: float, about: Pair, who: str, gesture: str = ""
) -> None:
    """Enlarge by a factor; the screen point ``about`` stays in place."""
    camera = fit.zoomed(screen.viewport(pane).camera, factor, about)
    set_camera(screen, pane=pane, camera=camera, who=who, gesture=gesture)


def pan(screen: Screen, *, pane: int, fit: Fit, moved: Pair, who: str, gesture: str = "") -> None:
    """Drag the picture over the screen, by so much (right, down)."""
    camera = fit.panned(screen.viewport(pane).camera, *moved)
    set_camera(screen, pane=pane, camera=camera, who=who, gesture=gesture)


def turn(screen: Screen, *, pane: int, quarters: int, who: str) -> None:
    """Turn the picture clockwise."""
    set_camera(screen, pane=pane, camera=screen.viewport(pane).camera.turned(quarters), who=who)


def mirror(screen: Screen, *, pane: int, who: str) -> None:
    """Swap left and right on the screen."""
    set_camera(screen, pane=pane, camera=screen.viewport(pane).camera.mirrored(), who=who)


def upend(screen: Screen, *, pane: int, who: str) -> None:
    """Swap top and bottom on the screen."""
    set_camera(screen, pane=pane, camera=screen.viewport(pane).camera.upended(), who=who)


def invert(screen: Screen, *, pane: int, who: str) -> None:
    """Swap black and white."""
    state = screen.viewport(pane)
    screen.set_viewport(pane, replace(state, invert=not state.invert), who=who)


def reset(screen: Screen, *, pane: int, window: Window | None, who: str) -> None:
    """Look at the picture as if it were new; ``window`` is the one that it would open with."""
    state = replace(screen.viewport(pane), window=window, camera=UPRIGHT, invert=False)
    screen.set_viewport(pane, state, who=who)


def show_texts(screen: Screen, *, shown: bool, who: str) -> None:
    """Show or hide the corner texts of every viewport."""
    for pane, state in enumerate(screen.viewports):
        screen.set_viewport(pane, replace(state, texts=shown), who=who)


def set_grid(screen: Screen, *, rows: int, columns: int, who: str) -> None:
    """Divide the image area into rows × columns."""
    screen.set_layout(screen.layout.resized(rows, columns), who=who)


def toggle_maximised(screen: Screen, *, pane: int, who: str) -> None:
    """Show one viewport alone, or all of them again."""
    screen.set_layout(screen.layout.activated(pane).toggled(), who=who)


def activate(screen: Screen, *, pane: int, who: str) -> None:
    """Give the keys to a viewport."""
    screen.set_layout(screen.layout.activated(pane), who=who)


def next_viewport(screen: Screen, *, steps: int = 1, who: str) -> None:
    """Give the keys to the next viewport, or the one before."""
    screen.set_layout(screen.layout.stepped(steps), who=who)
