import math
import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.dicom.model import (
    FrameFacts,
    InstanceRecord,
    Patient,
    PixelFormat,
    Series,
    Sextuple,
    Spacing,
    Study,
)
from workstation.dicom.series import ImageStack, split
from workstation.geometry import Irregularity

AXIAL: Sextuple = (1, 0, 0, 0, 1, 0)
CORONAL: Sextuple = (1, 0, 0, 0, 0, -1)
SAGITTAL: Sextuple = (0, 1, 0, 0, 0, -1)
PIXEL = PixelFormat("1", 256, 256, 1, 16, 12, 11, signed=False, photometric="MONOCHROME2", planar=0)
MILLIMETRE = Spacing(1.0, 1.0, "PixelSpacing")
SLICES = 6


def _record(number: int | None, *facts: FrameFacts, modality: str = "MR", **fields: object) -> InstanceRecord:
    """Return an instance of series 1.2; ``fields`` are those of the record or of its series."""
    of_series = {"description", "laterality", "view_position", "protocol", "uid"}
    series = Series("1.2", 3, modality, "", "", "", "", "", "", "")
    series = replace(series, **{k: v for k, v in fields.items() if k in of_series})  # type: ignore[arg-type]  # by name
    record = InstanceRecord(
        uid=f"1.2.{number}",
        sop_class="1",
        transfer_syntax="1",
        patient=Patient("", "", "", "", ""),
        study=Study("1", "", "", "", "", "", "", ""),
        series=series,
        number=number,
        acquisition=None,
        frame_of_reference="",
        pixel=PIXEL,
        frame_count=max(1, len(facts)),
        frames=facts or (FrameFacts(),),
    )
    return replace(record, **{k: v for k, v in fields.items() if k not in of_series})  # type: ignore[arg-type]  # by name


def _facts(height: float, orientation: Sextuple = AXIAL, **fields: object) -> FrameFacts:
    """Return a slice at that height along its plane's normal."""
    x, y, z = {AXIAL: (0, 0, 1), CORONAL: (0, 1, 0), SAGITTAL: (-1, 0, 0)}.get(orientation, (0, 0, 1))
    position = (x * height, y * height, z * height)
    facts = FrameFacts(
        position=position, orientation=orientation, spacing=MILLIMETRE, image_type=("ORIGINAL",)
    )
    return replace(facts, **fields)  # type: ignore[arg-type]  # by name


def _slices(
    first: int = 1, count: int = SLICES, orientation: Sextuple = AXIAL, **fields: object
) -> list[InstanceRecord]:
    of_facts = {k: v for k, v in fields.items() if k in FrameFacts.__slots__}
    others = {k: v for k, v in fields.items() if k not in FrameFacts.__slots__}
    return [_record(first + n, _facts(n * 3.0, orientation, **of_facts), **others) for n in range(count)]  # type: ignore[arg-type]  # by name


def _numbers(stack: ImageStack) -> list[int | None]:
    return [frame.record.number for frame in stack.frames]


def _heights(stack: ImageStack) -> list[float]:
    return [frame.facts.position[2] for frame in stack.frames if frame.facts.position is not None]


def _labels(records: list[InstanceRecord]) -> list[str]:
    return [stack.label for stack in split(records)]


def test_slices_lie_along_their_normal_whatever_their_numbers_say() -> None:
    numbers = (40, 3, 41, 5, 90, 60)  # rising on the whole
    shuffled = [replace(record, number=number) for record, number in zip(_slices(), numbers, strict=True)]

    (stack,) = split(shuffled[::2] + shuffled[1::2])

    assert _numbers(stack) == list(numbers)
    assert stack.kind == "stack"
    assert stack.geometry is not None
    assert stack.geometry.regular


def test_the_first_slice_is_at_the_end_that_the_scanner_numbered_first() -> None:
    """CT of the chest is numbered from the neck down: image 2 here is image 2 in every report."""
    records = [replace(record, number=SLICES - n) for n, record in enumerate(_slices())]

    (stack,) = split(records)

    assert _numbers(stack) == [1, 2, 3, 4, 5, 6]
    assert _heights(stack) == [15.0, 12.0, 9.0, 6.0, 3.0, 0.0]


def test_what_is_told_of_slices_counts_them_as_they_are_shown() -> None:
    """A slice is missing below the second from the top."""
    records = [replace(record, number=SLICES - n) for n, record in enumerate(_slices())]

    (stack,) = split(records[:3] + records[4:])

    assert stack.geometry is not None
    assert stack.geometry.detail.startswith("slices 2 and 3 are 6.0 mm apart")


