from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import closing

import pytest
from dicom_json import item
from scripted_http import CLOSE, Script, ScriptedHttp, Seen, Step, head, json_reply, reply

from workstation.archive import ArchiveError, Interrupted, NotAllowed
from workstation.archive.web.capabilities import PROFILES, Capabilities
from workstation.archive.web.probe import probe
from workstation.archive.web.transport import Transport

EXAMPLE = item(StudyInstanceUID="1.1", ModalitiesInStudy=["CT", "SR"])


def archive(
    *,
    decodes: bool = True,
    lists: bool = True,
    pictures: str = "rendered",
    tasks: bool = True,
    is_empty: bool = False,
) -> Script:
    """Return an archive with these traits and one study."""

    def script(seen: Seen) -> Iterable[Step]:
        match seen.path.removeprefix("/dicom-web/").split("/"):
            case ["studies"]:
                finds = not is_empty and _finds(seen.query)
                return [json_reply([EXAMPLE] if finds else [])]
            case ["studies", "1.1", "instances"]:
                return [json_reply([item(SeriesInstanceUID="2.1", SOPInstanceUID="3.1")])]
            case ["studies", "1.1", "series", "2.1"]:
                return [reply(body=b"--B--", Content_Type="multipart/related; boundary=B")]
            case ["workitems"]:
                return [json_reply([]) if tasks else reply(404)]
            case [*_, last] if last == pictures:
                return [reply(body=b"\xff\xd8\xff", Content_Type="image/jpeg")]
            case _:
                return [reply(404)]

    def _finds(query: str) -> bool:
        if "PatientID=%2A" in query:
            return decodes
        if "ModalitiesInStudy=CT,ZZ" in query:
            return lists
        return "ModalitiesInStudy=ZZ" not in query

    return script


def probed(script: Script) -> tuple[Capabilities, list[Seen]]:
    with ScriptedHttp(script) as server, closing(Transport(server.url)) as transport:
        traits, _ = probe(transport)
    return traits, server.requests


def test_what_can_be_seen_from_outside_is_found_by_a_handful_of_gets() -> None:
    traits, requests = probed(archive())

    assert (traits.percent_decodes, traits.modality_lists, traits.rendered, traits.workitems) == (True,) * 4
    assert {one.method for one in requests} == {"GET"}
    assert len(requests) <= 10


def test_an_archive_that_can_do_nothing_of_it_gets_the_careful_traits() -> None:
    traits, _ = probed(archive(decodes=False, lists=False, pictures="", tasks=False))

    assert traits == Capabilities()


def matching(*found: str) -> Script:
    """Return an archive in which these criteria alone find its study."""

    def script(seen: Seen) -> Iterable[Step]:
        if not seen.path.endswith("/studies"):
            return archive()(seen)
        asked = seen.query.removesuffix("limit=1").rstrip("&")
        example = EXAMPLE | item(PatientName="DOE^JANE")
        return [json_reply([example] if asked in ("includefield=ModalitiesInStudy", *found) else [])]

    return script


@pytest.mark.parametrize(
    ("found", "wildcards", "fuzzy", "decodes"),
    [
        ([], False, False, False),
        (["PatientID=*"], True, False, False),
        (["PatientID=*", "PatientID=%2A"], True, False, True),
        (["PatientID=*", "PatientName=DOE&fuzzymatching=true"], True, False, False),
        (["PatientName=DOE&fuzzymatching=true"], False, True, False),
        (["PatientName=DOE&fuzzymatching=true", "PatientName=DOE%5EJANE"], False, True, True),
    ],
)
def test_it_is_found_out_by_what_a_study_is_found(
    found: list[str], *, wildcards: bool, fuzzy: bool, decodes: bool
) -> None:
    traits, _ = probed(matching(*found))

    assert (traits.wildcards, traits.fuzzy_names, traits.percent_decodes) == (wildcards, fuzzy, decodes)


RELATED = reply(body=b"--B--", Content_Type='multipart/related; type="application/dicom"; boundary=B')


