"""Gestures in, viewing state out. Expected states are worked out by hand from viewing's own rules."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from invented import study_rows
from invented_reading import OPENING, SIDE, InventedReading
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from workstation.measurement import Length, Point
from workstation.ui.contracts import Shown, Unshowable, Waiting
from workstation.ui.marks import ends
from workstation.ui.viewports import Viewport, ViewportGrid
from workstation.viewing import ViewportState, commands

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
Show = Callable[[QWidget], QWidget]
Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def reading() -> InventedReading:
    return InventedReading(study_rows()[0])


@pytest.fixture
def grid(reading: InventedReading, show: Show) -> ViewportGrid:
    made = ViewportGrid()
    made.resize(512, 512)
    made.set_reading(reading)
    show(made)
    made.setFocus()
    return made


@pytest.fixture
def viewport(grid: ViewportGrid) -> Viewport:
    return grid.viewports[0]


def drag(
    viewport: Viewport, start: tuple[int, int], end: tuple[int, int], button: Qt.MouseButton = LEFT
) -> None:
    QTest.mousePress(viewport, button, pos=QPoint(*start))
    _move(viewport, (start[0] + end[0]) // 2, (start[1] + end[1]) // 2, button)
    _move(viewport, *end, button)
    QTest.mouseRelease(viewport, button, pos=QPoint(*end))
    QApplication.processEvents()


def _move(viewport: Viewport, x: int, y: int, button: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
    """Move with a button held, which QTest's own mouseMove cannot."""
    at = QPointF(x, y)
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, at, viewport.mapToGlobal(at), none, button, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(viewport, event)


