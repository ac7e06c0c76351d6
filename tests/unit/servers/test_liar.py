"""The liar lies as it says, and our DICOMweb takes none of it for the truth."""

from __future__ import annotations

import gzip
import http.client
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import pytest
import requests
from dicom_objects import ct, part10
from dimse_ends import outgoing_of
from liar import OF_ALL, OF_LISTS, OF_RETRIEVALS, OF_STORES, Liar, Lie, once, seeded
from multipart_related import Section, apart, together
from scripted_http import ScriptedHttp, Seen
from small_archive import SmallArchive

from workstation.archive import (
    ArchiveError,
    Busy,
    Interrupted,
    Query,
    Reference,
    Settled,
    StoreAnswer,
    Wanted,
)
from workstation.archive.web.capabilities import Capabilities
from workstation.archive.web.metadata import metadata
from workstation.archive.web.retrieve import retrieve
from workstation.archive.web.search import search
from workstation.archive.web.store import store, verify
from workstation.archive.web.transport import Patience, Transport

FILES = [
    part10(
        ct(StudyInstanceUID="1.2", SeriesInstanceUID="1.2.1", SOPInstanceUID=f"1.2.1.{n}", InstanceNumber=n)
    )
    for n in range(1, 6)
]
OTHERS = [
    part10(ct(StudyInstanceUID=f"9.{n}", SeriesInstanceUID=f"9.{n}.1", SOPInstanceUID=f"9.{n}.1.1"))
    for n in range(3)
]
HARMLESS = (Lie.PACKED, Lie.DOUBLE, Lie.LOSES_ANSWER)  # to a retrieval, which is simply asked again
WAITING = (Lie.LATE, Lie.STALLS)
TRAITS = Capabilities(wildcards=True, page_size=2)
SERIES = Wanted("1.2", "1.2.1")


OBJECTS = [outgoing_of(data) for data in FILES]
REFERENCES = [Reference(one.study_uid, one.series_uid, one.uid) for one in OBJECTS]


@contextmanager
def asking(liar: Liar, idle: float = 30.0) -> Iterator[Transport]:
    with (
        ScriptedHttp(liar) as server,
        closing(Transport(server.url, patience=Patience(idle=idle))) as transport,
    ):
        yield transport


def lying(lie: Lie, archive: SmallArchive | None = None) -> Liar:
    return Liar(archive, once(lie))


def idle_for(lie: Lie) -> float:
    return 0.1 if lie in WAITING else 30.0


def came(transport: Transport, wanted: Wanted) -> list[bytes]:
    return [b"".join(part) for part in retrieve(transport, TRAITS, wanted)]


# --- without a lie ----------------------------------------------------------------------------------------


def test_the_honest_archive_keeps_and_shows_what_it_is_sent() -> None:
    liar = Liar()
    with asking(liar) as transport:
        answers = store(transport, TRAITS, OBJECTS)
        found = search(transport, TRAITS, Query(study_uid="1.2"))
        contents = metadata(transport, TRAITS, "1.2")

        assert [one.settled for one in answers] == [Settled.STORED] * 5
        assert verify(transport, TRAITS, REFERENCES) == {one.uid for one in OBJECTS}
        assert [one.study.uid for one in found.studies] == ["1.2"]
        assert contents.count == 5
        assert came(transport, Wanted("1.2")) == FILES
        assert came(transport, Wanted("1.2", "1.2.1", "1.2.1.3")) == [FILES[2]]
    assert liar.told == []


def test_another_content_under_a_uid_is_noticed_and_not_kept() -> None:
    liar, changed = Liar(SmallArchive(FILES[:1])), outgoing_of(FILES[0].replace(b"PHANTOM", b"PHANTON"))
    with asking(liar) as transport:
        (answer,) = store(transport, TRAITS, [changed])

    assert answer.settled is Settled.STORED
    assert liar.archive.kept["1.2.1.1"] == FILES[0]
    assert liar.archive.contents("1.2.1.1") == {bytes(changed.data)}


def posted(liar: Liar, body: bytes, **headers: str) -> int:
    with ScriptedHttp(liar) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        kind = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=B'}
        connection.request("POST", "/dicom-web/studies", body, kind | headers)
        response = connection.getresponse()
        response.read()
        connection.close()
    return response.status


