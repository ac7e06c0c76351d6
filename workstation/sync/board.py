"""What is wanted from the archives, and what a stream should fetch next.

A study that is wanted is first asked what it consists of; then each of its series comes, the middle
instances of every series one by one, the rest of each as one stream or one by one as well, whichever is
sooner through on this line. Every instance that the archive lists is accounted for: it is here, on its way,
wanted, or given up with a reason.

Everything is plain state behind one lock; threads ask it and tell it.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from workstation.archive import Contents, ListedInstance, ListedSeries
from workstation.sync.order import SINGLY, arranged
from workstation.sync.rest import Rest
from workstation.sync.urgency import YIELDS, Urgency

TRIES: Final = 3
"""How often an instance is asked for that comes broken or not at all, before it is given up."""

NEVER_CAME: Final = "The archive lists it and does not deliver it."


@dataclass(frozen=True, slots=True)
class Want:
    """A study that should be here."""

    archive: str
    study_uid: str
    urgency: Urgency
    lead: str = ""  # the series to begin with
    start: int | None = None  # the slice of it to begin with; None: its middle


@dataclass(frozen=True, slots=True)
class Piece:
    """What one stream fetches in one go."""

    number: int
    want: Want
    series_uid: str = ""  # "": the study's contents are asked for
    uids: tuple[str, ...] = ()
    as_stream: bool = False  # the whole series, though only ``uids`` are lacking

    @property
    def asks_contents(self) -> bool:
        """Say whether it asks what the study consists of."""
        return not self.series_uid


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a study is."""

    here: int
    listed: int | None  # None: the archive was not asked yet
    given_up: int = 0

    @property
    def is_settled(self) -> bool:
        """Say whether nothing more will come."""
        return self.listed is not None and self.here + self.given_up >= self.listed


@dataclass
class _Series:
    listed: ListedSeries
    waiting: list[ListedInstance] = field(default_factory=list)  # in the order in which they should come
    first: int = 0  # how many of them come one by one whatever the rest does
    is_cut: bool = False  # a stream of it broke: from then on one by one


@dataclass
class _Study:
    want: Want
    order: int
    series: dict[str, _Series] | None = None
    is_asked: bool = False
    here: set[str] = field(default_factory=set)
    on_the_way: set[str] = field(default_factory=set)
    tries: dict[str, int] = field(default_factory=dict)
    given_up: dict[str, str] = field(default_factory=dict)  # UID → why
    listed: frozenset[str] = frozenset()

    @property
    def progress(self) -> Progress:
        if self.series is None:
            return Progress(len(self.here), None)
        return Progress(len(self.here & self.listed), len(self.listed), len(self.given_up))


StreamPays = Callable[[Rest], bool]
"""Whether a stream of the whole series is to be preferred to asking for what lacks one by one."""


