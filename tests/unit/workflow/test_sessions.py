"""What a reader finds again the next day."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from workstation.workflow import Desk, keep_filters, kept_filters


def test_saved_filters_are_there_again_and_nowhere_but_in_the_store(
    desk: Desk, reopen: Callable[[], Desk], folder: Path
) -> None:
    assert kept_filters(desk) == ""
    keep_filters(desk, '[{"name": "mine", "text": "ZEPHYR^Quill"}]')

    again = reopen()

    assert kept_filters(again) == '[{"name": "mine", "text": "ZEPHYR^Quill"}]'
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert files
    assert not any(b"ZEPHYR" in content for content in files)
