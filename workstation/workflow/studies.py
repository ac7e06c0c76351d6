"""The study list, and what one study consists of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from workstation.dicom.model import InstanceRecord
from workstation.dicom.series import ImageStack, split
from workstation.geometry import Irregularity
from workstation.security import Action
from workstation.store import StudyRow as StoredStudy
from workstation.workflow import sessions
from workstation.workflow.answers import Refusal, SeriesRow, StudyPreview, StudyRow, StudyState
from workstation.workflow.desk import Desk
from workstation.workflow.door import again, verb
from workstation.workflow.elsewhere import describe_elsewhere, missing_by_series, refused_by_archive
from workstation.workflow.errors import NoSuchStudy
from workstation.workflow.listing import worklist_row, worklist_rows
from workstation.workflow.wording import counted

# What an instance without pixels is, by the beginning of its SOP class UID (PS3.4 B.5).
_KINDS: Final = (
    ("1.2.840.10008.5.1.4.1.1.88.59", "key object selection"),
    ("1.2.840.10008.5.1.4.1.1.88", "report"),
    ("1.2.840.10008.5.1.4.1.1.11", "presentation state"),
    ("1.2.840.10008.5.1.4.1.1.104", "document"),
    ("1.2.840.10008.5.1.4.1.1.9", "waveform"),
    ("1.2.840.10008.5.1.4.1.1.481.3", "structure set"),
)

_IMAGE: Final = "image"
_MULTI_FRAME: Final = "multi-frame image"
_OTHER: Final = "other object"

_NO_GRID: Final = {
    "localizer": "localizers are no stack of slices",
    "cine": "frames in time, not in space",
    "single": "a single image",
    "stack": "no position in the header",
}


@verb(Action.SEARCH)
def list_studies(desk: Desk) -> tuple[StudyRow, ...]:
    """Return every study that is known of: in the order of reading with archives, else newest first."""
    if desk.service is not None:
        return worklist_rows(desk, desk.service)
    return tuple(list_row(desk, study) for study in desk.store.studies.list())


refresh_studies = again(list_studies)


@verb(Action.SEARCH)
def describe_study(desk: Desk, *, study_uid: str) -> StudyPreview:
    """Return a study's stacks of images, every instance accounted for."""
    row = row_of(desk, study_uid)
    study = desk.store.studies.get(study_uid)
    if study is None:
        return describe_elsewhere(desk, row)
    instances = desk.store.instances.of_study(study_uid)
    records = [instance.record for instance in instances]
    shown = {(instance.uid, instance.version) for instance in instances}
    damaged = [
        Refusal(_called(instance.record), "Its file is damaged; import it again.")
        for instance in instances
        if instance.is_damaged
    ]
    variants = [
        Refusal(
            _called(variant.record),
            "Another content came under the same UID; it is kept apart and not shown.",
        )
        for variant in desk.store.instances.all_of(study_uid)
        if (variant.uid, variant.version) not in shown
    ]
    return StudyPreview(
        study=row,
        referring=study.study.referring,
        series=series_rows(split(records), missing_by_series(desk, study_uid)),
        accounting=_accounting(records),
        refused=(*damaged, *variants, *refused_by_archive(desk, study_uid)),
    )


refresh_study = again(describe_study)


def stacks_of(desk: Desk, study_uid: str) -> tuple[ImageStack, ...]:
    """Return a study's stacks of images; where they lie is known to the frames from then on."""
    instances = desk.store.instances.of_study(study_uid)
    desk.reader.learn(study_uid, instances)
    return split([instance.record for instance in instances])


def required_study(desk: Desk, study_uid: str) -> StoredStudy:
    """Return a study, or say that it isn't here."""
    study = desk.store.studies.get(study_uid)
    if study is None:
        raise NoSuchStudy("The store holds no study with this UID", remedy="Look at the study list.")
    return study


