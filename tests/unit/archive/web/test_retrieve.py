from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass

import pytest
from dicom_json import item
from scripted_http import CLOSE, Script, ScriptedHttp, Seen, Step, head, json_reply, reply

from workstation.archive import ArchiveError, BadAnswer, NotOffered, NotThere, Truncated, Wanted
from workstation.archive.web.capabilities import PROFILES, Capabilities
from workstation.archive.web.retrieve import retrieve, thumbnail
from workstation.archive.web.transport import Transport

ORTHANC = PROFILES["orthanc"]
STUDY, SERIES, INSTANCE = Wanted("1"), Wanted("1", "2"), Wanted("1", "2", "3")
FRAMES = Wanted("1", "2", "3", (0, 4))
RELATED = 'multipart/related; type="application/dicom"; boundary=BB'
FRAME_RELATED = 'multipart/related; type="application/octet-stream"; boundary=BB'
FILE = b"DICM" * 40


def enveloped(bodies: Sequence[bytes], kind: str = "application/dicom", *heads: str) -> bytes:
    """Write parts without lengths, as dcm4chee does."""
    written = b""
    for number, body in enumerate(bodies):
        more = f"\r\n{heads[number]}" if heads else ""
        written += f"\r\n--BB\r\nContent-Type: {kind}{more}\r\n\r\n".encode() + body
    return written + b"\r\n--BB--"


def related(bodies: Sequence[bytes]) -> Script:
    return lambda _: [reply(body=enveloped(bodies), Content_Type=RELATED)]


@dataclass
class Came:
    """A part as it was read; ``frame`` None: a file."""

    data: bytes
    length: int | None
    transfer_syntax: str
    frame: int | None


def fetched(script: Script, wanted: Wanted, traits: Capabilities = ORTHANC) -> tuple[list[Came], list[Seen]]:
    came: list[Came] = []
    with ScriptedHttp(script) as server, closing(Transport(server.url)) as transport:
        for part in retrieve(transport, traits, wanted):
            assert part.is_file == (part.frame is None)
            came.append(Came(b"".join(part), part.length, part.transfer_syntax, part.frame))
    return came, server.requests


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        (STUDY, "/dicom-web/studies/1"),
        (SERIES, "/dicom-web/studies/1/series/2"),
        (INSTANCE, "/dicom-web/studies/1/series/2/instances/3"),
    ],
)
def test_files_come_as_the_archive_holds_them(wanted: Wanted, path: str) -> None:
    came, (seen,) = fetched(related([FILE, b"other"]), wanted)

    assert came == [Came(FILE, None, "", None), Came(b"other", None, "", None)]
    assert seen.path == path
    assert seen.headers["accept"] == 'multipart/related; type="application/dicom"; transfer-syntax=*'
    assert seen.headers["accept-encoding"] == "identity"


def test_an_archive_that_knows_no_star_is_not_asked_for_any_syntax() -> None:
    _, (seen,) = fetched(related([FILE]), SERIES, Capabilities(any_syntax=False))

    assert seen.headers["accept"] == 'multipart/related; type="application/dicom"'


def test_frames_come_with_their_numbers_and_their_syntax() -> None:
    kind = "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.80"
    body = enveloped([b"first", b"fifth"], kind, "Content-Length: 5", "CONTENT-LENGTH:5")

    came, (seen,) = fetched(lambda _: [reply(body=body, Content_Type=FRAME_RELATED)], FRAMES)

    syntax = "1.2.840.10008.1.2.4.80"
    assert came == [Came(b"first", 5, syntax, 0), Came(b"fifth", 5, syntax, 4)]
    assert seen.path.endswith("/instances/3/frames/1,5")
    assert seen.headers["accept"] == 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


