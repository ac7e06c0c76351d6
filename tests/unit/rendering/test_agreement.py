"""What is drawn upon a picture lies where the picture lies."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workstation.rendering import fitted
from workstation.viewing import Camera, Fit

CAMERAS = st.builds(
    Camera,
    zoom=st.floats(0.3, 8),
    pan=st.tuples(st.floats(-40, 40), st.floats(-40, 40)),
    rotation=st.integers(0, 3),
    flip=st.booleans(),
)
SIDES = st.integers(30, 700)


@given(camera=CAMERAS, columns=SIDES, rows=SIDES, width=SIDES, height=SIDES, aspect=st.floats(0.5, 2))
def test_a_mark_and_the_pixels_under_it_are_placed_alike(
    camera: Camera, columns: int, rows: int, width: int, height: int, aspect: float
) -> None:
    placement = fitted(
        (columns, rows),
        (width, height),
        aspect=aspect,
        zoom=camera.zoom,
        pan=camera.pan,
        rotation=camera.rotation,
        flip=camera.flip,
    )
    points = [(0.0, 0.0), (columns - 1.0, rows - 1.0), (columns / 3, rows / 7)]
    marks = Fit(columns, rows, width, height, aspect).laid(camera).to_screen(points)

    assert np.abs(marks - placement.to_screen(points)).max() < 1e-6
