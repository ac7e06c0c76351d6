"""``workstation check``: everything in the store is what it was, or is named."""

from __future__ import annotations

import threading

import click

from workstation.cli.session import Session
from workstation.cli.stopping import stoppable
from workstation.cli.telling import FOUND_SOMETHING, ProgressLine, say, tell
from workstation.workflow import check_store


@click.command("check")
@click.option("--repair", is_flag=True, help="Mend what can be mended; the rest is set apart, never deleted.")
@click.pass_obj
def command(session: Session, *, repair: bool) -> None:
    """Verify every file, row and journal entry.

    What an end that was not in order left behind is mended when the store opens, and said first.
    Exit code 3: something was found, mended or not.
    """
    with session.desk() as desk, stoppable() as asked, ProgressLine() as line:
        report = check_store(desk, repair=repair, progress=_Progress(line, asked))
        found = (*desk.start_report, *report.findings)
    for finding in report.findings:
        tell(finding)
    say(report.summary)
    if found:
        raise SystemExit(FOUND_SOMETHING)


class _Progress:
    """Shows how far the check is, and says whether to go on."""

    def __init__(self, line: ProgressLine, asked: threading.Event) -> None:
        self._line = line
        self._asked = asked

    def __call__(self, done: int, total: int) -> bool:
        self._line.show(f"{done:,} of {total:,} images")
        return not self._asked.is_set()
