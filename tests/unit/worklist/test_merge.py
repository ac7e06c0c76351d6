import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.dicom.model import Patient, Study
from workstation.terms import Region
from workstation.worklist.items import Disagreement, Item, Priority, Reading, State, TaskRef
from workstation.worklist.merge import STORE, merged
from workstation.worklist.sources import FromArchive, FromStore, FromTask, TaskState

T = TypeVar("T")


@pytest.fixture(scope="session")
def archived(
    make_patient: Callable[..., Patient], make_study: Callable[..., Study]
) -> Callable[..., FromArchive]:
    def make(uid: str = "1.2.3", archive: str = "group", **patient: str) -> FromArchive:
        return FromArchive(archive, make_patient(**patient), make_study(uid), ("CT",), ("HEAD",), 212)

    return make


@pytest.fixture(scope="session")
def task(make_patient: Callable[..., Patient]) -> Callable[..., FromTask]:
    def make(uid: str = "9.1", study_uid: str = "1.2.3", **facts: object) -> FromTask:
        made = FromTask("ris", uid, study_uid, make_patient(), "99812", "CT head", "CT")
        return replace(made, **facts)  # type: ignore[arg-type]  # any field by its name

    return make


@pytest.fixture(scope="session")
def stored(
    make_patient: Callable[..., Patient], make_study: Callable[..., Study]
) -> Callable[..., FromStore]:
    def make(uid: str = "1.2.3", *, here: int = 132, **facts: object) -> FromStore:
        made = FromStore(make_patient(), make_study(uid), ("CT",), ("HEAD",), here)
        return replace(made, **facts)  # type: ignore[arg-type]  # any field by its name

    return make


def _one(items: tuple[Item, ...]) -> Item:
    (item,) = items
    return item


def _about(item: Item) -> set[Disagreement]:
    return {conflict.what for conflict in item.conflicts}


def test_all_three_sources_of_a_study_are_one_line(
    archived: Callable[..., FromArchive],
    task: Callable[..., FromTask],
    stored: Callable[..., FromStore],
    now: datetime,
) -> None:
    order = task(
        priority="STAT", due=now, reason="Left arm weakness", requester="CASTELLAN", patient_class="E"
    )
    held = stored(available_since=now)
    item = _one(merged([archived(), archived(archive="anne")], [order], [held]))
    assert item.key == item.study_uid == "1.2.3"
    assert (item.here, item.expected, item.is_whole) == (132, 212, False)
    assert item.archives == ("anne", "group")
    assert item.priority is Priority.STAT
    assert (item.due, item.available_since, item.patient_class) == (now, now, "E")
    assert item.task == TaskRef("9.1", "ris")
    assert item.regions == {Region.HEAD}
    assert (item.reason, item.referrer, item.site) == ("Left arm weakness", "CASTELLAN", "Harbor")
    assert item.conflicts == ()


def test_a_task_without_a_study_goes_to_the_one_with_its_accession_and_patient(
    archived: Callable[..., FromArchive], task: Callable[..., FromTask]
) -> None:
    item = _one(merged([archived()], [task(uid="", study_uid="", priority="S")], []))
    assert item.priority is Priority.STAT
    assert item.task is not None
    assert not item.task.is_claimable
    assert item.conflicts == ()


def test_a_task_of_another_patient_stays_alone_though_the_accession_is_the_same(
    archived: Callable[..., FromArchive], task: Callable[..., FromTask], make_patient: Callable[..., Patient]
) -> None:
    stranger = task(study_uid="", patient=make_patient(number="99"))
    items = merged([archived()], [stranger], [])
    assert sorted(item.study_uid for item in items) == ["", "1.2.3"]


def test_a_task_that_names_another_study_is_put_to_its_accession_s_and_that_is_told(
    archived: Callable[..., FromArchive], task: Callable[..., FromTask]
) -> None:
    item = _one(merged([archived()], [task(study_uid="8.8")], []))
    assert item.study_uid == "1.2.3"
    assert _about(item) == {Disagreement.STUDY_UID}


def test_a_task_that_fits_two_studies_is_put_to_neither_and_that_is_told(
    archived: Callable[..., FromArchive], task: Callable[..., FromTask]
) -> None:
    items = merged([archived(), archived("1.2.4")], [task(study_uid="")], [])
    assert [item.key for item in items if item.study_uid] == ["1.2.3", "1.2.4"]
    (alone,) = (item for item in items if not item.study_uid)
    assert _about(alone) == {Disagreement.MATCH}


def test_no_archive_s_identifier_stands_for_an_institution(
    archived: Callable[..., FromArchive], task: Callable[..., FromTask], make_study: Callable[..., Study]
) -> None:
    item = _one(merged([replace(archived(), study=make_study(institution=""))], [task()], []))
    assert (item.site, item.archives) == ("", ("group",))


def test_two_studies_with_one_accession_are_two_lines(archived: Callable[..., FromArchive]) -> None:
    assert len(merged([archived(), archived("1.2.4")], [], [])) == 2


