"""``workstation import``: take in files, folders, archives and media."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from workstation.cli.session import Session
from workstation.cli.stopping import stoppable
from workstation.cli.telling import FOUND_SOMETHING, ProgressLine, say, tell_refused
from workstation.errors import Cancelled
from workstation.workflow import ImportProgress, ImportSummary, counted, import_studies


@click.command("import")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="PATH…"
)
@click.option("--quiet", is_flag=True, help="Print only what could not be read.")
@click.pass_obj
def command(session: Session, paths: tuple[Path, ...], *, quiet: bool) -> None:
    """Import files, folders, zip archives and discs.

    The same instance twice is one. Another content under the same UID is kept apart and said.
    Ctrl+C stops; what was taken in until then is whole. Exit code 3: something could not be read.
    """
    with session.desk(create=True) as desk, stoppable() as asked, ProgressLine(quiet=quiet) as line:
        summary = import_studies(desk, paths=paths, progress=_shown_in(line), cancelled=asked.is_set)
    tell_refused(summary.refused)
    if not quiet:
        say(_in_words(summary))
    if summary.cancelled:
        raise Cancelled("Stopped", remedy="What was taken in until then is whole.")
    if summary.refused:
        raise SystemExit(FOUND_SOMETHING)


def _shown_in(line: ProgressLine) -> Callable[[ImportProgress], None]:
    return lambda progress: line.show(_progress_in_words(progress))


def _progress_in_words(progress: ImportProgress) -> str:
    if progress.seconds <= 0:
        return f"{progress.files:,}"
    rate = f"{progress.files / progress.seconds:,.0f} per second"
    if progress.files_total is None or progress.size_total is None or not progress.size:
        return f"{progress.files:,} · {rate}"
    left = progress.seconds * (progress.size_total - progress.size) / progress.size
    return f"{progress.files:,} of {progress.files_total:,} · {rate} · {left:,.0f} s left"


def _in_words(summary: ImportSummary) -> str:
    """Say what became of every file; the counts add up to all that were found."""
    parts = [_added(summary)]
    if summary.known:
        were = "was" if summary.known == 1 else "were"
        parts.append(f"{counted(summary.known, 'instance')} {were} there already")
    if summary.others:
        parts.append(f"{counted(summary.others, 'file')} passed over, no DICOM")
    if summary.refused:
        parts.append(f"{len(summary.refused):,} could not be read")
    if summary.untouched:
        parts.append(f"{counted(summary.untouched, 'file')} found and not looked into")
    return " · ".join(parts) + "."


def _added(summary: ImportSummary) -> str:
    if not summary.added:
        return "Nothing new" if summary.known else "Nothing imported"
    added = f"{counted(summary.added, 'instance')} in {counted(summary.studies, 'study', 'studies')}"
    if not summary.versions:
        return f"Imported {added}"
    share = "" if summary.versions == summary.added else f"{summary.versions:,} of them "
    return f"Imported {added}, {share}kept apart from another version"
