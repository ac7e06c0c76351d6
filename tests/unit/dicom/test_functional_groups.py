"""Expectations are the attributes that went in; the sums and products are done by hand."""

from dicom_objects import ct, item, put_raw, sequence
from pydicom.dataset import Dataset

from workstation.dicom.functional_groups import frames_of
from workstation.dicom.model import FrameFacts, Spacing, VoiWindow


def _plane(z: float, **macros: object) -> Dataset:
    return item(PlanePositionSequence=sequence(item(ImagePositionPatient=[0, 0, z])), **macros)


def _enhanced(*per_frame: Dataset, **shared: object) -> Dataset:
    return item(
        SharedFunctionalGroupsSequence=sequence(item(**shared)),
        PerFrameFunctionalGroupsSequence=sequence(*per_frame),
    )


def test_a_plain_image_has_one_set_of_facts() -> None:
    dataset = ct(
        RescaleType="HU", WindowCenter=[40, 400], WindowWidth=[80, 2000],
        WindowCenterWidthExplanation=["BRAIN", "BONE"], EchoTime=90, DiffusionBValue=1000.0,
        TemporalPositionIdentifier=3, ImageType=["ORIGINAL", "PRIMARY"],
    )  # fmt: skip

    assert frames_of(dataset, 1) == (
        FrameFacts(
            position=(-10, -20, 30),
            orientation=(1, 0, 0, 0, 1, 0),
            spacing=Spacing(0.5, 0.25, "PixelSpacing"),
            thickness=5,
            slope=1,
            intercept=-1024,
            rescale_type="HU",
            windows=(VoiWindow(40, 80, "BRAIN"), VoiWindow(400, 2000, "BONE")),
            image_type=("ORIGINAL", "PRIMARY"),
            echo_time=90,
            b_value=1000,
            temporal_position=3,
        ),
    )


def test_a_frames_own_macro_comes_before_the_shared_one() -> None:
    own = item(RescaleSlope=2, RescaleIntercept=-10, RescaleType="US")
    shared = item(RescaleSlope=1, RescaleIntercept=-1024, RescaleType="HU")
    dataset = _enhanced(
        _plane(0, PixelValueTransformationSequence=sequence(own)),
        _plane(5),
        PixelValueTransformationSequence=sequence(shared),
        PixelMeasuresSequence=sequence(item(PixelSpacing=[0.5, 0.5], SliceThickness=5)),
        PlaneOrientationSequence=sequence(item(ImageOrientationPatient=[1, 0, 0, 0, 0, -1])),
    )

    first, second = frames_of(dataset, 2)

    assert (first.slope, first.intercept, first.rescale_type) == (2, -10, "US")
    assert (second.slope, second.intercept, second.rescale_type) == (1, -1024, "HU")
    assert (first.position, second.position) == ((0, 0, 0), (0, 0, 5))
    assert [first.orientation, second.orientation] == [(1, 0, 0, 0, 0, -1)] * 2
    assert first.spacing == Spacing(0.5, 0.5, "PixelSpacing")
    assert second.thickness == 5


def test_every_macro_that_a_series_is_split_by_is_read() -> None:
    dataset = _enhanced(
        _plane(
            1,
            FrameContentSequence=sequence(
                item(TemporalPositionIndex=2, StackID="A", InStackPositionNumber=9)
            ),
            MREchoSequence=sequence(item(EffectiveEchoTime=30.5)),
            MRDiffusionSequence=sequence(item(DiffusionBValue=500.0)),
            MRImageFrameTypeSequence=sequence(item(FrameType=["ORIGINAL", "PRIMARY", "DIFFUSION"])),
            TemporalPositionSequence=sequence(item(TemporalPositionTimeOffset=1.5)),
            FrameVOILUTSequence=sequence(item(WindowCenter=10, WindowWidth=20, VOILUTFunction="SIGMOID")),
        ),
    )

    (facts,) = frames_of(dataset, 1)

    assert (facts.temporal_position, facts.stack, facts.in_stack) == (2, "A", 9)
    assert (facts.echo_time, facts.b_value, facts.time) == (30.5, 500, 1500)
    assert facts.image_type == ("ORIGINAL", "PRIMARY", "DIFFUSION")
    assert facts.windows == (VoiWindow(10, 20, "", "SIGMOID"),)


def test_groups_for_another_number_of_frames_are_not_believed() -> None:
    dataset = _enhanced(_plane(0), _plane(1), PlaneOrientationSequence=sequence())

    assert frames_of(dataset, 3) == (FrameFacts(),)


def test_a_slope_without_intercept_or_of_nothing_is_no_rescale() -> None:
    assert frames_of(ct(RescaleIntercept=None, RescaleSlope=3), 1)[0].slope == 1
    facts = frames_of(ct(RescaleSlope=0, RescaleIntercept=7), 1)[0]
    assert (facts.slope, facts.intercept) == (1, 0)


def test_windows_that_cant_be_are_left_out() -> None:
    """PS3.3 C.11.2.1.2.1: LINEAR widths are 1 or more; C.11.2.1.3: others are more than 0."""
    assert frames_of(ct(WindowCenter=[40, 50, 60], WindowWidth=[0.5, 0]), 1)[0].windows == ()
    exact = ct(WindowCenter=[40, 50], WindowWidth=[0.5, 0], VOILUTFunction="LINEAR_EXACT")
    assert frames_of(exact, 1)[0].windows == (VoiWindow(40, 0.5, "", "LINEAR_EXACT"),)


def test_an_unknown_voi_function_is_the_default() -> None:
    assert (
        frames_of(ct(WindowCenter=1, WindowWidth=2, VOILUTFunction="CURVED"), 1)[0].windows[0].function
        == "LINEAR"
    )


def test_frame_times_add_up() -> None:
    """PS3.3 C.7.6.5.1.2: the first increment is 0, the others are from the frame before."""
    dataset = ct(FrameTimeVector=[0, 33, 33, 40])

    assert [facts.time for facts in frames_of(dataset, 4)] == [0, 33, 66, 106]
    assert len(frames_of(dataset, 5)) == 1


def test_the_planes_of_a_dose_step_along_its_normal() -> None:
    """PS3.3 C.8.8.3.2; here the normal is row × column direction = (1,0,0) × (0,0,-1) = (0,1,0)."""
    dataset = ct(ImageOrientationPatient=[1, 0, 0, 0, 0, -1], GridFrameOffsetVector=[0, 2.5, 5])

    assert [facts.position for facts in frames_of(dataset, 3)] == [
        (-10, -20, 30),
        (-10, -17.5, 30),
        (-10, -15, 30),
    ]


def test_garbled_geometry_is_unknown_and_the_rest_stays() -> None:
    dataset = ct()
    put_raw(dataset, "ImagePositionPatient", "DS", b"1\\x\\3")

    (facts,) = frames_of(dataset, 1)

    assert facts.position is None
    assert facts.orientation == (1, 0, 0, 0, 1, 0)
