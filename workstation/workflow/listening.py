"""Taking in what modalities and routers push: a storage SCP that is there as long as the desk is.

Only callers that the settings name by AE title and address are let in, over TLS where the listener has a
certificate. An object is acknowledged only when it was examined, is durably in the store and in the audit
trail, and has been passed on to the outbox where a rule says so; whoever is told A700 brings it again.

Units:   seconds on the monotonic clock.
Errors:  ArchiveError when it can't listen, BadSetting for settings that can't be.
Source:  PS3.4 B.2.3 (status of a C-STORE).
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterable, Sequence
from ipaddress import ip_network
from typing import Final

from workstation.archive.dimse import Arrived, Caller, Listener, Rules
from workstation.archive.dimse import Receipt as Answer
from workstation.clock import SystemClock
from workstation.config import BadSetting, Forwards, Settings
from workstation.dicom.examine import Examined
from workstation.dicom.model import InstanceRecord
from workstation.dicom.sources import Source
from workstation.errors import Cancelled, LumenError, calm
from workstation.security import Action
from workstation.store import DiskFailed, DiskFull, StoreReadOnly
from workstation.sync import Landed, Landing
from workstation.workflow.answers import CheckStep, ConnectionReport, ListenerRow, Verdict
from workstation.workflow.counting import count_brought
from workstation.workflow.desk import Desk
from workstation.workflow.door import record
from workstation.workflow.forwarding import Forwarding
from workstation.workflow.later import Later
from workstation.workflow.listing import STILL

_TRY_AGAIN: Final = 30.0  # after the disk was full
UNENCRYPTED: Final = "What is brought to this computer is not encrypted on its way."
_SUMMARIES: Final = {
    Verdict.GOOD: "What is brought here comes encrypted.",
    Verdict.WARNING: "Whoever listens in on this network can read what is brought here.",
    Verdict.BAD: "Nothing can be brought here.",
}
_NO_ROOM: Final = (Cancelled, DiskFull, DiskFailed, StoreReadOnly)


class Mismatched(LumenError):
    """An object is another than its caller has announced."""


class Pushed:
    """An object on its way into the store, and the caller who waits for its fate."""

    def __init__(self, file: Arrived) -> None:
        self.name = f"an object from {file.caller}"
        self.size = file.length
        self.caller = file.caller
        self.uid = file.uid
        self.sop_class = file.sop_class
        self.record: InstanceRecord | None = None
        self._file = file
        self._answer = Answer.FULL
        self._is_settled = threading.Event()

    def readinto(self, buffer: memoryview) -> int:
        """Fill the buffer."""
        at = 0
        for chunk in self._file:
            buffer[at : at + len(chunk)] = chunk
            at += len(chunk)
        return at

    def settle(self, answer: Answer) -> None:
        """Let the caller know."""
        self._answer = answer
        self._is_settled.set()

    def answer(self) -> Answer:
        """Wait for what became of it."""
        self._is_settled.wait()
        return self._answer


class PushListener:
    """Listens from the moment it is made until it is closed."""

    def __init__(self, desk: Desk, rules: Rules, forwarding: Forwarding) -> None:
        self.forwarding = forwarding
        self._is_encrypted = rules.context is not None
        self._desk = desk
        self._lock = threading.Lock()
        self._landing: Landing | None = None
        self._not_before = 0.0
        self._is_troubled = False
        self._is_closed = False
        self._recorded: set[tuple[str, str]] = set()  # study and caller
        self._later = Later(STILL / desk.clock.pace, self._count_still)
        self._listener = Listener(rules, self._receive)

    @property
    def scp(self) -> Listener:
        """Return what listens; archives that we ask to bring something bring it there."""
        return self._listener

    @property
    def is_encrypted(self) -> bool:
        """Say whether what is brought comes over TLS."""
        return self._is_encrypted

    @property
    def port(self) -> int:
        """Return the port, also where the system was left to choose."""
        return self._listener.port

    def look(self) -> None:
        """Pass on what has waited for its hours."""
        self.forwarding.look()

    def close(self) -> None:
        """Take nothing more in; whoever is bringing something is cut off, and what came whole is stored."""
        with self._lock:
            self._is_closed = True
            landing, self._landing = self._landing, None
        self._listener.close()
        if landing is not None:
            landing.close()
        self._later.stop()  # last: what landed at the end has asked for it once more

    def _receive(self, file: Arrived) -> Answer:
        pushed, landing = Pushed(file), self._open()
        if landing is None or not landing.offer(pushed):
            return Answer.FULL
        return pushed.answer()

    def _open(self) -> Landing | None:
        """Return the landing that takes things now, a new one some time after the last has stopped."""
        stopped = None
        with self._lock:
            if self._landing is not None and self._landing.stopped is not None:
                stopped, self._landing = self._landing, None
                self._not_before = self._desk.clock.monotonic() + _TRY_AGAIN
            is_early = self._desk.clock.monotonic() < self._not_before
            if self._landing is None and not self._is_closed and not is_early:
                self._landing = Landing(
                    self._desk.pool,
                    self._desk.store.intake.put,
                    landed=self._landed,
                    dropped=self._dropped,
                    check=_announced,
                )
            landing = self._landing
        if stopped is not None:
            stopped.close()
        return landing

    def _landed(self, landed: Sequence[Landed]) -> None:
        """Record, pass on, acknowledge: what fails at that is brought again, and is here already then."""
        by_caller: dict[str, list[Landed]] = {}
        for one in landed:
            by_caller.setdefault(_pushed(one.source).caller, []).append(one)
        for caller, some in by_caller.items():
            try:
                self._keep(caller, some)
            except Exception as error:  # noqa: BLE001  whatever it is, nobody may wait for an answer without end
                self._trouble(error)
                answer = Answer.FULL
            else:
                answer = Answer.KEPT
            for one in some:
                _pushed(one.source).settle(answer)

    def _keep(self, caller: str, landed: Sequence[Landed]) -> None:
        studies = dict.fromkeys(one.receipt.study_uid for one in landed)
        new = [uid for uid in studies if (uid, caller) not in self._recorded]
        record(self._desk, Action.RECEIVE, new, detail=f"pushed by {caller}")
        self._recorded |= {(uid, caller) for uid in new}
        kept = [(found, one.receipt) for one in landed if (found := _pushed(one.source).record) is not None]
        self.forwarding.take(caller, kept)
        if self._is_troubled:
            self._is_troubled, self._desk.trouble = False, ""
        now = self._desk.clock.monotonic()
        for uid in studies:
            self._desk.coming[uid] = now
        self._tell_changed(studies)
        self._later.soon()

    def _count_still(self) -> None:
        """Count the studies of which nothing has come for a while: what was pushed is all there is."""
        now = self._desk.clock.monotonic()
        still = [uid for uid, when in tuple(self._desk.coming.items()) if now - when >= STILL]
        for uid in still:
            self._desk.coming.pop(uid, None)
        count_brought(self._desk.store, still)
        self._tell_changed(still)
        if self._desk.coming:
            self._later.soon()

    def _tell_changed(self, study_uids: Iterable[str]) -> None:
        if self._desk.service is not None:
            self._desk.service.look_again()
        for uid in study_uids:
            self._desk.studies_changed.emit(uid)

    def _dropped(self, source: Source, error: Exception) -> None:
        if isinstance(error, _NO_ROOM):
            if not isinstance(error, Cancelled):
                self._trouble(error)
            answer = Answer.FULL
        else:
            answer = Answer.MISMATCHED if isinstance(error, Mismatched) else Answer.NOT_UNDERSTOOD
        _pushed(source).settle(answer)

    def _trouble(self, error: Exception) -> None:
        self._is_troubled, self._desk.trouble = True, calm(error)
        self._desk.lines_changed.emit("")


def start_listening(
    desk: Desk, *, settings: Settings, forwards: Forwards | None = None
) -> PushListener | None:
    """Listen for as long as the desk is open; None where no port is set, and never for the demonstration."""
    port = int(settings.number("listener.port"))
    if desk.is_demo or desk.listener is not None or not port or desk.closing.is_set():
        return None
    rules = Rules(
        settings.text("listener.title"),
        port,
        tuple(callers_of(settings.text("listener.callers"))),
        context=_context(settings),
    )
    made = PushListener(desk, rules, Forwarding(desk, forwards.rules if forwards else ()))
    desk.listener = made
    desk.lines_changed.emit("")
    return made


def listener_of(desk: Desk) -> ListenerRow | None:
    """Return what takes in that which is brought here, None if nothing listens."""
    listener = desk.listener
    if listener is None:
        return None
    is_encrypted = listener.is_encrypted
    return ListenerRow(
        listener.scp.title, listener.scp.port, is_encrypted, "" if is_encrypted else UNENCRYPTED
    )


def check_listener(settings: Settings) -> ConnectionReport | None:
    """Judge the listener as it is set up, None if none is; nothing is opened."""
    port = int(settings.number("listener.port"))
    if not port:
        return None
    try:
        list(callers_of(settings.text("listener.callers")))
        is_encrypted = _context(settings) is not None
    except BadSetting as error:
        step = CheckStep("Settings", Verdict.BAD, error.what, advice=error.remedy)
    else:
        verdict = Verdict.GOOD if is_encrypted else Verdict.WARNING
        found = "TLS" if is_encrypted else UNENCRYPTED
        advice = "" if is_encrypted else "Give it a certificate (listener.certificate)."
        step = CheckStep("Encryption", verdict, found, advice=advice)
    summary = _SUMMARIES[step.verdict]
    name = f"{settings.text('listener.title')}, port {port}"
    return ConnectionReport("listener", name, SystemClock().utc(), (step,), step.verdict, summary)


def callers_of(text: str) -> Iterable[Caller]:
    """Yield the callers of ``TITLE@address; TITLE@network``."""
    for one in filter(None, (part.strip() for part in text.split(";"))):
        title, _, address = one.partition("@")
        try:
            ip_network(address.strip(), strict=False)
        except ValueError:
            raise BadSetting(
                f"{one!r} names no caller",
                where="listener.callers",
                remedy="Write TITLE@10.1.2.3 or a network.",
            ) from None
        if not 1 <= len(title.strip()) <= 16:
            raise BadSetting(
                f"{one!r} has no AE title", where="listener.callers", remedy="It has 1 to 16 letters."
            )
        yield Caller(title.strip(), (address.strip(),))


def _context(settings: Settings) -> ssl.SSLContext | None:
    certificate, authorities = settings.text("listener.certificate"), settings.text("listener.authorities")
    if not certificate:
        if authorities:
            raise BadSetting("The listener has authorities and no certificate", where="listener.certificate")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # what modalities of the last ten years speak
    try:
        context.load_cert_chain(certificate, settings.text("listener.key") or None, password=lambda: "")
        if authorities:
            context.load_verify_locations(authorities)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ValueError):
        raise BadSetting(
            "The listener's certificate, key or authorities can't be used",
            where="listener.certificate",
            remedy="Give PEM files, the key without a passphrase.",
        ) from None
    return context


def _announced(source: Source, examined: Examined) -> None:
    """Refuse an object of another UID or class than its caller has said."""
    pushed = _pushed(source)
    if (examined.record.uid, examined.record.sop_class) != (pushed.uid, pushed.sop_class):
        raise Mismatched("An object is another than was announced")
    pushed.record = examined.record


def _pushed(source: Source) -> Pushed:
    if not isinstance(source, Pushed):
        raise TypeError("only what was pushed lands here")
    return source