@pytest.mark.parametrize(("orientation", "axis", "sign"), [(AXIAL, 2, -1), (CORONAL, 1, 1), (SAGITTAL, 0, 1)])
def test_without_numbers_a_stack_runs_from_head_front_or_right(
    orientation: Sextuple, axis: int, sign: int
) -> None:
    """LPS: x rises to the left, y to the back, z to the head."""
    for records in (_slices(orientation=orientation), _slices(orientation=orientation)[::-1]):
        (stack,) = split([replace(r, number=None, uid=f"1.{n}") for n, r in enumerate(records)])

        along = [frame.facts.position[axis] * sign for frame in stack.frames if frame.facts.position]
        assert along == sorted(along)


def test_the_frames_of_one_object_run_as_they_are_numbered_in_it() -> None:
    (stack,) = split([_record(1, *(_facts(3.0 * (4 - n)) for n in range(4)))])

    assert [frame.frame for frame in stack.frames] == [0, 1, 2, 3]


def test_a_localizer_stands_apart_from_the_slices_and_before_them() -> None:
    """CT: ImageType value 3 is LOCALIZER (PS3.3 C.8.2.1.1.1)."""
    scouts = _slices(20, 2, modality="CT", image_type=("ORIGINAL", "PRIMARY", "LOCALIZER"))

    localizer, slices = split(_slices(modality="CT") + scouts)

    assert (localizer.kind, localizer.label, localizer.geometry) == ("localizer", "localizer", None)
    assert _numbers(localizer) == [20, 21]
    assert len(slices.frames) == SLICES


@pytest.mark.parametrize(
    "description", ["3-plane loc", "Survey", "t1_localizer_3plane", "AAHead_Scout", "3Plane Loc SSFSE"]
)
def test_the_three_planes_of_a_localizer_stay_together(description: str) -> None:
    records = [
        record
        for n, plane in enumerate((AXIAL, CORONAL, SAGITTAL))
        for record in _slices(10 * n, 3, plane, description=description)
    ]

    (stack,) = split(records)

    assert (stack.kind, len(stack.frames)) == ("localizer", 9)


def test_planes_at_right_angles_are_stacks_of_their_own() -> None:
    records = _slices(1) + _slices(20, orientation=CORONAL) + _slices(40, orientation=SAGITTAL)

    stacks = split([replace(record, series=replace(record.series, description="T1")) for record in records])

    assert [stack.label for stack in stacks] == ["axial", "coronal", "sagittal"]
    assert all(stack.geometry is not None and stack.geometry.regular for stack in stacks)


def test_disc_angled_slices_are_one_stack_in_the_order_that_they_were_made() -> None:
    """Lumbar discs, each group of slices tilted by 12° more: nobody wants five stacks."""
    records = []
    for group in range(5):
        tilt = math.radians(12 * group)
        orientation = (1.0, 0.0, 0.0, 0.0, math.cos(tilt), math.sin(tilt))
        for n in range(3):
            position = (0.0, -math.sin(tilt) * n * 4, group * 30 + math.cos(tilt) * n * 4)
            facts = replace(_facts(0), position=position, orientation=orientation)
            records.append(_record(3 * group + n, facts))

    (stack,) = split(records[::-1])

    assert _numbers(stack) == list(range(15))
    assert stack.geometry is not None
    assert stack.geometry.irregularity is Irregularity.MIXED_ORIENTATION


def test_more_planes_than_any_scanner_makes_stay_together_and_cost_little() -> None:
    records = []
    for n in range(2000):
        turn, tilt = n * 0.7, 0.1 + (n % 50) * 0.029
        row = (math.cos(turn), math.sin(turn), 0.0)
        column = (-math.sin(turn) * math.cos(tilt), math.cos(turn) * math.cos(tilt), math.sin(tilt))
        records.append(
            _record(n, replace(_facts(0.0), position=(0, 0, n * 1.0), orientation=(*row, *column)))
        )
    start = time.thread_time()

    (stack,) = split(records)

    assert len(stack.frames) == 2000
    assert time.thread_time() - start < 5


def test_echoes_are_stacks() -> None:
    assert _labels(_slices(1, echo_time=12.0) + _slices(20, echo_time=90.0)) == ["TE 12", "TE 90"]


