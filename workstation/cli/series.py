"""``workstation series``: what a study consists of, and whether each stack is a regular grid."""

from __future__ import annotations

import click

from workstation.cli.session import Session
from workstation.cli.tables import table
from workstation.cli.telling import say, say_json, tell_refused
from workstation.workflow import SeriesRow, describe_study


@click.command("series")
@click.option("--study", required=True, metavar="UID", help="Study Instance UID.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: a list of objects.")
@click.pass_obj
def command(session: Session, study: str, *, as_json: bool) -> None:
    """List a study's stacks of images, and which are regular grids.

    Where one is none, the reason stands beside it. What is damaged, or came as another version of
    what is shown, is named on standard error.
    """
    with session.desk() as desk:
        preview = describe_study(desk, study_uid=study)
    tell_refused(preview.refused)
    if as_json:
        say_json(preview.series)
        return
    for line in (*_listed(preview.series), preview.accounting):
        say(line)


def _listed(stacks: tuple[SeriesRow, ...]) -> list[str]:
    return table(
        ("Series UID", "Label", "Modality", "Images", "Regular", "Why not"),
        [
            (stack.series_uid, stack.label, stack.modality, str(stack.count),
             "yes" if stack.regular else "no", stack.reason)
            for stack in stacks
        ],
    )  # fmt: skip
