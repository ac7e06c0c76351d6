from __future__ import annotations

import numpy as np
import pytest

from workstation.phantoms.lung_vessels import Vessels
from workstation.phantoms.noise import Waves, stream
from workstation.phantoms.sections import lung


@pytest.fixture(scope="module")
def vessels() -> Vessels:
    still = Waves.draw(stream("none"), 100, 0.0)
    return Vessels.grow(stream("vessels"), (still, still, still))


def test_vessels_end_inside_the_lungs(vessels: Vessels) -> None:
    x, y, z = vessels.ends[:, 1].T

    assert (lung(x, y, z) < 0).mean() > 0.95


def test_vessels_are_thick_at_the_hilum_and_thin_under_the_pleura(vessels: Vessels) -> None:
    x, y, z = vessels.ends[:, 1].T
    depth = -lung(x, y, z)
    from_hilum = np.linalg.norm(np.stack([np.abs(x) - 46, y - 20, z - 70], axis=1), axis=1)

    assert vessels.radii.max() > 3.5
    assert from_hilum[vessels.radii.max(axis=1) > 3.5].max() < 35
    assert np.median(vessels.radii[(depth > 4) & (depth < 8) & (from_hilum > 60)]) < 1.0


def test_no_piece_is_longer_than_a_slice_patch_can_hold(vessels: Vessels) -> None:
    assert np.linalg.norm(np.diff(vessels.ends, axis=1), axis=2).max() < 6.0


def test_a_finding_can_be_cleared_of_vessels(vessels: Vessels) -> None:
    center = (-78.0, 28.0, 118.0)
    kept = vessels.clear_of(center, 9.0)

    assert 0 < len(kept.ends) < len(vessels.ends)
    assert np.linalg.norm(kept.ends - np.asarray(center), axis=2).min() > 9.0
