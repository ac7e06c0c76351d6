"""``workstation audit``: who did what, and whether the record is whole."""

from __future__ import annotations

from pathlib import Path

import click

from workstation.cli.session import Session
from workstation.cli.tables import table
from workstation.cli.telling import FOUND_SOMETHING, say
from workstation.workflow import Desk, counted, export_audit, read_audit, verify_audit


@click.command("audit")
@click.option("--verify", is_flag=True, help="Check the chain; name the first record that is wrong.")
@click.option(
    "--export", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="F",
    help="Write all records: JSON lines, or DICOM audit messages where the name ends in .xml.",
)  # fmt: skip
@click.option("--last", type=click.IntRange(1), default=50, show_default=True, help="How many to print.")
@click.pass_obj
def command(session: Session, file: Path | None, last: int, *, verify: bool) -> None:
    """Print the audit trail, or check and export it.

    It prints the last records. An export never replaces a file. Exit code 3: the chain is broken.
    """
    with session.desk() as desk:
        is_whole = _verify(desk) if verify else True
        if file is not None:
            say(f"Wrote {counted(export_audit(desk, file=file), 'record')} to {file}.")
        elif not verify:
            for line in _listed(desk, last):
                say(line)
    if not is_whole:
        raise SystemExit(FOUND_SOMETHING)


def _verify(desk: Desk) -> bool:
    verdict = verify_audit(desk)
    say(verdict.line)
    return verdict.whole


def _listed(desk: Desk, last: int) -> list[str]:
    return table(
        ("No", "When (UTC)", "Who", "Action", "Study", "Outcome", "Detail"),
        [
            (
                str(record.seq),
                f"{record.utc:%Y-%m-%d %H:%M:%S}",
                record.user_name,
                str(record.action),
                record.study,
                record.outcome.name.lower().replace("_", " "),
                record.detail,
            )
            for record in read_audit(desk, last=last)
        ],
    )
