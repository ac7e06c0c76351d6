from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.rendering.filters import Interpolation, taps_of
from workstation.rendering.placement import Lay

EVERY: tuple[Interpolation, ...] = get_args(Interpolation)
ROUNDING = 1e-6  # weights are float32


def _lays() -> st.SearchStrategy[Lay]:
    return st.builds(
        Lay,
        source=st.integers(1, 60),
        device=st.integers(1, 60),
        scale=st.floats(0.02, 20),
        origin=st.integers(-60, 59),
        reversed=st.booleans(),
    )


def _weights_of(lay: Lay, interpolation: Interpolation, pixel: int) -> dict[int, float]:
    """Return the weights above rounding of one device pixel, by source pixel."""
    taps = taps_of(lay, interpolation)
    column = enumerate(taps.weights[:, pixel].tolist(), int(taps.start[pixel]))
    return {source: weight for source, weight in column if abs(weight) > ROUNDING}


@pytest.mark.parametrize("interpolation", EVERY)
@given(lay=_lays())
def test_weights_sum_to_one_and_stay_inside_the_picture(interpolation: Interpolation, lay: Lay) -> None:
    taps = taps_of(lay, interpolation)

    assert taps.weights.shape[1] == taps.start.size == lay.last - lay.first
    if taps.start.size:
        assert taps.weights.sum(axis=0) == pytest.approx(1, abs=ROUNDING)
        assert taps.start.min() >= 0
        assert taps.start.max() + len(taps.weights) <= lay.source


def test_halfway_between_pixels_cubic_weighs_as_keys_did() -> None:
    """Keys 1981, a = −0.5, at a fraction of a half: −1/16, 9/16, 9/16, −1/16."""
    lay = Lay(source=8, device=24, scale=3.0, origin=0, reversed=False)
    double = Lay(source=8, device=16, scale=2.0, origin=0, reversed=False)

    assert _weights_of(lay, "cubic", 10) == pytest.approx({3: 1.0})
    assert _weights_of(double, "cubic", 7) == pytest.approx(  # a quarter beyond pixel 3, by the same formula
        {2: -9 / 128, 3: 111 / 128, 4: 29 / 128, 5: -3 / 128}
    )


def test_linear_weighs_by_distance() -> None:
    """Device pixel 3 of a picture doubled lies a quarter of the way from pixel 1 to pixel 2."""
    lay = Lay(source=4, device=8, scale=2.0, origin=0, reversed=False)

    assert _weights_of(lay, "linear", 3) == pytest.approx({1: 0.75, 2: 0.25})


def test_linear_takes_the_exact_area_when_the_picture_shrinks() -> None:
    """At 0.4, a device pixel covers 2.5 source pixels: 0, 1 and half of 2; then half of 2, 3 and 4."""
    lay = Lay(source=5, device=2, scale=0.4, origin=0, reversed=False)

    assert _weights_of(lay, "linear", 0) == pytest.approx({0: 0.4, 1: 0.4, 2: 0.2})
    assert _weights_of(lay, "linear", 1) == pytest.approx({2: 0.2, 3: 0.4, 4: 0.4})


def test_a_reversed_lay_begins_with_the_last_pixel() -> None:
    lay = Lay(source=4, device=8, scale=2.0, origin=0, reversed=True)

    assert _weights_of(lay, "nearest", 0) == {3: 1.0}
    assert _weights_of(lay, "linear", 3) == pytest.approx({2: 0.75, 1: 0.25})


@pytest.mark.parametrize("scale", [0.3, 0.45, 0.6])
def test_cubic_lets_through_little_that_the_screen_cannot_show(scale: float) -> None:
    """A grating of 1.5 times the screen's finest would come out as a coarser one that isn't there."""
    lay = Lay(source=400, device=int(400 * scale), scale=scale, origin=0, reversed=False)
    taps = taps_of(lay, "cubic")
    grating = np.exp(2j * np.pi * 0.75 * scale * np.arange(400))
    index = taps.start + np.arange(len(taps.weights))[:, np.newaxis]

    shown = np.abs((taps.weights * grating[index]).sum(axis=0))[10:-10]
    assert shown.mean() < 0.1
