"""``workstation send``: take in files and send them to an archive."""

from __future__ import annotations

from pathlib import Path

import click

from workstation.cli.session import NO_ARCHIVE, Session
from workstation.cli.stopping import stoppable
from workstation.cli.telling import FOUND_SOMETHING, say, tell_refused
from workstation.errors import Cancelled
from workstation.workflow import SendSummary, archives_of, counted, send_paths, sync_once


@click.command("send")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="PATH…"
)
@click.option(
    "--to", "archive", default="", metavar="ARCHIVE", help="Which; may be left out if there is one."
)
@click.option("--later", is_flag=True, help="Only queue them.")
@click.pass_obj
def command(session: Session, paths: tuple[Path, ...], archive: str, *, later: bool) -> None:
    """Take in files and deliver each object to an archive.

    PATH is a file, a folder, a zip or a disc. The objects lie in the encrypted store until the archive has
    been seen to have them. Exit code 3: some could not be read, or have not arrived yet; what is queued goes
    on at the next sync or in the window.
    """
    archive = archive or _only_one(session)
    with session.connected_desk(create=True) as desk, stoppable() as asked:
        summary = send_paths(desk, paths=paths, archive=archive, cancelled=asked.is_set)
        tell_refused(summary.refused)
        say(_in_words(summary, archive))
        if not later and summary.queued and not asked.is_set():
            left = sync_once(desk, cancelled=asked.is_set).unsent
            say("All of them have arrived." if not left else f"{counted(left, 'object')} still to go.")
        else:
            left = summary.queued
    if asked.is_set():
        raise Cancelled("Stopped", remedy="What is queued goes on at the next sync.")
    if summary.refused or (left and not later):
        raise SystemExit(FOUND_SOMETHING)


def _in_words(summary: SendSummary, archive: str) -> str:
    known = f", {summary.known:,} had arrived before" if summary.known else ""
    return f"{counted(summary.queued, 'object')} queued for {archive}{known}."


def _only_one(session: Session) -> str:
    known = archives_of(session.places).entries
    if not known:
        raise click.UsageError(NO_ARCHIVE)
    if len(known) > 1:
        raise click.UsageError("Say to which archive: --to ARCHIVE (workstation archive list names them).")
    return known[0].identifier