def body(**headers: str) -> bytes:
    written = {name.replace("_", "-"): value for name, value in headers.items()}
    return together([Section(written, FILES[0])], "B")


GOOD = body(Content_Type="application/dicom")


@pytest.mark.parametrize(
    ("sent", "headers", "kept"),
    [
        (GOOD, {}, 1),
        (body(), {}, 0),
        (body(Content_Type="application/dicom; transfer-syntax=1.2.840.10008.1.2.1"), {}, 0),
        (GOOD.removesuffix(b"--B--\r\n"), {}, 0),
        (gzip.compress(GOOD), {"Content-Encoding": "gzip"}, 0),
    ],
)
def test_as_orthanc_it_says_200_to_requests_that_it_does_not_understand(
    sent: bytes, headers: dict[str, str], kept: int
) -> None:
    liar = Liar()

    assert posted(liar, sent, **headers) == 200
    assert len(liar.archive.kept) == kept


def test_parts_are_taken_apart_as_they_were_put_together() -> None:
    sections = [
        Section({"a": "1"}, b"\r\n--\r\n\r\nx"),
        Section({}, b""),
        Section({"b": "2"}, bytes(range(256))),
    ]

    assert apart(together(sections, "B"), "B") == (sections, True)
    assert apart(together(sections, "B").removesuffix(b"--B--\r\n"), "B")[1] is False


REQUEST = Seen("POST", "/dicom-web/studies", {"host": "x"}, b"")


# --- plans --------------------------------------------------------------------------------------------------


def test_a_plan_by_chance_is_the_same_for_the_same_seed() -> None:
    odds = {Lie.DROPS: 0.2, Lie.LOSES_ANSWER: 0.3}

    def told(seed: int) -> list[Lie]:
        liar = Liar(plan=seeded(seed, odds))
        for _ in range(40):
            list(liar(REQUEST))
        return [lie for _, lie in liar.told]

    assert told(1) == told(1) != told(2)
    assert set(Counter(told(1))) == set(odds)


def test_a_lie_that_does_not_fit_the_request_is_not_told() -> None:
    liar = lying(Lie.SHORT)
    with asking(liar) as transport:
        search(transport, TRAITS, Query())

    assert liar.told == []
    assert {*OF_STORES, *OF_RETRIEVALS, *OF_LISTS, *OF_ALL} == set(Lie)


@pytest.mark.parametrize(("lie", "rows"), [(None, 0), (Lie.IGNORES, 4), (Lie.ELSEWHERE, 0)])
def test_criteria_and_offsets_are_heeded_unless_it_ignores_them(lie: Lie | None, rows: int) -> None:
    liar = Liar(SmallArchive(FILES + OTHERS), lambda _number, _seen: lie)

    assert len(listed(liar, "studies?StudyInstanceUID=1.2&offset=1")) == rows


@pytest.mark.parametrize(("lie", "host"), [(None, "127.0.0.1"), (Lie.ELSEWHERE, "elsewhere.invalid")])
@pytest.mark.parametrize(
    ("path", "tag", "key"),
    [("studies", "00081190", "Value"), ("studies/1.2/metadata", "7FE00010", "BulkDataURI")],
)
def test_urls_lead_to_where_it_was_asked_unless_it_names_another_origin(
    lie: Lie | None, host: str, path: str, tag: str, key: str
) -> None:
    liar = Liar(SmallArchive(FILES), lambda _number, _seen: lie)

    for row in listed(liar, path):
        assert f"//{host}" in str(row[tag][key])


@pytest.mark.parametrize(
    ("lie", "told"), [(Lie.PACKED, b"Content-Encoding: gzip\r\n"), (Lie.DOUBLE, b"HTTP/1.1 200 ")]
)
def test_harmless_lies_are_told_all_the_same(lie: Lie, told: bytes) -> None:
    seen = Seen("GET", "/dicom-web/studies/1.2", {"host": "x"}, b"")
    (true,), (lied,) = Liar(SmallArchive(FILES))(seen), lying(lie, SmallArchive(FILES))(seen)

    assert isinstance(true, bytes)
    assert isinstance(lied, bytes)
    assert lied.count(told) == true.count(told) + 1


def listed(liar: Liar, path: str) -> list[dict[str, Any]]:
    with ScriptedHttp(liar) as server:
        found: list[dict[str, Any]] = requests.get(f"{server.url}/{path}", timeout=30).json()
    assert found or "offset" in path
    return found


