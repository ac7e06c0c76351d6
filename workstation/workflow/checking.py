"""Verifying the store on demand: every file, row and journal entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from workstation.security import Action
from workstation.store.check import Finding
from workstation.workflow.answers import CheckSummary
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb

CheckProgress: TypeAlias = Callable[[int, int], bool]
"""(images looked at, images in all) → whether to go on; Cancelled is raised if not."""


@verb(Action.READ_AUDIT, detail=lambda summary: f"store checked, {len(summary.findings)} findings")
def check_store(
    desk: Desk, *, repair: bool = False, progress: CheckProgress = lambda _done, _all: True
) -> CheckSummary:
    """Read and verify everything; with ``repair``, mend what can be mended. What is found is an alert."""
    result = desk.store.check(repair=repair, progress=progress)
    findings = tuple(map(_in_words, result.findings))
    if findings:
        desk.note(Action.ALERT, f"{len(findings)} findings in the store, repair {'on' if repair else 'off'}")
    looked = (
        f"{result.images:,} files, {result.transactions:,} journal entries "
        f"and {result.audit_records:,} audit records"
    )
    verdict = f"{len(findings)} findings" if findings else "all is as it was written"
    return CheckSummary(findings, f"Looked at {looked}: {verdict}.")


def _in_words(finding: Finding) -> str:
    where = f" ({finding.where})" if finding.where else ""
    return f"{finding.what}{where}{' – mended' if finding.is_mended else ''}"