def test_a_syntax_that_stands_in_the_envelope_alone_holds_for_its_parts() -> None:
    kind = 'multipart/related; type="application/octet-stream; transfer-syntax=1.2.4"; boundary=BB'
    body = b"--BB\r\n\r\nfirst\r\n--BB\r\n\r\nfifth\r\n--BB--"

    came, _ = fetched(lambda _: [reply(body=body, Content_Type=kind)], FRAMES)

    assert [(one.frame, one.transfer_syntax) for one in came] == [(0, "1.2.4"), (4, "1.2.4")]


def test_many_frames_are_asked_for_in_paths_that_servers_take() -> None:
    def script(seen: Seen) -> Iterable[Step]:
        asked = seen.path.rpartition("/")[2].split(",")
        body = enveloped([one.encode() for one in asked], "application/octet-stream")
        return [reply(body=body, Content_Type=FRAME_RELATED)]

    came, requests = fetched(script, Wanted("1", "2", "3", tuple(range(1000, 1500))))

    assert [(one.frame, one.data) for one in came] == [(n, str(n + 1).encode()) for n in range(1000, 1500)]
    assert max(len(one.target) for one in requests) < 2000


def test_frames_that_name_themselves_may_come_in_another_order() -> None:
    places = [f"Content-Location: http://elsewhere/instances/3/frames/{number}" for number in (5, 1)]
    body = enveloped([b"fifth", b"first"], "image/jls", *places)

    came, _ = fetched(lambda _: [reply(body=body, Content_Type=FRAME_RELATED)], FRAMES)

    assert [(one.frame, one.data) for one in came] == [(4, b"fifth"), (0, b"first")]


@pytest.mark.parametrize(
    ("bodies", "heads"),
    [
        ([b"only one"], []),
        ([b"1", b"2", b"3"], []),
        ([b"1", b"2"], ["Content-Location: /frames/1", "Content-Location: /frames/2"]),
        ([b"1", b"2"], ["Content-Location: /frames/1", "Content-Location: /frames/1"]),
    ],
)
def test_other_frames_than_were_asked_for_are_no_answer(bodies: list[bytes], heads: list[str]) -> None:
    body = enveloped(bodies, "application/octet-stream", *heads)

    with pytest.raises(BadAnswer):
        fetched(lambda _: [reply(body=body, Content_Type=FRAME_RELATED)], FRAMES)


def test_an_answer_without_envelope_is_one_part() -> None:
    kind = "application/dicom; transfer-syntax=1.2.4"
    came, (seen,) = fetched(lambda _: [reply(body=FILE, Content_Type=kind)], INSTANCE, PROFILES["aws"])

    assert came == [Came(FILE, len(FILE), "1.2.4", None)]
    assert seen.headers["accept"] == "application/dicom; transfer-syntax=*"


def test_one_frame_may_come_without_envelope() -> None:
    answer = reply(body=b"pixels", Content_Type="application/octet-stream")

    came, _ = fetched(lambda _: [answer], Wanted("1", "2", "3", (7,)))

    assert came == [Came(b"pixels", 6, "", 7)]


def test_a_length_that_can_t_be_one_is_none() -> None:
    answer = head(Content_Type="application/dicom", Content_Length="9" * 5000) + FILE

    came, _ = fetched(lambda _: [answer, CLOSE], INSTANCE)

    assert [(one.data, one.length) for one in came] == [(FILE, None)]


def test_a_file_whose_end_shows_in_nothing_tells_no_length() -> None:
    came, _ = fetched(lambda _: [head(Content_Type="application/dicom") + FILE, CLOSE], INSTANCE)

    assert [(one.data, one.length) for one in came] == [(FILE, None)]


@pytest.mark.parametrize(
    "answer",
    [
        reply(body=b"<html>Welcome</html>", Content_Type="text/html"),
        reply(body=b"{}", Content_Type="application/json"),
        reply(body=b"PK", Content_Type="application/zip"),
        reply(body=b"pixels", Content_Type="application/octet-stream"),
        reply(body=b"no type"),
        reply(body=enveloped([b"x"], "text/html"), Content_Type=RELATED),
        reply(body=enveloped([b"x"]), Content_Type="multipart/related"),
        reply(204),
    ],
)
def test_what_is_no_image_is_no_answer(answer: bytes) -> None:
    with pytest.raises(BadAnswer):
        fetched(lambda _: [answer], SERIES)


