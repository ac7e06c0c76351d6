import pytest

from workstation.viewing import Camera, Fit, Layout, Screen, ViewportState, Window, commands

FIT = Fit(100, 100, 200, 200)


@pytest.fixture
def reading(screen: Screen) -> Screen:
    commands.put_stack(screen, pane=0, stack="t2", index=10, window=Window(40, 80), who="test")
    return screen


@pytest.mark.parametrize(
    ("steps", "index"), [(1, 11), (-1, 9), (19, 29), (20, 29), (1000, 29), (-10, 0), (-11, 0), (0, 10)]
)
def test_scrolling_stops_at_both_ends(reading: Screen, steps: int, index: int) -> None:
    commands.scroll(reading, pane=0, steps=steps, who="wheel")

    assert reading.viewport(0).index == index


@pytest.mark.parametrize(("wanted", "index"), [(0, 0), (29, 29), (30, 29), (-1, 29), (-30, 0), (-31, 0)])
def test_home_and_end_are_the_first_and_last_image(reading: Screen, wanted: int, index: int) -> None:
    commands.go_to(reading, pane=0, index=wanted, who="keys")

    assert reading.viewport(0).index == index


def test_an_empty_viewport_does_not_scroll(screen: Screen) -> None:
    commands.scroll(screen, pane=3, steps=5, who="wheel")

    assert screen.viewport(3) == ViewportState()


def test_another_stack_starts_whole_and_upright_but_keeps_texts_hidden(reading: Screen) -> None:
    commands.show_texts(reading, shown=False, who="keys")
    commands.invert(reading, pane=0, who="keys")
    commands.turn(reading, pane=0, quarters=1, who="keys")
    commands.put_stack(reading, pane=0, stack="t1", who="mouse")

    assert reading.viewport(0) == ViewportState("t1", texts=False)


def test_an_emptied_viewport_shows_nothing(reading: Screen) -> None:
    commands.clear_viewport(reading, pane=0, who="mouse")

    assert reading.viewport(0) == ViewportState()


def test_zoom_and_pan_are_the_fits(reading: Screen) -> None:
    """By hand: twice as large about the left edge; then 40 device pixels are 10 of 4."""
    commands.zoom(reading, pane=0, fit=FIT, factor=2, about=(-0.5, 99.5), who="mouse")
    assert reading.viewport(0).camera == Camera(zoom=2, pan=(-25, 0))

    commands.pan(reading, pane=0, fit=FIT, moved=(40, 0), who="mouse")
    assert reading.viewport(0).camera == Camera(zoom=2, pan=(-35, 0))


def test_flips_and_turns_come_one_after_another(reading: Screen) -> None:
    commands.mirror(reading, pane=0, who="keys")
    assert reading.viewport(0).camera == Camera(flip=True)
    commands.upend(reading, pane=0, who="keys")
    assert reading.viewport(0).camera == Camera(rotation=2)
    commands.turn(reading, pane=0, quarters=-1, who="keys")
    assert reading.viewport(0).camera == Camera(rotation=1)


def test_reset_keeps_the_image_and_forgets_how_it_was_looked_at(reading: Screen) -> None:
    commands.invert(reading, pane=0, who="keys")
    commands.mirror(reading, pane=0, who="keys")
    commands.set_window(reading, pane=0, window=Window(0, 10), who="mouse")
    commands.reset(reading, pane=0, window=Window(40, 80), who="keys")

    assert reading.viewport(0) == ViewportState("t2", 10, Window(40, 80))


def test_inverting_twice_changes_nothing(reading: Screen) -> None:
    commands.invert(reading, pane=0, who="keys")
    assert reading.viewport(0).invert
    commands.invert(reading, pane=0, who="keys")
    assert not reading.viewport(0).invert


def test_texts_are_hidden_in_every_viewport_at_once(reading: Screen) -> None:
    commands.show_texts(reading, shown=False, who="keys")

    assert not any(state.texts for state in reading.viewports)


def test_a_double_click_maximises_the_viewport_under_it_and_the_next_brings_all_back(
    reading: Screen,
) -> None:
    commands.set_grid(reading, rows=2, columns=2, who="test")
    commands.toggle_maximised(reading, pane=3, who="mouse")
    assert reading.layout.visible == (3,)
    commands.toggle_maximised(reading, pane=3, who="mouse")

    assert reading.layout == Layout(2, 2, active=3)


def test_tab_gives_the_keys_to_the_next_viewport(reading: Screen) -> None:
    commands.set_grid(reading, rows=1, columns=2, who="test")
    commands.next_viewport(reading, who="keys")
    assert reading.layout.active == 1
    commands.next_viewport(reading, steps=-1, who="keys")

    assert reading.layout.active == 0
