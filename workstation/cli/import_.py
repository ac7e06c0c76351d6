"""``workstation import``: take in files, folders, archives and media."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from workstation.cli.session import Session
from workstation.workflow import ImportProgress, ImportSummary, import_studies


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
    show = _show if sys.stderr.isatty() and not quiet else _nothing
    with session.desk(create=True) as desk:
        summary = import_studies(desk, paths=paths, progress=show, cancelled=lambda: False)
    for refusal in summary.refused:
        click.echo(f"{refusal.name}: {refusal.reason}", err=True)
    if not quiet:
        click.echo(_in_words(summary))
    if summary.refused:
        raise SystemExit(3)


def _show(progress: ImportProgress) -> None:
    rate = progress.files / progress.seconds if progress.seconds > 0 else 0.0
    of = f" of {progress.files_total}" if progress.files_total is not None else ""
    click.echo(f"\r\033[K{progress.files}{of} · {rate:.0f} per second", err=True, nl=False)


def _nothing(_: ImportProgress) -> None:
    """Show no progress: nobody watches."""


def _in_words(summary: ImportSummary) -> str:
    parts = [f"Imported {summary.added} instances in {summary.studies} studies"]
    if summary.known:
        parts.append(f"{summary.known} were there already")
    if summary.versions:
        parts.append(f"{summary.versions} differ from what was there and are kept apart")
    if summary.refused:
        parts.append(f"{len(summary.refused)} could not be read")
    return " · ".join(parts) + "."
