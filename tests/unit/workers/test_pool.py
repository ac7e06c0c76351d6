"""The pool with real children, and with tasks that misbehave."""

from __future__ import annotations

import gc
import logging
import sys
import threading
import time
from concurrent.futures import CancelledError, wait
from pathlib import Path

import pytest

from workstation.errors import Cancelled
from workstation.workers import (
    Job,
    Json,
    Limits,
    SharedBuffer,
    WorkerDied,
    WorkerFailed,
    WorkerMemoryExceeded,
    WorkerPool,
    WorkerTimeout,
    WorkerUnavailable,
)
from workstation.workers.launch import CHILD_ARGUMENT, _command

pytestmark = pytest.mark.usefixtures("quiet")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

SECONDS = 20.0  # for what takes a moment on a free machine


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


def _run(pool: WorkerPool, task: str, **arguments: Json) -> dict[str, Json]:
    return pool.submit(Job(task, arguments)).result(SECONDS)


def test_making_a_pool_does_not_wait_for_its_workers() -> None:
    made: list[WorkerPool] = []
    maker = threading.Thread(target=lambda: made.append(WorkerPool("sleepy_tasks", 4)))
    maker.start()
    maker.join(SECONDS)

    assert made, "it waits for workers that are never ready"
    made[0].close()


def test_arguments_go_in_and_a_reply_comes_out(pool: WorkerPool) -> None:
    assert _run(pool, "echo", a=[1, 2.5, None, "ü", {"b": True}]) == {"a": [1, 2.5, None, "ü", {"b": True}]}


def test_bytes_go_through_shared_memory_at_their_offsets(pool: WorkerPool) -> None:
    source, target = SharedBuffer.create(100_000), SharedBuffer.create(100_000)
    source.view[5001:5004] = b"abc"

    reply = pool.submit(Job("copy", {}, source.slice(5001, 3), target.slice(9999, 10))).result(SECONDS)

    assert reply == {"readonly": True, "length": 10}
    assert bytes(target.view[9998:10_003]) == b"\0abc\0"


def test_one_buffer_can_be_both_input_and_output(pool: WorkerPool) -> None:
    buffer = SharedBuffer.create(100)
    buffer.view[0] = 7

    pool.submit(Job("copy", {}, buffer.slice(0, 1), buffer.slice(50, 1))).result(SECONDS)

    assert buffer.view[50] == 7


def test_the_input_cannot_be_written(pool: WorkerPool) -> None:
    buffer = SharedBuffer.create(100)

    with pytest.raises(WorkerFailed, match="TypeError"):  # as Python says it for a read-only memoryview
        pool.submit(Job("write_input", {}, buffer.slice(0, 1))).result(SECONDS)


def test_a_task_that_keeps_its_view_does_not_break_its_worker(pool: WorkerPool) -> None:
    buffer = SharedBuffer.create(100)

    for _ in range(3):
        assert pool.submit(Job("keep_view", {}, buffer.slice(0, 1))).result(SECONDS) == {}


def test_a_buffer_closed_before_its_turn_fails_the_job_alone(pool: WorkerPool) -> None:
    blockers = [pool.submit(Job("sleep", {"seconds": 0.2})) for _ in range(2)]
    buffer = SharedBuffer.create(100)
    ticket = pool.submit(Job("copy", {}, buffer.slice(0, 1), buffer.slice(1, 1)))
    buffer.close()

    with pytest.raises(Cancelled):
        ticket.result(SECONDS)
    assert all(blocker.result(SECONDS) for blocker in blockers)


def test_an_error_of_ours_comes_back_whole(pool: WorkerPool) -> None:
    with pytest.raises(Cancelled) as caught:
        _run(pool, "fail", kind="ours")

    assert (caught.value.what, caught.value.where, caught.value.remedy) == (
        "It was stopped",
        "here",
        "Do it again.",
    )


@pytest.mark.parametrize(
    ("kind", "told"), [("value", "ValueError"), ("exit", "SystemExit"), ("odd", "unknown")]
)
def test_of_another_error_only_its_kind_comes_back(pool: WorkerPool, kind: str, told: str) -> None:
    with pytest.raises(WorkerFailed) as caught:
        _run(pool, "fail", kind=kind)

    assert caught.value.kind == told
    assert "DOE" not in str(caught.value)


@pytest.mark.parametrize("task", ["missing", ""])
def test_a_task_that_does_not_exist_fails(pool: WorkerPool, task: str) -> None:
    with pytest.raises(WorkerFailed, match="KeyError"):
        _run(pool, task)


@pytest.mark.parametrize(("what", "kind"), [("nan", "ValueError"), ("object", "TypeError")])
def test_a_result_that_is_not_json_fails_without_harm(pool: WorkerPool, what: str, kind: str) -> None:
    with pytest.raises(WorkerFailed, match=kind):
        _run(pool, "answer", what=what)