@pytest.mark.parametrize(
    ("given", "study", "metadata", "single"),
    [
        ([], False, False, True),
        (["studies/1.1"], True, False, True),
        (["studies/1.1/metadata"], False, True, True),
        (["studies/1.1/series/2.1/instances/3.1"], False, False, False),
    ],
)
def test_an_archive_without_series_is_asked_what_else_it_gives(
    given: list[str], *, study: bool, metadata: bool, single: bool
) -> None:
    def script(seen: Seen) -> Iterable[Step]:
        path = seen.path.removeprefix("/dicom-web/")
        if path in given:
            return [json_reply([]) if path.endswith("metadata") else RELATED]
        return [reply(404)] if path.endswith("/series/2.1") else archive()(seen)

    traits, _ = probed(script)

    assert not traits.series_retrieve
    assert (traits.study_retrieve, traits.study_metadata, traits.single_part) == (study, metadata, single)


def test_a_series_of_which_the_probe_needs_the_beginning_alone_is_not_fetched() -> None:
    waiting = threading.Event()

    def script(seen: Seen) -> Iterable[Step]:
        if seen.path.endswith("/series/2.1"):
            return [head(Content_Type="multipart/related; boundary=B", Content_Length="99999999"), waiting]
        return archive()(seen)

    assert probed(script)[0].series_retrieve


@pytest.mark.parametrize("step", [CLOSE, reply(503)])
def test_an_archive_that_is_slow_with_a_series_is_taken_to_give_it(step: Step) -> None:
    def script(seen: Seen) -> Iterable[Step]:
        return [step] if seen.path.endswith("/series/2.1") else archive()(seen)

    assert probed(script)[0].series_retrieve


def test_thumbnails_are_found_where_nothing_is_rendered() -> None:
    traits, _ = probed(archive(pictures="thumbnail"))

    assert (traits.rendered, traits.thumbnails) == (False, True)


def test_an_empty_archive_gives_no_example() -> None:
    traits, requests = probed(archive(is_empty=True))

    assert traits == Capabilities(wildcards=False, workitems=True)
    assert len(requests) == 2


@pytest.mark.parametrize("is_empty", [True, False])
def test_what_an_empty_archive_shows_isn_t_all(*, is_empty: bool) -> None:
    with ScriptedHttp(archive(is_empty=is_empty)) as server, closing(Transport(server.url)) as transport:
        _, is_all = probe(transport)

    assert is_all is not is_empty


def test_an_archive_that_ignores_criteria_isn_t_believed_to_know_lists() -> None:
    def script(seen: Seen) -> Iterable[Step]:
        return [json_reply([EXAMPLE])] if seen.path.endswith("/studies") else archive()(seen)

    assert not probed(script)[0].modality_lists


@pytest.mark.parametrize(
    ("answer", "gives"),
    [
        (reply(206, b"\0" * 128 + b"DICM", Content_Type="application/dicom"), True),
        (reply(206, b"\0" * 132, Content_Type="application/dicom"), False),
        (reply(206, b"\0" * 128 + b"DICM", Content_Type="multipart/byteranges; boundary=B"), False),
        (reply(200, b"\0" * 128 + b"DICM" + b"more", Content_Type="application/dicom"), False),
        (reply(416), False),
    ],
)
def test_an_archive_that_gives_the_first_bytes_of_a_file_gives_any(answer: bytes, *, gives: bool) -> None:
    def script(seen: Seen) -> Iterable[Step]:
        return [answer] if "range" in seen.headers else archive()(seen)

    assert probed(script)[0].ranges is gives


@pytest.mark.parametrize(
    ("host", "product"),
    [
        ("healthcare.googleapis.com", "google"),
        ("group-x.dicom.azurehealthcareapis.com", "azure"),
        ("dicom-medical-imaging.us-east-1.amazonaws.com", "aws"),
    ],
)
def test_a_product_that_its_host_gives_away_is_not_asked(host: str, product: str) -> None:
    with closing(Transport(f"https://{host}/base")) as transport:
        assert probe(transport) == (PROFILES[product], True)


def test_a_host_that_only_looks_like_one_is_asked() -> None:
    lookalike = Transport("https://healthcare.googleapis.com.invalid/x")
    with closing(lookalike) as transport, pytest.raises(ArchiveError):
        probe(transport)


@pytest.mark.parametrize(("step", "kind"), [(reply(401), NotAllowed), (CLOSE, Interrupted)])
@pytest.mark.parametrize("where", ["studies", "workitems", "instances", "rendered"])
def test_what_keeps_every_request_from_being_answered_is_told(
    step: Step, kind: type[ArchiveError], where: str
) -> None:
    def script(seen: Seen) -> Iterable[Step]:
        return [step] if seen.path.endswith(where) else archive()(seen)

    with pytest.raises(kind):
        probed(script)
