"""``workstation doctor``: what is wrong here, and what to do about it; for now, with the network."""

from __future__ import annotations

import click

from workstation.cli.session import Session
from workstation.cli.stopping import stoppable
from workstation.cli.telling import FOUND_SOMETHING, ProgressLine, say, say_json
from workstation.workflow import CheckStep, ConnectionReport, Desk, Verdict, check_connection, figures_of

_MARKS = {Verdict.GOOD: "ok ", Verdict.WARNING: "!  ", Verdict.BAD: "no "}


@click.command("doctor")
@click.option("--network", is_flag=True, help="Measure the line to each archive.")
@click.option("--archive", default="", help="Only this one.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.pass_obj
def command(session: Session, archive: str, *, network: bool, as_json: bool) -> None:
    """Measure the line to each archive and say what to do about it.

    Name, connection, encryption, certificate, sign-in, latency over 30 requests, download and upload, held
    against the policy's figures. Exit code 3: something is not as it should be.
    """
    if not network:
        raise click.UsageError("Say what to look at: --network.")
    with (
        session.connected_desk(create=True) as desk,
        stoppable() as asked,
        ProgressLine(quiet=as_json) as line,
    ):
        figures = figures_of(session.settings())
        reports = [
            check_connection(
                desk,
                archive=name,
                figures=figures,
                progress=lambda step: line.show(f"{step.name} {step.found}"),
                cancelled=asked.is_set,
            )
            for name in _which(desk, archive)
        ]
    if as_json:
        say_json(reports)
    else:
        for report in reports:
            _say(report)
    if any(report.verdict is Verdict.BAD for report in reports):
        raise SystemExit(FOUND_SOMETHING)


def _which(desk: Desk, archive: str) -> list[str]:
    if not archive and not desk.ways:
        raise click.UsageError("No archive is set up: workstation archive add.")
    return [archive] if archive else list(desk.ways)


def _say(report: ConnectionReport) -> None:
    say(f"{report.archive}, {report.endpoint}: {report.summary}")
    for step in report.steps:
        say(f"  {_MARKS.get(step.verdict, '   ')}{step.name}: {_found(step)}")
        if step.advice:
            say(f"       {step.advice}")
    if report.study_seconds is not None:
        say(f"  A CT of 500 slices takes about {report.study_seconds:,.0f} s.")


def _found(step: CheckStep) -> str:
    return f"{step.found} (wanted: {step.wanted})" if step.wanted else step.found
