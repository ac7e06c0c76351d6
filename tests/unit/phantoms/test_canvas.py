from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.phantoms.canvas import Canvas, capsule, doubled, ellipsoid, mirrored
from workstation.phantoms.noise import Waves, single, stream

PLACES = single(np.arange(-20, 20, 0.5))


def canvas(height: float = 0.0, soft: float = 1.0) -> Canvas:
    return Canvas.plane((1, PLACES), (0, PLACES), (2, height), soft=soft)


def at(*point: float) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    return [single([value]) for value in point]


@given(st.floats(-30, 30), st.floats(-30, 30), st.floats(-30, 30))
def test_a_capsule_s_distance_is_that_to_its_segment(x: float, y: float, z: float) -> None:
    along = np.clip(x / 10, 0, 1)
    by_hand = np.sqrt((x - 10 * along) ** 2 + y * y + z * z) - 3

    assert capsule((0, 0, 0), (10, 0, 0), 3).distance(*at(x, y, z))[0] == pytest.approx(by_hand, abs=1e-3)


def test_an_ellipsoid_is_turned_from_x_towards_y() -> None:
    solid = ellipsoid((0, 0, 0), (10, 2, 2), turn=90)

    assert solid.distance(*at(0, 9, 0))[0] < 0 < solid.distance(*at(9, 0, 0))[0]


def test_half_way_is_crossed_on_the_surface_however_soft_the_edge() -> None:
    for soft in (0.5, 2.0, 4.0):
        picture = canvas(soft=soft)
        picture.paint_straight(ellipsoid((0, 0, 0), (8, 8, 8)), 100.0)
        row = picture.values[40]
        crossing = (
            np.interp(50, row[40:60], PLACES[40:60][: len(row[40:60])])
            if row[59] > row[40]
            else np.interp(-50, -row[40:80], PLACES[40:80])
        )
        assert crossing == pytest.approx(8.0, abs=0.05)


def test_a_ball_s_volume_comes_out_of_its_slices() -> None:
    """4/3 π r³, by summing the shares of pixels over planes half a millimetre apart."""
    total = 0.0
    for height in np.arange(-8, 8.1, 0.5):
        picture = canvas(float(height))
        picture.paint_straight(ellipsoid((0.2, -0.3, 0.1), (6, 6, 6)), 1.0)
        total += float(picture.values.sum()) * 0.5**3

    assert total == pytest.approx(4 / 3 * np.pi * 6**3, rel=0.02)


def test_a_solid_away_from_the_plane_paints_nothing() -> None:
    picture = canvas(height=40.0)
    picture.paint(ellipsoid((0, 0, 0), (8, 8, 8)), 100.0)

    assert (picture.values == 0).all()


def test_a_mirrored_solid_is_on_the_other_side() -> None:
    solid = mirrored(ellipsoid((10, 0, 0), (3, 3, 3)))

    assert solid.distance(*at(-10, 0, 0))[0] < 0 < solid.distance(*at(10, 0, 0))[0]
    assert solid.center == (-10, 0, 0)


def test_a_doubled_field_keeps_the_values_it_had_and_draws_lines_between() -> None:
    field = single(np.add.outer(np.arange(5) * 2.0, np.arange(4) * 10.0))
    full = doubled(field)

    assert full.shape == (10, 8)
    assert (full[::2, ::2] == field).all()
    assert full[1, 1] == pytest.approx(6.0)  # (0 + 2 + 10 + 12) / 4


def test_waves_are_the_same_on_a_plane_and_at_its_points() -> None:
    waves = Waves.draw(stream("test"), wavelength=15, amplitude=2.0)
    for rows, columns, fixed in (((1, PLACES), (0, PLACES), (2, 3.0)), ((2, PLACES), (1, PLACES), (0, -4.0))):
        picture = Canvas.plane(rows, columns, fixed, soft=1.0)

        assert waves.on_grid(rows, columns, fixed) == pytest.approx(waves.at(*picture.true), abs=1e-3)
