from __future__ import annotations

import numpy as np
import pytest

from workstation.phantoms import noise


@pytest.mark.parametrize("exponent", [2.0, 3.0])
def test_power_law_noise_falls_as_its_exponent_says(exponent: float) -> None:
    """The slope of log power over log frequency, from a Fourier transform of the tile itself."""
    tile = noise.tile(noise.stream("slope"), 256, noise.power_law(exponent))
    power = np.abs(np.fft.rfft2(tile)) ** 2
    frequency = np.hypot(np.fft.fftfreq(256)[:, None], np.fft.rfftfreq(256)[None, :])
    used = (frequency > 0.02) & (frequency < 0.4)
    slope = np.polyfit(np.log(frequency[used]), np.log(power[used]), 1)[0]

    assert slope == pytest.approx(-exponent, abs=0.1)


def test_a_tile_has_mean_0_and_deviation_1() -> None:
    tile = noise.tile(noise.stream("unit"), 200, noise.reconstruction)

    assert tile.mean() == pytest.approx(0, abs=1e-4)
    assert tile.std() == pytest.approx(1, abs=1e-4)


def test_streams_repeat_for_their_labels_and_differ_for_others() -> None:
    first, again, other = (
        noise.stream(*labels).random(4).tolist() for labels in (("a", 1), ("a", 1), ("a", 2))
    )

    assert first == again != other


def test_a_cut_piece_has_the_shape_asked_for_and_comes_from_the_tile() -> None:
    tile = noise.single(np.arange(100.0).reshape(10, 10))
    piece = noise.cut(tile, noise.stream("cut"), (4, 6))

    assert piece.shape == (4, 6)
    assert set(np.diff(piece, axis=1).ravel().tolist()) == {1.0}


def test_waves_have_the_deviation_asked_for() -> None:
    places = noise.single(np.linspace(-400, 400, 200))
    waves = noise.Waves.draw(noise.stream("waves"), wavelength=40, amplitude=3.0, count=24)

    assert waves.on_grid((1, places), (0, places), (2, 0.0)).std() == pytest.approx(3.0, rel=0.15)
