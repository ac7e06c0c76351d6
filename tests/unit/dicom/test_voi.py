import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_voi, apply_windowing

from workstation.dicom.lut import Lut
from workstation.dicom.model import VoiFunction, VoiWindow
from workstation.dicom.voi import WindowRefused, is_usable
from workstation.dicom.voi import apply_voi as apply_ours

FUNCTIONS: tuple[VoiFunction, ...] = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
ROUNDING = 1e-9


def _image(window: VoiWindow) -> Dataset:
    """Return a header for which pydicom's output runs from 0 to 65535."""
    dataset = Dataset()
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsStored, dataset.PixelRepresentation = 16, 0
    dataset.WindowCenter, dataset.WindowWidth = window.center, window.width
    dataset.VOILUTFunction = window.function
    return dataset


@pytest.mark.parametrize("function", FUNCTIONS)
@given(
    center=st.integers(-2000, 2000),
    width=st.integers(1, 4000),
    values=st.lists(st.integers(-5000, 5000), min_size=1, max_size=30),
)
def test_windows_agree_with_pydicom(
    function: VoiFunction, center: int, width: int, values: list[int]
) -> None:
    window = VoiWindow(center, width, function=function)

    with np.errstate(over="ignore"):  # pydicom's exponential
        expected = apply_windowing(np.array(values), _image(window)) / 65535
    assert apply_ours(values, window) == pytest.approx(expected, abs=ROUNDING)


@pytest.mark.parametrize(
    ("center", "width", "black", "middle", "white"),
    [
        (2048, 4096, 0, 2047.5, 4095),
        (0, 100, -50, -0.5, 49),
    ],
)
def test_linear_agrees_with_the_worked_examples_of_the_standard(
    center: float, width: float, black: float, middle: float, white: float
) -> None:
    """PS3.3 C.11.2.1.2.1, note 3: x <= 0 → 0, x > 4095 → 255, else ((x − 2047.5) / 4095 + 0.5) × 255."""
    window = VoiWindow(center, width)

    assert apply_ours([black, middle, white], window).tolist() == [0.0, 0.5, 1.0]
    assert 0 < apply_ours(black + 0.01, window) < apply_ours(white - 0.01, window) < 1


def test_linear_of_width_one_is_a_threshold_half_below_the_center() -> None:
    """The same note: x <= 2047.5 → 0, x > 2047.5 → 255."""
    assert apply_ours([2047, 2047.5, 2047.6, 2048], VoiWindow(2048, 1)).tolist() == [0, 0, 1, 1]


def test_linear_exact_has_no_half_steps() -> None:
    """PS3.3 C.11.2.1.3.2: from c − w/2 to c + w/2."""
    window = VoiWindow(0.5, 1.0, function="LINEAR_EXACT")

    assert apply_ours([0.0, 0.25, 0.5, 1.0, 1.1], window).tolist() == [0.0, 0.25, 0.5, 1.0, 1.0]


def test_the_sigmoid_passes_its_center_at_half_and_one_width_above_at_e4() -> None:
    """PS3.3 C.11.2.1.3.1: 1 / (1 + exp(−4 (x − c) / w)), which is 1 / (1 + e⁻⁴) at c + w."""
    window = VoiWindow(100, 50, function="SIGMOID")

    assert apply_ours([100, 150], window) == pytest.approx([0.5, 1 / (1 + np.exp(-4))])


@pytest.mark.parametrize("function", FUNCTIONS)
@given(
    center=st.floats(-1e9, 1e9),
    width=st.floats(1, 1e12),
    values=st.lists(st.floats(-1e12, 1e12), min_size=2, max_size=20),
)
def test_a_window_never_falls_and_never_leaves_0_to_1(
    function: VoiFunction, center: float, width: float, values: list[float]
) -> None:
    shown = apply_ours(sorted(values), VoiWindow(center, width, function=function))

    assert (np.diff(shown) >= 0).all()
    assert shown.min() >= 0
    assert shown.max() <= 1


@pytest.mark.parametrize(
    ("function", "center", "width"),
    [
        ("LINEAR", 40, 0.99),
        ("LINEAR", 40, 0),
        ("LINEAR", float("nan"), 400),
        ("LINEAR", 40, float("inf")),
        ("LINEAR_EXACT", 40, 0),
        ("LINEAR_EXACT", 40, float("nan")),
        ("SIGMOID", 40, -1),
    ],
)
def test_a_window_that_no_function_defines_is_refused(
    function: VoiFunction, center: float, width: float
) -> None:
    window = VoiWindow(center, width, function=function)

    assert not is_usable(window)
    with pytest.raises(WindowRefused, match="wide"):
        apply_ours([1.0], window)


def test_the_narrowest_window_shows_its_two_sides_without_a_warning() -> None:
    narrow = VoiWindow(0.0, 5e-324, function="LINEAR_EXACT")

    assert apply_ours([-1.0, 1.0], narrow).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_a_table_agrees_with_pydicom_and_ends_at_its_greatest_entry(bits: int) -> None:
    entries = (np.linspace(0, 1, 100) ** 2 * (2**bits - 1)).astype(np.uint16)
    item, dataset = Dataset(), Dataset()
    item.add_new(0x00283002, "SS", [100, -50, bits])
    item.add_new(0x00283006, "US", entries.tolist())
    dataset.VOILUTSequence = [item]
    values = np.arange(-60, 60)

    expected = apply_voi(values, dataset) / (2**bits - 1)
    assert apply_ours(values, Lut(-50, entries, bits)) == pytest.approx(expected, abs=ROUNDING)
