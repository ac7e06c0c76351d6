"""``workstation studies``: the study list."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from workstation.cli.session import Session
from workstation.cli.tables import table
from workstation.workflow import list_studies


@click.command("studies")
@click.option("--json", "as_json", is_flag=True, help="As JSON: a list of objects.")
@click.pass_obj
def command(session: Session, *, as_json: bool) -> None:
    """List the studies in the store, newest first."""
    with session.desk() as desk:
        lines = list_studies(desk)
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines], indent=2))
        return
    click.echo(
        table(
            ("Study UID", "Patient", "ID", "Date", "Modality", "Description", "Images"),
            [
                (line.uid, line.patient_name, line.patient_id, line.date, "/".join(line.modalities),
                 line.description, str(line.here))
                for line in lines
            ],
        )
    )  # fmt: skip
