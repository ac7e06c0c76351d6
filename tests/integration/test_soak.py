"""The soak itself: it goes on where it stopped, and its verdicts can be bad."""

from pathlib import Path

import pytest
import soak
from progress import Progress, Standing
from proof import Batch, Outcome, Proof
from proofs import all_proofs
from result_page import page, verdict

ENOUGH, SOMETHING, BROKEN = Outcome(5), Outcome(5, complaints=1, texts=["lost"]), Outcome.stumbled("died")


def proof(*, must_fail: bool = False) -> Proof:
    def run(batch: Batch) -> Outcome:
        return Outcome(batch.count)

    return Proof("p", "Nothing is lost", lambda: 5, 2, 0.1, run, must_fail=must_fail)


@pytest.mark.parametrize(
    ("must_fail", "outcome", "holds"),
    [
        (False, ENOUGH, True),
        (False, SOMETHING, False),
        (False, BROKEN, False),
        (True, ENOUGH, False),
        (True, SOMETHING, True),
        (True, BROKEN, False),
    ],
)
def test_a_control_must_fail_and_a_proof_must_not_and_neither_may_stumble(
    must_fail: bool,  # noqa: FBT001 - a row of the table
    outcome: Outcome,
    holds: bool,  # noqa: FBT001
) -> None:
    assert proof(must_fail=must_fail).holds(outcome) is holds


def test_a_proof_that_was_not_finished_does_not_hold_yet() -> None:
    assert verdict(proof(), None) == "not run"
    assert verdict(proof(), Standing(5, 3, 0.1, Outcome(3))) == "holds so far"
    assert verdict(proof(), Standing(5, 5, 0.1, ENOUGH)) == "holds"
    assert verdict(proof(), Standing(5, 5, 0.1, SOMETHING)) == "1 complaints"


def test_progress_is_read_back_for_the_same_seed_and_share_only(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    kept = Progress(path, 7, 1.0, "today", {"p": Standing(5, 3, 0.5, SOMETHING, ["abc"])})
    kept.write()

    assert Progress.read(path, 7, 1.0) == kept
    assert Progress.read(path, 8, 1.0).standings == {}
    assert Progress.read(path, 7, 0.5).standings == {}


def test_the_page_says_what_was_found(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "s", 7, 1.0, "today", {"p": Standing(5, 5, 0.5, SOMETHING, ["abc"])})

    text = page([proof()], progress, "tonight")

    assert "**something was found**" in text
    assert "- lost" in text
    assert "| abc |" in text


def test_a_soak_that_was_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    state, result = tmp_path / "state.json", tmp_path / "RESULT.md"
    words = ["--only", "exchanged-images", "--share", "0.02", "--state", str(state), "--result", str(result)]
    before = Progress(state, soak.SEED, 0.02, "today", {"exchanged-images": Standing(5, 2, 1.0, Outcome(2))})
    before.write()

    assert soak.main(words) == 0

    after = Progress.read(state, soak.SEED, 0.02).standings["exchanged-images"]
    assert (after.next, after.outcome.trials, after.outcome.complaints) == (5, 5, 0)
    assert "| exchanged-images | 5 | 5 | holds |" in result.read_text(encoding="utf-8")


def test_the_proofs_are_those_that_were_promised() -> None:
    proofs = {proof.name: proof for proof in all_proofs()}

    assert len(proofs) == len(all_proofs())
    assert proofs["power"].goal() == 10_000
    assert proofs["power-control"].must_fail
    assert proofs["kills"].goal() == 500
    assert (proofs["outbox"].goal(), proofs["outbox"].batch) == (1000, 1000)
    assert (proofs["headers"].goal(), proofs["pixels"].goal()) == (100_000, 20_000)
