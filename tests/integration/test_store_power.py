"""A small part of the soak's power cuts, and the control that shows that they can fail."""

import store_power


def test_no_acknowledged_work_is_lost_in_power_cuts() -> None:
    tally = store_power.run(seed=20261124, trials=100)

    assert tally.is_clean
    assert tally.acknowledged > 300


def test_the_same_cuts_on_a_disk_whose_sync_lies_lose_work() -> None:
    tally = store_power.run(seed=20261124, trials=100, sync_lies=True)

    assert not tally.is_clean
