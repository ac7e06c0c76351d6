"""Run the soak: seeded, in batches that are kept as they end, and a page of what was found.

    make soak                                       everything, or what is left of it
    .venv/bin/python tests/soak --share 0.02        a part of every proof
    .venv/bin/python tests/soak --only power,kills  some proofs
    .venv/bin/python tests/soak --fresh             from the beginning

Exit code 0 when every proof holds, 1 when something was found.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from batches import ended, processes
from progress import Progress, Standing
from proof import Proof
from proofs import all_proofs
from result_page import commit, page, verdict

ROOT: Final = Path(__file__).parents[2]
STATE: Final = ROOT / ".cache" / "soak.json"
RESULT: Final = ROOT / "tests" / "soak" / "RESULT.md"
SEED: Final = 20261124


def main(words: Sequence[str]) -> int:
    """Run what is asked for, and say whether it holds."""
    asked = _asked(words)
    everything = all_proofs()
    chosen = [proof for proof in everything if not asked.only or proof.name in asked.only.split(",")]
    progress = Progress.read(asked.state, asked.seed, asked.share)
    if asked.fresh or all(_is_done(progress, proof) for proof in chosen):
        progress.forget([proof.name for proof in chosen])
    _begin(progress, chosen)
    with tempfile.TemporaryDirectory(prefix="soak-") as scratch:
        for proof in chosen:
            _prove(proof, chosen, progress, Path(scratch), asked.result)
    return 0 if all(proof.holds(progress.standings[proof.name].outcome) for proof in chosen) else 1


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/soak", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--share", type=float, default=1.0, help="of the trials of each proof")
    parser.add_argument("--only", default="", help="these proofs, with commas between")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--fresh", action="store_true", help="forget what an earlier run has done")
    parser.add_argument("--state", type=Path, default=STATE, help="where progress is kept")
    parser.add_argument("--result", type=Path, default=RESULT, help="where the page goes")
    return parser.parse_args(words)


def _begin(progress: Progress, chosen: Sequence[Proof]) -> None:
    progress.started = progress.started or _now()
    for proof in chosen:
        if proof.name not in progress.standings:
            progress.standings[proof.name] = Standing(math.ceil(proof.goal() * progress.share))
    progress.write()


def _prove(proof: Proof, chosen: Sequence[Proof], progress: Progress, scratch: Path, result: Path) -> None:
    """Run what is left of a proof, and keep what came of each batch as it ends."""
    standing, here = progress.standings[proof.name], commit(ROOT)
    for batch, (outcome, seconds) in ended(proof, standing, progress.seed, scratch):
        standing.outcome.add(outcome)
        standing.next = batch.first + batch.count
        standing.seconds += seconds
        if here not in standing.commits:
            standing.commits.append(here)
        progress.write()
        _say(proof, chosen, progress)
    result.write_text(page(all_proofs(), progress, _now()), encoding="utf-8")


def _say(proof: Proof, chosen: Sequence[Proof], progress: Progress) -> None:
    standing = progress.standings[proof.name]
    left = sum(_seconds_left(one, progress.standings[one.name]) for one in chosen)
    print(
        f"{_now()}  {proof.name:<28}{standing.next:>8,} of {standing.goal:<8,}"
        f"{verdict(proof, standing):<24}{left / 60:5.0f} min left",
        flush=True,
    )


def _seconds_left(proof: Proof, standing: Standing) -> float:
    each = standing.seconds / standing.next if standing.next else proof.seconds
    return (standing.goal - standing.next) * each / processes(proof)


def _is_done(progress: Progress, proof: Proof) -> bool:
    standing = progress.standings.get(proof.name)
    return standing is not None and standing.is_done


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