class Board:
    """All that is wanted, of one or several archives."""

    def __init__(
        self, stream_pays: StreamPays = lambda _: True, is_reachable: Callable[[str], bool] = lambda _: True
    ) -> None:
        self._is_reachable = is_reachable
        self._lock = threading.RLock()
        self._studies: dict[tuple[str, str], _Study] = {}
        self._numbers = itertools.count(1)
        self._stream_pays = stream_pays

    def want(self, want: Want) -> None:
        """Want a study, or want it more or less urgently than before."""
        with self._lock:
            key = want.archive, want.study_uid
            study = self._studies.get(key)
            if study is None:
                self._studies[key] = _Study(want, next(self._numbers))
                return
            study.want = want
            if study.series is not None and want.lead in study.series:
                lead = study.series[want.lead]
                lead.waiting = _lacking(lead.listed, study, want.start)
                study.series = {want.lead: lead, **study.series}

    def drop(self, archive: str, study_uid: str) -> None:
        """Want a study no more; what is on its way still lands."""
        with self._lock:
            self._studies.pop((archive, study_uid), None)

    def wants(self) -> tuple[Want, ...]:
        """Return everything that is wanted, the most urgent first."""
        with self._lock:
            return tuple(study.want for study in self._by_urgency())

    def progress(self, archive: str, study_uid: str) -> Progress | None:
        """Return how far a study is, None if it isn't wanted."""
        with self._lock:
            study = self._studies.get((archive, study_uid))
            return study.progress if study else None

    def given_up(self, archive: str, study_uid: str) -> dict[str, str]:
        """Return the instances of a study that can't be had, each with the reason."""
        with self._lock:
            study = self._studies.get((archive, study_uid))
            return dict(study.given_up) if study else {}

    def take(self, may: Callable[[Want], bool] = lambda _: True) -> Piece | None:
        """Return the most urgent piece among what ``may`` be fetched now; it counts as on its way."""
        with self._lock:
            holds_back = self._holds_back()
            for study in self._by_urgency():
                if holds_back and study.want.urgency in YIELDS:
                    return None
                can = self._is_reachable(study.want.archive) and may(study.want)
                piece = self._next_of(study) if can else None
                if piece is not None:
                    return piece
            return None

    def learn(self, piece: Piece, contents: Contents, here: Collection[str]) -> None:
        """Note what a study consists of, and what of it is here already."""
        with self._lock:
            study = self._study_of(piece)
            if study is None:
                return
            study.is_asked = False
            study.listed = frozenset(one.uid for series in contents.series for one in series.instances)
            study.here |= set(here)
            study.series = {
                series.series.uid: _Series(series, _lacking(series, study, _start(study.want, series)))
                for series in _in_order(contents.series, study.want.lead)
            }
            for one in study.series.values():
                one.first = min(SINGLY, len(one.waiting)) if study.want.urgency not in YIELDS else 0

    def landed(self, study_uid: str, uids: Iterable[str]) -> None:
        """Note that instances are in the store, however they came."""
        came = set(uids)
        with self._lock:
            for study in self._studies.values():
                if study.want.study_uid == study_uid:
                    study.here |= came
                    study.on_the_way -= came
                    for uid in came:
                        study.given_up.pop(uid, None)

    def finish(self, piece: Piece, why: str = NEVER_CAME) -> None:
        """Note that a piece came to its end: what of it is not here by now has failed once more."""
        with self._lock:
            study = self._study_of(piece)
            if study is None:
                return
            study.is_asked = study.is_asked and not piece.asks_contents
            lacking = [uid for uid in piece.uids if uid not in study.here]
            for uid in lacking:
                study.tries[uid] = study.tries.get(uid, 0) + 1
                if study.tries[uid] >= TRIES:
                    study.given_up[uid] = why
            self._put_back(study, piece, [uid for uid in lacking if uid not in study.given_up])

    def give_back(self, piece: Piece, *, is_cut: bool = False) -> None:
        """Put back what of a piece is not here: the line broke, or something more urgent came."""
        with self._lock:
            study = self._study_of(piece)
            if study is None:
                return
            study.is_asked = study.is_asked and not piece.asks_contents
            if study.series is not None and piece.series_uid in study.series:
                study.series[piece.series_uid].is_cut |= is_cut and piece.as_stream
            self._put_back(study, piece, [uid for uid in piece.uids if uid not in study.here])

    def try_again(self, archive: str, study_uid: str) -> None:
        """Ask anew for what was given up, and whether the archive has more by now."""
        with self._lock:
            study = self._studies.get((archive, study_uid))
            if study is not None:
                study.tries.clear()
                study.given_up.clear()
                study.series = None

    def must_yield(self, piece: Piece) -> bool:
        """Say whether a piece on its way has to make room at once."""
        with self._lock:
            study = self._study_of(piece)
            urgency = study.want.urgency if study else Urgency.PREFETCH
            return urgency in YIELDS and self._holds_back()

    def _holds_back(self) -> bool:
        return any(
            study.want.urgency is Urgency.OPEN
            and not study.progress.is_settled
            and self._is_reachable(study.want.archive)
            for study in self._studies.values()
        )

    def _by_urgency(self) -> list[_Study]:
        return sorted(self._studies.values(), key=lambda study: (study.want.urgency, study.order))

    def _study_of(self, piece: Piece) -> _Study | None:
        return self._studies.get((piece.want.archive, piece.want.study_uid))

    def _next_of(self, study: _Study) -> Piece | None:
        if study.series is None:
            if study.is_asked:
                return None
            study.is_asked = True
            return Piece(next(self._numbers), study.want)
        for series in study.series.values():  # every series' middle first
            if series.first and series.waiting:
                series.first -= 1
                return self._piece(study, series, series.waiting[:1])
        for series in study.series.values():
            if series.waiting:
                return self._rest_of(study, series)
        return None

    def _rest_of(self, study: _Study, series: _Series) -> Piece:
        streams = not series.is_cut and self._stream_pays(_rest(study, series))
        count = len(series.waiting) if streams else 1
        return self._piece(study, series, series.waiting[:count], as_stream=streams)

    def _piece(
        self, study: _Study, series: _Series, instances: list[ListedInstance], *, as_stream: bool = False
    ) -> Piece:
        """Take the first of a series' waiting instances as a piece."""
        uids = tuple(one.uid for one in instances)
        del series.waiting[: len(uids)]
        study.on_the_way |= set(uids)
        return Piece(next(self._numbers), study.want, series.listed.series.uid, uids, as_stream)

    def _put_back(self, study: _Study, piece: Piece, uids: Collection[str]) -> None:
        study.on_the_way -= set(piece.uids)
        series = (study.series or {}).get(piece.series_uid)
        if series is not None and uids:
            series.waiting = _lacking(series.listed, study, _start(study.want, series.listed))


def _rest(study: _Study, series: _Series) -> Rest:
    """Return what lacks; what is on its way comes twice as well, and so does what was given up."""
    size, whole = _size(series.waiting), _size(series.listed.instances)
    count = len(series.waiting)
    return Rest(study.want.archive, count, size, len(series.listed.instances) - count, whole - size)


def _size(instances: Iterable[ListedInstance]) -> int:
    return sum(one.size or 0 for one in instances)


def _in_order(series: Iterable[ListedSeries], lead: str) -> Iterator[ListedSeries]:
    """Yield series as they should come: the one that is looked at, then by number."""
    yield from sorted(
        series,
        key=lambda one: (one.series.uid != lead, one.series.number is None, one.series.number or 0),
    )


def _start(want: Want, series: ListedSeries) -> int | None:
    return want.start if series.series.uid == want.lead else None


def _lacking(series: ListedSeries, study: _Study, start: int | None) -> list[ListedInstance]:
    """Return the instances of a series that are neither here nor on their way nor given up, in order."""
    there = study.here | study.on_the_way | study.given_up.keys()
    return [one for one in arranged(series.instances, start) if one.uid not in there]
