"""Reading the audit trail, checking it, and handing it out; each of these is recorded too."""

from __future__ import annotations

import platform
from collections import deque
from pathlib import Path
from typing import TextIO

from workstation.security import Action, AuditRecord, audit_message, json_line
from workstation.workflow.answers import TrailVerdict
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import WorkflowError


@verb(Action.READ_AUDIT)
def read_audit(desk: Desk, *, last: int) -> tuple[AuditRecord, ...]:
    """Return the newest records, the oldest of them first."""
    return tuple(deque(desk.store.audit.records(), maxlen=last))


@verb(Action.READ_AUDIT, detail=lambda verdict: "verified" if verdict.whole else "found broken")
def verify_audit(desk: Desk) -> TrailVerdict:
    """Follow the chain from the first record to the last; name the first that is wrong."""
    report = desk.store.audit.verify()
    if report.bad is not None:
        return TrailVerdict(whole=False, line=f"The trail is broken: {report.bad}.")
    return TrailVerdict(whole=True, line=f"The trail is whole: {report.count:,} records, none altered.")


@verb(Action.READ_AUDIT, detail=lambda count: f"{count} records exported")
def export_audit(desk: Desk, *, file: Path) -> int:
    """Write all records, as JSON lines or (a name in .xml) as DICOM audit messages; return how many."""
    write = _write_messages if file.suffix.lower() == ".xml" else _write_lines
    try:
        with file.open("w", encoding="utf-8") as out:
            return write(desk, out)
    except OSError as error:
        raise WorkflowError(
            f"The trail cannot be written: {error.strerror}", where=str(file), remedy="Choose another place."
        ) from error


def _write_lines(desk: Desk, out: TextIO) -> int:
    count = 0
    for sealed in desk.store.audit.sealed():
        out.write(f"{json_line(sealed)}\n")
        count += 1
    return count


def _write_messages(desk: Desk, out: TextIO) -> int:
    count = 0
    out.write('<?xml version="1.0" encoding="utf-8"?>\n<AuditMessages>\n')
    for record in desk.store.audit.records():
        out.write(f"{audit_message(record, platform.node() or 'workstation')}\n")
        count += 1
    out.write("</AuditMessages>\n")
    return count
