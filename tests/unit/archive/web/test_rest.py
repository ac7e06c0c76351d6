from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing

import pytest
from dicom_json import item
from large_files import Large, large
from scripted_http import CLOSE, ScriptedHttp, Seen, Step, json_reply, reply

from workstation.archive import ArchiveError, NotOffered, NotThere, Truncated
from workstation.archive.unfinished import Begun, Differs, begun_of
from workstation.archive.web.capabilities import Capabilities
from workstation.archive.web.rest import rest
from workstation.archive.web.transport import Transport

RANGES = Capabilities(ranges=True)
FRAMES = 'multipart/related; type="application/octet-stream"; boundary=BB'
Change = Callable[[Seen, bytes], Iterable[Step]]


def cut(file: Large, size: int = 0, length: int | None = 0) -> Begun:
    begun = begun_of(
        bytearray(file.data[: size or file.ends[1]]), len(file.data) if length == 0 else length, least=0
    )
    assert begun is not None
    return begun


def as_it_is(_: Seen, answer: bytes) -> Iterable[Step]:
    return [answer]


def archive(
    file: Large, *, ranges: bool = True, metadata: Iterable[object] = (), change: Change = as_it_is
) -> Callable[[Seen], Iterable[Step]]:
    """Return an archive that has the file; what it answers may be changed."""

    def answer(seen: Seen) -> bytes:
        last = seen.path.rpartition("/")[2]
        if last == "metadata":
            return json_reply(list(metadata))
        if "/frames/" in seen.path:
            frames = (file.frames[int(one) - 1] for one in last.split(","))
            body = b"".join(
                b"\r\n--BB\r\nContent-Type: application/octet-stream\r\n\r\n" + one for one in frames
            )
            return reply(body=body + b"\r\n--BB--", Content_Type=FRAMES)
        start, _, last = seen.headers.get("range", "").removeprefix("bytes=").partition("-")
        if not ranges or not start:
            return reply(body=file.data, Content_Type="application/dicom")
        place = f"bytes {start}-{len(file.data) - 1}/{len(file.data)}"
        return reply(206, file.data[int(start) :], Content_Type="application/dicom", Content_Range=place)

    return lambda seen: change(seen, answer(seen))


def continued(
    script: Callable[[Seen], Iterable[Step]], begun: Begun, traits: Capabilities = RANGES
) -> list[Seen]:
    with ScriptedHttp(script) as server, closing(Transport(server.url)) as transport:
        for part in rest(transport, traits, begun):
            begun.take(part.frame, part, part.transfer_syntax)
    return server.requests


def test_the_bytes_that_lack_are_asked_for_where_the_archive_gives_them() -> None:
    file = large("table", count=40)
    begun = cut(file, file.ends[30] + 3)

    (seen,) = continued(archive(file), begun)

    assert bytes(begun.whole()) == file.data
    assert seen.headers["range"].startswith("bytes=")
    assert seen.headers["accept"] == "application/dicom; transfer-syntax=*"
    assert seen.headers["accept-encoding"] == "identity"


def test_bytes_that_are_cut_are_continued_at_the_cut() -> None:
    file = large("explicit", count=400)
    begun = cut(file)

    def broken(_: Seen, answer: bytes) -> Iterable[Step]:
        return [answer[:-2000], CLOSE]

    with pytest.raises(Truncated):
        continued(archive(file, change=broken), begun)
    here = len(begun.data)
    (seen,) = continued(archive(file), begun)

    assert here > len(file.data) - 2500
    assert int(seen.headers["range"].removeprefix("bytes=").rstrip("-")) > here - 5000
    assert bytes(begun.whole()) == file.data


def test_bytes_of_another_file_are_noticed_before_they_are_taken() -> None:
    file = large("explicit", count=40)
    other = large("explicit", count=40, seed=1)
    longer = Large(file.data + b"\xfc\xff\xfc\xffOB\0\0\0\0\0\0", file.frames)

    for one in (other, longer):
        begun = cut(file, file.ends[20])
        with pytest.raises(Differs):
            continued(archive(one), begun)
        assert len(begun.data) == file.ends[20]


def test_an_answer_whose_end_shows_in_nothing_is_held_to_what_it_says_it_brings() -> None:
    file = large("explicit", count=40)

    def cut_short(_: Seen, answer: bytes) -> Iterable[Step]:
        return [answer.replace(b"Content-Length", b"X-Length", 1)[:-10], CLOSE]

    with pytest.raises(Truncated):
        continued(archive(file, change=cut_short), cut(file))


@pytest.mark.parametrize(
    "change",
    [
        lambda _, answer: [answer.replace(b"bytes ", b"lines ", 1)],
        lambda _, answer: [answer.replace(b"Content-Range: bytes ", b"Content-Range: bytes 1", 1)],
        lambda _, answer: [answer.replace(b" 206 ", b" 200 ", 1)],
        lambda _, answer: [answer.replace(b"application/dicom", b"multipart/byteranges; boundary=B", 1)],
    ],
)
def test_an_archive_that_gives_no_ranges_after_all_is_asked_for_frames(change: Change) -> None:
    file = large("explicit")

    def changed(seen: Seen, answer: bytes) -> Iterable[Step]:
        return [answer] if "/frames/" in seen.path else change(seen, answer)

    begun = cut(file)
    requests = continued(archive(file, change=changed), begun)

    assert bytes(begun.whole()) == file.data
    assert [one.path.rpartition("/")[2] for one in requests[1:]] == ["3,4,5"]


@pytest.mark.parametrize("form", ["explicit", "rle", "table"])
def test_frames_continue_what_bytes_can_t(form: str) -> None:
    file = large(form)
    begun = cut(file)

    requests = continued(archive(file, metadata=[item(PixelData="")]), begun, Capabilities())

    assert bytes(begun.whole()) == file.data
    assert requests[-1].path.endswith("/frames/3,4,5")
    assert [one.path.endswith("/metadata") for one in requests[:-1]] == [True] * (form != "explicit")


FOLLOWED = {"7FE00010": {"vr": "OW"}, "7FE11010": {"vr": "OB"}}


@pytest.mark.parametrize("metadata", [[FOLLOWED], [{"fffafffa": {"vr": "SQ"}}], []])
def test_a_file_in_which_more_follows_isn_t_continued_by_frames(metadata: list[object]) -> None:
    file = large("explicit")

    with pytest.raises(NotOffered):
        continued(archive(file, metadata=metadata), cut(file, length=None), Capabilities())
    with pytest.raises(NotOffered):
        continued(archive(file), cut(file, length=len(file.data) + 8), Capabilities())


def test_a_file_whose_last_frame_was_cut_from_its_end_needs_nothing_more() -> None:
    file = large("odd")
    begun = cut(file, file.ends[-1])

    assert continued(archive(file), begun, Capabilities()) == []
    assert bytes(begun.whole()) == file.data


@pytest.mark.parametrize(("traits", "kind"), [(RANGES, NotThere), (Capabilities(), NotOffered)])
def test_what_is_gone_meanwhile_or_has_no_frames_isn_t_continued(
    traits: Capabilities, kind: type[ArchiveError]
) -> None:
    with pytest.raises(kind):
        continued(lambda _: [reply(404)], cut(large("explicit")), traits)
