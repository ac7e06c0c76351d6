"""An archive that does what a test says, behind the real protocols."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from workstation.archive import (
    Address,
    Claim,
    Commitment,
    Contents,
    Endpoint,
    NotOffered,
    NotThere,
    Outgoing,
    Part,
    Query,
    Reference,
    Search,
    Settled,
    Speech,
    StoreAnswer,
    Task,
    Wanted,
)
from workstation.archive.unfinished import Begun


def address(*endpoints: str, identifier: str = "group") -> Address:
    """Return an archive with endpoints of these names."""
    ways = tuple(Endpoint(name, url=f"http://127.0.0.1/{name}") for name in endpoints)
    return Address(identifier, "The group", Speech.DICOMWEB, ways)


def once(error: BaseException | None, where: str) -> Callable[[str], None]:
    """Return a fault that happens the first time that the archive comes to a place, or none."""
    left = [error]

    def fault(what: str) -> None:
        if f" {where}" in what and left and (one := left.pop()) is not None:
            raise one

    return fault


def nothing(_: str) -> None:
    """Let everything go well."""


@dataclass
class Whole:
    """A part that came as it should."""

    data: bytes
    transfer_syntax: str = ""
    is_file: bool = True
    frame: int | None = None
    chunk: int = 1 << 16

    @property
    def length(self) -> int | None:
        """Return how many bytes there are."""
        return len(self.data)

    def __iter__(self) -> Iterator[memoryview]:
        for start in range(0, len(self.data), self.chunk):
            yield memoryview(self.data)[start : start + self.chunk]


@dataclass
class Archive:
    """Objects by UID; ``fault`` is asked before everything and may raise."""

    objects: dict[str, bytes] = field(default_factory=dict)
    contents: dict[str, Contents] = field(default_factory=dict)
    fault: Callable[[str], object] = field(default=nothing)
    asked: list[str] = field(default_factory=list)
    answer: Callable[[Outgoing], StoreAnswer] | None = None

    def connect(self, endpoint: Endpoint, _patience: float) -> FakeConnection:
        """Return a connection by an endpoint."""
        return FakeConnection(self, endpoint.name)

    def say(self, endpoint: str, what: str) -> None:
        """Note a request, or fail it."""
        self.asked.append(f"{endpoint}: {what}")
        self.fault(f"{endpoint}: {what}")


class FakeConnection:
    """A connection to it; its two doors are itself."""

    def __init__(self, archive: Archive, endpoint: str) -> None:
        self._archive = archive
        self._endpoint = endpoint
        self.is_closed = False

    @property
    def images(self) -> FakeConnection:
        return self

    @property
    def work(self) -> FakeConnection:
        return self

    def echo(self) -> None:
        self._archive.say(self._endpoint, "echo")

    def close(self) -> None:
        self.is_closed = True

    def search(self, query: Query) -> Search:
        self._archive.say(self._endpoint, f"search {query.patient_id}")
        return Search(())

    def metadata(self, study_uid: str) -> Contents:
        self._archive.say(self._endpoint, f"metadata {study_uid}")
        if study_uid not in self._archive.contents:
            raise NotThere("No such study")
        return self._archive.contents[study_uid]

    def retrieve(self, wanted: Wanted) -> Generator[Part, None, None]:
        self._archive.say(self._endpoint, f"retrieve {wanted.uid or wanted.series_uid}")
        uids = [wanted.uid] if wanted.uid else [uid for uid in self._archive.objects if _is_in(uid, wanted)]
        for uid in uids:
            if uid not in self._archive.objects:
                raise NotThere("No such instance")
            self._archive.say(self._endpoint, f"part {uid}")
            yield Whole(self._archive.objects[uid])

    def rest(self, begun: Begun) -> Generator[Part, None, None]:
        raise NotOffered(f"Nothing of {len(begun.data)} bytes is continued")

    def thumbnail(self, wanted: Wanted, side: int) -> bytes:
        raise NotOffered(f"No thumbnail of {side} pixels of {len(wanted.uid)}")

    def store(self, objects: Sequence[Outgoing]) -> tuple[StoreAnswer, ...]:
        for one in objects:
            self._archive.say(self._endpoint, f"store {one.uid}")
        if self._archive.answer is not None:
            return tuple(map(self._archive.answer, objects))
        self._archive.objects |= {one.uid: bytes(one.data) for one in objects}
        return tuple(StoreAnswer(one.uid, Settled.STORED) for one in objects)

    def verify(self, references: Sequence[Reference]) -> frozenset[str]:
        self._archive.say(self._endpoint, "verify")
        return frozenset(one.uid for one in references if one.uid in self._archive.objects)

    def tasks(self) -> tuple[Task, ...]:
        return ()

    def claim(self, task_uid: str, transaction_uid: str, performer: str) -> Claim:
        return _not_offered(task_uid, transaction_uid, performer)

    def release(self, claim: Claim, reason: str) -> None:
        _not_offered(claim, reason)

    def complete(self, claim: Claim, outputs: Sequence[Reference]) -> None:
        _not_offered(claim, outputs)

    def commit(self, references: Sequence[Reference]) -> Commitment:
        return _not_offered(references)


def _is_in(uid: str, wanted: Wanted) -> bool:
    return uid.startswith(f"{wanted.series_uid or wanted.study_uid}.")


def _not_offered(*_: object) -> NoReturn:
    raise NotOffered("This archive has no tasks")
