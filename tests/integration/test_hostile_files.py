"""A small part of the soak's mutations and all bombs, through real workers beside a watched thread."""

import threading
import time
from pathlib import Path

import hostile
import pytest
from proof import Batch, Outcome

from workstation.dicom import tasks
from workstation.dicom.errors import DicomRefused
from workstation.workers import WorkerPool

SEED = 20261124


def test_files_with_changed_headers_never_hold_up_the_window() -> None:
    outcome = hostile.mutate_headers(Batch(0, 1000, SEED, Path()))

    assert outcome.texts == []
    assert outcome.trials == 1000
    assert outcome.counts["refused"] > 100
    assert outcome.counts["decoded"] > 100


def test_files_with_changed_pixels_never_hold_up_the_window() -> None:
    outcome = hostile.mutate_pixels(Batch(0, 200, SEED, Path()))

    assert outcome.texts == []
    assert outcome.trials == 200
    assert outcome.counts["refused"] > 20
    assert outcome.counts["decoded"] > 20


def test_bombs_are_refused_in_a_worker_and_never_hold_up_the_window() -> None:
    count = len(hostile.bombs())

    outcome = hostile.explode(Batch(0, count, SEED, Path()))

    assert outcome.texts == []
    assert outcome.counts["refused"] == count


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
