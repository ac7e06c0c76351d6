"""Reading the audit trail, checking it, and handing it out; each of these is recorded too.

Errors:  WorkflowError for a record that isn't one (``verify_audit`` says which and why); FileInTheWay.
"""

from __future__ import annotations

import platform
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from workstation.security import Action, AuditRecord, SealedRecord, audit_message, json_line
from workstation.workflow.answers import TrailVerdict
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb
from workstation.workflow.errors import WorkflowError
from workstation.workflow.outside import whole_file


@verb(Action.READ_AUDIT)
def read_audit(desk: Desk, *, last: int) -> tuple[AuditRecord, ...]:
    """Return the newest records, the oldest of them first."""
    return tuple(map(_record, deque(desk.store.audit.sealed(), maxlen=last)))


@verb(Action.READ_AUDIT, detail=lambda verdict: "verified" if verdict.whole else "found broken")
def verify_audit(desk: Desk) -> TrailVerdict:
    """Follow the chain from the first record to the last; name the first that is wrong."""
    report = desk.store.audit.verify()
    if report.bad is not None:
        desk.note(Action.ALERT, f"audit trail broken: {report.bad}")
        return TrailVerdict(whole=False, line=f"The trail is broken: {report.bad}.")
    return TrailVerdict(whole=True, line=f"The trail is whole: {report.count:,} records, none altered.")


@verb(Action.READ_AUDIT, detail=lambda count: f"{count} records exported", beforehand=True)
def export_audit(desk: Desk, *, file: Path) -> int:
    """Write all records, as JSON lines or (a name in .xml) as DICOM audit messages; return how many."""
    lines = _messages(desk) if file.suffix.lower() == ".xml" else _json_lines(desk)
    with whole_file(file) as out:
        count = 0
        for line, is_record in lines:
            out.write(f"{line}\n".encode())
            count += is_record
    return count


def _json_lines(desk: Desk) -> Iterator[tuple[str, bool]]:
    for sealed in desk.store.audit.sealed():
        _record(sealed)  # a file of lines that can't be read back helps nobody
        yield json_line(sealed), True


def _messages(desk: Desk) -> Iterator[tuple[str, bool]]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n<AuditMessages>', False
    for sealed in desk.store.audit.sealed():
        yield audit_message(_record(sealed), platform.node() or "workstation"), True
    yield "</AuditMessages>", False


def _record(sealed: SealedRecord) -> AuditRecord:
    try:
        return AuditRecord.from_bytes(sealed.data)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise WorkflowError(
            f"Record {sealed.seq} of the audit trail can't be read",
            remedy="workstation audit --verify tells where the trail was changed.",
        ) from error
