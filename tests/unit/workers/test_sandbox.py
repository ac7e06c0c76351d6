from __future__ import annotations

from dataclasses import replace

import pytest

from workstation.workers import Json, SandboxReport

FULL = SandboxReport(
    system="linux", landlock=7, files=True, network=True, signals=True, calls=True, memory=True,
    core_dumps=True, threads=1,
)  # fmt: skip


def test_a_report_survives_the_way() -> None:
    assert SandboxReport.from_json(FULL.to_json()) == FULL


@pytest.mark.parametrize(
    "change",
    [{"landlock": True}, {"files": 1}, {"system": None}, {"more": 1}, {"threads": "1"}, {"calls": [True]}],
)
def test_what_is_no_report_is_refused(change: dict[str, Json]) -> None:
    with pytest.raises(ValueError, match="not a sandbox report"):
        SandboxReport.from_json(FULL.to_json() | change)
    with pytest.raises(ValueError, match="not a sandbox report"):
        SandboxReport.from_json({})


def test_one_open_door_or_a_second_thread_is_not_complete() -> None:
    assert FULL.complete
    for name in ("files", "network", "signals", "calls", "memory", "core_dumps"):
        assert not replace(FULL, **{name: False}).complete  # type: ignore[arg-type]  # a field of that name
    assert not replace(FULL, threads=2).complete