def turn(
    viewport: Viewport, delta: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    at = QPointF(viewport.rect().center())
    event = QWheelEvent(
        at,
        viewport.mapToGlobal(at),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003  Qt's signature
    )
    QApplication.sendEvent(viewport, event)


def state(reading: InventedReading, pane: int = 0) -> ViewportState:
    return reading.screen.viewport(pane)


def test_a_picture_is_asked_for_in_device_pixels_and_lies_on_the_screen_unchanged(
    viewport: Viewport,
) -> None:
    shown = viewport.shown
    assert shown.pixels.shape == (512, 512)

    grabbed = viewport.grab().toImage()
    row = [grabbed.pixelColor(x, 200).red() for x in range(150, 350)]

    assert row == shown.pixels[200, 150:350].tolist()


def test_left_drag_changes_the_window_as_viewing_says(viewport: Viewport, reading: InventedReading) -> None:
    drag(viewport, (100, 100), (140, 80))

    assert state(reading).window == OPENING.dragged(40, -20, 4096.0)


def test_the_way_back_of_a_drag_leads_to_the_same_window(
    viewport: Viewport, reading: InventedReading
) -> None:
    QTest.mousePress(viewport, LEFT, pos=QPoint(100, 100))
    _move(viewport, 180, 160, LEFT)
    _move(viewport, 100, 100, LEFT)
    window = state(reading).window

    assert window is not None
    assert (window.center, window.width) == (OPENING.center, OPENING.width)


def test_a_click_leaves_the_window_and_its_name(viewport: Viewport, reading: InventedReading) -> None:
    QTest.mouseClick(viewport, LEFT, pos=QPoint(100, 100))

    assert state(reading).window == OPENING


def test_right_drag_up_doubles_the_size_and_keeps_the_place(
    viewport: Viewport, reading: InventedReading
) -> None:
    before = viewport.shown.fit.view(state(reading).camera).to_image((99.5, 299.5))

    drag(viewport, (100, 300), (100, 140), RIGHT)

    after = viewport.shown.fit.view(state(reading).camera).to_image((99.5, 299.5))
    assert state(reading).camera.zoom == pytest.approx(2.0)
    assert after == pytest.approx(before)


def test_middle_drag_pans_by_as_much_as_the_hand(viewport: Viewport, reading: InventedReading) -> None:
    """512 pixels show 256 columns: 40 pixels to the right are 20 columns."""
    drag(viewport, (200, 200), (240, 180), MIDDLE)

    assert state(reading).camera.pan == pytest.approx((-20.0, 10.0))


def test_a_notch_towards_the_hand_is_the_next_image(viewport: Viewport, reading: InventedReading) -> None:
    turn(viewport, -120)
    turn(viewport, -240)
    assert state(reading).index == 3

    turn(viewport, 120)
    assert state(reading).index == 2


def test_fine_steps_of_a_wheel_come_together_to_one_image(
    viewport: Viewport, reading: InventedReading
) -> None:
    for _ in range(7):
        turn(viewport, -15)
    assert state(reading).index == 0

    turn(viewport, -15)
    assert state(reading).index == 1


def test_turning_round_forgets_half_a_notch(viewport: Viewport, reading: InventedReading) -> None:
    commands.go_to(reading.screen, pane=0, index=5, who="test")
    turn(viewport, -100)
    turn(viewport, 30)
    turn(viewport, 89)
    assert state(reading).index == 5

    turn(viewport, 1)
    assert state(reading).index == 4


def test_shift_goes_ten_at_once_and_ctrl_zooms(viewport: Viewport, reading: InventedReading) -> None:
    turn(viewport, -120, Qt.KeyboardModifier.ShiftModifier)
    assert state(reading).index == 10

    turn(viewport, 480, Qt.KeyboardModifier.ControlModifier)
    assert state(reading).camera.zoom == pytest.approx(2.0)
    assert state(reading).index == 10


def test_a_double_click_shows_one_viewport_alone_and_all_again(
    grid: ViewportGrid, reading: InventedReading
) -> None:
    commands.set_grid(reading.screen, rows=2, columns=2, who="test")
    reading.show_stack(3, reading.series[0].key)
    QApplication.processEvents()

    QTest.mouseDClick(grid.viewports[3], LEFT, pos=QPoint(50, 50))
    assert reading.screen.layout.maximised
    assert [v.pane for v in grid.viewports if v.isVisible()] == [3]
    assert grid.viewports[3].size() == grid.size()

    QApplication.processEvents()
    QTest.mouseDClick(grid.viewports[3], LEFT, pos=QPoint(50, 50))
    assert [v.pane for v in grid.viewports if v.isVisible()] == [0, 1, 2, 3]


def test_viewports_share_the_area_and_leave_one_line_between_them(
    grid: ViewportGrid, reading: InventedReading
) -> None:
    commands.set_grid(reading.screen, rows=1, columns=3, who="test")

    places = [grid.viewports[pane].geometry() for pane in range(3)]
    assert [(place.left(), place.width()) for place in places] == [(0, 170), (171, 170), (342, 170)]


def test_a_press_makes_a_viewport_active(grid: ViewportGrid, reading: InventedReading) -> None:
    commands.set_grid(reading.screen, rows=1, columns=2, who="test")

    QTest.mouseClick(grid.viewports[1], LEFT, pos=QPoint(50, 50))

    assert reading.screen.layout.active == 1
    assert grid.page.active == 1


def test_scroll_drag_goes_through_the_stack(grid: ViewportGrid, reading: InventedReading) -> None:
    """32 images: 500 / 32 = 15.6 pixels for each; 47 pixels are three."""
    grid.page.take_tool("tool-scroll")

    drag(grid.viewports[0], (100, 100), (100, 147))

    assert state(reading).index == 3


def test_press_drag_release_draws_a_length(grid: ViewportGrid, reading: InventedReading) -> None:
    """Two screen pixels are one column: a point at x lies at (x − 0.5) / 2 − 0.25 … by the camera."""
    grid.page.take_tool("tool-length")

    drag(grid.viewports[0], (100, 200), (300, 200))

    (mark,) = reading.screen.marks.values()
    assert mark.end.column - mark.start.column == pytest.approx(100.0)
    assert mark.start.column == pytest.approx(100 / 2 - 0.5)
    assert mark.sop_uid == grid.viewports[0].shown.record.uid
    assert grid.page.mark == mark.id


def test_click_move_click_draws_a_length_too(grid: ViewportGrid, reading: InventedReading) -> None:
    grid.page.take_tool("tool-length")
    viewport = grid.viewports[0]

    QTest.mouseClick(viewport, LEFT, pos=QPoint(100, 200))
    _move(viewport, 200, 200)
    assert viewport.draft is not None
    assert not reading.screen.marks

    QTest.mouseClick(viewport, LEFT, pos=QPoint(300, 200))

    (mark,) = reading.screen.marks.values()
    assert mark.end.column - mark.start.column == pytest.approx(100.0)
    assert viewport.draft is None


def test_esc_while_drawing_draws_nothing(grid: ViewportGrid, reading: InventedReading) -> None:
    grid.page.take_tool("tool-length")
    viewport = grid.viewports[0]
    QTest.mouseClick(viewport, LEFT, pos=QPoint(100, 200))
    _move(viewport, 200, 200)

    assert grid.cancel()

    assert viewport.draft is None
    assert not reading.screen.marks
    assert not grid.cancel()


def test_two_clicks_in_one_place_draw_nothing(grid: ViewportGrid, reading: InventedReading) -> None:
    grid.page.take_tool("tool-length")

    QTest.mouseClick(grid.viewports[0], LEFT, pos=QPoint(100, 200))
    QTest.mouseClick(grid.viewports[0], LEFT, pos=QPoint(101, 200))

    assert not reading.screen.marks


def test_an_end_is_taken_elsewhere_in_one_change(grid: ViewportGrid, reading: InventedReading) -> None:
    grid.page.take_tool("tool-length")
    viewport = grid.viewports[0]
    drag(viewport, (100, 200), (300, 200))
    (before,) = reading.screen.marks.values()
    changes: list[object] = []
    note = changes.append
    reading.screen.changed.connect(note)

    drag(viewport, (300, 200), (300, 260))

    (after,) = reading.screen.marks.values()
    assert after.id == before.id
    assert after.start == before.start
    assert after.end.row - before.end.row == pytest.approx(30.0)
    assert len(changes) == 1


def test_a_whole_length_is_moved_by_its_line(grid: ViewportGrid, reading: InventedReading) -> None:
    grid.page.take_tool("tool-length")
    viewport = grid.viewports[0]
    drag(viewport, (100, 200), (300, 200))
    (before,) = reading.screen.marks.values()

    drag(viewport, (200, 200), (220, 240))

    (after,) = reading.screen.marks.values()
    for old, new in ((before.start, after.start), (before.end, after.end)):
        assert (new.column - old.column, new.row - old.row) == pytest.approx((10.0, 20.0))


def test_windowing_across_a_line_does_not_move_it_but_chooses_it(
    grid: ViewportGrid, reading: InventedReading
) -> None:
    grid.page.take_tool("tool-length")
    viewport = grid.viewports[0]
    drag(viewport, (100, 200), (300, 200))
    (before,) = reading.screen.marks.values()
    grid.page.take_tool("tool-window")
    grid.page.choose("")

    drag(viewport, (200, 201), (240, 240))

    assert list(reading.screen.marks.values()) == [before]
    assert grid.page.mark == before.id
    assert state(reading).window != OPENING


def test_a_length_outside_the_picture_ends_at_its_edge(grid: ViewportGrid, reading: InventedReading) -> None:
    grid.resize(700, 512)
    QApplication.processEvents()
    grid.page.take_tool("tool-length")

    drag(grid.viewports[0], (350, 256), (695, 256))

    (mark,) = reading.screen.marks.values()
    assert mark.end.column == SIDE - 0.5


def test_a_mark_is_drawn_only_on_its_own_image(grid: ViewportGrid) -> None:
    grid.page.take_tool("tool-length")
    viewport = grid.viewports[0]
    drag(viewport, (100, 60), (300, 60))
    QApplication.processEvents()
    colour = viewport.grab().toImage().pixelColor(150, 60)
    assert colour.blue() > colour.red() + 40  # the chosen mark's colour

    turn(viewport, -120)
    QApplication.processEvents()
    colour = viewport.grab().toImage().pixelColor(150, 60)
    assert colour.blue() == colour.red()


def test_undo_takes_a_whole_drag_back(viewport: Viewport, reading: InventedReading) -> None:
    drag(viewport, (100, 100), (180, 160))
    reading.screen.undo(who="test")

    assert state(reading).window == OPENING


def test_a_picture_that_cannot_be_shown_says_why(grid: ViewportGrid, reading: InventedReading) -> None:
    reading.broken = reading.series[2].key
    reading.show_stack(0, reading.broken)
    QApplication.processEvents()

    assert grid.viewports[0].picture == Unshowable("the file has 12 of its 512 rows")


def test_the_last_picture_stays_for_a_moment_and_never_longer(
    grid: ViewportGrid, reading: InventedReading, wait: Wait
) -> None:
    viewport = grid.viewports[0]
    reading.slow = reading.series[1].key
    reading.show_stack(0, reading.slow)
    QApplication.processEvents()
    assert isinstance(viewport.picture, Shown)
    assert viewport.waits

    wait(lambda: isinstance(viewport.picture, Waiting))

    reading.slow = ""
    grid.take_ready(reading.series[1].key)
    QApplication.processEvents()
    assert isinstance(viewport.picture, Shown)
    assert not viewport.waits


@pytest.mark.usefixtures("grid")
def test_only_the_viewport_that_changed_asks_again(reading: InventedReading) -> None:
    commands.set_grid(reading.screen, rows=1, columns=2, who="test")
    reading.show_stack(1, reading.series[0].key)
    QApplication.processEvents()
    reading.asked.clear()

    commands.scroll(reading.screen, pane=1, steps=1, who="test")
    QApplication.processEvents()

    assert [pane for pane, _, _ in reading.asked] == [1]


def test_many_changes_between_two_frames_ask_once(viewport: Viewport, reading: InventedReading) -> None:
    reading.asked.clear()
    for _ in range(20):
        turn(viewport, -120)
    QApplication.processEvents()

    assert len(reading.asked) == 1


def test_a_badge_tells_its_sentence_and_stays_when_texts_are_hidden(
    grid: ViewportGrid, reading: InventedReading
) -> None:
    reading.show_stack(0, reading.series[2].key)
    commands.show_texts(reading.screen, shown=False, who="test")
    QApplication.processEvents()
    viewport = grid.viewports[0]

    assert viewport.hint_at(QPointF(490, 490)) == "Compressed with loss."
    assert viewport.hint_at(QPointF(100, 100)) == ""


def test_colour_is_copied_unchanged(viewport: Viewport) -> None:
    shown = viewport.shown
    colours = np.random.default_rng(1).integers(0, 256, (512, 512, 3), dtype=np.uint8)
    viewport._picture = replace(shown, pixels=colours)
    grabbed = viewport.grab().toImage()

    pixel = grabbed.pixelColor(201, 333)
    assert [pixel.red(), pixel.green(), pixel.blue()] == colours[333, 201].tolist()


def test_what_is_drawn_lies_where_the_image_is(viewport: Viewport) -> None:
    """The middle of 256 columns in 512 pixels is the middle of the viewport."""
    middle = Point((SIDE - 1) / 2, (SIDE - 1) / 2)
    mark = Length.drawn(viewport.shown.record, 0, middle, Point(0, 0), created=datetime.now(UTC))

    start, end = ends(mark, viewport.shown, viewport.ratio)

    assert (start.x(), start.y()) == pytest.approx((256.0, 256.0))
    assert (end.x(), end.y()) == pytest.approx((1.0, 1.0))
