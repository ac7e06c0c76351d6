"""The connection check: measured step by step, judged by the policy's figures, and kept for the history."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from workstation.archive import ArchiveError, Endpoint
from workstation.archive.check import (
    Check,
    Figures,
    Finding,
    Grade,
    Measured,
    Medium,
    Step,
    ct_seconds,
    findings,
    grade_of,
    measure,
)
from workstation.clock import Clock
from workstation.config import Settings
from workstation.security import Action
from workstation.store import ConnectionCheck
from workstation.sync import NoSuchArchive
from workstation.workflow.answers import Cancelled, CheckStep, ConnectionReport, Verdict
from workstation.workflow.archives import Way
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb

_IDLE: Final = 15.0
_VERDICTS: Final = {Grade.GOOD: Verdict.GOOD, Grade.NOTE: Verdict.WARNING, Grade.BAD: Verdict.BAD}
_NAMES: Final = {
    "name": "Name",
    "line": "Connection",
    "tls": "Encryption",
    "certificate": "Certificate",
    "clock": "Clock",
    "sign-in": "Sign-in",
    "latency": "Latency",
    "download": "Download",
    "upload": "Upload",
    "link": "Cable or radio",
    "network": "Network",
}
_SUMMARIES: Final = {
    Verdict.GOOD: "The line is as it should be.",
    Verdict.WARNING: "The line works; some things could be better.",
    Verdict.BAD: "The line is not as it should be.",
}


def figures_of(settings: Settings) -> Figures:
    """Return what the policy asks of a line."""
    rate = settings.number("line.megabits")
    return Figures(rate, rate, settings.number("line.milliseconds") / 1000)


@verb(Action.SEARCH, detail=lambda report: f"line checked: {report.verdict}")
def check_connection(
    desk: Desk,
    *,
    archive: str,
    figures: Figures,
    endpoint: str = "",
    medium: Medium = Medium.UNKNOWN,
    progress: Callable[[CheckStep], object] = lambda _: None,
    cancelled: Cancelled = lambda: False,
) -> ConnectionReport:
    """Measure one way to an archive (the one in use, unless told) and say what to do about it."""
    way = _way(desk, archive)
    chosen = _endpoint(desk, way, endpoint)
    report = measured_report(
        way, chosen, figures, desk.clock, medium=medium, progress=progress, cancelled=cancelled
    )
    body = json.dumps(asdict(report), default=datetime.isoformat)
    desk.store.connection_checks.add(ConnectionCheck(report.at, archive, chosen.name, body))
    return report


@verb(Action.SEARCH)
def past_checks(desk: Desk, *, archive: str) -> tuple[ConnectionReport, ...]:
    """Return an archive's checks, the oldest first."""
    kept = [check for check in desk.store.connection_checks.all() if check.archive == archive]
    return tuple(report for check in kept if (report := _read(check.body)) is not None)


def measured_report(
    way: Way,
    endpoint: Endpoint,
    figures: Figures,
    clock: Clock,
    *,
    medium: Medium = Medium.UNKNOWN,
    progress: Callable[[CheckStep], object] = lambda _: None,
    cancelled: Cancelled = lambda: False,
) -> ConnectionReport:
    """Measure one way to an archive; no store is needed, and nothing is kept."""
    try:
        connection = way.connect(endpoint, _IDLE)
    except ArchiveError as error:  # by these settings there can be no connection
        step = CheckStep("Settings", Verdict.BAD, error.what, advice=error.remedy)
        summary = f"{_SUMMARIES[Verdict.BAD]} {error.what}."
        return ConnectionReport(
            way.entry.identifier, endpoint.name, clock.utc(), (step,), Verdict.BAD, summary
        )
    try:
        measured = measure(
            Check(endpoint, way.address.tls, connection, way.account.headers, medium=medium),
            clock,
            progress=lambda step, share: progress(_under_way(step, share)),
            cancelled=cancelled,
        )
    finally:
        connection.close()
    report = _report(way, measured, figures)
    for step in report.steps:
        progress(step)
    return report


def _way(desk: Desk, archive: str) -> Way:
    if archive not in desk.ways:
        raise NoSuchArchive("No archive of this name is set up", where=archive)
    return desk.ways[archive]


def _endpoint(desk: Desk, way: Way, name: str) -> Endpoint:
    in_use = desk.service.engine.lines[way.entry.identifier].state.endpoint if desk.service else ""
    wanted = name or in_use
    found = [one for one in way.address.endpoints if one.name == wanted]
    if name and not found:
        raise NoSuchArchive(f"{way.address.name} has no way of this name", where=name)
    return found[0] if found else way.address.endpoints[0]


def _under_way(step: Step, share: float) -> CheckStep:
    return CheckStep(_NAMES[step.value], Verdict.RUNNING, f"{share:.0%}" if share else "")


def _report(way: Way, measured: Measured, figures: Figures) -> ConnectionReport:
    found = findings(measured, figures)
    verdict = _VERDICTS[grade_of(found)]
    worst = next((one for one in found if _VERDICTS[one.grade] is verdict), None)
    summary = _SUMMARIES[verdict]
    if worst is not None and verdict is not Verdict.GOOD:
        summary = f"{summary} {worst.what}."
    return ConnectionReport(
        way.entry.identifier,
        measured.endpoint,
        measured.at,
        tuple(map(_step, found)),
        verdict,
        summary,
        ct_seconds(measured.download) if measured.download else None,
    )


def _step(found: Finding) -> CheckStep:
    return CheckStep(
        _NAMES.get(found.topic, found.topic),
        _VERDICTS[found.grade],
        found.what,
        found.wanted,
        found.remedy,
        found.value,
        found.unit,
        found.limit,
    )


def _read(body: str) -> ConnectionReport | None:
    """Return the report that was kept; None if another version wrote it."""
    try:
        told: dict[str, Any] = json.loads(body)
        steps = [CheckStep(**{**step, "verdict": Verdict(step["verdict"])}) for step in told["steps"]]
        at, verdict = datetime.fromisoformat(told["at"]), Verdict(told["verdict"])
        return ConnectionReport(**{**told, "at": at, "verdict": verdict, "steps": tuple(steps)})
    except (ValueError, KeyError, TypeError):
        return None
