"""An invented network for the tests and the gallery: three archives, a handful of deliveries, a check."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from invented import study_rows

from workstation.errors import Cancelled, LumenError
from workstation.events import Signal
from workstation.ui.contracts import (
    CheckStep,
    ConnectionReport,
    DeliveryState,
    LineRow,
    LineStatus,
    LinkOffer,
    ListenerRow,
    NextCase,
    Outage,
    OutboxRow,
    PriorRow,
    Refusal,
    Searched,
    Told,
    Verdict,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HARBOR = LineRow(
    "harbor",
    "Harbor",
    LineStatus.ONLINE,
    "fibre",
    NOW - timedelta(hours=4),
    latency=0.022,
    rate=23_000_000,  # 184 Mbit/s
    shares_claims=True,
)
ST_ANNE = replace(HARBOR, archive="st-anne", name="St. Anne", endpoint="VPN 2", latency=0.041, rate=9_500_000)
CONTACTS = ("Night desk, 5550 100", "Dr Castellan, Emergency, 5550 114")


def delivery(number: int = 0, **changes: object) -> OutboxRow:
    """Return a delivery that waits; ``number`` gives it an identity of its own."""
    waiting = OutboxRow(
        identifier=f"{number:08x}",
        kind="report",
        patient_name="VALE^Marisol",
        study="CT head without contrast, 2026-11-24",
        archive="Harbor",
        state=DeliveryState.QUEUED,
        created=NOW - timedelta(minutes=12),
        attempts=3,
        next_try=NOW + timedelta(seconds=42),
        error="No answer from the archive within 10 s.",
        size=48_000,
        changed=NOW - timedelta(seconds=18),
    )
    return replace(waiting, **changes)  # type: ignore[arg-type]  # any field, as the test wants it


def nameless(row: OutboxRow) -> OutboxRow:
    """Return a row without whose it is."""
    return replace(row, patient_name="", study="")


def _going_well(number: int, **changes: object) -> OutboxRow:
    """Return a delivery that nothing has hindered."""
    return delivery(number, attempts=1, next_try=None, error="", **changes)


def deliveries() -> list[OutboxRow]:
    """Return a full outbox: some of each kind, what needs a person first."""
    return [
        delivery(
            1,
            kind="report",
            patient_name="OKAFOR^Benedict",
            study="CTA chest, 2026-11-24",
            archive="St. Anne",
            state=DeliveryState.CONFLICT,
            created=NOW - timedelta(hours=2, minutes=5),
            next_try=None,
            error="The archive holds another report under this number.",
        ),
        delivery(0),
        _going_well(
            2,
            kind="image",
            patient_name="DONAUDAMPFSCHIFF^Hannelore-Friederike",
            study="Magnetresonanzcholangiopankreatikographie, 2026-11-23",
            archive="Klinikum Süd",
            state=DeliveryState.SENDING,
            created=NOW - timedelta(minutes=3),
            size=126_000_000,
            count=240,
        ),
        _going_well(
            3,
            kind="key object",
            patient_name="Hong^Gildong=洪^吉洞=홍^길동",
            study="MR, 2026-11-24",
            state=DeliveryState.STORED,
            created=NOW - timedelta(minutes=1),
            size=9_000,
        ),
        *(
            _going_well(
                10 + number,
                patient_name=row.patient_name,
                study=row.description,
                state=DeliveryState.VERIFIED,
                created=NOW - timedelta(hours=1, minutes=7 * number),
                changed=NOW - timedelta(minutes=50 + 7 * number),
            )
            for number, row in enumerate(study_rows()[3:8])
        ),
    ]


_CABLE = "Plug in the cable: radio is slower, and uneven when neighbours are at home."
STEPS = (
    CheckStep("Cable or radio", Verdict.WARNING, "This computer is connected by radio", "a cable", _CABLE),
    CheckStep("Name", Verdict.GOOD, "archive.harbor.example stands for 203.0.113.7", value=4.0, unit="ms"),
    CheckStep("Connection", Verdict.GOOD, "203.0.113.7 answers after 19 ms", value=19.0, unit="ms"),
    CheckStep(
        "Encryption",
        Verdict.GOOD,
        "The line is encrypted by TLS 1.3 (TLS_AES_256_GCM_SHA384)",
        "TLS 1.3",
        value=41.0,
        unit="ms",
    ),
    CheckStep(
        "Certificate",
        Verdict.GOOD,
        "The archive's certificate is valid for 211 days",
        "at least 30 days",
        value=211,
        unit="days",
    ),
    CheckStep("Sign-in", Verdict.GOOD, "The archive lets this account in"),
    CheckStep(
        "Latency",
        Verdict.GOOD,
        "A request takes 22 ms, 95 of 100 at most 31 ms",
        "at most 200 ms",
        value=31.0,
        unit="ms",
        limit=200.0,
    ),
    CheckStep(
        "Latency",
        Verdict.WARNING,
        "The line is uneven: one request differs from the next by 64 ms",
        "at most 50 ms",
        _CABLE,
        64.0,
        "ms",
    ),
    CheckStep(
        "Download",
        Verdict.GOOD,
        "232 Mbit/s come down",
        "at least 200 Mbit/s",
        value=232.0,
        unit="Mbit/s",
        limit=200.0,
    ),
    CheckStep(
        "Upload",
        Verdict.BAD,
        "48 Mbit/s go up",
        "at least 200 Mbit/s",
        "Stop other transfers in the house. If it stays so, ask the provider for a faster line.",
        48.0,
        "Mbit/s",
        200.0,
    ),
)


def report(
    at: datetime = NOW, *, latency: float = 31.0, download: float = 232.0, upload: float = 48.0
) -> ConnectionReport:
    """Return a whole check."""
    found = {("Latency", 31.0): latency, ("Download", 232.0): download, ("Upload", 48.0): upload}
    steps = tuple(
        replace(step, value=found.get((step.name, step.value or 0.0), step.value)) for step in STEPS
    )
    return ConnectionReport(
        "harbor",
        "fibre",
        at,
        steps,
        Verdict.BAD,
        "The line is not as it should be. 48 Mbit/s go up.",
        study_seconds=9.04,
    )


def past(count: int) -> list[ConnectionReport]:
    """Return checks of many evenings, the oldest first."""
    return [
        report(
            NOW - timedelta(days=count - 1 - number, hours=number % 5),
            latency=31 + 9 * (number % 4) + (190 if number == 11 else 0),
            download=232 - 11 * (number % 6),
            upload=48 + 4 * (number % 3),
        )
        for number in range(count)
    ]


class WrongSecret(LumenError):
    """The archive has refused a secret."""


class InventedNetwork:
    """A network that answers at once; a test changes what it answers and says that it has changed."""

    def __init__(
        self, lines: Sequence[LineRow] = (HARBOR,), outbox: Sequence[OutboxRow] = (), history: int = 0
    ) -> None:
        self.lines_changed: Signal[str] = Signal("lines changed")
        self.outbox_changed: Signal[str] = Signal("outbox changed")
        self.answer_lines = list(lines)
        self.answer_outbox = list(outbox)
        self.answer_outage: Outage | None = None
        self.answer_listener: ListenerRow | None = None
        self.looks = 0  # into the outbox
        self.answer_told: Told | None = None
        self.history = past(history)
        self.trouble: LumenError | None = None  # what every question is answered with
        self.asked: list[tuple[str, ...]] = []  # what a person did
        self.looked_at: list[tuple[str, str]] = []  # study and series
        self.secret = "lighthouse"  # the one that is let in  # noqa: S105  invented
        self.browser = threading.Event()  # set: the person has signed in there
        self.step_taken = threading.Event()  # set: a check may go on
        self.step_taken.set()
        self.reported = threading.Event()  # a check has told of its first step

    def say(
        self, *, lines: Sequence[LineRow] | None = None, outbox: Sequence[OutboxRow] | None = None
    ) -> None:
        """Answer something else from now on, and tell so."""
        if lines is not None:
            self.answer_lines = list(lines)
            self.lines_changed.emit("")
        if outbox is not None:
            self.answer_outbox = list(outbox)
            self.outbox_changed.emit("")

    def lines(self) -> Sequence[LineRow]:
        self._answer()
        return tuple(self.answer_lines)

    def listener(self) -> ListenerRow | None:
        return self.answer_listener

    def outage(self) -> Outage | None:
        return self.answer_outage

    def told(self) -> Told | None:
        return self.answer_told

    def keep_told(self, told: Told | None) -> None:
        self._answer()
        self.answer_told = told

    def next_case(self, after: str = "") -> NextCase:
        self.asked.append(("next", after))
        return NextCase(None)

    def claim(self, study_uid: str) -> None:
        self.asked.append(("claim", study_uid))

    def hand_back(self, study_uid: str) -> None:
        self.asked.append(("hand back", study_uid))

    def focus_series(self, study_uid: str, series_uid: str) -> None:
        self.looked_at.append((study_uid, series_uid))

    def search_archives(self, text: str) -> Searched:
        self._answer()
        self.asked.append(("search", text))
        stands = [row.status is LineStatus.ONLINE for row in self.answer_lines]
        rows = list(zip(self.answer_lines, stands, strict=True))
        return Searched(
            answered=tuple(row.name for row, is_up in rows if is_up),
            silent=tuple(Refusal(row.name, "There is no line.") for row, is_up in rows if not is_up),
        )

    def fetch(self, study_uid: str) -> None:
        self.asked.append(("fetch", study_uid))

    def priors(self, study_uid: str) -> Sequence[PriorRow]:
        del study_uid
        return ()

    def link_offers(self, study_uid: str) -> Sequence[LinkOffer]:
        del study_uid
        return ()

    def refresh_priors(self, study_uid: str) -> Sequence[PriorRow]:
        return self.priors(study_uid)

    def refresh_link_offers(self, study_uid: str) -> Sequence[LinkOffer]:
        return self.link_offers(study_uid)

    def confirm_link(self, offer: LinkOffer) -> None:
        self.asked.append(("confirm", offer.other_id))

    def refuse_link(self, offer: LinkOffer) -> None:
        self.asked.append(("refuse", offer.other_id))

    def outbox_state(self) -> Sequence[OutboxRow]:
        self._answer()
        return tuple(map(nameless, self.answer_outbox))

    def open_outbox(self) -> Sequence[OutboxRow]:
        self.looks += 1
        return self.refresh_outbox()

    def refresh_outbox(self) -> Sequence[OutboxRow]:
        self._answer()
        return tuple(self.answer_outbox)

    def retry(self, identifier: str) -> None:
        self._answer()
        self.asked.append(("retry", identifier))

    def give_up(self, identifier: str, why: str) -> None:
        self._answer()
        self.asked.append(("give up", identifier, why))

    def sign_in(
        self, archive: str, secret: str = "", *, cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        self.asked.append(("sign in", archive))
        if secret and secret != self.secret:
            raise WrongSecret("The archive does not know this password", remedy="Type it again.")
        while not secret and not self.browser.wait(0.01):
            if cancelled():
                self.asked.append(("gave up", archive))
                raise Cancelled("The sign-in was cancelled")
        self.say(lines=[replace(row, status=LineStatus.ONLINE) for row in self.answer_lines])

    def check_connection(
        self, archive: str, *, progress: Callable[[CheckStep], object], cancelled: Callable[[], bool]
    ) -> ConnectionReport:
        self.asked.append(("check", archive))
        self._answer()
        for name in ("Name", "Connection", "Latency"):
            progress(CheckStep(name, Verdict.RUNNING, ""))
            self.reported.set()
            while not self.step_taken.wait(0.01):
                if cancelled():
                    raise Cancelled("The check was stopped")
        made = replace(report(), archive=archive)
        self.history.append(made)
        return made

    def checks(self, archive: str) -> Sequence[ConnectionReport]:
        del archive
        return tuple(self.history)

    def _answer(self) -> None:
        if self.trouble is not None:
            raise self.trouble
