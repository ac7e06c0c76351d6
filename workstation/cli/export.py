"""``workstation export``: a study's files, byte for byte as they came in."""

from __future__ import annotations

from pathlib import Path

import click

from workstation.cli.session import Session
from workstation.cli.telling import FOUND_SOMETHING, say, tell_refused
from workstation.workflow import counted, export_study


@click.command("export")
@click.option("--study", required=True, metavar="UID", help="Study Instance UID.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.pass_obj
def command(session: Session, study: str, folder: Path) -> None:
    """Write a study's files into a folder, unencrypted.

    They are byte-identical to what came in, but for the 128-byte preamble, which is zeroed: it may
    hold a program. A folder that holds files of that name already is left alone. Exit code 3: a file
    of the store is damaged and was left out.
    """
    with session.desk() as desk:
        summary = export_study(desk, study_uid=study, folder=folder)
    tell_refused(summary.refused)
    say(f"Exported {counted(summary.files, 'file')} to {folder}.")
    if summary.refused:
        raise SystemExit(FOUND_SOMETHING)
