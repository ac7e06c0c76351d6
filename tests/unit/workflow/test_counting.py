"""What a disc held is what is expected, for good; what was half brought is counted by nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from group_archive import GroupArchive, service_of
from offered import STUDY, a_slice, put, take_in

from workstation.store import Listing
from workstation.store.changes import Cut
from workstation.workflow import Desk, StudyRow, StudyState, list_studies, next_case
from workstation.workflow.counting import begin_counting


def row(desk: Desk) -> StudyRow:
    return {one.uid: one for one in list_studies(desk)}[STUDY]


def test_a_whole_disc_is_whole_though_the_index_is_lost(
    desk: Desk, disc: Path, folder: Path, reopen: Callable[..., Desk]
) -> None:
    put(disc, a_slice(0), a_slice(1))
    take_in(desk, disc)
    assert row(desk).is_whole

    again = reopen(meanwhile=(folder / "cache.db").unlink)
    assert (row(again).here, row(again).expected, row(again).is_whole) == (2, 2, True)


def test_a_part_of_an_archive_s_study_is_unknown_once_the_index_is_lost(
    desk: Desk, disc: Path, folder: Path, reopen: Callable[..., Desk]
) -> None:
    uids = tuple(str(a_slice(number).SOPInstanceUID) for number in range(3))
    desk.store.listed.put(Listing("harbor", STUDY, uids, b"", desk.clock.utc()))
    put(disc, a_slice(0), a_slice(1))
    take_in(desk, disc)

    found = row(reopen(meanwhile=(folder / "cache.db").unlink))
    assert (found.here, found.is_counted, found.is_whole) == (2, False, False)
    assert found.state is StudyState.UNREAD  # nobody says that something is missing


def test_an_import_that_was_stopped_counts_nothing(desk: Desk, disc: Path) -> None:
    put(disc, *(a_slice(number) for number in range(3)))
    seen: list[object] = []
    take_in(desk, disc, progress=seen.append, cancelled=lambda: bool(seen))
    assert not row(desk).is_whole

    take_in(desk, disc)
    assert (row(desk).here, row(desk).is_whole) == (3, True)


def test_a_disc_with_a_file_that_can_t_be_read_counts_nothing(desk: Desk, disc: Path) -> None:
    whole, *_ = put(disc, a_slice(0), a_slice(1))
    good = whole.read_bytes()
    whole.write_bytes(good[:-8])
    assert len(take_in(desk, disc).refused) == 1
    assert (row(desk).here, row(desk).is_counted) == (1, False)

    whole.write_bytes(good)
    take_in(desk, disc)
    assert row(desk).is_whole


def test_the_next_case_is_not_one_that_nobody_has_counted(connected: Desk, disc: Path) -> None:
    put(disc, a_slice(0))
    take_in(connected, disc)
    service_of(connected).look_again()
    found = next_case(connected)
    assert found.study is not None
    assert found.study.uid == STUDY  # what the disc held is here

    connected.store.counts.keep({STUDY: 0})
    service_of(connected).look_again()
    found = next_case(connected)
    assert found.study is None
    assert "nobody says of how many" in {one.study_uid: one.reason for one in found.skipped}[STUDY]


def test_what_an_earlier_version_has_brought_is_counted_once(desk: Desk, disc: Path) -> None:
    put(disc, a_slice(0), a_slice(0, "1.2.8"))
    take_in(desk, disc)
    desk.store.sessions.put("expected counts", f'{{"{STUDY}": 3}}')
    desk.store._parts.work.write(*_forgotten())  # as a store of an earlier version is
    begin_counting(desk.store)
    assert desk.store.counts.all() == {STUDY: 3, "1.2.8": 1}

    desk.store.counts.keep({STUDY: 7})
    begin_counting(desk.store)
    assert desk.store.counts.all()[STUDY] == 7


def test_what_an_archive_counts_is_the_archive_s_to_say(
    connected: Desk, group: GroupArchive, disc: Path
) -> None:
    uids = tuple(group.objects)
    connected.store.listed.put(Listing("harbor", "1.2.9", uids, b"", connected.clock.utc()))
    put(disc, *list(group.objects.values())[:2])
    take_in(connected, disc)
    assert connected.store.counts.get("1.2.9") is None


def _forgotten() -> tuple[Cut, ...]:
    return tuple(Cut("counts", {"study_uid": uid}) for uid in ("", STUDY, "1.2.8"))
