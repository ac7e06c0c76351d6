"""A real Orthanc that answers as another product does, as far as the product's ``Guise`` tells.

Requests are checked as the product checks them, asked of Orthanc in the way that it understands, and the
answer is put into the product's form while it streams through. Reading tasks are a ``Worklist``'s.

Errors:  an Orthanc that breaks off breaks off the client's connection.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, Final
from urllib.parse import unquote

from guises import Guise
from multipart_related import Section, apart, boundary_of, closing, next_head, opening, together
from pydicom import dcmread
from scripted_http import ScriptedHttp, Seen, Step, head, json_reply, reply
from scripted_worklist import Worklist

TOKEN: Final = "let-me-in"  # noqa: S105  of a server that lives for a test

_BOUNDARY: Final = "a-boundary-of-another-product"
_PREAMBLE: Final = 128
_CHUNK: Final = 1 << 16
_KNOWN: Final = 45070
_UNSAFE: Final = re.compile(r"[^0-9A-Za-z._*?^,:-]")
_UNQUOTED: Final = re.compile(r"type=[^\"]")
_INSTANCE: Final = re.compile(r"studies/[^/]+/series/[^/]+/instances/[^/]+")
_SEARCH: Final = re.compile(r"studies|studies/[^/]+/(series|instances)|studies/[^/]+/series/[^/]+/instances")
_ALL_FIELDS: Final = (
    "StudyDescription,ModalitiesInStudy,NumberOfStudyRelatedSeries,NumberOfStudyRelatedInstances,"
    "NumberOfSeriesRelatedInstances,NumberOfFrames,SeriesDescription,BodyPartExamined,PatientBirthDate,PatientSex"
)


@dataclass(frozen=True)
class Disguised:
    """An archive under its guise."""

    url: str  # of DICOMweb, without a slash at the end
    server: ScriptedHttp
    worklist: Worklist


class Bearer:
    """Has the token of the products that demand one."""

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {TOKEN}"}

    def refused(self, sent: Mapping[str, str]) -> bool:
        del sent
        return False


@contextlib.contextmanager
def disguised(port: int, guise: Guise, worklist: Worklist | None = None) -> Iterator[Disguised]:
    """Let the Orthanc at a port answer under a guise, until the block ends."""
    work = worklist or Worklist()
    with ScriptedHttp(_Disguise(port, guise, work)) as server:
        yield Disguised(f"http://127.0.0.1:{server.port}{guise.prefix}", server, work)


class _Disguise:
    """A script that asks Orthanc for its answers."""

    def __init__(self, port: int, guise: Guise, worklist: Worklist) -> None:
        self._port = port
        self._guise = guise
        self._worklist = worklist

    def __call__(self, seen: Seen) -> Iterable[Step]:
        if not seen.path.startswith(f"{self._guise.prefix}/"):
            return [reply(404)]
        path = seen.path.removeprefix(f"{self._guise.prefix}/")
        if status := _refusal(self._guise, seen, path):
            return [reply(status)]
        if path.startswith("workitems"):
            return self._work(seen, path)
        if seen.method == "POST":
            return [self._store(seen, path)]
        return self._get(seen, path)

    # --- reading tasks ------------------------------------------------------------------------------

    def _work(self, seen: Seen, path: str) -> Iterable[Step]:
        query = seen.query
        if self._guise.names_workitems:
            parts = path.split("/")
            is_change, is_new = seen.method == "PUT", seen.method == "POST" and len(parts) == 1
            if (is_change and len(parts) != 4) or (is_new and not query.startswith("workitem=")):
                return [reply(404)]
            path = "/".join(parts[:3])
            query = query.removeprefix("workitem=") if is_new else query
        return self._worklist(replace(seen, target=f"/dicom-web/{path}?{query}"))

    # --- storing ------------------------------------------------------------------------------------

    def _store(self, seen: Seen, path: str) -> bytes:
        """Give Orthanc the parts as it takes them, and say of each what became of it."""
        sections, is_ended = apart(seen.body, boundary_of(seen.headers.get("content-type", "")))
        if not is_ended:
            return reply(400)
        known = [one for one in sections if self._guise.tells_known and self._has(one.data)]
        plain = [
            Section({"Content-Type": "application/dicom"}, one.data) for one in sections if one not in known
        ]
        answer: dict[str, Any] = self._stored(plain, path) if plain else {}
        answer.setdefault("00081198", {"vr": "SQ"}).setdefault("Value", []).extend(map(_failed, known))
        stored = answer.get("00081199", {}).get("Value", [])
        status = 409 if not stored else 200 if len(stored) == len(sections) else 202
        text = self._renamed(json.dumps(answer).encode(), seen)
        return reply(status, text, Content_Type="application/dicom+json")

    def _stored(self, sections: Iterable[Section], path: str) -> dict[str, Any]:
        headers = {
            "Content-Type": f'multipart/related; type="application/dicom"; boundary={_BOUNDARY}',
            "Accept": "application/dicom+json",
        }
        body = together(sections, _BOUNDARY)
        with self._asked("POST", f"/dicom-web/{path}", headers, body) as answer:
            return dict(json.loads(answer.read()))

    def _has(self, data: bytes) -> bool:
        uid = str(dcmread(BytesIO(data), stop_before_pixels=True).SOPInstanceUID)
        with self._asked("POST", "/tools/lookup", {}, uid.encode()) as answer:
            return bool(json.loads(answer.read()))

    # --- asking -------------------------------------------------------------------------------------

    def _get(self, seen: Seen, path: str) -> Generator[Step, None, None]:
        is_file, is_search = _wants_file(seen), bool(_SEARCH.fullmatch(path))
        query = _query(self._guise, seen.query) if is_search else seen.query
        if query is None:
            yield self._nothing()
            return
        target = f"/dicom-web/{path}?{query}"
        if self._guise.thumbnails:
            target = target.replace("/thumbnail?", "/rendered?")
        with self._asked("GET", target, {"Accept": _accept(seen, is_file=is_file)}) as answer:
            kind = answer.getheader("Content-Type", "")
            if kind.startswith("multipart/"):
                yield from self._file(answer) if is_file else self._parts(answer, kind, seen)
                return
            body = answer.read()
            if is_search and answer.status == 200 and json.loads(body) == []:
                yield self._nothing()
            else:
                yield reply(answer.status, self._renamed(body, seen), Content_Type=kind)

    def _nothing(self) -> bytes:
        status = self._guise.no_match
        return reply(status) if status == 204 else json_reply([], status)

    def _parts(self, answer: http.client.HTTPResponse, kind: str, seen: Seen) -> Generator[Step, None, None]:
        """Yield an answer's parts as the product writes them, in chunks."""
        media = kind.replace(boundary_of(kind), _BOUNDARY)
        yield head(answer.status, Content_Type=media, Transfer_Encoding="chunked")
        while (headers := next_head(answer)) is not None:
            shown = {name: value for name, value in headers.items() if name != "mime-version"}
            if not self._guise.sized_parts:
                del shown["content-length"]
            yield _chunk(self._renamed(opening(shown, _BOUNDARY), seen))
            for data in self._content(answer, headers):
                yield _chunk(data)
            yield _chunk(b"\r\n")
        yield _chunk(closing(_BOUNDARY)) + _chunk(b"")

    def _file(self, answer: http.client.HTTPResponse) -> Generator[Step, None, None]:
        """Yield the only part of an answer without its envelope."""
        headers = next_head(answer)
        if headers is None:
            raise OSError("an answer has no part")
        yield head(200, Content_Type="application/dicom", Content_Length=headers["content-length"])
        yield from self._content(answer, headers)

    def _content(self, answer: http.client.HTTPResponse, headers: Mapping[str, str]) -> Iterator[bytes]:
        length = int(headers["content-length"])
        if self._guise.blank_preamble and headers["content-type"] == "application/dicom":
            answer.read(_PREAMBLE)
            yield bytes(_PREAMBLE)
            length -= _PREAMBLE
        while length:
            data = answer.read(min(length, _CHUNK))
            if not data:
                raise OSError("an answer ends early")
            yield data
            length -= len(data)

    def _renamed(self, text: bytes, seen: Seen) -> bytes:
        """Return a text with the product's URLs in place of Orthanc's."""
        origin = self._guise.origin or f"http://{seen.headers['host']}"
        ours = f"http://127.0.0.1:{self._port}/dicom-web".encode()
        return text.replace(ours, f"{origin}{self._guise.prefix}".encode())

    @contextlib.contextmanager
    def _asked(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(method, target, body, dict(headers))
            yield connection.getresponse()
        except http.client.HTTPException as error:
            raise OSError("Orthanc breaks off") from error
        finally:
            connection.close()


def _refusal(guise: Guise, seen: Seen, path: str) -> int:
    """Return the status that a request is refused with, 0 if it isn't."""
    accept = seen.headers.get("accept", "*/*")
    if guise.needs_token and seen.headers.get("authorization") != f"Bearer {TOKEN}":
        return 401
    if guise.not_offered.fullmatch(path) or (path.startswith("workitems") and not guise.worklist):
        return 404
    if path.endswith("/thumbnail") and not guise.thumbnails:
        return 404
    if _is_unacceptable(guise, accept, path):
        return 406
    return 400 if int(seen.asked.get("limit", 0)) > guise.most_at_once else 0


def _is_unacceptable(guise: Guise, accept: str, path: str) -> bool:
    if _SEARCH.fullmatch(path):
        return guise.json_alone and "multipart" in accept
    if not _INSTANCE.fullmatch(path):
        return guise.needs_quotes and bool(_UNQUOTED.search(accept))
    if accept.startswith("application/dicom"):
        return not guise.single_part
    return not guise.envelope or (guise.needs_quotes and bool(_UNQUOTED.search(accept)))


def _wants_file(seen: Seen) -> bool:
    return bool(re.match(r"application/dicom\s*(;|$)", seen.headers.get("accept", "")))


def _accept(seen: Seen, *, is_file: bool) -> str:
    """Return what to ask Orthanc for, which knows no files without envelope."""
    accept = seen.headers.get("accept", "*/*")
    return (
        accept.replace("application/dicom", 'multipart/related; type="application/dicom"')
        if is_file
        else accept
    )


def _query(guise: Guise, query: str) -> str | None:
    """Return a search as Orthanc understands it; None if it can't find anything."""
    asked = [
        (key, unquote(value)) for key, _, value in (one.partition("=") for one in query.split("&")) if key
    ]
    given = dict(asked)
    left = guise.most_rows - int(given.get("offset", 0))
    is_fuzzy = given.get("fuzzymatching") == "true"
    criteria: list[str] = []
    for key, value in asked:
        wanted = value
        if key == "fuzzymatching":
            continue
        if guise.fuzzy_names and ("*" in value or "?" in value):
            return None
        if key == "limit":
            wanted = str(min(int(value), left))
        if key == "PatientName" and guise.fuzzy_names and is_fuzzy:
            wanted = f"{value}*"
        if key == "includefield" and value == "all":
            wanted = _ALL_FIELDS if guise.all_fields else ""
        criteria.append(f"{key}={_UNSAFE.sub('?', wanted)}")
    return "&".join(criteria) if left > 0 else None


def _failed(section: Section) -> dict[str, Any]:
    """Return an item of FailedSOPSequence for an object that the archive has."""
    read = dcmread(BytesIO(section.data), stop_before_pixels=True)
    return {
        "00081150": {"vr": "UI", "Value": [str(read.SOPClassUID)]},
        "00081155": {"vr": "UI", "Value": [str(read.SOPInstanceUID)]},
        "00081197": {"vr": "US", "Value": [_KNOWN]},
    }


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"
