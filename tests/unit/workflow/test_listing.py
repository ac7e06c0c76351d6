"""The list says where each study stands: nothing is whole because its numbers happen to agree."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from group_archive import GroupArchive, connect_to, read_lists, service_of, slices
from offered import a_report, a_slice, put, take_in

from workstation.archive import TaskState
from workstation.store import Listing
from workstation.sync import Urgency, Want
from workstation.sync.contents_form import pack
from workstation.workflow import (
    Desk,
    StudyRow,
    StudyState,
    claim_study,
    describe_study,
    list_studies,
    next_case,
    open_study,
    put_off_study,
)
from workstation.workflow.reports import HAS_REPORT, look_for_reports

STUDY = "1.2.9"


def row(desk: Desk) -> StudyRow:
    service_of(desk).look_again()
    (found,) = list_studies(desk)
    return found


def learn(desk: Desk, group: GroupArchive, archive: str = "harbor") -> None:
    """Keep what an archive lists for the study, as the engine does."""
    contents = group.contents[STUDY]
    uids = tuple(one.uid for series in contents.series for one in series.instances)
    desk.store.listed.put(Listing(archive, STUDY, uids, pack(contents), desk.clock.utc()))


def arrive(desk: Desk, group: GroupArchive, folder: Path, count: int) -> None:
    """Let the first objects of the study arrive, verified as those of an archive are."""
    put(folder, *list(group.objects.values())[:count])
    take_in(desk, folder)
    stored = desk.store.instances.of_study(STUDY)
    desk.store.studies.mark_verified(STUDY, [one.sha256 for one in stored])


def test_what_only_an_archive_has_is_elsewhere(connected: Desk) -> None:
    found = row(connected)
    assert (found.state, found.here, found.expected) == (StudyState.ELSEWHERE, 0, 3)
    assert found.archives == ("Harbor",)


def test_what_nobody_counts_is_elsewhere_too(connected: Desk, group: GroupArchive) -> None:
    group.keep(*slices(3), counts=False)
    read_lists(connected)
    assert row(connected).state is StudyState.ELSEWHERE
    assert describe_study(connected, study_uid=STUDY).accounting == ""


def test_a_wanted_study_is_arriving_only_while_a_line_can_bring_it(
    connected: Desk, group: GroupArchive
) -> None:
    service = service_of(connected)
    service.engine.want(Want("harbor", STUDY, Urgency.OPEN))
    assert row(connected).state is StudyState.ARRIVING
    service.engine.lines["harbor"].close()
    assert row(connected).state is StudyState.ELSEWHERE
    assert group.contents


def test_a_part_is_incomplete_and_all_of_it_unread(connected: Desk, group: GroupArchive, disc: Path) -> None:
    learn(connected, group)
    arrive(connected, group, disc, 2)
    found = row(connected)
    assert (found.state, found.here, found.expected) == (StudyState.INCOMPLETE, 2, 3)
    arrive(connected, group, disc, 3)
    assert row(connected).state is StudyState.UNREAD


def test_what_was_made_here_doesn_t_make_up_for_what_is_missing(
    connected: Desk, group: GroupArchive, disc: Path
) -> None:
    learn(connected, group)
    put(disc, a_report(1, STUDY))
    arrive(connected, group, disc, 2)
    found = row(connected)

    assert found.here == 3
    assert (found.expected, found.state) == (4, StudyState.INCOMPLETE)


def test_an_image_that_was_lost_here_is_missed_with_archives_as_without(connected: Desk, disc: Path) -> None:
    put(disc, a_slice(0, "1.2.8"))
    take_in(connected, disc)
    connected.store.counts.keep({"1.2.8": 2})
    service_of(connected).look_again()
    (found,) = [one for one in list_studies(connected) if one.uid == "1.2.8"]
    assert (found.state, found.expected) == (StudyState.INCOMPLETE, 2)


def test_what_is_being_pushed_is_arriving(connected: Desk, disc: Path) -> None:
    put(disc, a_slice(0, "1.2.8"))
    take_in(connected, disc)
    connected.coming["1.2.8"] = connected.clock.monotonic()
    service_of(connected).look_again()
    assert {one.uid: one.state for one in list_studies(connected)}["1.2.8"] is StudyState.ARRIVING
    connected.coming["1.2.8"] -= 60.0
    assert {one.uid: one.state for one in list_studies(connected)}["1.2.8"] is StudyState.UNREAD


def test_a_study_that_another_has_in_progress_says_who(connected: Desk, group: GroupArchive) -> None:
    group.ask_for(STUDY, state=TaskState.IN_PROGRESS, performer="Somebody Else")
    read_lists(connected)
    found = row(connected)
    assert (found.state, found.who, found.is_claimed) == (StudyState.IN_PROGRESS, "Somebody Else", False)

    group.ask_for(STUDY, state=TaskState.IN_PROGRESS, performer="Reader One")
    read_lists(connected)
    assert (row(connected).state, row(connected).who) == (StudyState.ELSEWHERE, "")


def test_the_site_is_the_institution_or_the_archive_s_given_name_and_never_an_identifier(
    desk: Desk, group: GroupArchive, disc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = GroupArchive()
    other.keep(*slices(1, "1.2.10"))
    service = connect_to(desk, {"harbor": group, "x7": other}, monkeypatch)
    service.engine.lines["x7"].address = replace(service.engine.lines["x7"].address, name="x7")
    service.read_lists()
    put(disc, a_slice(0, "1.2.11", InstitutionName="Bergspital"))
    take_in(desk, disc)
    service.look_again()
    sites = {one.uid: one.site for one in list_studies(desk)}
    assert sites == {STUDY: "Harbor", "1.2.10": "", "1.2.11": "Bergspital"}


@pytest.mark.parametrize(
    ("state", "performer", "mine"),
    [
        (TaskState.SCHEDULED, "", False),
        (TaskState.IN_PROGRESS, "Reader One", True),
        (TaskState.IN_PROGRESS, "Somebody Else", False),
    ],
)
def test_the_list_says_what_is_mine(
    connected: Desk, group: GroupArchive, state: TaskState, performer: str, *, mine: bool
) -> None:
    group.ask_for(STUDY, state=state, performer=performer)
    read_lists(connected)
    assert row(connected).is_mine is mine


def test_what_was_claimed_at_this_desk_is_mine_before_the_archive_says_so(
    connected: Desk, group: GroupArchive
) -> None:
    group.ask_for(STUDY)
    read_lists(connected)
    claim_study(connected, study_uid=STUDY)
    assert (row(connected).is_claimed, row(connected).is_mine) == (True, True)


def whole(desk: Desk, disc: Path, *studies: str) -> None:
    """Have studies here, whole and to be read."""
    put(disc, *(a_slice(0, uid) for uid in studies))
    take_in(desk, disc)
    service_of(desk).look_again()


def test_the_next_case_is_not_the_one_just_opened_or_put_off_until_nothing_else_is_left(
    connected: Desk, disc: Path
) -> None:
    whole(connected, disc, "1.2.6", "1.2.7", "1.2.8")
    found = [next_case(connected).study]
    assert found[0] is not None
    open_study(connected, study_uid=found[0].uid).put_away()
    found.append(next_case(connected).study)
    assert found[1] is not None
    put_off_study(connected, study_uid=found[1].uid)
    found.append(next_case(connected).study)
    assert found[2] is not None
    assert len({one.uid for one in found if one}) == 3
    assert next_case(connected).note == ""

    open_study(connected, study_uid=found[2].uid).put_away()
    last = next_case(connected)
    assert last.study is not None
    assert last.note == "Nothing else is left, and you have opened it already."
    (waits,) = [one.reason for one in last.skipped if one.study_uid == found[1].uid]
    assert waits.startswith("you put it off")


def test_who_opens_what_was_put_off_puts_it_off_no_more(connected: Desk, disc: Path) -> None:
    whole(connected, disc, "1.2.6")
    put_off_study(connected, study_uid="1.2.6", minutes=5)
    open_study(connected, study_uid="1.2.6").put_away()
    assert connected.put_off == {}


def test_an_archive_that_is_gone_takes_what_only_it_had_from_the_list(
    connected: Desk, group: GroupArchive, disc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_to(connected, {}, monkeypatch)
    assert list_studies(connected) == ()

    learn(connected, group)
    arrive(connected, group, disc, 2)
    found = row(connected)
    assert found.state is StudyState.INCOMPLETE
    assert found.trouble == "The archive that has the rest of it is not set up any more."


def test_two_archives_with_one_study_are_one_line_that_misses_what_either_lists(
    desk: Desk, group: GroupArchive, disc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = GroupArchive()
    other.keep(*slices(4))
    service = connect_to(desk, {"harbor": group, "city": other}, monkeypatch)
    service.read_lists()
    learn(desk, group)
    learn(desk, other, "city")
    arrive(desk, group, disc, 3)
    found = row(desk)

    assert (found.archives, found.here, found.expected) == (("City", "Harbor"), 3, 4)
    assert found.state is StudyState.INCOMPLETE
    assert next_case(desk).study is None


def test_a_report_in_the_archive_is_told_where_claims_can_t_be_shared(
    connected: Desk, group: GroupArchive
) -> None:
    report = a_report(1, STUDY)
    group.keep(*slices(3), report)
    read_lists(connected)
    learn(connected, group)
    look_for_reports(connected, service_of(connected))
    assert row(connected).trouble == HAS_REPORT

    group.ask_for(STUDY)
    read_lists(connected)
    assert row(connected).trouble == ""


@pytest.mark.parametrize(
    "sop_class", ["1.2.840.10008.5.1.4.1.1.88.67", "1.2.840.10008.5.1.4.1.1.88.59"], ids=["dose", "keys"]
)
def test_a_dose_report_and_key_objects_are_no_report(
    connected: Desk, group: GroupArchive, sop_class: str
) -> None:
    group.keep(*slices(3), a_report(1, STUDY, SOPClassUID=sop_class))
    read_lists(connected)
    learn(connected, group)
    look_for_reports(connected, service_of(connected))
    assert row(connected).trouble == ""


def test_an_open_study_is_asked_for_once_more(connected: Desk, group: GroupArchive) -> None:
    group.asked.clear()
    connected.to_ask_about = STUDY
    for _ in range(2):
        look_for_reports(connected, service_of(connected))
    assert group.asked == [f"fibre: search {STUDY}"]
