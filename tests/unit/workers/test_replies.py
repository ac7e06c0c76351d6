from __future__ import annotations

import sys

import pytest

from workstation.errors import Cancelled, LumenError
from workstation.workers import Json, Limits, WorkerFailed, WorkerMemoryExceeded, errors
from workstation.workers.replies import outcome
from workstation.workers.wire import OutOfForm

TASKS = "workstation.workers.probe"


def _error(told: dict[str, Json]) -> object:
    return outcome({"id": 1, "error": told}, 1, TASKS, Limits())


def test_a_reply_is_answered_as_it_is() -> None:
    assert outcome({"id": 1, "result": {"a": [1]}}, 1, TASKS, Limits()) == {"a": [1]}


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"id": 1},
        {"id": 2, "result": {}},
        {"id": 1, "result": [1]},
        {"id": 1, "error": "no"},
        {"result": {}},
    ],
)
def test_what_is_no_reply_to_the_request_is_refused(message: dict[str, Json]) -> None:
    with pytest.raises(OutOfForm):
        outcome(message, 1, TASKS, Limits())


def test_an_error_of_ours_comes_back_as_its_class_with_its_sentences() -> None:
    error = _error({"class": "workstation.errors.base:Cancelled", "what": "a", "where": "b", "remedy": "c"})

    assert isinstance(error, Cancelled)
    assert (error.what, error.where, error.remedy) == ("a", "b", "c")


@pytest.mark.parametrize(
    "name",
    [
        "builtins:SystemExit",
        "os:system",
        "workstation.errors.base:calm",
        "workstation.errors.base:LumenError.__init__",
        "workstation.errors.base:Missing",
        "workstation.nowhere:Error",
        "workstation.errors.base",
        "workstation..errors:Cancelled",
        "workstation/errors:Cancelled",
        "",
    ],
)
def test_a_name_that_is_no_error_of_ours_gives_nothing_but_a_failure(name: str) -> None:
    error = _error({"class": name, "what": "a"})

    assert isinstance(error, WorkerFailed)
    assert error.kind == "unknown"


def test_a_worker_cannot_have_a_foreign_module_imported() -> None:
    """``workstation.clock.jumps`` is there, but neither loaded nor in the package of the tasks."""
    saved = {
        name: sys.modules.pop(name) for name in list(sys.modules) if name.startswith("workstation.clock")
    }
    try:
        assert isinstance(_error({"class": "workstation.clock.jumps:JumpWatch"}), WorkerFailed)
        assert "workstation.clock.jumps" not in sys.modules
    finally:
        sys.modules.update(saved)


def test_an_error_in_the_package_of_the_tasks_is_found_though_it_is_not_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workstation.workers.errors", errors)  # the one that is loaded here goes again
    monkeypatch.delitem(sys.modules, "workstation.workers.errors")

    error = _error({"class": "workstation.workers.errors:WorkerTimeout", "what": "a"})

    assert isinstance(error, LumenError)
    assert type(error).__name__ == "WorkerTimeout"


def test_of_any_other_error_only_the_kind_is_told() -> None:
    error = _error({"kind": "ValueError", "what": "DOE^JANE"})

    assert isinstance(error, WorkerFailed)
    assert "ValueError" in str(error)
    assert "DOE" not in str(error)


@pytest.mark.parametrize("kind", ["<b>", "A" * 65, "", "a b", "DOE^JANE"])
def test_a_kind_that_is_no_name_is_unknown(kind: str) -> None:
    error = _error({"kind": kind})

    assert isinstance(error, WorkerFailed)
    assert error.kind == "unknown"


def test_memory_has_its_own_error() -> None:
    assert isinstance(_error({"kind": "MemoryError"}), WorkerMemoryExceeded)


def test_texts_are_cut_and_what_is_no_text_is_empty() -> None:
    error = _error({"class": "workstation.errors.base:Cancelled", "what": "x" * 5000, "where": 1})

    assert isinstance(error, Cancelled)
    assert len(error.what) == 1000
    assert error.where == ""