def test_tasks_of_one_order_are_one_line_before_any_image_comes(task: Callable[..., FromTask]) -> None:
    item = _one(merged([], [task(uid="", study_uid=""), task(uid="9.2", study_uid="")], []))
    assert item.task == TaskRef("9.2", "ris")
    assert item.expected is None


def test_an_order_without_a_study_joins_the_task_that_names_one(task: Callable[..., FromTask]) -> None:
    item = _one(merged([], [task(), task(uid="", study_uid="")], []))
    assert item.key == item.study_uid == "1.2.3"


def test_a_canceled_task_is_nothing(
    task: Callable[..., FromTask], archived: Callable[..., FromArchive]
) -> None:
    canceled = task(state=TaskState.CANCELED, priority="STAT")
    assert merged([], [canceled], []) == ()
    assert _one(merged([archived()], [canceled], [])).priority is Priority.ROUTINE


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"number": "1"}, Disagreement.NUMBER),
        ({"name": "OKAFOR^BENEDICT"}, Disagreement.NAME),
        ({"birth_date": "19590402"}, Disagreement.BIRTH_DATE),
        ({"sex": "M"}, Disagreement.SEX),
    ],
)
def test_two_archives_that_name_different_patients_are_told_apart_on_the_line(
    archived: Callable[..., FromArchive], change: dict[str, str], what: Disagreement
) -> None:
    item = _one(merged([archived(), archived(archive="anne", **change)], [], []))
    assert _about(item) == {what}
    assert item.is_disputed


def test_the_store_s_patient_is_shown_where_sources_disagree(
    archived: Callable[..., FromArchive], stored: Callable[..., FromStore]
) -> None:
    item = _one(merged([archived(sex="M")], [], [stored()]))
    assert item.patient.sex == "F"
    (conflict,) = item.conflicts
    assert conflict.values == ((STORE, "F"), ("group", "M"))


def test_a_gap_of_one_source_is_filled_from_another(
    archived: Callable[..., FromArchive],
    stored: Callable[..., FromStore],
    make_patient: Callable[..., Patient],
) -> None:
    item = _one(merged([archived()], [], [stored(patient=make_patient(birth_date="", issuer=""))]))
    assert item.patient.birth_date == "19590302"
    assert item.also_known_as == (("4711-08", "HARBOR"),)
    assert item.conflicts == ()


def test_another_issuer_s_number_is_kept_beside(archived: Callable[..., FromArchive]) -> None:
    other = archived(archive="anne", number="77", issuer="ANNE")
    item = _one(merged([archived(), other], [], []))
    assert {(item.patient.patient_id, item.patient.issuer), *item.also_known_as} == {
        ("4711-08", "HARBOR"),
        ("77", "ANNE"),
    }


def test_two_accession_numbers_are_told(
    archived: Callable[..., FromArchive], task: Callable[..., FromTask]
) -> None:
    item = _one(merged([archived()], [task(accession="1")], []))
    assert _about(item) == {Disagreement.ACCESSION}
    assert not item.is_disputed


def test_a_priority_that_nobody_knows_counts_as_routine_and_is_told(task: Callable[..., FromTask]) -> None:
    item = _one(merged([], [task(priority="YESTERDAY")], []))
    assert item.priority is Priority.ROUTINE
    assert _about(item) == {Disagreement.PRIORITY}


@pytest.mark.parametrize(
    ("states", "reading"),
    [
        ([TaskState.SCHEDULED], Reading(State.UNREAD)),
        ([TaskState.IN_PROGRESS], Reading(State.IN_PROGRESS, "Imai")),
        ([TaskState.COMPLETED], Reading(State.FINAL, "Imai")),
        ([TaskState.COMPLETED, TaskState.SCHEDULED], Reading(State.UNREAD)),
        ([TaskState.COMPLETED, TaskState.IN_PROGRESS], Reading(State.IN_PROGRESS, "Imai")),
    ],
)
def test_a_study_is_as_far_as_its_open_tasks(
    task: Callable[..., FromTask], states: list[TaskState], reading: Reading
) -> None:
    tasks = [task(uid=f"9.{place}", state=state, performer="Imai") for place, state in enumerate(states)]
    assert _one(merged([], tasks, [])).reading == reading


def test_what_was_signed_here_is_final_though_the_archive_doesn_t_know_yet(
    task: Callable[..., FromTask], stored: Callable[..., FromStore]
) -> None:
    held = stored(state=State.FINAL, who="me")
    item = _one(merged([], [task(state=TaskState.IN_PROGRESS, performer="me")], [held]))
    assert item.reading == Reading(State.FINAL, "me")


def test_two_readers_at_one_study_are_told(
    task: Callable[..., FromTask], stored: Callable[..., FromStore]
) -> None:
    claimed = task(state=TaskState.IN_PROGRESS, performer="Imai")
    item = _one(merged([], [claimed], [stored(state=State.IN_PROGRESS, who="Haverford")]))
    assert _about(item) == {Disagreement.READER}


