import pytest

from workstation.terms import Contrast, contrast_of


@pytest.mark.parametrize(
    ("text", "contrast"),
    [
        ("CT HEAD W/O", Contrast.WITHOUT),
        ("CT HEAD WO CONTRAST", Contrast.WITHOUT),
        ("CT head without contrast, trauma", Contrast.WITHOUT),
        ("CT head non-contrast", Contrast.WITHOUT),
        ("NCCT head", Contrast.WITHOUT),
        ("cCT nativ", Contrast.WITHOUT),
        ("CT Abdomen ohne KM", Contrast.WITHOUT),
        ("CT ABDOMEN W", Contrast.WITH),
        ("CT ABDOMEN W/ IV CONTRAST", Contrast.WITH),
        ("CT Thorax mit KM", Contrast.WITH),
        ("CTA head and neck", Contrast.WITH),
        ("MR brain post contrast", Contrast.WITH),
        ("CT liver C+", Contrast.WITH),
        ("CT abdomen contrast", Contrast.WITH),
        ("MRI BRAIN W WO", Contrast.BOTH),
        ("MRI BRAIN W/WO", Contrast.BOTH),
        ("MRI BRAIN W & W/O CONTRAST", Contrast.BOTH),
        ("MRI BRAIN WITHOUT AND WITH CONTRAST", Contrast.BOTH),
        ("MRT mit und ohne KM", Contrast.BOTH),
        ("CT head", Contrast.UNKNOWN),
        ("CT HEAD W C SPINE", Contrast.UNKNOWN),
        ("XR WRIST W/WO CAST", Contrast.UNKNOWN),
        ("XR HAND W 3 VIEWS", Contrast.UNKNOWN),
        ("US abdomen with Doppler", Contrast.UNKNOWN),
        ("MR child without sedation", Contrast.UNKNOWN),
        ("", Contrast.UNKNOWN),
    ],
)
def test_contrast_is_read_only_where_it_is_meant(text: str, contrast: Contrast) -> None:
    assert contrast_of(text) is contrast
