from typing import Protocol

import pytest

from workstation.measurement import Length, Point
from workstation.viewing import (
    PANES,
    Camera,
    Change,
    Layout,
    LayoutChanged,
    MarkChanged,
    Screen,
    StacksChanged,
    StudyOpened,
    ViewingError,
    ViewportChanged,
    ViewportState,
    Window,
    commands,
)

BRAIN = Window(40, 80, name="brain")
BONE = Window(300, 2000, name="bone")


class Ear(Protocol):
    """Has heard what the screen told."""

    heard: list[Change]


def test_a_change_says_what_from_what_to_what_and_who_asked(screen: Screen, ear: Ear) -> None:
    commands.put_stack(screen, pane=0, stack="t1", window=BRAIN, who="mouse")
    commands.scroll(screen, pane=0, steps=5, who="wheel")

    put, scrolled = ear.heard
    assert isinstance(put, ViewportChanged)
    assert isinstance(scrolled, ViewportChanged)
    assert (put.before, put.after, put.who) == (ViewportState(), ViewportState("t1", window=BRAIN), "mouse")
    assert put.fields == {"stack", "window"}
    assert (scrolled.pane, scrolled.who) == (0, "wheel")
    assert scrolled.fields == {"index"}
    assert scrolled.after == screen.viewport(0)


def test_what_changes_nothing_is_not_told(screen: Screen, ear: Ear) -> None:
    commands.put_stack(screen, pane=0, stack="t1", who="mouse")
    ear.heard.clear()
    commands.put_stack(screen, pane=0, stack="t1", who="mouse")
    commands.go_to(screen, pane=0, index=0, who="keys")
    commands.activate(screen, pane=0, who="mouse")
    commands.show_texts(screen, shown=True, who="keys")

    assert ear.heard == []


def test_two_viewports_show_the_same_stack_each_in_its_own_way(screen: Screen) -> None:
    commands.set_grid(screen, rows=1, columns=2, who="test")
    for pane, window in enumerate((BRAIN, BONE)):
        commands.put_stack(screen, pane=pane, stack="t1", window=window, who="test")

    assert [screen.viewport(pane).window for pane in (0, 1)] == [BRAIN, BONE]


def test_a_stack_or_image_that_is_not_there_is_refused_and_nothing_changes(screen: Screen, ear: Ear) -> None:
    for state in (ViewportState("flair"), ViewportState("t2", 30)):
        with pytest.raises(ViewingError, match="no image"):
            screen.set_viewport(0, state, who="test")
    for pane in (-1, PANES):
        with pytest.raises(ViewingError, match="no viewport"):
            screen.set_viewport(pane, ViewportState(), who="test")

    assert screen.viewports == (ViewportState(),) * PANES
    assert ear.heard == []


def test_the_active_viewport_is_the_layouts(screen: Screen, ear: Ear) -> None:
    commands.set_grid(screen, rows=1, columns=2, who="test")
    commands.put_stack(screen, pane=1, stack="t2", who="test")
    commands.activate(screen, pane=1, who="mouse")

    assert screen.active.stack == "t2"
    assert ear.heard[-1] == LayoutChanged(Layout(1, 2), Layout(1, 2, active=1), "mouse")


def test_another_study_leaves_nothing_of_the_one_before(screen: Screen, ear: Ear, length: Length) -> None:
    commands.set_grid(screen, rows=2, columns=2, who="test")
    commands.put_stack(screen, pane=0, stack="t1", who="test")
    screen.set_mark(length, who="test")
    screen.open("2.25.9", {"ct": 5}, who="list")

    assert ear.heard[-1] == StudyOpened("2.25.9", "list")
    assert (screen.study_uid, dict(screen.stacks), dict(screen.marks)) == ("2.25.9", {"ct": 5}, {})
    assert screen.viewports == (ViewportState(),) * PANES
    assert screen.layout == Layout()
    assert screen.undo(who="test") is None


def test_a_remembered_screen_comes_back_as_far_as_the_study_still_has_it(screen: Screen) -> None:
    remembered = [ViewportState("t1", 500, BRAIN), ViewportState("gone", 3), ViewportState("t2", 7)]
    screen.open("2.25.1", {"t1": 192, "t2": 30}, layout=Layout(2, 2), viewports=remembered, who="restart")

    assert screen.viewports[:4] == (
        ViewportState("t1", 191, BRAIN),
        ViewportState(),
        ViewportState("t2", 7),
        ViewportState(),
    )


