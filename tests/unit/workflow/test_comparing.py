"""Priors with their reasons, and links that only a person makes, on record with both numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from group_archive import PATIENT, GroupArchive, connect_to, read_lists, service_of, slices
from offered import trail

from workstation.archive import Busy
from workstation.security import Action
from workstation.workflow import (
    Desk,
    LinkOffer,
    NoSuchStudy,
    Refusal,
    Searched,
    confirm_link,
    fetch_study,
    list_link_offers,
    list_priors,
    next_case,
    refuse_link,
    search_archives,
)
from workstation.workflow.connecting import links_of

STUDY = "1.2.9"
OFFER = LinkOffer("P1", "", "Q7", "elsewhere", "same name")


@pytest.fixture
def group(group: GroupArchive) -> GroupArchive:
    """Return the archive with an older study of the same person, and one under another number."""
    group.keep(*slices(2, "1.2.8"), day="20260101")
    group.keep(*slices(2, "1.2.7"), day="20250101")
    other = dataclasses.replace(PATIENT, patient_id="Q7", issuer="elsewhere")
    group.studies[-1] = dataclasses.replace(group.studies[-1], patient=other)
    return group


@pytest.fixture
def asked(connected: Desk) -> Desk:
    """Return the desk after every person on the list was asked for."""
    service_of(connected).make_plan()
    read_lists(connected)
    search_archives(connected, text="Q7")
    return connected


def test_priors_come_with_their_reasons(asked: Desk) -> None:
    (prior,) = list_priors(asked, study_uid=STUDY)
    assert prior.study.uid == "1.2.8"
    assert prior.reasons
    assert all(prior.reasons)


def test_a_likely_person_is_offered_and_linked_only_by_a_person(asked: Desk) -> None:
    (offer,) = list_link_offers(asked, study_uid=STUDY)
    assert {offer.patient_id, offer.other_id} == {"P1", "Q7"}
    assert offer.other_name == PATIENT.name
    confirm_link(asked, offer=offer)

    assert {prior.study.uid for prior in list_priors(asked, study_uid=STUDY)} == {"1.2.8", "1.2.7"}
    assert list_link_offers(asked, study_uid=STUDY) == ()
    about = {one.patient for one in trail(asked) if one.action is Action.LINK_PATIENTS}
    assert about == {"P1^^^", "Q7^^^elsewhere", ""}


def test_a_refused_one_is_not_offered_again(asked: Desk) -> None:
    (offer,) = list_link_offers(asked, study_uid=STUDY)
    refuse_link(asked, offer=offer)
    assert list_link_offers(asked, study_uid=STUDY) == ()
    assert {prior.study.uid for prior in list_priors(asked, study_uid=STUDY)} == {"1.2.8"}


def test_a_refusal_is_on_record_with_both_numbers_and_outlasts_the_index(
    asked: Desk, folder: Path, reopen: Callable[..., Desk]
) -> None:
    refuse_link(asked, offer=OFFER)
    about = {one.patient for one in trail(asked) if one.action is Action.LINK_PATIENTS}
    assert about == {"P1^^^", "Q7^^^elsewhere", ""}

    again = reopen(meanwhile=(folder / "cache.db").unlink)
    assert links_of(again).refused == {frozenset({("P1", ""), ("Q7", "elsewhere")})}


def test_without_archives_there_is_nothing_to_compare(desk: Desk) -> None:
    assert list_priors(desk, study_uid=STUDY) == ()
    assert list_link_offers(desk, study_uid=STUDY) == ()
    assert next_case(desk).study is None
    assert search_archives(desk, text="P1") == Searched()
    confirm_link(desk, offer=OFFER)
    with pytest.raises(NoSuchStudy):
        fetch_study(desk, study_uid=STUDY)


def test_the_next_case_passes_over_what_is_not_here_and_says_why(connected: Desk) -> None:
    found = next_case(connected)
    assert found.study is None
    first = found.skipped[0]
    assert (first.name, first.reason) == ("CT head", "no image is here yet")


def test_a_task_without_a_study_is_named_without_its_patient(connected: Desk, group: GroupArchive) -> None:
    group.ask_for("", accession="A9")
    read_lists(connected)
    told = " ".join(one.name for one in next_case(connected).skipped)
    assert "P1" not in told
    assert "\x1f" not in told


def test_a_study_is_brought_by_hand_from_an_archive_that_has_it(connected: Desk) -> None:
    fetch_study(connected, study_uid="1.2.8" if connected.store.remote_studies.of_study("1.2.8") else STUDY)
    service_of(connected).make_plan()
    assert STUDY in {want.study_uid for want in service_of(connected).engine.wants()}


def test_blanks_are_no_search(connected: Desk, group: GroupArchive) -> None:
    group.asked.clear()
    assert search_archives(connected, text="  ") == Searched()
    assert group.asked == []


def test_two_archives_answer_a_search_together(
    desk: Desk, group: GroupArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = GroupArchive()
    other.keep(*slices(1, "1.2.5"))
    connect_to(desk, {"harbor": group, "city": other}, monkeypatch)
    assert search_archives(desk, text="P1") == Searched(3, ("Harbor", "City"))

    def busy(_: str) -> None:
        raise Busy("The archive asks for patience")

    other.fault = busy
    found = search_archives(desk, text="P1")
    assert (found.count, found.answered) == (2, ("Harbor",))
    assert found.silent == (Refusal("City", "The archive asks for patience."),)
