"""Everything that goes on between this desk and its archives, behind one face.

Three things run: the engine (lines, streams, deliveries), the watching of lists, and a planner that looks at
both and says what is wanted. ``workflow`` starts and stops it with the desk and asks it for the list.

Units:   seconds on the monotonic clock.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final

from workstation.archive import Address, Query
from workstation.errors import calm
from workstation.events import Signal
from workstation.store import PatientKey
from workstation.sync.board import Want
from workstation.sync.engine import Engine, Means
from workstation.sync.gathering import Gathered, ReadingOf, Rules, gather
from workstation.sync.line import Connect
from workstation.sync.planning import Focus, cases_ahead, plan
from workstation.sync.watching import Habit, Watching
from workstation.worklist import Item, Links, Moment, Priors, State

_EVERY: Final = 1.0
_PLAN_EVERY: Final = 15.0
_IN_VAIN: Final = 600.0  # so long an archive is not asked again for a study of which it has nothing
_REST: Final = 4.0  # gathering takes at most every fifth second

_log = logging.getLogger(__name__)


def _unread(_: str) -> State:
    return State.UNREAD


def _no_links() -> Links:
    return Links()


@dataclass(frozen=True, slots=True)
class Sitting:
    """What the planner has to know of whoever reads here."""

    rules: Rules
    me: frozenset[str] = frozenset()
    reading_of: ReadingOf = field(default=_unread)
    links: Callable[[], Links] = field(default=_no_links)
    habit: Habit = field(default_factory=Habit)
    ahead: int = 5


class Service:
    """The engine with its planner."""

    def __init__(self, means: Means, ways: Iterable[tuple[Address, Connect]], sitting: Sitting) -> None:
        self.list_changed: Signal[str] = Signal("the list may be another")
        self.engine = Engine(means, ways)
        self.watching = Watching(means.store, self.engine.lines, means.clock, sitting.habit)
        self._means = means
        self._sitting = sitting
        self._focus = Focus(ahead=sitting.ahead)
        self._prior_counts: Mapping[str, tuple[int, int]] = {}
        self._gathering = threading.Lock()
        self._gathered: Gathered | None = None
        self._is_stale = True
        self._gather_at = 0.0
        self._in_vain: dict[tuple[str, str], float] = {}  # archive and study → when to ask it again
        self._closing = threading.Event()
        self._is_due = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync-plan")
        self.watching.changed.connect(self._list_read)
        self.engine.arriving.in_vain.connect(self._sought_in_vain)
        self.engine.arriving.learned.connect(self._something_new)
        self.engine.arriving.arrived.connect(self.look_again)

    def start(self) -> None:
        """Begin."""
        self.engine.start()
        self._thread.start()

    def close(self) -> None:
        """Stop everything; deliveries go on at the next start."""
        self._closing.set()
        self.engine.close()
        if self._thread.ident is not None:
            self._thread.join()

    def gathered(self) -> Gathered:
        """Return the list as the store knows it; one that took long to gather is a little older than now."""
        clock = self._means.clock
        with self._gathering:
            found = self._gathered
            if found is None or (self._is_stale and clock.monotonic() >= self._gather_at):
                began = clock.monotonic()
                self._is_stale = False
                found = self._gathered = self._gather()
                self._gather_at = clock.monotonic() + _REST * (clock.monotonic() - began)
            return found

    def look_again(self, _: str = "") -> None:
        """Know that the list may be another: something arrived, was opened, was read."""
        self._is_stale = True

    def _gather(self) -> Gathered:
        means, sitting = self._means, self._sitting
        return gather(
            means.store,
            sitting.rules,
            means.clock.utc(),
            reading_of=sitting.reading_of,
            links=sitting.links(),
        )

    def moment(self) -> Moment:
        """Return who looks, and when."""
        now = self._means.clock.utc()
        return Moment(now, _local_day(now), self._sitting.me)

    def priors_of(self, study_uid: str) -> Priors:
        """Return what a study may be compared with, among everything that is known of."""
        gathered = self.gathered()
        item = gathered.item(study_uid)
        return gathered.priors_of(item, self._sitting.rules.affinities) if item else Priors((), (), ())

    def prior_counts(self) -> Mapping[str, tuple[int, int]]:
        """Return, for the cases ahead, how many relevant priors are here and how many are known."""
        return self._prior_counts

    def focus(self, study_uid: str, lead: str = "") -> None:
        """Put a study before everything else because it is open; "" for none."""
        before, self._focus = self._focus, replace(self._focus, open_study=study_uid, lead=lead)
        if self._focus != before:
            self.plan()

    def read_lists(self) -> None:
        """Ask every archive whose line stands for its list now."""
        for name, line in self.engine.lines.items():
            if line.is_usable:
                self.watching.refresh(name)
        self.look_again()

    def look_up(self, query: Query) -> dict[str, int | str]:
        """Ask the archives for studies that are not on the list.

        Return for each how many it has, or why it couldn't say.
        """
        found = self.watching.search(query)
        self.look_again()
        return found

    def bring(self, item: Item) -> bool:
        """Bring a study now, until it is whole, asking anew for what was given up; False if nobody has it."""
        self.ask_anew(item.study_uid)
        archives = self.archives_for(item.study_uid, item.archives)
        if archives:
            self._focus = replace(self._focus, also=self._focus.also | {item.study_uid})
            self.plan()
        return bool(archives)

    def ask_anew(self, study_uid: str) -> None:
        """Forget in which archives a study was sought in vain, and what was given up of it."""
        for archive in self.engine.lines:
            self._in_vain.pop((archive, study_uid), None)
            self.engine.try_again(archive, study_uid)

    def signed_in(self, archive: str) -> None:
        """Go on with what waited for a sign-in."""
        self.engine.lines[archive].signed_in()
        self.engine.sending(archive).let_go()
        self.watching.hurry()
        self.engine.wake()

    def plan(self) -> None:
        """Think again soon about what is wanted."""
        self._is_due.set()

    def archives_for(self, study_uid: str, listing: Collection[str]) -> tuple[str, ...]:
        """Return from which of the archives that list a study it is to be had now.

        It is one at a time: the first whose line stands, in the order in which they are set up; the next as
        well once those before have given all that they list.
        """
        lines, now = self.engine.lines, self._means.clock.monotonic()
        able = [one for one in lines if one in listing and now >= self._in_vain.get((one, study_uid), 0.0)]
        able.sort(key=lambda one: not lines[one].is_usable)
        done = self._means.store.listed.given_in_full(study_uid) if len(able) > 1 else frozenset[str]()
        gives = (n for n, one in enumerate(able) if not self._is_done(one, study_uid, done))
        return tuple(able[: next(gives, len(able)) + 1])

    def _is_done(self, archive: str, study_uid: str, given_in_full: Collection[str]) -> bool:
        progress = self.engine.progress(archive, study_uid)
        return progress.is_settled if progress is not None else archive in given_in_full

    def _run(self) -> None:
        clock, pace = self._means.clock, self._means.clock.pace
        due = 0.0
        while not self._closing.wait(_EVERY / pace):
            try:
                self.watching.look()
                if self._is_due.is_set() or clock.monotonic() >= due:
                    self._is_due.clear()
                    self.make_plan()
                    due = clock.monotonic() + _PLAN_EVERY
            except Exception as error:  # noqa: BLE001  the store or a list is in trouble, and says so itself
                _log.error("the plan could not be made: %s", calm(error))

    def make_plan(self) -> None:
        """Think now about what is wanted."""
        gathered, moment = self.gathered(), self.moment()
        asked = [
            self.watching.ask_for(PatientKey(item.patient.patient_id, item.patient.issuer))
            for item in cases_ahead(gathered, moment, self._focus)
            if item.patient.patient_id
        ]
        if any(asked):
            self.look_again()
            gathered = self.gathered()
        self._prior_counts = {
            item.study_uid: _counted(gathered.priors_of(item, self._sitting.rules.affinities))
            for item in cases_ahead(gathered, moment, self._focus)
        }
        self._ask_again(gathered)
        self.engine.want_only(plan(gathered, self._sitting.rules, moment, self._focus, self._archives_of))
        self.list_changed.emit("")

    def _archives_of(self, item: Item) -> Sequence[str]:
        return self.archives_for(item.study_uid, item.archives)

    def _ask_again(self, gathered: Gathered) -> None:
        """Ask anew what a study consists of when the list says that it has grown."""
        for want in self.engine.wants():
            progress = self.engine.progress(want.archive, want.study_uid)
            listed = progress.listed if progress else None
            told = [
                one.instances
                for one in gathered.remote.get(want.study_uid, ())
                if one.archive == want.archive
            ]
            if listed is not None and any(count is not None and count > listed for count in told):
                self.engine.try_again(want.archive, want.study_uid)

    def _list_read(self, archive: str) -> None:
        self.look_again()
        self.plan()
        self.list_changed.emit(archive)

    def _sought_in_vain(self, want: Want) -> None:
        self._in_vain[want.archive, want.study_uid] = self._means.clock.monotonic() + _IN_VAIN
        self.plan()

    def _something_new(self, study_uid: str) -> None:
        self.look_again()
        self.list_changed.emit(study_uid)


def _counted(priors: Priors) -> tuple[int, int]:
    return sum(prior.study.is_here for prior in priors.relevant), len(priors.relevant)


def _local_day(now: datetime) -> date:
    return now.replace(tzinfo=now.tzinfo or UTC).astimezone().date()
