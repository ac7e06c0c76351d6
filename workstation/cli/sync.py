"""``workstation sync``: bring the store in step with the archives, without a window."""

from __future__ import annotations

import click

from workstation.cli.session import NO_ARCHIVE, Session
from workstation.cli.stopping import stoppable
from workstation.cli.telling import FOUND_SOMETHING, ProgressLine, say, tell
from workstation.errors import Cancelled
from workstation.workflow import SyncSummary, counted, sync_once


@click.command("sync")
@click.option("--once", is_flag=True, help="End when nothing more can be done now (usual).")
@click.option("--study", "study_uid", default="", metavar="UID", help="Fetch this study and nothing else.")
@click.option("--watch", is_flag=True, help="Go on until Ctrl+C.")
@click.pass_obj
def command(session: Session, study_uid: str, *, once: bool, watch: bool) -> None:
    """Fetch what is next to be read, and deliver what waits.

    The lists of all archives are read first; relevant priors come along.
    Exit code 3: something could not be had, or a line is down.
    """
    if once and watch:
        raise click.UsageError("--once and --watch exclude each other.")
    with session.connected_desk(create=True) as desk, stoppable() as asked, ProgressLine() as line:
        if not desk.ways:
            raise click.UsageError(NO_ARCHIVE)
        if watch or any(way.brings for way in desk.ways.values()):
            session.listen(desk)
        summary = sync_once(
            desk,
            study_uid=study_uid,
            watch=watch,
            progress=lambda summary: line.show(_in_words(summary)),
            cancelled=asked.is_set,
        )
    say(f"{_in_words(summary)}.")
    for trouble in (*summary.lines_down, *summary.troubles):
        tell(trouble)
    if asked.is_set() and not watch:
        raise Cancelled("Stopped", remedy="What has come until then is whole.")
    if summary.lines_down or summary.troubles or summary.given_up:
        raise SystemExit(FOUND_SOMETHING)


def _in_words(summary: SyncSummary) -> str:
    parts = [
        f"{counted(summary.to_read, 'study', 'studies')} to read",
        f"{summary.whole:,} fetched whole",
        f"{summary.unsent:,} in the outbox",
    ]
    if summary.given_up:
        parts.append(f"{counted(summary.given_up, 'image')} can't be had")
    return " · ".join(parts)
