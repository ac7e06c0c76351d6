import pytest

from workstation.terms import Side, are_opposite, side_of, side_of_code


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("XR KNEE LEFT", Side.LEFT),
        ("XR KNEE LT 2 VIEWS", Side.LEFT),
        ("L HIP", Side.LEFT),
        ("MG_R_CC", Side.RIGHT),
        ("MR Knie re.", Side.RIGHT),
        ("Hüfte beidseits", Side.BOTH),
        ("VEN DUP LE B/L", Side.BOTH),
        ("hands, left and right", Side.BOTH),
        ("XR knee", Side.UNKNOWN),
        ("MR L-SPINE W/O", Side.UNKNOWN),
        ("XR L-S SPINE", Side.UNKNOWN),
        ("MR L SPINE, pain in left leg", Side.LEFT),
        ("CT CHEST R/O PE", Side.UNKNOWN),
        ("US RIGHT UPPER QUADRANT", Side.UNKNOWN),
        ("PET re-staging", Side.UNKNOWN),
        ("LUNG ROUTINE", Side.UNKNOWN),
    ],
)
def test_a_side_is_read_from_words_and_not_from_other_letters(text: str, side: Side) -> None:
    assert side_of(text) is side


@pytest.mark.parametrize(
    ("code", "side"),
    [
        ("L", Side.LEFT),
        ("r ", Side.RIGHT),
        ("B", Side.BOTH),
        ("U", Side.UNKNOWN),
        ("", Side.UNKNOWN),
        ("X", Side.UNKNOWN),
    ],
)
def test_a_code_is_a_side_or_nothing(code: str, side: Side) -> None:
    assert side_of_code(code) is side


def test_only_left_and_right_are_opposite() -> None:
    opposite = {(one, other) for one in Side for other in Side if are_opposite(one, other)}
    assert opposite == {(Side.LEFT, Side.RIGHT), (Side.RIGHT, Side.LEFT)}
