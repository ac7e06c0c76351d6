import pytest

from workstation.measurement import Quantity


@pytest.mark.parametrize(
    ("value", "text"), [(24.12, "24.1 mm"), (0.04, "0.0 mm"), (9.96, "10.0 mm"), (1234.5678, "1234.6 mm")]
)
def test_a_value_is_told_to_a_tenth(value: float, text: str) -> None:
    assert Quantity(value, "mm", "PixelSpacing").text() == text


def test_pixels_are_never_called_millimetres() -> None:
    assert Quantity(24.12, "px", "").text() == "24.1 px"
