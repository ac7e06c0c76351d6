import pytest

from workstation.viewing import Window, presets, window_of_digit

AUTOMATIC = Window(100, 200, name="automatic")
OF_FILE = (Window(40, 80, name="HEAD"), Window(50, 350, name="BODY"))


@pytest.mark.parametrize(
    ("digit", "name", "width", "center"),
    [
        (3, "brain", 80, 40),  # OHIF, InVesalius
        (4, "abdomen", 400, 40),  # OHIF "soft tissue"
        (5, "mediastinum", 350, 25),  # InVesalius
        (6, "bone", 2000, 300),  # InVesalius
        (7, "lung", 1500, -600),  # OHIF
        (8, "liver", 150, 90),  # OHIF
        (9, "stroke", 40, 40),  # forks of OHIF
    ],
)
def test_a_digit_gives_the_window_that_its_name_promises(
    digit: int, name: str, width: float, center: float
) -> None:
    assert window_of_digit(digit, presets("CT", "HU"), (), None) == Window(center, width, name=name)


def test_zero_is_automatic_and_one_and_two_are_the_files_own() -> None:
    windows = [window_of_digit(digit, presets("CT"), OF_FILE, AUTOMATIC) for digit in (0, 1, 2)]

    assert windows == [AUTOMATIC, *OF_FILE]


def test_a_digit_without_a_window_gives_none() -> None:
    assert window_of_digit(1, presets("MR"), (), None) is None
    assert window_of_digit(3, presets("MR"), OF_FILE, AUTOMATIC) is None


@pytest.mark.parametrize(("modality", "unit"), [("MR", ""), ("CT", "US"), ("PT", "BQML"), ("DX", "")])
def test_presets_hold_for_no_other_units(modality: str, unit: str) -> None:
    assert presets(modality, unit) == ()


def test_pet_has_presets_from_zero_where_its_values_are_suv() -> None:
    window = window_of_digit(3, presets("PT", "SUV"), (), None)

    assert window is not None
    assert (window.center, window.width, window.function) == (2.5, 5, "LINEAR_EXACT")


@pytest.mark.parametrize(("modality", "unit"), [("CT", "HU"), ("PT", "SUV")])
def test_no_two_presets_answer_to_one_name_or_digit(modality: str, unit: str) -> None:
    known = presets(modality, unit)
    digits = [preset.digit for preset in known if preset.digit is not None]

    assert len(set(digits)) == len(digits)
    assert len({preset.name for preset in known}) == len(known)
    assert set(digits) <= set(range(3, 10))
