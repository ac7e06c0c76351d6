"""A connection check in words for the reader, as text for IT, and in figures for the curves.

Units:   milliseconds, Mbit/s (10⁶ bits per second), seconds; times aware.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workstation.ui.contracts import CheckStep, ConnectionReport, Verdict
from workstation.ui.network.wording import clock_time
from workstation.ui.wording import duration

LATENCY: Final = "Latency"
DOWNLOAD: Final = "Download"
UPLOAD: Final = "Upload"


@dataclass(frozen=True, slots=True)
class Curve:
    """One figure over time, the oldest first, and what the site asks of it (None: nothing)."""

    times: tuple[datetime, ...]
    values: tuple[float, ...]
    limit: float | None = None


def curve(reports: Sequence[ConnectionReport], name: str) -> Curve:
    """Return what past checks have found of latency, download or upload."""
    found = [(report.at, step) for report in reports if (step := _figure(report, name)) is not None]
    limits = [step.limit for _, step in found if step.limit is not None]
    return Curve(
        tuple(at for at, _ in found),
        tuple(step.value for _, step in found if step.value is not None),
        limits[-1] if limits else None,
    )


def advice(steps: Sequence[CheckStep]) -> list[str]:
    """Return what to do, the worst first, each thing once."""
    order = (Verdict.BAD, Verdict.WARNING)
    told = (step.advice for verdict in order for step in steps if step.verdict is verdict and step.advice)
    return list(dict.fromkeys(told))


def circumstances(report: ConnectionReport, now: datetime) -> str:
    """Return by which way and when it was measured, and what it means for a large study."""
    parts = [report.endpoint, clock_time(report.at, now)]
    if report.study_seconds is not None:
        parts.append(f"a CT of 500 slices takes about {duration(report.study_seconds)}")
    return " · ".join(filter(None, parts))


def as_text(report: ConnectionReport, name: str) -> str:
    """Return a check for whoever mends the line; it names no person."""
    lines = [
        f"Connection check: {name} ({report.archive}) by {report.endpoint}",
        f"Measured {report.at.astimezone().isoformat(sep=' ', timespec='seconds')}",
        f"Verdict: {report.verdict.value}. {report.summary}",
    ]
    if report.study_seconds is not None:
        lines.append(f"A CT of 500 slices would take about {duration(report.study_seconds)}.")
    lines.append("")
    for step in report.steps:
        wanted = f" (wanted: {step.wanted})" if step.wanted else ""
        lines.append(f"[{step.verdict.value}] {step.name}: {step.found}{wanted}")
        if step.advice:
            lines.append(f"    {step.advice}")
    return "\n".join(lines) + "\n"


def _figure(report: ConnectionReport, name: str) -> CheckStep | None:
    """Return the step with a figure; of several of one name the first is the figure itself."""
    return next((step for step in report.steps if step.name == name and step.value is not None), None)
