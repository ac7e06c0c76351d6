"""Verifying the store on demand: every file, row and journal entry."""

from __future__ import annotations

from workstation.security import Action
from workstation.store.check import Finding
from workstation.workflow.answers import CheckSummary
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb


@verb(Action.READ_AUDIT, detail=lambda summary: f"store checked, {len(summary.findings)} findings")
def check_store(desk: Desk, *, repair: bool = False) -> CheckSummary:
    """Read and verify everything; with ``repair``, mend what can be mended."""
    result = desk.store.check(repair=repair)
    findings = tuple(map(_in_words, result.findings))
    looked = (
        f"{result.images:,} files, {result.transactions:,} journal entries "
        f"and {result.audit_records:,} audit records"
    )
    verdict = f"{len(findings)} findings" if findings else "all is as it was written"
    return CheckSummary(findings, f"Looked at {looked}: {verdict}.")


def _in_words(finding: Finding) -> str:
    where = f" ({finding.where})" if finding.where else ""
    return f"{finding.what}{where}{' – mended' if finding.is_mended else ''}"
