"""The two small protocols behind which every archive stands, and the connection that carries them.

Whatever implements them is safe to be used by several threads at once, keeps nothing about patients after
an answer is given, and raises nothing but the errors of ``archive.errors`` (and Cancelled).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Protocol

from workstation.archive.model import (
    Claim,
    Commitment,
    Contents,
    Outgoing,
    Query,
    Reference,
    Search,
    StoreAnswer,
    Task,
    Wanted,
)
from workstation.archive.unfinished.begun import Begun


class Part(Protocol):
    """One object or frame on its way here; its chunks are asked for once, in order.

    An iteration that ends without an error has given every byte. A part that is not iterated to its end is
    passed over when the next is asked for.
    """

    @property
    def length(self) -> int | None:
        """Return how many bytes are to come, where the archive says so."""
        ...

    @property
    def transfer_syntax(self) -> str:
        """Return the transfer syntax that the part's header names, "" if it names none."""
        ...

    @property
    def is_file(self) -> bool:
        """Say whether it is a Part 10 file; False: the bytes of a frame."""
        ...

    @property
    def frame(self) -> int | None:
        """Return which frame (from 0) it is, None for a file."""
        ...

    def __iter__(self) -> Iterator[memoryview]:
        """Yield the bytes; a chunk is valid until the next is asked for."""
        ...


class Images(Protocol):
    """What an archive does with images."""

    def search(self, query: Query) -> Search:
        """Return the studies that fit."""
        ...

    def metadata(self, study_uid: str) -> Contents:
        """Return what the study consists of; NotThere if the archive has no such study."""
        ...

    def retrieve(self, wanted: Wanted) -> Generator[Part, None, None]:
        """Yield what is wanted as the archive holds it, without transcoding.

        The generator may be closed at any time: the connection is then dropped. Truncated if the answer
        ends early; all parts that were whole before that are good.
        """
        ...

    def rest(self, begun: Begun) -> Generator[Part, None, None]:
        """Yield what lacks of an instance, for ``Begun.take``: single frames, or the bytes that follow.

        NotOffered where the archive can't continue it: it has to be retrieved anew.
        """
        ...

    def thumbnail(self, wanted: Wanted, side: int) -> bytes:
        """Return a rendered JPEG of at most ``side`` pixels; NotOffered where the archive renders nothing."""
        ...

    def store(self, objects: Sequence[Outgoing]) -> tuple[StoreAnswer, ...]:
        """Send objects; answer for each of them alone. Interrupted: any of them may have been stored."""
        ...

    def verify(self, references: Sequence[Reference]) -> frozenset[str]:
        """Return the UIDs among these that the archive says it has."""
        ...


class Work(Protocol):
    """What an archive does with reading tasks; NotOffered for what it doesn't do."""

    def tasks(self) -> tuple[Task, ...]:
        """Return the tasks that are scheduled or in progress."""
        ...

    def claim(self, task_uid: str, transaction_uid: str, performer: str) -> Claim:
        """Take a task; the caller chose the transaction UID and has made it durable before.

        Refused if someone else has it.
        """
        ...

    def release(self, claim: Claim, reason: str) -> None:
        """Give a task back; done already is no error."""
        ...

    def complete(self, claim: Claim, outputs: Sequence[Reference]) -> None:
        """Say that a task is done, with what came out of it."""
        ...

    def commit(self, references: Sequence[Reference]) -> Commitment:
        """Ask the archive to commit itself to keep these (storage commitment); waits for its word."""
        ...


class Connection(Protocol):
    """One archive by one of its endpoints."""

    @property
    def images(self) -> Images:
        """Return the door for images."""
        ...

    @property
    def work(self) -> Work:
        """Return the door for reading tasks."""
        ...

    def echo(self) -> None:
        """Ask something cheap, signed in; raise what stands in the way."""
        ...

    def close(self) -> None:
        """Drop every open connection, at once; what waits on one raises Interrupted."""
        ...