def test_b_values_are_stacks_and_the_shells_noise_is_not() -> None:
    """OHIF #5444: half of a diffusion series was never shown."""
    noisy = [
        replace(r, frames=(replace(r.frames[0], b_value=990.0 + n * 4),)) for n, r in enumerate(_slices(20))
    ]

    stacks = split(_slices(1, b_value=0.0) + noisy + _slices(40, b_value=50.0))

    assert [stack.label for stack in stacks] == ["b 0", "b 1000", "b 50"]
    assert [len(stack.frames) for stack in stacks] == [SLICES] * 3


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        (("ORIGINAL", "PRIMARY", "M"), ("ORIGINAL", "PRIMARY", "P"), ["magnitude", "phase"]),
        (("DERIVED", "PRIMARY", "ADC"), ("ORIGINAL", "PRIMARY", "DIFFUSION"), ["ADC", "diffusion"]),
        (("ORIGINAL", "PRIMARY"), ("DERIVED", "PRIMARY"), ["original", "derived"]),
        (("DERIVED", "DIXON", "WATER"), ("DERIVED", "DIXON", "FAT"), ["water", "fat"]),
    ],
)
def test_kinds_of_image_are_stacks(one: tuple[str, ...], other: tuple[str, ...], names: list[str]) -> None:
    assert _labels(_slices(1, image_type=one) + _slices(20, image_type=other)) == names


def test_a_note_about_compression_in_the_image_type_splits_nothing() -> None:
    records = _slices(1, 3, image_type=("ORIGINAL", "PRIMARY")) + [
        replace(record, number=record.number)
        for record in _slices(4, 6, image_type=("ORIGINAL", "PRIMARY", "JP2K LOSSY 6:1"))[3:]
    ]

    assert len(split(records)) == 1


@pytest.mark.parametrize("field", ["rows", "photometric"])
def test_slices_of_another_size_or_colour_are_a_stack(field: str) -> None:
    other = replace(PIXEL, rows=512) if field == "rows" else replace(PIXEL, photometric="RGB", samples=3)

    assert _labels(_slices(1) + _slices(20, pixel=other)) == (
        ["256 × 256", "512 × 256"] if field == "rows" else ["grey", "colour"]
    )


def test_temporal_positions_are_stacks() -> None:
    records = [r for time in (1, 2, 3) for r in _slices(20 * time, temporal_position=time)]

    assert _labels(records) == ["time 1", "time 2", "time 3"]


def test_phases_without_a_temporal_position_are_told_apart_by_their_acquisition() -> None:
    """OHIF #4351: phases of one series shown as one heap of doubled slices."""
    stacks = split(_slices(1, acquisition=1) + _slices(20, acquisition=2))

    assert [_numbers(stack) for stack in stacks] == [[1, 2, 3, 4, 5, 6], [20, 21, 22, 23, 24, 25]]
    assert all(stack.geometry is not None and stack.geometry.regular for stack in stacks)


def test_an_acquisition_that_is_not_whole_is_still_told_apart() -> None:
    """The header says which slice belongs to which, so nothing has to be guessed."""
    stacks = split(_slices(1, acquisition=1) + _slices(20, acquisition=2)[:-2])

    assert [len(stack.frames) for stack in stacks] == [SLICES, SLICES - 2]
    assert stacks[1].label == "acquisition 2"


