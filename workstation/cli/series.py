"""``workstation series``: what a study consists of, and whether each stack is a regular grid."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from workstation.cli.session import Session
from workstation.cli.tables import table
from workstation.workflow import describe_study


@click.command("series")
@click.option("--study", required=True, metavar="UID", help="Study Instance UID.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: a list of objects.")
@click.pass_obj
def command(session: Session, study: str, *, as_json: bool) -> None:
    """List a study's stacks of images: label, count, regularity and the reason where there is none."""
    with session.desk() as desk:
        stacks = describe_study(desk, study_uid=study).series
    if as_json:
        click.echo(json.dumps([asdict(stack) for stack in stacks], indent=2))
        return
    click.echo(
        table(
            ("Series UID", "Label", "Modality", "Images", "Regular", "Why not"),
            [
                (stack.series_uid, stack.label, stack.modality, str(stack.count),
                 "yes" if stack.regular else "no", stack.reason)
                for stack in stacks
            ],
        )
    )  # fmt: skip