def test_a_reply_too_long_fails_and_one_just_below_passes(pool: WorkerPool) -> None:
    assert _run(pool, "answer", what="long", length=65_000)
    with pytest.raises(WorkerFailed, match="ReplyTooLong"):
        _run(pool, "answer", what="long", length=66_000)


@pytest.mark.parametrize(
    ("how", "cause"),
    [("abort", "SIGABRT"), ("segfault", "SIGSEGV"), ("kill", "SIGKILL"), ("exit", "exit code 3")],
)
def test_a_worker_that_dies_tells_why_and_is_replaced(pool: WorkerPool, how: str, cause: str) -> None:
    with pytest.raises(WorkerDied, match=cause):
        _run(pool, "die", how=how)

    deadline = time.monotonic() + SECONDS
    processes: set[Json] = set()
    while len(processes) < 2:
        assert time.monotonic() < deadline
        together = [pool.submit(Job("sleep", {"seconds": 0.1})) for _ in range(2)]
        processes = {ticket.result(SECONDS)["process"] for ticket in together}


@pytest.mark.parametrize("task", ["spin", "sleep"])
def test_a_job_that_takes_too_long_is_stopped_and_the_others_go_on(task: str) -> None:
    with WorkerPool("echo_tasks", 2) as pool:
        start = time.monotonic()
        slow, slower = (pool.submit(Job(task, {"seconds": 60}, seconds=seconds)) for seconds in (0.4, 60))
        with pytest.raises(WorkerTimeout, match=r"0\.4 s"):
            slow.result(SECONDS)
        assert time.monotonic() - start >= 0.4

        others = [pool.submit(Job("echo", {"n": n})) for n in range(50)]
        assert [ticket.result(SECONDS)["n"] for ticket in others] == list(range(50))
        assert not slower.done()


def test_more_memory_than_allowed_is_an_error_and_the_worker_lives(pool: WorkerPool) -> None:
    with pytest.raises(WorkerMemoryExceeded, match="300 MiB"):
        _run(pool, "take", bytes=400 << 20)

    assert _run(pool, "echo", a=1) == {"a": 1}