def series_rows(stacks: Iterable[ImageStack], missing: Mapping[str, int]) -> tuple[SeriesRow, ...]:
    """Return stacks as lists show them; ``missing`` tells, by series, how many images are still to come."""
    return tuple(_series_row(stack, missing.get(stack.series_uid, 0)) for stack in stacks)


def _series_row(stack: ImageStack, missing: int) -> SeriesRow:
    geometry = stack.geometry
    single = geometry is not None and geometry.irregularity is Irregularity.SINGLE
    regular = geometry is not None and geometry.regular
    reason = geometry.detail if geometry is not None else _NO_GRID[stack.kind]
    first = stack.frames[0].record
    odd = "" if regular or single or geometry is None else reason
    return SeriesRow(
        key=stack.key,
        series_uid=stack.series_uid,
        label=stack.label,
        modality=first.series.modality,
        count=len(stack.frames),
        note=f"{counted(missing, 'image')} still missing" if missing else odd,
        regular=regular,
        reason="" if regular else reason,
    )


def slices_first(stacks: Iterable[ImageStack]) -> list[ImageStack]:
    """Return stacks in the order in which they are shown where nobody chose one: localizers last."""
    return sorted(stacks, key=lambda stack: stack.kind == "localizer")


def row_of(desk: Desk, study_uid: str) -> StudyRow:
    """Return a study as the list shows it; NoSuchStudy if nobody knows of it."""
    listed = worklist_row(desk, desk.service, study_uid) if desk.service is not None else None
    return listed or list_row(desk, required_study(desk, study_uid))


def list_row(desk: Desk, study: StoredStudy) -> StudyRow:
    """Return a study of the store as the list shows it."""
    patient, facts = study.patient, study.study
    brought = desk.store.counts.get(facts.uid)
    is_counted = brought is not None and study.instances <= brought
    expected = max(study.instances, brought or 0)
    return StudyRow(
        uid=facts.uid,
        patient_name=patient.name,
        patient_id=patient.patient_id,
        issuer=patient.issuer,
        birth_date=patient.birth_date,
        sex=patient.sex,
        date=facts.date,
        time=facts.time,
        accession=facts.accession,
        description=facts.description,
        modalities=study.modalities,
        site=facts.institution,
        here=study.instances,
        expected=expected,
        is_counted=is_counted,
        state=_state(desk, study, expected, is_counted=is_counted),
    )


def _state(desk: Desk, study: StoredStudy, expected: int, *, is_counted: bool) -> StudyState:
    lacks = study.instances < expected
    if desk.arriving and (lacks or not is_counted):
        return StudyState.ARRIVING
    if lacks:
        return StudyState.INCOMPLETE
    return StudyState.OPENED if sessions.was_opened(desk, study.uid) else StudyState.UNREAD


def _accounting(records: Sequence[InstanceRecord]) -> str:
    """Say of what kinds the instances are, so that their numbers add up before a person's eyes."""
    counts = Counter(map(_kind, records))
    frames = sum(record.frame_count for record in records if _kind(record) == _MULTI_FRAME)
    parts = [
        f"{counted(count, kind)} ({frames:,} frames)" if kind == _MULTI_FRAME else counted(count, kind)
        for kind, count in sorted(counts.items(), key=lambda item: _place(item[0]))
    ]
    return f"{counted(len(records), 'instance')}: {', '.join(parts)}"


def _kind(record: InstanceRecord) -> str:
    if record.pixel is not None:
        return _IMAGE if record.frame_count == 1 else _MULTI_FRAME
    found = (kind for prefix, kind in _KINDS if f"{record.sop_class}.".startswith(f"{prefix}."))
    return next(found, _OTHER)


def _place(kind: str) -> int:
    return (_IMAGE, _MULTI_FRAME, *(kind for _, kind in _KINDS), _OTHER).index(kind)


def _called(record: InstanceRecord) -> str:
    """Name an instance as a list does, without any of its UIDs."""
    series, number = ("?" if found is None else str(found) for found in (record.series.number, record.number))
    return f"series {series}, {_kind(record)} {number}"
