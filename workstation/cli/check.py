"""``workstation check``: everything in the store is what it was, or is named."""

from __future__ import annotations

import click

from workstation.cli.session import Session
from workstation.workflow import check_store


@click.command("check")
@click.option("--repair", is_flag=True, help="Mend what can be mended; the rest is set apart, never deleted.")
@click.pass_obj
def command(session: Session, *, repair: bool) -> None:
    """Verify every file, row and journal entry. Exit code 3: something was found."""
    with session.desk() as desk:
        report = check_store(desk, repair=repair)
    for line in report.findings:
        click.echo(line, err=True)
    click.echo(report.summary)
    if report.findings:
        raise SystemExit(3)
