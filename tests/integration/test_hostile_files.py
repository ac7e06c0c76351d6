"""A small part of the soak's mutations and all bombs, through real workers beside a watched thread."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import harmless
import hostile
import pytest
from proof import Batch, Outcome

from workstation.dicom import tasks
from workstation.dicom.errors import DicomRefused
from workstation.dicom.examine import examine
from workstation.dicom.syntaxes import SUPPORTED
from workstation.workers import Limits, WorkerPool
from workstation.workers.dispatcher import Dispatcher

SEED = 20261124
TURNS = 3


def tried(prove: Callable[[Batch], Outcome], count: int) -> Outcome:
    """Return what a proof found; once more where the thread stood still, as the whole machine may.

    A stall of ours comes again in every turn.
    """
    for _ in range(TURNS):
        outcome = prove(Batch(0, count, SEED, Path()))
        if not any("held up" in text for text in outcome.texts):
            break
    return outcome


def test_files_with_changed_headers_never_hold_up_the_window() -> None:
    outcome = tried(hostile.mutate_headers, 1000)

    assert outcome.texts == []
    assert outcome.trials == 1000
    assert outcome.counts["refused"] > 100
    assert outcome.counts["decoded"] > 100


def test_files_with_changed_pixels_never_hold_up_the_window() -> None:
    outcome = tried(hostile.mutate_pixels, 200)

    assert outcome.texts == []
    assert outcome.trials == 200
    assert outcome.counts["refused"] > 20
    assert outcome.counts["decoded"] > 20


def test_bombs_are_refused_in_a_worker_and_never_hold_up_the_window() -> None:
    count = len(hostile.bombs())

    outcome = tried(hostile.explode, count)

    assert outcome.texts == []
    assert outcome.counts["refused"] == count


def test_after_each_killed_worker_the_pool_goes_on() -> None:
    outcome = tried(harmless.lose_workers, 6)

    assert outcome.texts == []
    assert outcome.counts["killed"] == 6
    assert outcome.counts["decoded"] > 20


def test_a_pool_that_does_not_go_on_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    recruits = iter([Dispatcher._recruit])

    def only_once(dispatcher: Dispatcher) -> None:
        next(recruits, id)(dispatcher)

    monkeypatch.setattr(Dispatcher, "_recruit", only_once)
    monkeypatch.setattr(harmless, "LIMITS", Limits(start_seconds=0.5))

    outcome = harmless.lose_workers(Batch(0, 3, SEED, Path()))

    assert "loss 2: the pool didn't go on" in outcome.texts


def test_every_transfer_syntax_is_among_the_files_that_are_changed() -> None:
    seeds = [examine(memoryview(data)).record for data in hostile._with_pixels()]

    assert {seed.transfer_syntax for seed in seeds} == set(SUPPORTED)


def test_the_watch_sees_a_thread_that_keeps_all_others_waiting() -> None:
    def hold() -> None:
        time.sleep(0.1)
        pow(3, 3_000_000)  # one long step, with the interpreter's lock

    outcome = Outcome()
    busy = threading.Thread(target=hold)
    with WorkerPool(tasks.__name__, 1) as pool:
        busy.start()
        hostile.beat_while([busy], pool, outcome)

    assert outcome.complaints == 1
    assert "held up" in outcome.texts[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bad file",
        "Traceback (most recent call last)",
        "Two\nlines",
        "A" * 500,
        "For CompressedSamples^CT1",
    ],
)
def test_a_refusal_that_is_no_calm_sentence_is_seen(text: str) -> None:
    assert not hostile.is_calm(DicomRefused(text))
    assert hostile.is_calm(DicomRefused("The file is cut off", where="byte 7 of 9"))