def test_a_stack_grows_while_it_arrives(screen: Screen, ear: Ear) -> None:
    commands.put_stack(screen, pane=0, stack="t2", index=29, who="test")
    ear.heard.clear()
    screen.learn({"t1": 192, "t2": 60, "t3": 1}, who="import")

    assert ear.heard == [StacksChanged(frozenset({"t2", "t3"}), "import")]
    assert screen.viewport(0).index == 29
    commands.go_to(screen, pane=0, index=-1, who="keys")
    assert screen.viewport(0).index == 59


def test_a_stack_that_shrinks_shows_its_last_image(screen: Screen) -> None:
    commands.put_stack(screen, pane=0, stack="t2", index=29, who="test")
    screen.learn({"t2": 10}, who="check")

    assert screen.viewport(0).index == 9


def test_a_mark_is_drawn_moved_and_removed(screen: Screen, ear: Ear, length: Length) -> None:
    moved = length.moved(end=Point(9, 9))
    screen.set_mark(length, who="mouse")
    screen.set_mark(moved, who="mouse")
    screen.remove_mark(length.id, who="keys")

    assert ear.heard == [
        MarkChanged(None, length, "mouse"),
        MarkChanged(length, moved, "mouse"),
        MarkChanged(moved, None, "keys"),
    ]
    with pytest.raises(ViewingError, match="removed already"):
        screen.remove_mark(length.id, who="keys")


def test_what_the_screen_lends_cannot_be_written(screen: Screen, length: Length) -> None:
    with pytest.raises(TypeError):
        screen.marks["x"] = length  # type: ignore[index]


def test_undo_takes_back_marks_and_views_in_turn_and_redo_does_them_again(
    screen: Screen, length: Length
) -> None:
    commands.put_stack(screen, pane=0, stack="t1", window=BRAIN, who="test")
    screen.set_mark(length, who="test")
    commands.set_window(screen, pane=0, window=BONE, who="test")
    commands.set_grid(screen, rows=2, columns=2, who="test")
    commands.turn(screen, pane=0, quarters=1, who="test")
    end = (screen.viewports, screen.layout, dict(screen.marks))

    seen = []
    while screen.undo(who="keys"):
        view = screen.viewport(0)
        seen.append((view.camera.rotation, screen.layout.rows, view.window, len(screen.marks), view.stack))
    assert seen == [
        (0, 2, BONE, 1, "t1"),
        (0, 1, BONE, 1, "t1"),
        (0, 1, BRAIN, 1, "t1"),
        (0, 1, BRAIN, 0, "t1"),
        (0, 1, None, 0, ""),
    ]
    while screen.redo(who="keys"):
        pass
    assert (screen.viewports, screen.layout, dict(screen.marks)) == end


def test_a_picture_s_first_window_is_not_undone_and_forgets_nothing_that_was(screen: Screen) -> None:
    """The program sets it with the first paint; undoing it would only have it set again."""
    for pane, stack in ((0, "t1"), (1, "t2")):
        commands.put_stack(screen, pane=pane, stack=stack, who="mouse")
    for pane in (0, 1):
        commands.set_window(screen, pane=pane, window=BRAIN, who="paint")
    commands.set_window(screen, pane=1, window=BONE, who="mouse")

    screen.undo(who="keys")
    screen.undo(who="keys")
    assert [screen.viewport(pane).stack for pane in (0, 1)] == ["t1", ""]
    for _ in range(2):
        screen.redo(who="keys")
        if screen.viewport(1).window is None:
            commands.set_window(screen, pane=1, window=BRAIN, who="paint")
    assert screen.viewport(1).window == BONE


def test_undo_leaves_the_place_in_the_stack_and_the_texts_alone(screen: Screen) -> None:
    commands.put_stack(screen, pane=0, stack="t1", window=BRAIN, who="test")
    commands.set_window(screen, pane=0, window=BONE, who="test")
    commands.scroll(screen, pane=0, steps=50, who="wheel")
    commands.show_texts(screen, shown=False, who="keys")
    screen.undo(who="keys")

    assert screen.viewport(0) == ViewportState("t1", 50, BRAIN, texts=False)


def test_undoing_a_change_of_stack_brings_back_the_image_that_was_there(screen: Screen) -> None:
    """The other stack was scrolled beyond the first one's end meanwhile."""
    commands.put_stack(screen, pane=0, stack="t2", index=12, window=BRAIN, who="test")
    commands.put_stack(screen, pane=0, stack="t1", index=12, who="test")
    commands.go_to(screen, pane=0, index=150, who="wheel")
    screen.undo(who="keys")

    assert screen.viewport(0) == ViewportState("t2", 12, BRAIN)