@linux_only
def test_a_worker_whose_memory_grows_past_the_watch_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own limit taken away, the watchdog must see it."""
    monkeypatch.setattr("workstation.workers.worker.resident_bytes", lambda _process: (300 << 20) + 1)
    limits = Limits(memory_bytes=300 << 20)
    with WorkerPool("echo_tasks", 1, limits) as pool, pytest.raises(WorkerMemoryExceeded):
        _run(pool, "sleep", seconds=5)


@linux_only
def test_the_watched_figure_is_the_memory_of_the_process_itself(pool: WorkerPool) -> None:
    from workstation.workers.worker import resident_bytes

    process = int(str(_run(pool, "process")["process"]))

    assert 1 << 20 < resident_bytes(process) < 100 << 20
    assert resident_bytes(2**22 + 1) == 0  # beyond the kernel's highest process id


@pytest.mark.parametrize(
    "hex_bytes",
    [
        "ffffffff",  # a length of 4 GiB
        "00000004" + "deadbeef",  # no JSON
        "00000002" + "7b7d",  # {}: no reply
        "00000013" + b'{"id":-1,"result":{'.hex(),  # cut short
    ],
)
def test_a_worker_that_answers_out_of_form_is_stopped(pool: WorkerPool, hex_bytes: str) -> None:
    with pytest.raises(WorkerDied, match="out of form"):
        _run(pool, "raw", hex=hex_bytes)


def test_a_worker_that_speaks_unasked_is_replaced() -> None:
    """It answers once by forging and once as it should; nobody waits for the second."""
    with WorkerPool("echo_tasks", 1) as pool:
        first = _run(pool, "process")["process"]
        forged = b'{"id":1,"result":{"forged":true}}'
        assert _run(pool, "raw", hex=(len(forged).to_bytes(4, "big") + forged).hex(), seconds=0.2)["forged"]
        time.sleep(0.5)

        assert _run(pool, "process")["process"] != first


def test_a_worker_that_hangs_up_is_stopped(pool: WorkerPool) -> None:
    with pytest.raises(WorkerDied):
        _run(pool, "hang_up")


def test_jobs_go_by_priority_and_a_promoted_one_overtakes() -> None:
    order: list[str] = []
    with WorkerPool("echo_tasks", 1) as pool:
        blocker = pool.submit(Job("sleep", {"seconds": 0.3}))
        while not blocker.running():
            time.sleep(0.01)
        tickets = {
            name: pool.submit(Job("echo", {}), priority) for name, priority in (("c", 3), ("b", 2), ("a", 9))
        }
        for name, ticket in tickets.items():
            ticket.add_done_callback(lambda _, name=name: order.append(name))  # type: ignore[misc]  # bound early
        assert tickets["a"].promote(1)
        wait(tickets.values(), SECONDS)

    assert order == ["a", "b", "c"]


def test_a_waiting_job_can_be_taken_back_and_a_running_one_not() -> None:
    with WorkerPool("echo_tasks", 1) as pool:
        running = pool.submit(Job("sleep", {"seconds": 0.3}))
        waiting = pool.submit(Job("echo", {}))
        while not running.running():
            time.sleep(0.01)

        assert waiting.cancel()
        assert not running.cancel()
        with pytest.raises(CancelledError):
            waiting.result(0)
        assert running.result(SECONDS)


@pytest.mark.parametrize("arguments", [{"a": "x" * 70_000}, {"a": float("nan")}])
def test_arguments_that_cannot_be_sent_are_refused_at_once(
    pool: WorkerPool, arguments: dict[str, Json]
) -> None:
    with pytest.raises(ValueError, match=r"arguments|JSON"):
        pool.submit(Job("echo", arguments))


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_job_without_time_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="more than 0 s"):
        Job("echo", {}, seconds=seconds)


def test_a_pool_without_workers_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        WorkerPool("echo_tasks", 0)


def test_tasks_that_cannot_be_loaded_are_said_to_be_so_each_time() -> None:
    with WorkerPool("no_such_module", 2) as pool:
        for _ in range(2):
            with pytest.raises(WorkerUnavailable, match="no_such_module"):
                _run(pool, "echo")


def test_workers_that_take_too_long_to_start_are_given_up() -> None:
    with (
        WorkerPool("echo_tasks", 1, Limits(start_seconds=0.001)) as pool,
        pytest.raises(WorkerUnavailable, match="too long"),
    ):
        _run(pool, "echo")


def test_closing_ends_what_runs_and_what_waits_before_its_time_is_up() -> None:
    pool = WorkerPool("echo_tasks", 2)
    _run(pool, "echo")
    tickets = [pool.submit(Job("spin")) for _ in range(2)] + [pool.submit(Job("echo")) for _ in range(10)]
    while not tickets[0].running():
        time.sleep(0.01)

    pool.close()
    pool.close()

    assert all(isinstance(ticket.exception(0), Cancelled) for ticket in tickets)
    with pytest.raises(Cancelled):
        pool.submit(Job("echo"))


def test_a_pool_can_be_closed_while_it_starts() -> None:
    pool = WorkerPool("echo_tasks", 2)
    ticket = pool.submit(Job("echo"))
    pool.close()

    assert isinstance(ticket.exception(0), Cancelled)


@linux_only
def test_pools_leave_no_descriptor_thread_or_child_behind() -> None:
    def left() -> tuple[int, int, int]:
        children = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()
        return sum(1 for _ in Path("/proc/self/fd").iterdir()), threading.active_count(), len(children)

    gc.collect()
    before = left()
    for _ in range(3):
        with WorkerPool("echo_tasks", 2) as pool:
            _run(pool, "echo")
            with pytest.raises(WorkerDied):
                _run(pool, "die", how="kill")
    forgotten = WorkerPool("echo_tasks", 1)
    _run(forgotten, "echo")
    del forgotten
    gc.collect()

    assert left() == before


@linux_only
def test_a_worker_keeps_no_descriptor_of_its_jobs() -> None:
    buffer = SharedBuffer.create(100)
    with WorkerPool("echo_tasks", 1) as single:
        before = _run(single, "open_files")["open"]
        for _ in range(60):
            single.submit(Job("copy", {}, buffer.slice(0, 1), buffer.slice(1, 1))).result(SECONDS)

        assert _run(single, "open_files")["open"] == before


def test_a_child_sees_little_of_where_it_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUMEN_SECRET", "x")
    with WorkerPool("echo_tasks", 1) as fresh:
        reply = _run(fresh, "process")

    environment = reply["environment"]
    assert isinstance(environment, list)
    assert not {"LUMEN_SECRET", "HOME", "PATH", "PYTHONPATH", "USER"} & set(map(str, environment))
    assert reply["folder"] == "/"


def test_a_frozen_program_starts_itself_with_the_hidden_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)

    assert _command("5", "77") == [sys.executable, CHILD_ARGUMENT, "5", "77"]


def test_a_small_job_costs_well_under_a_millisecond(pool: WorkerPool) -> None:
    """The aim is 0.3 ms there and back; 1 ms leaves room for a busy machine."""
    _run(pool, "echo")
    times = []
    for _ in range(200):
        start = time.perf_counter()
        _run(pool, "echo")
        times.append(time.perf_counter() - start)

    assert sorted(times)[len(times) // 4] < 1e-3
