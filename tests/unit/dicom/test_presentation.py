import pytest

from workstation.dicom.presentation import contradiction, is_inverted


@pytest.mark.parametrize(
    ("photometric", "shape", "inverted", "contradictory"),
    [
        ("MONOCHROME2", "", False, False),
        ("MONOCHROME2", "IDENTITY", False, False),
        ("MONOCHROME1", "", True, False),
        ("MONOCHROME1", "INVERSE", True, False),  # said twice, inverted once: PS3.3 C.8.11.3
        ("MONOCHROME1", "IDENTITY", True, True),
        ("MONOCHROME2", "INVERSE", True, True),
        ("RGB", "", False, False),
        ("PALETTE COLOR", "IDENTITY", False, False),
    ],
)
def test_which_end_is_white(photometric: str, shape: str, *, inverted: bool, contradictory: bool) -> None:
    assert is_inverted(photometric, shape) == inverted
    assert bool(contradiction(photometric, shape)) == contradictory
