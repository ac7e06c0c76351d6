"""Nobody gets an answer without leaving a record, whatever happens on the way."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import FunctionType
from typing import NoReturn

import pytest
from group_archive import GroupArchive, connect_to, settings_with
from offered import NAME, STUDY, a_slice, put, take_in, trail
from pydicom.uid import generate_uid
from quick_desk import SharedPool, quick_desk

from workstation import workflow
from workstation.measurement import Length, Point
from workstation.security import Action, Outcome
from workstation.store import Artefact, DiskFull, Parcel
from workstation.workflow import Desk, NoSuchStudy
from workstation.workflow.door import verb

LENGTH = Length(
    "m1", STUDY, "1.2.3.1", "1.2.3.1.1", 0, Point(0, 0), Point(3, 0), datetime(2026, 1, 1, tzinfo=UTC)
)

ARCHIVE = "harbor"
LINK = workflow.LinkOffer("P1", "", "Q7", "elsewhere", "same name, birth date and sex")
FIGURES = workflow.figures_of(settings_with())

NO_VERB = {
    "connect_archives": "nothing is asked of anybody yet; what has changed in the settings is noted",
    "connect_hospital": "as above",
    "focus_series": "how a study is looked at that open_study has recorded",
    "listener_of": "as list_lines",
    "outbox_state": "how deliveries stand, of no study",
    "put_off_study": "in which order a person reads; nothing is shown",
    "refresh_link_offers": "goes on with a look that list_link_offers has recorded",
    "refresh_outbox": "goes on with a look that list_outbox has recorded",
    "refresh_priors": "goes on with a look that list_priors has recorded",
    "refresh_studies": "goes on with a look that list_studies has recorded",
    "refresh_study": "goes on with a look that describe_study has recorded",
    "list_lines": "how lines stand, of no study",
    "open_hospital": "invented patients",
    "outage_of": "as list_lines",
    "start_listening": "what is pushed from then on is recorded as it comes",
    "start_syncing": "what comes and goes from then on is recorded as it does",
    "unsent": "a number",
    "keep_filters": "what a person wants to see of the list, of no study",
    "kept_filters": "as above",
    "last_study": "where the reader left off",
    "picture_of_series": "a still of a study that open_study or describe_study has recorded",
    "room_of": "bytes, of no study",
    "stacks_of": "how describe_study and open_study go on; the window asks it right after the former",
}
"""What takes a desk and leaves no record, and why."""

CALLS: dict[str, tuple[Action, Callable[[Desk, Path], object]]] = {
    "list_studies": (Action.SEARCH, lambda desk, _: workflow.list_studies(desk)),
    "describe_study": (Action.SEARCH, lambda desk, _: workflow.describe_study(desk, study_uid=STUDY)),
    "open_study": (Action.OPEN_STUDY, lambda desk, _: workflow.open_study(desk, study_uid=STUDY).close()),
    "render_image": (
        Action.OPEN_STUDY,
        lambda desk, _: workflow.render_image(
            desk, study_uid=STUDY, series=None, index=None, window=None, size=(16, 16)
        ),
    ),
    "keep_length": (
        Action.MEASURE,
        lambda desk, _: workflow.keep_length(desk, study_uid=STUDY, length=LENGTH),
    ),
    "remove_length": (
        Action.MEASURE,
        lambda desk, _: workflow.remove_length(desk, study_uid=STUDY, identifier="m1"),
    ),
    "import_studies": (Action.IMPORT, take_in),
    "export_study": (
        Action.EXPORT,
        lambda desk, place: workflow.export_study(desk, study_uid=STUDY, folder=place / "out"),
    ),
    "check_store": (Action.READ_AUDIT, lambda desk, _: workflow.check_store(desk)),
    "read_audit": (Action.READ_AUDIT, lambda desk, _: workflow.read_audit(desk, last=5)),
    "verify_audit": (Action.READ_AUDIT, lambda desk, _: workflow.verify_audit(desk)),
    "export_audit": (
        Action.READ_AUDIT,
        lambda desk, place: workflow.export_audit(desk, file=place / "trail.jsonl"),
    ),
    "check_connection": (
        Action.SEARCH,
        lambda desk, _: workflow.check_connection(desk, archive=ARCHIVE, figures=FIGURES),
    ),
    "past_checks": (Action.SEARCH, lambda desk, _: workflow.past_checks(desk, archive=ARCHIVE)),
    "list_priors": (Action.SEARCH, lambda desk, _: workflow.list_priors(desk, study_uid=STUDY)),
    "list_link_offers": (Action.SEARCH, lambda desk, _: workflow.list_link_offers(desk, study_uid=STUDY)),
    "confirm_link": (Action.LINK_PATIENTS, lambda desk, _: workflow.confirm_link(desk, offer=LINK)),
    "refuse_link": (Action.LINK_PATIENTS, lambda desk, _: workflow.refuse_link(desk, offer=LINK)),
    "next_case": (Action.SEARCH, lambda desk, _: workflow.next_case(desk)),
    "search_archives": (Action.SEARCH, lambda desk, _: workflow.search_archives(desk, text="P1")),
    "fetch_study": (Action.SEARCH, lambda desk, _: workflow.fetch_study(desk, study_uid=STUDY)),
    "claim_study": (Action.CLAIM, lambda desk, _: workflow.claim_study(desk, study_uid=STUDY)),
    "hand_back_study": (Action.CLAIM, lambda desk, _: claimed_and_handed_back(desk)),
    "list_outbox": (Action.SEARCH, lambda desk, _: workflow.list_outbox(desk)),
    "send_paths": (
        Action.SEND,
        lambda desk, place: workflow.send_paths(desk, paths=[place], archive=ARCHIVE),
    ),
    "retry_delivery": (
        Action.SEND,
        lambda desk, _: workflow.retry_delivery(desk, identifier=queued(desk)),
    ),
    "give_up_delivery": (
        Action.SEND,
        lambda desk, _: workflow.give_up_delivery(desk, identifier=queued(desk), why="sent by courier"),
    ),
    "sign_in": (
        Action.SIGN_IN,
        lambda desk, _: workflow.sign_in(desk, archive=ARCHIVE, open_browser=lambda _: True),
    ),
    "sign_out": (Action.SIGN_OUT, lambda desk, _: workflow.sign_out(desk, archive=ARCHIVE)),
    "sync_once": (Action.SEARCH, lambda desk, _: workflow.sync_once(desk, cancelled=lambda: True)),
}
"""Every verb for the real store, and a way to ask for it. (``prepare_demo`` is tested with the demo.)"""

ABOUT_A_STUDY = {
    "describe_study", "open_study", "render_image", "keep_length", "remove_length", "export_study",
    "list_priors", "list_link_offers", "fetch_study", "claim_study", "hand_back_study",
}  # fmt: skip


def claimed_and_handed_back(desk: Desk) -> None:
    workflow.claim_study(desk, study_uid=STUDY)
    workflow.hand_back_study(desk, study_uid=STUDY)


def queued(desk: Desk) -> str:
    """Queue a report; return the name of its row."""
    uid = generate_uid()
    body = b"a report"
    artefact = Artefact(
        uid, STUDY, "1.2.3.9", "1.2", "report", "1.2", sha256(body).hexdigest(), "", len(body),
        desk.clock.utc(), "r1",
    )  # fmt: skip
    desk.store.outbox.enqueue(Parcel(artefact, (ARCHIVE,), body))
    return sha256(f"{ARCHIVE}\nreport\n{uid}".encode()).hexdigest()[:8]


def takes_a_desk(name: str) -> bool:
    function = getattr(workflow, name)
    if not isinstance(function, FunctionType):
        return False
    parameters = list(inspect.signature(function).parameters.values())
    return bool(parameters) and parameters[0].annotation in ("Desk", Desk)


def test_whatever_takes_a_desk_passes_the_door_or_says_why_not() -> None:
    found = {name for name in workflow.__all__ if takes_a_desk(name)}
    verbs = {name for name in found if hasattr(getattr(workflow, name), "action")}

    assert found - verbs == set(NO_VERB)
    assert verbs == {*CALLS, "prepare_demo"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, pool: SharedPool) -> Iterator[Desk]:
    """Return one desk for all of these tests, with one study that an archive has, too."""
    place = tmp_path_factory.mktemp("door")
    made = quick_desk(place / "store", pool)
    take_in(made, *put(place, a_slice()))
    group = GroupArchive()
    group.keep(a_slice())
    group.ask_for(STUDY)
    with pytest.MonkeyPatch.context() as patched:
        connect_to(made, {ARCHIVE: group}, patched).read_lists()
        made.is_syncing = True  # nothing of it runs: the tests alone write records
        yield made
    made.close()


@pytest.mark.parametrize("name", CALLS)
def test_a_verb_leaves_who_what_and_whose(desk: Desk, disc: Path, name: str) -> None:
    action, ask = CALLS[name]
    before = len(trail(desk))
    ask(desk, disc)
    record = trail(desk)[before:][-1]

    assert (record.action, record.outcome) == (action, Outcome.SUCCESS)
    assert (record.user, record.user_name) == ("r1", "Reader One")
    assert record.study == (STUDY if name in ABOUT_A_STUDY else "")
    assert record.patient == ("P1^^^" if name in ABOUT_A_STUDY else "")


@pytest.mark.parametrize("name", CALLS)
def test_without_a_trail_nothing_is_answered(
    desk: Desk, disc: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.store.audit, "append", full)
    present = {path.name for path in disc.iterdir()}

    with pytest.raises(DiskFull):
        CALLS[name][1](desk, disc)
    assert {path.name for path in disc.iterdir()} == present, "something left the store without a record"


def test_a_look_that_goes_on_leaves_no_further_record(desk: Desk) -> None:
    workflow.describe_study(desk, study_uid=STUDY)
    before = len(trail(desk))
    assert workflow.refresh_study(desk, study_uid=STUDY).study.uid == STUDY
    assert len(trail(desk)) == before

    workflow.describe_study(desk, study_uid=STUDY)  # somebody looks again
    assert len(trail(desk)) == before + 1


def test_a_look_that_never_began_is_recorded_as_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "looked", {("describe_study", "1.2.404"), ("list_studies", STUDY)})
    before = len(trail(desk))
    workflow.refresh_study(desk, study_uid=STUDY)
    workflow.refresh_study(desk, study_uid=STUDY)
    assert [(one.action, one.study) for one in trail(desk)[before:]] == [(Action.SEARCH, STUDY)]


def test_a_look_without_its_record_has_not_begun(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "looked", set())
    monkeypatch.setattr(desk.store.audit, "append", full)
    for _ in range(2):
        with pytest.raises(DiskFull):
            workflow.refresh_studies(desk)


def full(*_: object) -> NoReturn:
    raise DiskFull("no room")


def test_the_record_is_written_before_anybody_sees_the_answer(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    monkeypatch.setattr(desk.store.audit, "append", lambda *_: happened.append("record"))

    @verb(Action.SEARCH)
    def look(_desk: Desk) -> str:
        happened.append("done")
        return "seen"

    happened.append(look(desk))
    assert happened == ["done", "record", "seen"]


def test_an_answer_that_nobody_gets_is_withdrawn(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.store.audit, "append", full)
    withdrawn: list[str] = []

    @verb(Action.OPEN_STUDY, withdraw=withdrawn.append)
    def look(_desk: Desk) -> str:
        return "picture"

    with pytest.raises(DiskFull):
        look(desk)
    assert withdrawn == ["picture"]


def test_a_study_that_could_not_be_recorded_is_closed_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_threads() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name.startswith("keep")]

    workflow.open_study(desk, study_uid=STUDY).close()
    assert open_threads() == []
    monkeypatch.setattr(desk.store.audit, "append", full)

    with pytest.raises(DiskFull):
        workflow.open_study(desk, study_uid=STUDY)
    assert open_threads() == []


def test_what_leaves_the_store_is_recorded_before_the_first_byte(desk: Desk) -> None:
    seen: list[tuple[str, str]] = []

    @verb(Action.EXPORT, beforehand=True)
    def hand_out(desk: Desk, *, study_uid: str) -> None:
        seen.append((trail(desk)[-1].detail, study_uid))

    hand_out(desk, study_uid=STUDY)
    assert seen == [("begun", STUDY)]


def test_a_failure_is_recorded_by_its_kind_and_never_by_its_words(desk: Desk) -> None:
    @verb(Action.SEARCH)
    def look(_desk: Desk, *, study_uid: str) -> None:
        raise ValueError(f"{NAME} in {study_uid}")

    with pytest.raises(ValueError, match=NAME.replace("^", r"\^")):
        look(desk, study_uid="1.2.9")
    record = trail(desk)[-1]
    assert (record.action, record.outcome, record.detail, record.study) == (
        Action.SEARCH, Outcome.SERIOUS_FAILURE, "ValueError", "1.2.9",
    )  # fmt: skip


def test_a_person_who_stops_a_verb_leaves_a_record(desk: Desk) -> None:
    @verb(Action.SEARCH)
    def look(_desk: Desk) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        look(desk)
    assert trail(desk)[-1].detail == "KeyboardInterrupt"


def test_a_study_that_is_not_here_is_named_in_the_record(desk: Desk) -> None:
    with pytest.raises(NoSuchStudy):
        workflow.open_study(desk, study_uid="1.2.9")
    record = trail(desk)[-1]
    assert (record.outcome, record.detail, record.study) == (Outcome.SERIOUS_FAILURE, "NoSuchStudy", "1.2.9")


@pytest.mark.parametrize("trouble", [DiskFull("no room"), RuntimeError("closed")])
def test_the_first_error_is_told_even_if_the_trail_fails_too(
    desk: Desk, trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> NoReturn:
        raise trouble

    @verb(Action.SEARCH)
    def look(_desk: Desk) -> None:
        raise NoSuchStudy("the first")

    monkeypatch.setattr(desk.store.audit, "append", fail)
    with pytest.raises(NoSuchStudy, match="the first"):
        look(desk)


def test_no_record_of_all_this_holds_a_name(desk: Desk, disc: Path) -> None:
    for _, ask in CALLS.values():
        ask(desk, disc)

    assert not any(NAME.encode() in one.data or b"ZQX" in one.data for one in desk.store.audit.sealed())