@pytest.mark.parametrize(
    "cut",
    [
        [head(Content_Type=RELATED) + enveloped([FILE, FILE])[:-1], CLOSE],  # as Orthanc sends a series
        [head(Content_Type=RELATED, Content_Length="9999") + enveloped([FILE, FILE]) + b" ", CLOSE],
        [head(Content_Type=RELATED, Transfer_Encoding="chunked") + b"5\r\n--BB\r", CLOSE],
        [head(Content_Type="application/dicom", Content_Length="9999") + FILE, CLOSE],
        [reply(206, enveloped([FILE, FILE]), Content_Type=RELATED)],
    ],
)
def test_an_answer_that_is_cut_is_noticed(cut: list[Step]) -> None:
    with pytest.raises(Truncated):
        fetched(lambda _: cut, INSTANCE)


def test_what_was_whole_before_the_cut_is_good() -> None:
    body = enveloped([b"1" * 100, b"2" * 100, b"3" * 100])[:-60]
    came: list[bytes] = []
    with (
        ScriptedHttp(lambda _: [head(Content_Type=RELATED) + body, CLOSE]) as server,
        closing(Transport(server.url)) as transport,
        pytest.raises(Truncated),
    ):
        came.extend(b"".join(part) for part in retrieve(transport, ORTHANC, SERIES))

    assert came == [b"1" * 100, b"2" * 100]


@pytest.mark.parametrize("cut", [False, True])
def test_a_part_that_nobody_reads_is_passed_over_and_a_cut_in_it_noticed(*, cut: bool) -> None:
    body = enveloped([b"1" * 1000, b"2"]) if not cut else enveloped([b"1" * 1000])[:500]
    steps: list[Step] = [head(Content_Type=RELATED) + body, CLOSE]
    with ScriptedHttp(lambda _: steps) as server, closing(Transport(server.url)) as transport:
        coming = retrieve(transport, ORTHANC, SERIES)
        next(coming)
        if cut:
            with pytest.raises(Truncated):
                next(coming)
        else:
            assert b"".join(next(coming)) == b"2"
            assert next(coming, None) is None


def test_a_single_file_that_nobody_reads_is_still_held_to_its_length() -> None:
    steps: list[Step] = [head(Content_Type="application/dicom", Content_Length="99") + FILE[:50], CLOSE]
    with ScriptedHttp(lambda _: steps) as server, closing(Transport(server.url)) as transport:
        coming = retrieve(transport, ORTHANC, INSTANCE)
        next(coming)
        with pytest.raises(Truncated):
            next(coming)


def test_a_generator_that_is_closed_drops_its_connection() -> None:
    def script(seen: Seen) -> Iterable[Step]:
        if seen.path.endswith("/series/2"):
            return [head(Content_Type=RELATED, Content_Length="9999") + enveloped([FILE, FILE])]
        return [json_reply([])]

    with ScriptedHttp(script) as server, closing(Transport(server.url)) as transport:
        coming = retrieve(transport, ORTHANC, SERIES)
        next(iter(next(coming)))
        coming.close()
        with pytest.raises(BadAnswer):
            next(retrieve(transport, ORTHANC, INSTANCE))

    assert server.connections == 2


def piecemeal(seen: Seen) -> Iterable[Step]:
    """Answer as an archive does that gives single instances alone."""
    match seen.path.removeprefix("/dicom-web/").split("/"):
        case ["studies", "1", "series"]:
            return [json_reply([item(SeriesInstanceUID="2"), item(SeriesInstanceUID="20")])]
        case ["studies", "1", "series", series, "instances"]:
            return [json_reply([item(SOPInstanceUID=f"{series}.{number}") for number in (1, 2)])]
        case ["studies", "1", "series", _, "instances", uid]:
            return [reply(body=uid.encode(), Content_Type="application/dicom")]
        case _:
            return [reply(404)]


