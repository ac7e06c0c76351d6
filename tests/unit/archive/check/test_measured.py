from __future__ import annotations

import statistics
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.archive.check import MeasuredLatency, MeasuredRate, MeasuredTls
from workstation.security import CertificateFacts

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_the_95th_of_a_hundred_is_what_numpy_takes_for_the_nearest_rank() -> None:
    """Its inverted_cdf is the definition of the nearest rank."""
    for count in (1, 2, 19, 20, 21, 30, 100):
        seconds = tuple(float(value) for value in np.random.default_rng(count).permutation(count))
        expected = np.percentile(seconds, 95, method="inverted_cdf")
        assert MeasuredLatency(seconds).p95 == expected


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40))
def test_half_are_below_the_median_and_nothing_exceeds_the_slowest(seconds: list[float]) -> None:
    latency = MeasuredLatency(tuple(seconds))

    assert latency.median == statistics.median(seconds)
    assert latency.median <= latency.p95
    assert latency.p95 <= max(seconds)
    assert 0 <= latency.jitter <= max(seconds) - min(seconds)


def test_jitter_is_what_neighbours_differ_by() -> None:
    """By hand: |1 - 3| = 2, |3 - 2| = 1, mean 1.5."""
    assert MeasuredLatency((1.0, 3.0, 2.0)).jitter == 1.5
    assert MeasuredLatency((1.0,)).jitter == 0.0


def test_a_rate_is_bits_by_seconds() -> None:
    """By hand: 25 MB in a second are 200 Mbit/s."""
    assert MeasuredRate(25_000_000, 1.0).mbit == pytest.approx(200.0)
    assert MeasuredRate(1, 0.0).mbit == 0.0


def test_the_certificate_that_ends_first_counts() -> None:
    own = CertificateFacts("a", "b", (), NOW, NOW + timedelta(days=90), "")
    above = replace(own, valid_until=NOW + timedelta(days=5))
    tls = MeasuredTls("TLSv1.3", "", 0.0, (own, above), is_trusted=True)

    assert tls.left(NOW) == timedelta(days=5)