def test_a_drag_is_undone_in_one_step_wheel_or_not(screen: Screen) -> None:
    commands.put_stack(screen, pane=0, stack="t1", window=BRAIN, who="test")
    for moved in range(1, 30):
        commands.drag_window(
            screen, pane=0, start=BRAIN, moved=(moved, 0), data_range=4096, who="mouse", gesture="drag 1"
        )
        commands.scroll(screen, pane=0, steps=1, who="wheel")
    assert screen.viewport(0).window == Window(40, 109)
    screen.undo(who="keys")

    assert screen.viewport(0) == ViewportState("t1", 29, BRAIN)
    screen.redo(who="keys")
    assert screen.viewport(0).window == Window(40, 109)


def test_two_drags_are_undone_in_two_steps(screen: Screen, length: Length) -> None:
    for row, gesture in enumerate(("draw", "move")):
        for column in range(5):
            screen.set_mark(length.moved(end=Point(column, row)), who="mouse", gesture=gesture)
    screen.undo(who="keys")

    assert screen.marks[length.id].end == Point(4, 0)
    screen.undo(who="keys")
    assert dict(screen.marks) == {}


def test_one_gesture_on_two_things_is_undone_in_two_steps(screen: Screen) -> None:
    """Linked viewports follow the same drag; each is an entry of its own."""
    for pane in (0, 1):
        commands.put_stack(screen, pane=pane, stack="t1", window=BRAIN, who="test")
    for pane in (0, 1):
        commands.set_window(screen, pane=pane, window=BONE, who="mouse", gesture="drag")
    screen.undo(who="keys")

    assert [screen.viewport(pane).window for pane in (0, 1)] == [BONE, BRAIN]


def test_a_drag_that_came_back_leaves_nothing_to_undo(screen: Screen, length: Length) -> None:
    screen.set_mark(length, who="mouse")
    screen.set_mark(length.moved(end=Point(50, 50)), who="mouse", gesture="drag")
    screen.set_mark(length, who="mouse", gesture="drag")
    screen.undo(who="keys")

    assert dict(screen.marks) == {}


def test_something_new_forgets_what_was_undone(screen: Screen, length: Length) -> None:
    screen.set_mark(length, who="test")
    screen.undo(who="keys")
    commands.set_grid(screen, rows=2, columns=2, who="test")

    assert screen.redo(who="keys") is None


def test_only_looking_around_forgets_nothing_and_adds_nothing(screen: Screen, length: Length) -> None:
    commands.put_stack(screen, pane=0, stack="t1", who="test")
    screen.set_mark(length, who="test")
    screen.undo(who="keys")
    commands.scroll(screen, pane=0, steps=3, who="wheel")
    commands.show_texts(screen, shown=False, who="keys")
    commands.set_grid(screen, rows=1, columns=1, who="keys")
    redone = screen.redo(who="keys")

    assert redone == MarkChanged(None, length, "keys")


def test_undo_tells_listeners_like_any_other_change(screen: Screen, ear: Ear, length: Length) -> None:
    screen.set_mark(length, who="mouse")
    screen.undo(who="keys")
    screen.redo(who="keys")

    assert ear.heard == [
        MarkChanged(None, length, "mouse"),
        MarkChanged(length, None, "keys"),
        MarkChanged(None, length, "keys"),
    ]


def test_only_so_much_is_remembered(screen: Screen, length: Length) -> None:
    for column in range(250):
        screen.set_mark(length.moved(end=Point(column, 0)), who="test")
    undone = 0
    while screen.undo(who="keys"):
        undone += 1

    assert undone == 200
    assert screen.marks[length.id].end == Point(49, 0)


def test_undoing_a_view_of_a_stack_that_went_away_shows_nothing_wrong(screen: Screen) -> None:
    commands.put_stack(screen, pane=0, stack="t2", index=20, who="test")
    commands.put_stack(screen, pane=0, stack="t1", who="test")
    screen.learn({"t2": 0}, who="check")
    screen.undo(who="keys")

    assert screen.viewport(0) == ViewportState()


def test_the_camera_is_the_viewports_own(screen: Screen) -> None:
    commands.put_stack(screen, pane=0, stack="t1", who="test")
    commands.set_camera(screen, pane=0, camera=Camera(zoom=2, rotation=1), who="test")

    assert screen.viewport(0).camera == Camera(zoom=2, rotation=1)
    assert screen.viewport(1).camera == Camera()


def test_what_fills_an_empty_viewport_is_told_and_is_nothing_to_undo(screen: Screen, ear: Ear) -> None:
    commands.set_grid(screen, rows=1, columns=2, who="keys")
    screen.fill(1, ViewportState("t1"), who="reading")

    assert ear.heard[-1] == ViewportChanged(ViewportState(), ViewportState("t1"), "reading", 1)
    screen.undo(who="keys")
    assert screen.layout == Layout()
    with pytest.raises(ViewingError):
        screen.fill(1, ViewportState("t1"), who="reading")
