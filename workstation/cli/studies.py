"""``workstation studies``: the study list."""

from __future__ import annotations

import click

from workstation.cli.session import Session
from workstation.cli.tables import table
from workstation.cli.telling import say, say_json
from workstation.workflow import StudyRow, list_studies


@click.command("studies")
@click.option("--json", "as_json", is_flag=True, help="As JSON: a list of objects.")
@click.pass_obj
def command(session: Session, *, as_json: bool) -> None:
    """List the studies in the store, newest first."""
    with session.desk() as desk:
        studies = list_studies(desk)
    if as_json:
        say_json(studies)
        return
    lines = table(
        ("Study UID", "Patient", "ID", "Date", "Modality", "Description", "Instances"),
        [
            (study.uid, study.patient_name, study.patient_id, study.date, "/".join(study.modalities),
             study.description, _instances(study))
            for study in studies
        ],
    )  # fmt: skip
    for line in lines:
        say(line)


def _instances(study: StudyRow) -> str:
    """Say how many are here; of how many, where some are not or nobody says."""
    if study.is_whole:
        return str(study.here)
    return f"{study.here} of {study.expected if study.is_counted else '?'}"
