"""A small part of the soak's kills during an import."""

from pathlib import Path

import kill_import


def test_an_import_that_was_killed_leaves_whole_instances_and_all_that_was_acknowledged(
    tmp_path: Path,
) -> None:
    killed = kill_import.run(4, 11, tmp_path / "scratch")

    assert killed.complaints == []
    assert killed.kills == 4
    assert killed.acknowledged > 10
    assert killed.slowest_opening < 3.0
