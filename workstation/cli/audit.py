"""``workstation audit``: who did what, and whether the record is whole."""

from __future__ import annotations

from pathlib import Path

import click

from workstation.cli.session import Session
from workstation.cli.tables import table
from workstation.workflow import Desk, export_audit, read_audit, verify_audit


@click.command("audit")
@click.option("--verify", is_flag=True, help="Check the chain; name the first record that is wrong.")
@click.option(
    "--export", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="F",
    help="Write all records: JSON lines, or DICOM audit messages where the name ends in .xml.",
)  # fmt: skip
@click.option("--last", type=click.IntRange(1), default=50, show_default=True, help="How many to print.")
@click.pass_obj
def command(session: Session, file: Path | None, last: int, *, verify: bool) -> None:
    """Print the audit trail's last records. Exit code 3: the chain is broken."""
    with session.desk() as desk:
        if verify:
            verdict = verify_audit(desk)
            click.echo(verdict.line)
            if not verdict.whole:
                raise SystemExit(3)
        elif file is not None:
            click.echo(f"Wrote {export_audit(desk, file=file)} records to {file}.")
        else:
            click.echo(_listed(desk, last))


def _listed(desk: Desk, last: int) -> str:
    return table(
        ("No", "When (UTC)", "Who", "Action", "Study", "Outcome"),
        [
            (
                str(record.seq),
                f"{record.utc:%Y-%m-%d %H:%M:%S}",
                record.user_name,
                str(record.action),
                record.study,
                record.outcome.name.lower().replace("_", " "),
            )
            for record in read_audit(desk, last=last)
        ],
    )