# --- what our DICOMweb makes of it -----------------------------------------------------------------------


@pytest.mark.parametrize("lie", [*OF_STORES, *OF_ALL])
def test_what_is_said_to_be_stored_and_is_read_back_is_there(lie: Lie) -> None:
    liar = lying(lie)
    answers: tuple[StoreAnswer, ...] = ()
    with asking(liar, idle_for(lie)) as transport:
        try:
            answers = store(transport, TRAITS, OBJECTS)
        except ArchiveError:
            liar.let_go.set()
    with asking(liar) as transport:
        there = verify(transport, TRAITS, REFERENCES)

    assert [told for _, told in liar.told] == [lie]
    assert there == set(liar.archive.kept)
    lost = {one.uid for one in answers if one.settled is Settled.STORED} - there
    assert bool(lost) == (lie is Lie.DROPS)


@pytest.mark.parametrize("lie", [Lie.LOSES_ANSWER, *WAITING])
def test_after_a_lost_answer_nobody_claims_to_know(lie: Lie) -> None:
    liar = lying(lie)
    with asking(liar, 0.1) as transport, pytest.raises(Interrupted):
        store(transport, TRAITS, OBJECTS)

    assert len(liar.archive.kept) == 5


@pytest.mark.parametrize("lie", [*OF_RETRIEVALS, *OF_ALL])
def test_what_is_taken_for_whole_is_whole(lie: Lie) -> None:
    liar, parts = lying(lie, SmallArchive(FILES)), []
    with asking(liar, idle_for(lie)) as transport:
        try:
            for part in retrieve(transport, TRAITS, SERIES):
                parts.append(b"".join(part))  # noqa: PERF401  what came before the cut counts
            is_whole = True
        except ArchiveError:
            is_whole = False

    assert [told for _, told in liar.told] == [lie]
    assert parts == FILES[: len(parts)]
    assert is_whole == (lie in HARMLESS)
    assert len(parts) < 5 or lie in (*HARMLESS, Lie.NO_END)


@pytest.mark.parametrize("lie", [Lie.THROTTLES, Lie.UNAVAILABLE])
def test_the_time_that_it_asks_for_is_heard(lie: Lie) -> None:
    liar = lying(lie, SmallArchive(FILES))
    liar.retry_after = 17
    with asking(liar) as transport, pytest.raises(Busy) as busy:
        search(transport, TRAITS, Query())

    assert busy.value.after == 17.0


@pytest.mark.parametrize("lie", OF_LISTS)
def test_no_study_is_listed_that_was_not_asked_for_and_no_url_is_followed(lie: Lie) -> None:
    with ScriptedHttp(Liar()) as elsewhere:
        liar = Liar(SmallArchive(FILES + OTHERS), lambda _number, _seen: lie)
        liar.elsewhere = elsewhere.url.removesuffix("/dicom-web")
        with asking(liar) as transport:
            found = search(transport, TRAITS, Query(study_uid="1.2"))
            contents = metadata(transport, TRAITS, "1.2")
            frames = came(transport, Wanted("1.2"))

        assert elsewhere.requests == []
    assert [one.study.uid for one in found.studies] == ["1.2"]
    assert contents.count == 5
    assert frames == FILES


def test_a_redirect_to_another_origin_is_not_followed() -> None:
    with ScriptedHttp(Liar()) as elsewhere:
        liar = lying(Lie.REDIRECTS, SmallArchive(FILES))
        liar.elsewhere = elsewhere.url.removesuffix("/dicom-web")
        with asking(liar) as transport, pytest.raises(ArchiveError):
            came(transport, SERIES)

        assert elsewhere.requests == []


def test_a_doubled_answer_is_not_taken_for_the_next_one_s() -> None:
    liar = lying(Lie.DOUBLE, SmallArchive(FILES + OTHERS))
    with asking(liar) as transport:
        first = _tried(transport, Wanted("1.2"))
        second = _tried(transport, Wanted("9.0"))

    assert first in (FILES, None)
    assert second in (OTHERS[:1], None)


def _tried(transport: Transport, wanted: Wanted) -> Sequence[bytes] | None:
    try:
        return came(transport, wanted)
    except ArchiveError:
        return None
