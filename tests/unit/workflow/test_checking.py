"""A store that isn't what it was says so, file by file."""

from __future__ import annotations

from pathlib import Path

import pytest
from offered import a_slice, blob_files, flip, put, take_in, trail

from workstation.errors import Cancelled
from workstation.security import Action, Outcome
from workstation.workflow import Desk, StudyState, check_store, list_studies


def test_a_sound_store_is_said_to_be_sound(desk: Desk, disc: Path) -> None:
    put(disc, *(a_slice(n) for n in range(3)))
    take_in(desk, disc)
    summary = check_store(desk)

    assert summary.findings == ()
    assert summary.summary.startswith("Looked at 3 files, ")
    assert summary.summary.endswith(": all is as it was written.")
    assert trail(desk)[-1].detail == "store checked, 0 findings"


def test_one_flipped_bit_is_found_named_and_set_apart_on_demand(desk: Desk, disc: Path, folder: Path) -> None:
    put(disc, *(a_slice(n) for n in range(3)))
    take_in(desk, disc)
    victim = blob_files(folder)[1]
    flip(victim)
    found, again, apart, after = (
        check_store(desk, repair=repair).findings for repair in (False, False, True, False)
    )

    assert len(found) == 1
    assert victim.name in found[0]
    assert found == again, "looking changes nothing"
    assert apart[0].endswith("– set apart, to be imported again")
    assert after == ()
    assert len(blob_files(folder)) == 2
    alerts = [record for record in trail(desk) if record.action is Action.ALERT]
    assert [record.detail for record in alerts] == [
        f"1 finding in the store, repair {repair}" for repair in ("off", "off", "on")
    ]


def test_a_study_that_lost_an_image_is_incomplete_until_it_has_come_again(
    desk: Desk, disc: Path, folder: Path
) -> None:
    put(disc, *(a_slice(n) for n in range(3)))
    take_in(desk, disc)
    flip(blob_files(folder)[1])
    check_store(desk, repair=True)

    (row,) = list_studies(desk)
    assert (row.here, row.expected, row.state) == (2, 3, StudyState.INCOMPLETE)

    take_in(desk, disc)
    (row,) = list_studies(desk)
    assert (row.here, row.expected, row.state) == (3, 3, StudyState.UNREAD)


def test_looking_without_repair_expects_nothing_new(desk: Desk, disc: Path, folder: Path) -> None:
    put(disc, *(a_slice(n) for n in range(3)))
    take_in(desk, disc)
    before = list_studies(desk)
    flip(blob_files(folder)[1])
    check_store(desk)

    assert list_studies(desk) == before


def test_a_check_tells_how_far_it_is_and_stops_when_asked(desk: Desk, disc: Path) -> None:
    put(disc, *(a_slice(n) for n in range(3)))
    take_in(desk, disc)
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> bool:
        told.append((done, total))
        return done < 1

    with pytest.raises(Cancelled):
        check_store(desk, progress=progress)
    assert told == [(0, 3), (1, 3)]
    assert (trail(desk)[-1].outcome, trail(desk)[-1].detail) == (Outcome.SERIOUS_FAILURE, "Cancelled")
