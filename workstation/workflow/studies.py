"""The study list, and what one study consists of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from workstation.dicom.model import InstanceRecord
from workstation.dicom.series import ImageStack, split
from workstation.geometry import Irregularity
from workstation.security import Action
from workstation.store import StudyRow as StoredStudy
from workstation.workflow import sessions
from workstation.workflow.answers import Refusal, SeriesRow, StudyPreview, StudyRow, StudyState
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import NoSuchStudy

# What an instance without pixels is, by the beginning of its SOP class UID (PS3.4 B.5).
_KINDS: Final = (
    ("1.2.840.10008.5.1.4.1.1.88.59", "key object selection", "key object selections"),
    ("1.2.840.10008.5.1.4.1.1.88", "report", "reports"),
    ("1.2.840.10008.5.1.4.1.1.11", "presentation state", "presentation states"),
    ("1.2.840.10008.5.1.4.1.1.104", "document", "documents"),
)


@verb(Action.SEARCH)
def list_studies(desk: Desk) -> tuple[StudyRow, ...]:
    """Return every study of the store, newest first."""
    return tuple(list_row(desk, study) for study in desk.store.studies.list())


@verb(Action.SEARCH)
def describe_study(desk: Desk, *, study_uid: str) -> StudyPreview:
    """Return a study's stacks of images, every instance accounted for."""
    study = required_study(desk, study_uid)
    instances = desk.store.instances.of_study(study_uid)
    records = [instance.record for instance in instances]
    damaged = [
        Refusal(f"image {instance.record.number or '?'}", "Its file is damaged; import it again.")
        for instance in instances
        if instance.is_damaged
    ]
    variants = [
        Refusal(
            f"image {variant.record.number or '?'}",
            "Another content came under the same UID; it is kept apart and not shown.",
        )
        for variant in desk.store.instances.variants_of(study_uid)
    ]
    return StudyPreview(
        study=list_row(desk, study),
        referring=study.study.referring,
        series=tuple(series_row(stack) for stack in split(records)),
        accounting=_accounting(records),
        refused=(*damaged, *variants),
    )


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


def series_row(stack: ImageStack) -> SeriesRow:
    """Return a stack as lists show it."""
    geometry = stack.geometry
    single = geometry is not None and geometry.irregularity is Irregularity.SINGLE
    regular = geometry is not None and geometry.regular
    reason = geometry.detail if geometry is not None else "no position in the header"
    first = stack.frames[0].record
    return SeriesRow(
        key=stack.key,
        series_uid=stack.series_uid,
        label=stack.label,
        modality=first.series.modality,
        count=len(stack.frames),
        note="" if regular or single or geometry is None else reason,
        regular=regular,
        reason="" if regular else reason,
    )


def list_row(desk: Desk, study: StoredStudy) -> StudyRow:
    """Return a study as the list shows it."""
    patient, facts = study.patient, study.study
    expected = max(study.instances, desk.expected.get(facts.uid, 0))
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
        state=_state(desk, facts.uid, is_whole=study.instances == expected),
    )


def _state(desk: Desk, study_uid: str, *, is_whole: bool) -> StudyState:
    if not is_whole:
        return StudyState.ARRIVING if desk.arriving else StudyState.INCOMPLETE
    return StudyState.OPENED if sessions.was_opened(desk, study_uid) else StudyState.UNREAD


def _accounting(records: Sequence[InstanceRecord]) -> str:
    """Say of what kinds the instances are, so that their numbers add up before a person's eyes."""
    images = sum(1 for record in records if record.pixel is not None)
    frames = sum(record.frame_count for record in records)
    parts = [f"{images:,} with images" if images == frames else f"{images:,} with {frames:,} images"]
    others = Counter(_kind(record) for record in records if record.pixel is None)
    parts += [f"{count:,} {one if count == 1 else many}" for (one, many), count in others.items()]
    return f"{len(records):,} {_plural(len(records), 'instance')}: {', '.join(parts)}"


def _kind(record: InstanceRecord) -> tuple[str, str]:
    found: Iterable[tuple[str, str]] = (
        (one, many) for prefix, one, many in _KINDS if record.sop_class.startswith(prefix)
    )
    return next(iter(found), ("other object", "other objects"))


def _plural(count: int, word: str) -> str:
    return word if count == 1 else f"{word}s"
