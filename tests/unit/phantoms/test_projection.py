from __future__ import annotations

import numpy as np
import pytest

from workstation.phantoms import projection
from workstation.phantoms.noise import single

PITCH = 0.25
ROWS, COLUMNS = single(20 - PITCH * np.arange(160)), single(-20 + PITCH * np.arange(160))


def rod(
    start: tuple[float, float, float], end: tuple[float, float, float], radius: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return projection.rod_lengths(ROWS, COLUMNS, single([[start, end]]), single([[radius, radius]]))


@pytest.mark.parametrize("end", [(12.0, 0.0, 0.0), (0.0, 12.0, 0.0), (9.0, -8.0, 0.0), (9.0, 5.0, 6.0)])
def test_the_lengths_in_a_rod_add_up_to_its_volume(end: tuple[float, float, float]) -> None:
    """A cylinder: π r² L, whichever way it lies."""
    long = float(np.linalg.norm(end))

    assert rod((0, 0, 0), end, 2.0).sum() * PITCH**2 == pytest.approx(np.pi * 4 * long, rel=0.04)


def test_the_longest_way_through_a_rod_across_the_beam_is_its_diameter() -> None:
    assert rod((-10, 0, 0), (10, 0, 0), 3.0).max() == pytest.approx(6.0, abs=0.05)


def test_a_chain_of_short_pieces_is_as_long_as_one_rod() -> None:
    """Pieces shorter than a pixel, as where a rib turns, must not pile up."""
    places = np.linspace(-10, 10, 201)
    points = np.stack([places, 0 * places, 0 * places], axis=1)
    ends = single(np.stack([points[:-1], points[1:]], axis=1))
    chain = projection.rod_lengths(ROWS, COLUMNS, ends, single(np.full((200, 2), 3.0)))

    assert chain == pytest.approx(rod((-10, 0, 0), (10, 0, 0), 3.0), abs=0.4)


def test_an_enlarged_plane_stays_a_plane() -> None:
    field = single(np.add.outer(np.arange(12.0), 3 * np.arange(10.0)))
    large = projection.enlarged(field, (48, 40))
    expected = np.add.outer((np.arange(48) + 0.5) / 4 - 0.5, 3 * ((np.arange(40) + 0.5) / 4 - 0.5))

    assert large[12:-12, 12:-12] == pytest.approx(expected[12:-12, 12:-12], abs=1e-3)


def test_blurring_keeps_the_mean_and_spreads_a_point_as_three_boxes_do() -> None:
    """Variances add: each running mean of width w gives (w² − 1) / 12."""
    point = np.zeros((61, 61), np.float32)
    point[30, 30] = 1
    spread = projection.blurred(point, 3)
    variance = float((spread.sum(axis=0) * (np.arange(61) - 30) ** 2).sum())

    assert spread.sum() == pytest.approx(1, abs=1e-5)
    assert variance == pytest.approx(3 * (7**2 - 1) / 12, rel=1e-3)


def test_exposure_follows_beer_and_lambert_where_nothing_scatters() -> None:
    depth = single(np.full((32, 32), 2.0))
    quiet = single(np.zeros((64, 64)))

    assert projection.exposed(depth, 1e4, 0.0, quiet) == pytest.approx(-2.0, abs=1e-5)


def test_fewer_photons_are_noisier_by_the_square_root() -> None:
    depth = single(np.zeros((256, 256)))
    grain = single(np.random.default_rng(5).standard_normal((512, 512)))
    many, few = (projection.exposed(depth, photons, 0.0, grain).std() for photons in (40_000, 10_000))

    assert few / many == pytest.approx(2.0, rel=0.02)
