"""Writing a study's files outside the store, byte for byte as they came, the preamble zeroed.

Everything of the study goes out: what the list shows, what came as another version, what is no image.
A file of the store that is damaged is left out and named; the others are there.
"""

from __future__ import annotations

from pathlib import Path

from workstation.errors import calm
from workstation.security import Action
from workstation.store import BlobDamaged, BlobMissing, StoredInstance
from workstation.workflow.answers import ExportSummary, Refusal
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import WorkflowError
from workstation.workflow.outside import in_the_way, whole_file
from workstation.workflow.studies import required_study


def _counts(summary: ExportSummary) -> str:
    return f"{summary.files} files, {len(summary.refused)} damaged ones left out"


@verb(Action.EXPORT, detail=_counts, beforehand=True)
def export_study(desk: Desk, *, study_uid: str, folder: Path) -> ExportSummary:
    """Write every instance as ``folder/<series number>-<image number>-<n>.dcm``; overwrite nothing."""
    required_study(desk, study_uid)
    instances = desk.store.instances.all_of(study_uid)
    targets = {folder / _name(instance, n): instance for n, instance in enumerate(instances, 1)}
    taken = next((path for path in targets if path.exists()), None)
    if taken is not None:
        raise in_the_way(taken)
    _make_folder(folder)
    refused = tuple(
        refusal for path, instance in targets.items() if (refusal := _write(desk, path, instance)) is not None
    )
    return ExportSummary(len(targets) - len(refused), refused)


def _write(desk: Desk, path: Path, instance: StoredInstance) -> Refusal | None:
    try:
        data = desk.store.blobs.read(instance.blob)
    except (BlobDamaged, BlobMissing) as error:
        return Refusal(path.name, calm(error))
    with whole_file(path) as file:
        file.write(data)
    return None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkflowError(
            f"The folder cannot be made: {error.strerror}", where=str(folder), remedy="Choose another place."
        ) from error


def _name(instance: StoredInstance, n: int) -> str:
    record = instance.record
    return f"{record.series.number or 0:04d}-{record.number or 0:05d}-{n:06d}.dcm"
