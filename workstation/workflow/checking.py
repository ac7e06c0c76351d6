"""Verifying the store on demand: every file, row and journal entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from workstation.security import Action
from workstation.store.check import Finding
from workstation.workflow.answers import CheckSummary
from workstation.workflow.counting import keep_lost
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.wording import counted

CheckProgress: TypeAlias = Callable[[int, int], bool]
"""(images looked at, images in all) → whether to go on; Cancelled is raised if not."""


@verb(Action.READ_AUDIT, detail=lambda summary: f"store checked, {counted(len(summary.findings), 'finding')}")
def check_store(
    desk: Desk, *, repair: bool = False, progress: CheckProgress = lambda _done, _all: True
) -> CheckSummary:
    """Read and verify everything; with ``repair``, mend what can be mended. What is found is an alert.

    A study that lost images to a repair stays incomplete until they have come again.
    """
    before = {study.uid: study.instances for study in desk.store.studies.list()}
    result = desk.store.check(repair=repair, progress=progress)
    if repair:
        _remember_lost(desk, before)
    findings = tuple(map(_in_words, result.findings))
    found = counted(len(findings), "finding")
    if findings:
        desk.note(Action.ALERT, f"{found} in the store, repair {'on' if repair else 'off'}")
    looked = (
        f"{result.images:,} files, {result.transactions:,} journal entries "
        f"and {result.audit_records:,} audit records"
    )
    verdict = found if findings else "all is as it was written"
    return CheckSummary(findings, f"Looked at {looked}: {verdict}.")


def _remember_lost(desk: Desk, before: Mapping[str, int]) -> None:
    after = {study.uid: study.instances for study in desk.store.studies.list()}
    keep_lost(
        desk.store, {uid: count for uid, count in before.items() if uid in after and after[uid] < count}
    )


def _in_words(finding: Finding) -> str:
    where = f" ({finding.where})" if finding.where else ""
    done = "set apart, to be imported again" if finding.is_set_apart else "mended"
    return f"{finding.what}{where}{f' – {done}' if finding.is_mended else ''}"
