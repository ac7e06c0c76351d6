"""The page that a soak leaves: when, where and on what it ran, and the verdict of each proof."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from progress import Progress, Standing
from proof import Proof

from workstation.workers import sandbox_check


def page(proofs: Sequence[Proof], progress: Progress, ended: str) -> str:
    """Return the page."""
    lines = [
        "# What the soak found",
        "",
        f"Written by `make soak`; begun {progress.started}, this page {ended}.",
        "",
        f"- Seed: {progress.seed}; share of all trials: {progress.share:g}",
        f"- Machine: {machine()}",
        f"- Verdict: **{_whole(proofs, progress)}**",
        "",
        "| proof | trials | of | verdict | counts | work | at commit |",
        "|---|---:|---:|---|---|---:|---|",
        *(_row(proof, progress.standings.get(proof.name)) for proof in proofs),
        "",
        "## What each proof claims",
        "",
        *(f"- **{proof.name}**: {proof.claim}." for proof in proofs),
        "",
        *_complaints(proofs, progress),
    ]
    return "\n".join(lines).rstrip() + "\n"


def verdict(proof: Proof, standing: Standing | None) -> str:
    """Return what a proof has come to, in a word or two."""
    if standing is None or standing.next == 0:
        return "not run"
    if not proof.holds(standing.outcome):
        return _fault(proof, standing)
    if not standing.is_done:
        return "holds so far"
    return f"fails, as it must ({standing.outcome.complaints})" if proof.must_fail else "holds"


def _fault(proof: Proof, standing: Standing) -> str:
    if standing.outcome.stumbles:
        return f"{standing.outcome.stumbles} stumbles"
    return "saw nothing" if proof.must_fail else f"{standing.outcome.complaints} complaints"


def machine() -> str:
    """Return what it ran on, in a line."""
    processor = next(_processor(), platform.processor() or "unknown processor")
    sandbox = "tight" if sandbox_check().tight else "not tight"
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{processor}, {system}, sandbox {sandbox}"


def commit(folder: Path) -> str:
    """Return the commit of a checkout, and whether its program was changed since."""
    number = _git(folder, "rev-parse", "--short=12", "HEAD")
    is_changed = _git(folder, "status", "--porcelain", "--", "workstation", "tests/soak/*.py")
    return f"{number} with local changes" if is_changed else number


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, check=False, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def _whole(proofs: Sequence[Proof], progress: Progress) -> str:
    standings = [progress.standings.get(proof.name, Standing(1)) for proof in proofs]
    pairs = list(zip(proofs, standings, strict=True))
    if any(not proof.holds(standing.outcome) for proof, standing in pairs if standing.next):
        return "something was found"
    if not all(standing.is_done for standing in standings):
        return "not finished; nothing was found so far"
    return "all proofs hold" if progress.share >= 1 else "all proofs hold, on a share of their trials"


def _row(proof: Proof, standing: Standing | None) -> str:
    if standing is None:
        return f"| {proof.name} | 0 | | not run | | | |"
    outcome = standing.outcome
    counts = [f"{number:,} {what}" for what, number in sorted(outcome.counts.items())]
    counts += [f"{what}: {value:.4g}" for what, value in sorted(outcome.peaks.items())]
    return (
        f"| {proof.name} | {outcome.trials:,} | {standing.goal:,} | {verdict(proof, standing)} "
        f"| {'; '.join(counts)} | {standing.seconds:,.0f} s "
        f"| {', '.join(standing.commits)} |"
    )


def _complaints(proofs: Sequence[Proof], progress: Progress) -> Iterator[str]:
    for proof in proofs:
        standing = progress.standings.get(proof.name)
        if standing and standing.outcome.texts and not proof.holds(standing.outcome):
            yield f"## First complaints of {proof.name}"
            yield ""
            yield from (f"- {text}" for text in standing.outcome.texts)
            yield ""


def _processor() -> Iterator[str]:
    if sys.platform == "linux":
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        if names:
            yield f"{len(names)} × {names[0]}"
