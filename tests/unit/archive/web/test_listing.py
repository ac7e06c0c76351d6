from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import Any

import pytest
from dicom_json import item
from scripted_http import Script, ScriptedHttp, Seen, Step, json_reply, reply

from workstation.archive import BadAnswer
from workstation.archive.web import listing
from workstation.archive.web.capabilities import Capabilities
from workstation.archive.web.json_model import text
from workstation.archive.web.listing import Listing
from workstation.archive.web.transport import Transport

PAGES_OF_60 = Capabilities(page_size=60)


def serving(
    count: int, *, most: int = 10_000, offset: bool = True, limit: bool = True, warns: bool = False
) -> Script:
    """Return an archive with so many rows that may ignore the offset, the limit or cut pages by its own."""
    rows = [item(StudyInstanceUID=f"1.{number}") for number in range(count)]

    def script(seen: Seen) -> Iterable[Step]:
        start = int(seen.asked.get("offset", 0)) if offset else 0
        size = min(int(seen.asked["limit"]) if limit else count, most)
        more: dict[str, Any] = (
            {"Warning": '299 here "There are more"'} if warns and start + size < count else {}
        )
        return [json_reply(rows[start : start + size], **more)]

    return script


def listed(script: Script, traits: Capabilities = PAGES_OF_60) -> tuple[list[str], bool, list[Seen]]:
    with ScriptedHttp(script) as server, closing(Transport(server.url)) as transport:
        rows = Listing(transport, traits, "studies", "StudyInstanceUID", "PatientID=1", fields=("StudyID",))
        uids = [text(row, "StudyInstanceUID") for row in rows]
    return uids, rows.is_whole, server.requests


@pytest.mark.parametrize(
    ("script", "came", "is_whole", "requests"),
    [
        (serving(0), 0, True, 1),
        (serving(7), 7, True, 1),  # too few for any archive's own limit
        (serving(59), 59, True, 2),
        (serving(60), 60, True, 2),
        (serving(150), 150, True, 3),
        (serving(150, most=50), 150, True, 4),  # it gives shorter pages than it was asked for
        (serving(150, most=50, warns=True), 150, True, 4),
        (serving(150, offset=False), 60, False, 2),
        (serving(50, offset=False), 50, True, 2),
        (serving(150, most=50, offset=False, warns=True), 50, False, 2),
        (serving(20, most=10, offset=False, warns=True), 10, False, 2),
        (serving(150, offset=False, limit=False), 150, True, 1),
        (serving(150, limit=False), 150, True, 1),
    ],
)
def test_a_list_is_read_to_its_end_or_says_that_it_is_cut(
    script: Script, came: int, requests: int, *, is_whole: bool
) -> None:
    uids, whole, asked = listed(script)

    assert uids == [f"1.{number}" for number in range(came)]
    assert (whole, len(asked)) == (is_whole, requests)


def test_a_partial_answer_says_that_there_is_more() -> None:
    def script(seen: Seen) -> Iterable[Step]:
        rows = [] if "offset" in seen.asked else [item(StudyInstanceUID="1.2")]
        return [json_reply(rows, 200 if "offset" in seen.asked else 206)]

    assert listed(script)[:2] == (["1.2"], False)


def test_a_warning_of_another_thing_doesn_t_make_a_list_a_part() -> None:
    warning = '299 {+service}: "The fuzzymatching parameter is not supported."'
    rows = [item(StudyInstanceUID="1.2")]

    assert listed(lambda _: [json_reply(rows, Warning=warning)])[:2] == (["1.2"], True)


def test_rows_that_come_twice_or_have_no_name_are_passed_over() -> None:
    rows = [item(StudyInstanceUID="1.2"), item(StudyInstanceUID="1.2"), item(StudyID="x")]

    assert listed(lambda _: [json_reply(rows)])[:2] == (["1.2"], True)


def test_no_content_is_an_empty_list() -> None:
    assert listed(lambda _: [reply(204)])[:2] == ([], True)


@pytest.mark.parametrize(
    ("how", "query"),
    [
        ("each", "PatientID=1&includefield=StudyID&limit=60"),
        ("all", "PatientID=1&includefield=all&limit=60"),
        ("none", "PatientID=1&limit=60"),
    ],
)
def test_further_attributes_are_asked_for_as_the_archive_understands(how: str, query: str) -> None:
    traits = Capabilities(page_size=60, include_fields=how)  # type: ignore[arg-type]  # one of the three

    assert listed(serving(1), traits)[2][0].query == query


def test_a_list_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_ROWS", 100)

    uids, is_whole, _ = listed(serving(1000))

    assert (len(uids), is_whole) == (120, False)


def test_what_is_no_list_is_no_answer() -> None:
    with pytest.raises(BadAnswer):
        listed(lambda _: [json_reply("hello")])
