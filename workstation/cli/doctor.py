"""``workstation doctor``: what is wrong here, and what to do about it; for now, with the network."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import click

from workstation.cli.session import NO_ARCHIVE, Session
from workstation.cli.stopping import stoppable
from workstation.cli.telling import FOUND_SOMETHING, ProgressLine, say, say_json, tell
from workstation.errors import LumenError, calm
from workstation.workflow import (
    CheckStep,
    ConnectionReport,
    Desk,
    Verdict,
    archives_of,
    check_archive,
    check_connection,
    check_listener,
    figures_of,
)

_MARKS = {Verdict.GOOD: "ok ", Verdict.WARNING: "!  ", Verdict.BAD: "no "}


@click.command("doctor")
@click.option("--network", is_flag=True, help="Measure the line to each archive.")
@click.option("--archive", default="", help="Only this one.")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.pass_obj
def command(session: Session, archive: str, *, network: bool, as_json: bool) -> None:
    """Measure the line to each archive and say what to do about it.

    Name, connection, encryption, certificate, sign-in, latency over 30 requests, download and upload, held
    against the policy's figures. What takes in pushed studies is looked at as well.
    Exit code 3: something is not as it should be.
    """
    if not network:
        raise click.UsageError("Say what to look at: --network.")
    with stoppable() as asked, ProgressLine(quiet=as_json) as line:
        reports = list(
            _reports(session, archive, lambda step: line.show(f"{step.name} {step.found}"), asked.is_set)
        )
    listener = None if archive else check_listener(session.settings())
    reports += [listener] if listener is not None else []
    if as_json:
        say_json(reports)
    else:
        for report in reports:
            _say(report)
    if any(report.verdict is Verdict.BAD for report in reports):
        raise SystemExit(FOUND_SOMETHING)


def _reports(
    session: Session, archive: str, progress: Callable[[CheckStep], object], cancelled: Callable[[], bool]
) -> Iterator[ConnectionReport]:
    """Check each archive; where there is a store, it keeps what was found."""
    figures = figures_of(session.settings())
    with contextlib.ExitStack() as stack:
        desk = _desk(session, stack)
        if desk is not None:
            for name in _which(list(desk.ways), archive):
                yield check_connection(
                    desk, archive=name, figures=figures, progress=progress, cancelled=cancelled
                )
            return
        for name in _which([one.identifier for one in archives_of(session.places).entries], archive):
            yield check_archive(
                session.places, identifier=name, figures=figures, progress=progress, cancelled=cancelled
            )


def _desk(session: Session, stack: contextlib.ExitStack) -> Desk | None:
    """Open the store, if there is one; the line can be measured without it."""
    if not session.has_store():
        return None
    try:
        return stack.enter_context(session.connected_desk())
    except LumenError as error:
        tell(f"{calm(error)} What is found now is not kept.")
        return None


def _which(known: list[str], archive: str) -> list[str]:
    if not archive and not known:
        raise click.UsageError(NO_ARCHIVE)
    return [archive] if archive else known


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
