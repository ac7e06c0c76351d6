"""The cases are those of PS3.3 10.7.1.1 and figure 10.7-1."""

import pytest
from dicom_objects import item

from workstation.dicom.model import Spacing
from workstation.dicom.spacing import spacing_of


@pytest.mark.parametrize(
    ("attributes", "spacing"),
    [
        ({}, None),
        ({"PixelSpacing": [0.5, 0.25]}, Spacing(0.5, 0.25, "PixelSpacing")),
        ({"ImagerPixelSpacing": [0.2, 0.2]}, Spacing(0.2, 0.2, "ImagerPixelSpacing")),
        (  # both alike: nobody calibrated, so it is at the detector
            {"PixelSpacing": [0.2, 0.2], "ImagerPixelSpacing": [0.2, 0.2]},
            Spacing(0.2, 0.2, "ImagerPixelSpacing"),
        ),
        (  # the same distance in other decimals
            {"PixelSpacing": [0.200001, 0.2], "ImagerPixelSpacing": [0.2, 0.2]},
            Spacing(0.2, 0.2, "ImagerPixelSpacing"),
        ),
        (
            {"PixelSpacing": [0.16, 0.16], "ImagerPixelSpacing": [0.2, 0.2]},
            Spacing(0.16, 0.16, "PixelSpacingCalibrated"),
        ),
        (
            {
                "PixelSpacing": [0.2, 0.2],
                "ImagerPixelSpacing": [0.2, 0.2],
                "PixelSpacingCalibrationType": "FIDUCIAL",
            },
            Spacing(0.2, 0.2, "PixelSpacingCalibrated"),
        ),
        (
            {"PixelSpacing": [0.3, 0.3], "PixelSpacingCalibrationType": "GEOMETRY"},
            Spacing(0.3, 0.3, "PixelSpacingCalibrated"),
        ),
        (
            {"ImagerPixelSpacing": [0.2, 0.1], "EstimatedRadiographicMagnificationFactor": 1.25},
            Spacing(0.16, 0.08, "ImagerPixelSpacingCorrected"),
        ),
        (  # a picture smaller than the patient isn't made by X-rays from a point
            {"ImagerPixelSpacing": [0.2, 0.2], "EstimatedRadiographicMagnificationFactor": 0.5},
            Spacing(0.2, 0.2, "ImagerPixelSpacing"),
        ),
        ({"NominalScannedPixelSpacing": [0.1, 0.1]}, Spacing(0.1, 0.1, "NominalScannedPixelSpacing")),
        ({"PixelSpacing": [0, 0.5]}, None),
        ({"PixelSpacing": [-0.5, 0.5]}, None),
        ({"PixelSpacing": 0.5}, None),
        ({"PixelSpacing": [0, 0], "ImagerPixelSpacing": [0.2, 0.2]}, Spacing(0.2, 0.2, "ImagerPixelSpacing")),
    ],
)
def test_a_spacing_carries_where_it_holds(attributes: dict[str, object], spacing: Spacing | None) -> None:
    found = spacing_of(item(**attributes))

    if spacing is None or found is None:
        assert found is spacing
    else:
        assert found.source == spacing.source
        assert (found.row, found.column) == pytest.approx((spacing.row, spacing.column))
