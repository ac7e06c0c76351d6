"""The hospital itself: opened for a night, closed after it.

Its server runs in threads of this process, its painters in processes of their own: what is left here is to
look things up and to have files sent by the kernel, which a process more would not make faster, while a
schedule that can be steered would need a language between the two. It listens on loopback alone, on a port
that the system chooses, and answers only whoever has the token of this opening.

Units:   seconds since it opened, as the schedule counts them.
Errors:  HospitalRefused, BadTable; OSError for a folder that can't be used.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from workstation.clock import Clock
from workstation.events import Signal
from workstation.hospital.errors import HospitalRefused
from workstation.hospital.exchange import Answer, Request
from workstation.hospital.holdings import Holdings, Tonight
from workstation.hospital.orders import Orders, parsed_orders
from workstation.hospital.painter import Painter
from workstation.hospital.qido import Qido
from workstation.hospital.routes import Routes
from workstation.hospital.schedule import Event, Moment, Schedule, parsed_schedule
from workstation.hospital.server import Server
from workstation.hospital.stow import Stow
from workstation.hospital.ups import Ups
from workstation.hospital.wado import Wado
from workstation.phantoms import cast, night
from workstation.phantoms.files import Visit
from workstation.terms.tables import bad

_ORDERS: Final = "orders.toml"
_SCHEDULE: Final = "schedule.toml"
_PAINTED: Final = "painted"
_SENT: Final = "sent"


class Hospital:
    """A hospital that is open from the moment it is made; ``with`` closes it.

    ``data`` is the folder of ``orders.toml`` and ``schedule.toml`` (``resources/demo``), ``folder`` one for
    its pictures, which are gone when it closes. ``gone`` seconds of the night have passed already.
    """

    def __init__(
        self,
        began: datetime,
        *,
        clock: Clock,
        data: Path,
        folder: Path,
        seed: int = 1,
        workers: int = 2,
        gone: float = 0.0,
    ) -> None:
        orders = parsed_orders((data / _ORDERS).read_text(encoding="utf-8"), where=_ORDERS)
        moments = parsed_schedule((data / _SCHEDULE).read_text(encoding="utf-8"), where=_SCHEDULE)
        visits = cast.visits(seed, began.replace(microsecond=0))
        tonight = _tonight(began, seed, visits, orders)
        _refuse_strangers({one.study.key for one in tonight}, orders, moments)
        self.events: Signal[str] = Signal("hospital")
        self.schedule: Final = Schedule(moments, clock, gone=gone)
        self._visits = visits
        self._folder = _emptied(folder)
        self._looking = threading.Lock()
        self._coming: dict[str, str] = {}
        self._painter = Painter(
            [one.study for one in tonight],
            began=began,
            seed=seed,
            folder=folder / _PAINTED,
            workers=workers,
        )
        self._server = Server(self.look)
        self._holdings = Holdings(
            tonight,
            self._painter,
            arriving=[moment for moment in moments if moment.event is Event.ARRIVES],
            elapsed=lambda: self.schedule.elapsed,
        )
        self._server.routes = self._answering(orders, began)
        self.look()
        self._server.start()

    @property
    def url(self) -> str:
        """Return the base of its DICOMweb resources."""
        return self._server.url

    @property
    def token(self) -> str:
        """Return the bearer token that it demands, another one at each opening."""
        return self._server.token

    @property
    def is_reachable(self) -> bool:
        """Say whether the line is up."""
        return self._server.line.is_up

    def look(self) -> None:
        """Let happen what has come due; the server does so by itself, and before each answer."""
        with self._looking:
            told = [text for moment in self.schedule.due() for text in self._let_happen(moment)]
            whole = [key for key in self._coming if self._holdings.is_whole(key)]
            told += [f"{self._coming.pop(key)}: all images are here" for key in whole]
        self._tell(told)

    def let_arrive(self, key: str) -> None:
        """Let a study begin to come in now; one that has begun goes on as it does."""
        if self.schedule.arrival_of(key) is None:
            raise HospitalRefused("This study doesn't arrive in this night", where=key)
        with self._looking:
            told = self._begin_arrival(key, self.schedule.elapsed)
        self._tell(told)

    def drop_line(self, *, silent: bool = False) -> None:
        """Cut every connection; new ones are reset, or never answered if ``silent``."""
        self._tell(self._drop(silent=silent))

    def restore_line(self) -> None:
        """Let connections through again."""
        self._tell(self._restore())

    def close(self) -> None:
        """Stop everything, at once, and take the pictures away."""
        self._painter.close()
        self._server.close()
        for name in (_PAINTED, _SENT):
            shutil.rmtree(self._folder / name, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _answering(self, orders: Orders, began: datetime) -> Callable[[Request], Answer]:
        base = self.url
        routes = Routes(
            Qido(self._holdings, base),
            Wado(self._holdings, base),
            Stow(self._holdings, base, self._folder / _SENT),
            Ups(orders.to_read, self._visits, self._holdings, began=began, base=base),
        )

        def answer(request: Request) -> Answer:
            self.look()
            return routes.answer(request)

        return answer

    # --- what happens; it is told after the look, since a listener may ask us something ---------------------

    def _tell(self, told: Sequence[str]) -> None:
        for text in told:
            self.events.emit(text)

    def _let_happen(self, moment: Moment) -> list[str]:
        if moment.event is Event.ARRIVES:
            return self._begin_arrival(moment.study, moment.at)
        if moment.event is Event.RETURNS:
            return self._restore()
        return self._drop(silent=moment.event is Event.FALLS_SILENT)

    def _begin_arrival(self, key: str, at: float) -> list[str]:
        if not self._holdings.let_arrive(key, at):
            return []
        self._coming[key] = self._visits[key].description
        return [f"{self._coming[key]}: arriving"]

    def _drop(self, *, silent: bool) -> list[str]:
        return ["The line dropped"] if self._server.line.drop(silent=silent) else []

    def _restore(self) -> list[str]:
        return ["The line is back"] if self._server.line.restore() else []


def _tonight(began: datetime, seed: int, visits: Mapping[str, Visit], orders: Orders) -> list[Tonight]:
    studies = night(seed=seed, now=began)
    return [Tonight(study, visits[study.key], orders.modalities.get(study.key, ())) for study in studies]


def _refuse_strangers(known: AbstractSet[str], orders: Orders, moments: Sequence[Moment]) -> None:
    """Refuse tables that name a study which the night doesn't have, or leave one out."""
    if unlike := known ^ orders.modalities.keys():
        raise bad(f"The orders and the night differ in {', '.join(sorted(unlike))}", _ORDERS)
    if strange := {moment.study for moment in moments} - known - {""}:
        raise bad(f"The night has no study {', '.join(sorted(strange))}", _SCHEDULE)


def _emptied(folder: Path) -> Path:
    """Return a folder that only this person can read, without what an opening that was cut off left in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name in (_PAINTED, _SENT):
        shutil.rmtree(folder / name, ignore_errors=True)
    return folder
