from __future__ import annotations

import pytest

from workstation.workers import landlock


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (0, (0, 0, 0)),
        (1, (0x1FFF, 0, 0)),  # EXECUTE … MAKE_SYM
        (2, (0x3FFF, 0, 0)),  # and REFER
        (3, (0x7FFF, 0, 0)),  # and TRUNCATE
        (4, (0x7FFF, 3, 0)),  # and TCP bind, connect
        (5, (0xFFFF, 3, 0)),  # and IOCTL_DEV
        (6, (0xFFFF, 3, 3)),  # and scopes: abstract sockets, signals
        (7, (0xFFFF, 3, 3)),
    ],
)
def test_each_version_denies_what_landlock_7_says_it_knows(
    version: int, expected: tuple[int, int, int]
) -> None:
    assert landlock.rights(version) == expected