def test_acquisitions_that_lie_beside_each_other_are_one_stack() -> None:
    """A scan in two steps of the table: the number changes, the places don't come twice."""
    records = [replace(record, acquisition=1 + n // 3) for n, record in enumerate(_slices())]

    assert len(split(records)) == 1


def test_repeats_without_any_mark_are_told_apart_if_every_place_has_as_many() -> None:
    records = [_record(2 * n + turn, _facts(n * 3.0)) for n in range(SLICES) for turn in (0, 1)]

    stacks = split(records)

    assert [_numbers(stack) for stack in stacks] == [list(range(0, 12, 2)), list(range(1, 12, 2))]
    assert [stack.label for stack in stacks][1] == "repeat 2"


def test_a_repeat_that_is_not_whole_is_never_guessed() -> None:
    """With a slice missing, which of the others belong together can't be known: said, not hidden."""
    records = [_record(2 * n + turn, _facts(n * 3.0)) for n in range(SLICES) for turn in (0, 1)]

    (stack,) = split(records[:-1])

    assert len(stack.frames) == 2 * SLICES - 1
    assert stack.geometry is not None
    assert stack.geometry.irregularity is Irregularity.DOUBLED


@pytest.mark.parametrize("marked", [False, True])
def test_the_many_moments_of_a_perfusion_stay_one_stack_run_by_run(*, marked: bool) -> None:
    records = [
        _record(100 * time + n, _facts(n * 3.0, temporal_position=time if marked else None))
        for n in range(SLICES)
        for time in range(40)
    ]

    (stack,) = split(records)

    expected = [100 * time + n for time in range(40) for n in range(SLICES)]
    assert _numbers(stack) == expected


def test_one_place_again_and_again_is_a_film() -> None:
    """Bolus tracking, cardiac cine, mosaics: time matters there, not place."""
    records = [_record(50 - n, _facts(0.0, temporal_position=n)) for n in range(20)]

    (stack,) = split(records)

    assert (stack.kind, stack.geometry) == ("cine", None)
    assert _numbers(stack) == list(range(50, 30, -1))


def test_clips_stand_alone_and_stills_are_paged_through() -> None:
    clips = [_record(n, modality="US", frame_count=40, frame_time=33.3) for n in (2, 4)]
    colour = replace(PIXEL, photometric="RGB", samples=3, rows=600)
    stills = [_record(n, modality="US", pixel=colour if n == 3 else PIXEL) for n in (5, 3, 1)]

    stacks = split(stills + clips)

    assert [(stack.kind, stack.label, len(stack.frames)) for stack in stacks] == [
        ("stack", "stills", 3), ("cine", "clip 2", 40), ("cine", "clip 4", 40),
    ]  # fmt: skip
    assert _numbers(stacks[0]) == [1, 3, 5]
    assert [frame.frame for frame in stacks[1].frames] == list(range(40))


def test_the_four_views_of_a_mammogram_are_four_pictures() -> None:
    views = [("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO")]
    records = [
        _record(n, modality="MG", laterality=side, view_position=view) for n, (side, view) in enumerate(views)
    ]

    stacks = split(records)

    assert [stack.label for stack in stacks] == ["R CC", "L CC", "R MLO", "L MLO"]
    assert {stack.kind for stack in stacks} == {"single"}


def test_two_of_the_same_view_have_two_names() -> None:
    records = [_record(n, modality="MG", laterality="R", view_position="MLO") for n in (1, 2)]

    assert _labels(records) == ["R MLO", "R MLO (2)"]


def test_a_tomosynthesis_is_a_stack_of_its_own() -> None:
    frames = [_facts(float(n)) for n in range(30)]
    records = [
        _record(n, *frames, modality="MG", laterality="L", view_position=view)
        for n, view in enumerate(("CC", "MLO"))
    ]

    stacks = split(records)

    assert [(stack.kind, stack.label, len(stack.frames)) for stack in stacks] == [
        ("stack", "L CC", 30), ("stack", "L MLO", 30),
    ]  # fmt: skip


def test_an_enhanced_object_is_split_by_its_functional_groups() -> None:
    """One instance, two stacks by three b-values, its frames in any order."""
    facts = [
        _facts(n * 3.0, AXIAL if stack == "1" else CORONAL, stack=stack, b_value=b)
        for n in range(SLICES)
        for b in (0.0, 500.0, 1000.0)
        for stack in ("1", "2")
    ]

    stacks = split([_record(1, *facts)])

    assert len(stacks) == 6
    assert {stack.label for stack in stacks} == {
        f"b {b} {plane} stack {n}" for b in (0, 500, 1000) for plane, n in (("axial", 1), ("coronal", 2))
    }
    assert all(stack.geometry is not None and stack.geometry.regular for stack in stacks)


def test_a_concatenation_of_two_objects_is_one_stack() -> None:
    halves = [_record(n, *[_facts(3.0 * (5 * n + k)) for k in range(5)]) for n in range(2)]

    (stack,) = split(halves)

    assert len(stack.frames) == 10
    assert stack.geometry is not None
    assert stack.geometry.regular


@pytest.mark.parametrize(
    ("description", "label"),
    [
        ("T1", "T1 axial"),
        ("t2_tse_tra", "t2 tse tra"),
        ("AX DWI", "AX DWI"),
        ("", "MR axial"),
        ("TAXI", "TAXI axial"),
    ],
)
def test_a_series_of_one_stack_is_called_by_its_description_and_plane(description: str, label: str) -> None:
    assert _labels(_slices(description=description)) == [label]


def test_what_has_no_pixels_is_in_no_stack() -> None:
    report = _record(9, modality="SR", pixel=None, frame_count=0, frames=())

    assert len(split([*_slices(), report])) == 1
    assert split([report]) == ()


@pytest.mark.parametrize("broken", [(1, 0, 0, 1, 0, 0), (0, 0, 0, 0, 0, 0), (float("nan"), 0, 0, 0, 1, 0)])
def test_slices_of_a_broken_orientation_are_ordered_by_their_numbers(broken: Sextuple) -> None:
    records = [_record(10 - n, replace(_facts(float(n)), orientation=broken)) for n in range(4)]

    (stack,) = split(records)

    assert stack.geometry is None
    assert _numbers(stack) == [7, 8, 9, 10]


def test_without_a_number_the_uid_decides() -> None:
    records = [_record(None, modality="OT", uid="1.2", pixel=PIXEL) for _ in range(3)]
    named = [replace(record, uid=f"1.{n}") for n, record in zip((3, 1, 2), records, strict=True)]

    (stack,) = split(named)

    assert [frame.record.uid for frame in stack.frames] == ["1.1", "1.2", "1.3"]


def test_series_come_in_the_order_of_their_numbers() -> None:
    records = [
        replace(record, series=replace(record.series, uid=uid, number=number))
        for uid, number in (("1.9", None), ("1.5", 10), ("1.7", 2))
        for record in _slices()
    ]

    assert [stack.series_uid for stack in split(records)] == ["1.7", "1.5", "1.9"]


def test_keys_stay_while_more_of_the_series_arrives() -> None:
    records = _slices(1, b_value=0.0) + _slices(20, b_value=1000.0) + _slices(40, orientation=CORONAL)
    records += _slices(60, acquisition=2, b_value=0.0)

    seen: set[str] = set()
    for count in range(1, len(records) + 1):
        keys = {stack.key for stack in split(records[:count])}
        assert seen <= keys
        seen = keys
    assert len(seen) == 4


@st.composite
def _anything(draw: st.DrawFn) -> list[InstanceRecord]:
    """Return instances as mixed as no scanner makes them."""
    records = []
    for n in range(draw(st.integers(0, 25))):
        planes = st.sampled_from(
            [AXIAL, CORONAL, SAGITTAL, (0.8, 0.6, 0, -0.6, 0.8, 0), (1, 0, 0, 1, 0, 0), None]
        )
        plane = draw(planes)
        facts = [
            FrameFacts(
                position=draw(st.sampled_from([(0, 0, 0), (0, 0, 3), (0, 0, 6.001), (5, 5, 5), None])),
                orientation=plane,
                spacing=draw(st.sampled_from([MILLIMETRE, Spacing(2, 2, "PixelSpacing"), None])),
                b_value=draw(st.sampled_from([None, 0.0, 1000.0])),
                temporal_position=draw(st.sampled_from([None, 1, 2])),
                image_type=draw(st.sampled_from([(), ("LOCALIZER",), ("M",)])),
            )
            for _ in range(draw(st.integers(1, 3)))
        ]
        records.append(
            _record(
                draw(st.sampled_from([None, 1, 2, n])),
                *facts,
                modality=draw(st.sampled_from(["CT", "MR", "US", "MG", "SEG", "SR"])),
                acquisition=draw(st.sampled_from([None, 1, 2])),
                uid=draw(st.sampled_from(["1.2", "1.3"])),
            )
        )
    return records


@settings(max_examples=60, deadline=None)
@given(_anything(), st.randoms(use_true_random=False))
def test_every_frame_of_every_image_is_in_exactly_one_stack_in_any_order_of_arrival(
    records: list[InstanceRecord], order: random.Random
) -> None:
    records = [replace(record, uid=f"1.2.{n}") for n, record in enumerate(records)]
    stacks = split(records)

    shown = sorted((frame.record.uid, frame.frame) for stack in stacks for frame in stack.frames)
    assert shown == sorted((record.uid, n) for record in records for n in range(record.frame_count))
    assert len({stack.key for stack in stacks}) == len(stacks)
    assert len({(stack.series_uid, stack.label) for stack in stacks}) == len(stacks)
    again = split(order.sample(records, len(records)))
    assert [stack.key for stack in again] == [stack.key for stack in stacks]
    for one, other in zip(stacks, again, strict=True):
        assert [(f.record.uid, f.frame) for f in one.frames] == [
            (f.record.uid, f.frame) for f in other.frames
        ]
