from __future__ import annotations

from workstation.phantoms.markers import text


def test_letters_stand_side_by_side_as_high_and_wide_as_asked() -> None:
    assert text("L", 1).tolist() == [[1, 0, 0, 0, 0, 0]] * 6 + [[1, 1, 1, 1, 1, 0]]
    assert text("R-CC", 3).shape == (7 * 3, 4 * 6 * 3)
