"""Writing a study's files outside the store, byte for byte as they came, the preamble zeroed."""

from __future__ import annotations

from pathlib import Path

from workstation.security import Action
from workstation.store import StoredInstance
from workstation.workflow.answers import ExportSummary
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import FileInTheWay, WorkflowError
from workstation.workflow.studies import required_study


@verb(Action.EXPORT, detail=lambda summary: f"{summary.files} files")
def export_study(desk: Desk, *, study_uid: str, folder: Path) -> ExportSummary:
    """Write every instance as ``folder/<series number>-<image number>-<n>.dcm``; overwrite nothing."""
    required_study(desk, study_uid)
    instances = (*desk.store.instances.of_study(study_uid), *desk.store.instances.variants_of(study_uid))
    targets = {folder / _name(instance, n): instance for n, instance in enumerate(instances, 1)}
    taken = next((path for path in targets if path.exists()), None)
    if taken is not None:
        raise FileInTheWay(
            "A file of that name is there already", where=str(taken), remedy="Choose another folder."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, instance in targets.items():
            with path.open("xb") as file:
                file.write(desk.store.blobs.read(instance.blob))
    except OSError as error:
        raise WorkflowError(
            f"The export cannot be written: {error.strerror}",
            where=str(folder),
            remedy="What was written stays.",
        ) from error
    return ExportSummary(len(targets))


def _name(instance: StoredInstance, n: int) -> str:
    record = instance.record
    return f"{record.series.number or 0:04d}-{record.number or 0:05d}-{n:06d}.dcm"