@pytest.mark.parametrize(
    ("wanted", "came"),
    [
        (STUDY, [b"2.1", b"2.2", b"20.1", b"20.2"]),
        (SERIES, [b"2.1", b"2.2"]),
        (Wanted("1", "2", "2.2"), [b"2.2"]),
    ],
)
def test_what_an_archive_doesn_t_give_whole_is_fetched_piece_by_piece(
    wanted: Wanted, came: list[bytes]
) -> None:
    assert [one.data for one in fetched(piecemeal, wanted, PROFILES["aws"])[0]] == came


@pytest.mark.parametrize("wanted", [STUDY, SERIES, INSTANCE, FRAMES])
@pytest.mark.parametrize("traits", [ORTHANC, PROFILES["aws"]])
def test_what_isn_t_there_is_told(wanted: Wanted, traits: Capabilities) -> None:
    def script(seen: Seen) -> Iterable[Step]:
        listed = seen.path.endswith(("/series", "/instances"))
        return [json_reply([]) if listed else reply(404)]  # as Orthanc lists what it doesn't have

    with pytest.raises(NotThere):
        fetched(script, wanted, traits)


JPEG = b"\xff\xd8\xff\xe0 and so on"


def picture(script: Script, wanted: Wanted, traits: Capabilities) -> tuple[bytes, Seen]:
    with ScriptedHttp(script) as server, closing(Transport(server.url)) as transport:
        data = thumbnail(transport, traits, wanted, 64)
    return data, server.requests[-1]


@pytest.mark.parametrize(
    ("wanted", "traits", "target"),
    [
        (INSTANCE, ORTHANC, "studies/1/series/2/instances/3/rendered?viewport=64,64"),
        (
            Wanted("1", "2", "3", (4,)),
            ORTHANC,
            "studies/1/series/2/instances/3/frames/5/rendered?viewport=64,64",
        ),
        (SERIES, ORTHANC, "studies/1/series/2/instances/2.1/rendered?viewport=64,64"),
        (STUDY, ORTHANC, "studies/1/series/2/instances/2.1/rendered?viewport=64,64"),
        (STUDY, PROFILES["dcm4chee"], "studies/1/thumbnail?viewport=64,64"),
    ],
)
def test_a_small_picture_comes_the_way_that_the_archive_has(
    wanted: Wanted, traits: Capabilities, target: str
) -> None:
    def script(seen: Seen) -> Iterable[Step]:
        is_picture = seen.path.endswith(("/rendered", "/thumbnail"))
        return [reply(body=JPEG, Content_Type="image/jpeg")] if is_picture else piecemeal(seen)

    data, seen = picture(script, wanted, traits)

    assert (data, seen.target) == (JPEG, f"/dicom-web/{target}")
    assert seen.headers["accept"] == "image/jpeg"


@pytest.mark.parametrize(
    ("answer", "traits", "kind"),
    [
        (reply(400), ORTHANC, NotOffered),  # a report, a syntax that it can't decode
        (reply(body=JPEG), Capabilities(), NotOffered),
        (reply(body=b"<html>", Content_Type="image/jpeg"), ORTHANC, BadAnswer),
        (reply(body=JPEG, Content_Type="image/gif"), ORTHANC, BadAnswer),
        (reply(404), ORTHANC, NotThere),
    ],
)
def test_without_a_picture_it_is_said_why(
    answer: bytes, traits: Capabilities, kind: type[ArchiveError]
) -> None:
    with pytest.raises(ArchiveError) as raised:
        picture(lambda _: [answer], INSTANCE, traits)

    assert type(raised.value) is kind
