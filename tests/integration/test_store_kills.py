"""A small part of the soak's kills."""

from pathlib import Path

import store_kills


def test_a_killed_import_leaves_whole_images_and_all_that_was_acknowledged(tmp_path: Path) -> None:
    killed = store_kills.run(seed=5, kills=5, scratch=tmp_path)

    assert killed.complaints == []
    assert killed.acknowledged > 5
    assert killed.slowest_opening < 3.0
