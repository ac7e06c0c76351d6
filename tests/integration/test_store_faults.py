"""A small part of the soak's failing disks: a scripted session, one step of which fails."""

import pytest
import store_faults
from store_faults import Mode

STRIDE = 61  # a prime: the steps fall everywhere


@pytest.mark.parametrize("mode", Mode, ids=lambda mode: mode.value)
def test_whatever_the_disk_does_nothing_acknowledged_is_lost(mode: Mode) -> None:
    steps = store_faults.steps_of_a_session()

    outcome = store_faults.run([mode], range(1 + len(mode.value), steps, STRIDE))

    assert outcome.complaints == []
    assert outcome.trials >= 12