def test_the_soonest_due_time_of_an_open_task_holds(task: Callable[..., FromTask], now: datetime) -> None:
    hour = timedelta(hours=1)
    done = task(uid="9.3", state=TaskState.COMPLETED, due=now - hour)
    item = _one(merged([], [task(due=now + hour), task(uid="9.2", due=now), done], []))
    assert item.due == now


def test_the_larger_count_is_expected(
    archived: Callable[..., FromArchive], stored: Callable[..., FromStore]
) -> None:
    assert _one(merged([archived()], [], [stored(expected=300)])).expected == 300
    assert _one(merged([replace(archived(), instances=None)], [], [])).expected is None


def test_what_nobody_counts_is_not_taken_for_whole(
    archived: Callable[..., FromArchive], stored: Callable[..., FromStore]
) -> None:
    for archives in ([], [replace(archived(), instances=None)]):
        item = _one(merged(archives, [], [stored(here=5)]))
        assert (item.here, item.expected, item.is_whole) == (5, None, False)


def test_what_was_made_here_does_not_make_up_for_what_an_archive_has_got_since(
    archived: Callable[..., FromArchive], stored: Callable[..., FromStore]
) -> None:
    """All 211 that it listed are here, and a report that was made here: it has 212 by now."""
    item = _one(merged([archived()], [], [stored(here=212, unlisted=1, expected=212)]))
    assert (item.here, item.expected, item.is_whole) == (212, 213, False)


def test_a_procedure_code_is_the_orders(
    archived: Callable[..., FromArchive], task: Callable[..., FromTask]
) -> None:
    assert _one(merged([archived()], [task(procedure_code="X1")], [])).procedure_code == "X1"


# --- any order, any number of times --------------------------------------------------------------------

PATIENTS = st.builds(
    Patient,
    st.sampled_from(["1", "2", ""]),
    st.sampled_from(["A", "B", ""]),
    st.sampled_from(["DOE^JANE", "DOE^JANE^M", ""]),
    st.sampled_from(["19500101", ""]),
    st.sampled_from(["F", "M", ""]),
)
UIDS = st.sampled_from(["1", "2", "3"])
ACCESSIONS = st.sampled_from(["X", "Y", ""])
STUDIES = st.builds(
    Study,
    UIDS,
    st.just("20261124"),
    st.just("0155"),
    ACCESSIONS,
    st.sampled_from(["CT head", "MR brain", ""]),
    st.just(""),
    st.just(""),
    st.just(""),
)
ARCHIVED = st.builds(
    FromArchive,
    st.sampled_from(["a", "b"]),
    PATIENTS,
    STUDIES,
    st.just(("CT",)),
    instances=st.none() | st.integers(1, 3),
)
TASKS = st.builds(
    FromTask,
    st.sampled_from(["a", "b"]),
    st.sampled_from(["9.1", "9.2", ""]),
    UIDS | st.just(""),
    PATIENTS,
    ACCESSIONS,
    priority=st.sampled_from(["STAT", "LOW", "?"]),
    state=st.sampled_from(TaskState),
    performer=st.sampled_from(["Imai", "Haverford"]),
)
STORED = st.builds(FromStore, PATIENTS, STUDIES, here=st.integers(0, 3), state=st.sampled_from(State))


def _shuffled(values: list[T], draw: Random) -> list[T]:
    """Return the values twice and in another order, as objects of their own."""
    again = copy.deepcopy(values) + copy.deepcopy(values)
    draw.shuffle(again)
    return again


@given(st.lists(ARCHIVED), st.lists(TASKS), st.lists(STORED), st.randoms(use_true_random=False))
def test_the_order_of_sources_and_their_repetition_change_nothing(
    archived: list[FromArchive], tasks: list[FromTask], stored: list[FromStore], draw: Random
) -> None:
    shuffled = merged(_shuffled(archived, draw), _shuffled(tasks, draw), _shuffled(stored, draw))
    assert merged(archived, tasks, stored) == shuffled


@given(st.lists(ARCHIVED), st.lists(TASKS), st.lists(STORED))
def test_every_study_is_one_line_and_every_open_task_is_on_one(
    archived: list[FromArchive], tasks: list[FromTask], stored: list[FromStore]
) -> None:
    items = merged(archived, tasks, stored)
    keys = [item.key for item in items]
    assert len(keys) == len(set(keys))
    with_images = {one.study.uid for one in archived} | {one.study.uid for one in stored}
    assert with_images <= set(keys)
    waiting = [task for task in tasks if task.state in {TaskState.SCHEDULED, TaskState.IN_PROGRESS}]
    assert bool(waiting) == any(item.task for item in items)


@given(st.lists(ARCHIVED, min_size=2))
def test_a_contradiction_about_a_person_is_never_swallowed(archived: list[FromArchive]) -> None:
    for item in merged(archived, [], []):
        told = {found.patient for found in archived if found.study.uid == item.key}
        contradicted = len({one.sex for one in told} - {""}) > 1
        assert contradicted == (Disagreement.SEX in _about(item))
