"""Setting up archives: what IT does once, for everybody or for one person. No store is needed for it.

The person's file is only written anew where all of it is understood; the audit trail tells of what has
changed as soon as a store is connected.

Errors:  WorkflowError for a name that is taken, or the site's; NoSuchArchive; BadSetting for an entry that
         can't be; KeyringUnavailable where a secret could not be kept, NotAllowed where that is locked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from workstation.archive import Endpoint
from workstation.archive.check import Figures
from workstation.archive.web import WebConnection, described
from workstation.clock import SystemClock
from workstation.config import (
    ArchiveEntry,
    Archives,
    BadSetting,
    Places,
    Settings,
    entry_of,
    load,
    load_archives,
    save_archives,
)
from workstation.errors import LumenError
from workstation.security import KeyringVault, Vault, system_keyring
from workstation.sync import NoSuchArchive
from workstation.workflow.answers import Cancelled, CheckStep, ConnectionReport, Verdict
from workstation.workflow.archives import Way, way_to
from workstation.workflow.checking_line import measured_report
from workstation.workflow.connecting import vault_of_this_computer
from workstation.workflow.errors import WorkflowError
from workstation.workflow.keys import keyring_trouble
from workstation.workflow.listening import callers_of

_IDLE: Final = 15.0  # seconds
_OPEN: Final = "none"  # the archive asks for no secret


def archives_of(places: Places) -> Archives:
    """Return the archives that the site and the person have set up, and what is wrong with them."""
    return load_archives(places.site_archives, places.archives)


def add_archive(
    places: Places, *, identifier: str, fields: dict[str, object], secret: str = ""
) -> ArchiveEntry:
    """Set an archive up; a secret goes into the keyring, and without one that keeps it nothing is set up."""
    known = _changeable(places)
    if known.get(identifier) is not None:
        raise WorkflowError(
            "An archive of this name is set up already", where=identifier, remedy="Remove it first."
        )
    entry = entry_of(identifier, fields)
    if secret:
        _way(entry, KeyringVault(system_keyring())).account.keep(secret)
    save_archives(places.archives, (*known.entries, entry))
    return entry


def remove_archive(places: Places, *, identifier: str) -> None:
    """Forget an archive and what proves us to it; what came from it stays, and so does what waits for it."""
    entry = _required(places, identifier)
    if entry.is_site:
        raise WorkflowError("The site has set this archive up", where=identifier, remedy="Ask your IT.")
    known = _changeable(places)
    if entry.sign_in != _OPEN:
        _way(entry, KeyringVault(system_keyring())).account.sign_out()
    save_archives(places.archives, [one for one in known.entries if one.identifier != identifier])


def try_archive(places: Places, *, identifier: str) -> tuple[CheckStep, ...]:
    """Say hello by every way of an archive, signed in, and tell what it can do."""
    way = _way(_required(places, identifier))
    steps = (step for endpoint in way.address.endpoints for step in _tried(way, endpoint))
    return (*steps, *(_listens(way, load(places.policy, places.settings)) if way.brings else ()))


def check_archive(
    places: Places,
    *,
    identifier: str,
    figures: Figures,
    progress: Callable[[CheckStep], object] = lambda _: None,
    cancelled: Cancelled = lambda: False,
) -> ConnectionReport:
    """Measure the first way to an archive where there is no store that would keep what is found."""
    way = _way(_required(places, identifier))
    clock = SystemClock()
    return measured_report(
        way, way.address.endpoints[0], figures, clock, progress=progress, cancelled=cancelled
    )


def secrets_trouble(entries: Iterable[ArchiveEntry]) -> str:
    """Return why the secrets of archives can't be had here, "" if they can or none is needed."""
    return keyring_trouble() if any(entry.sign_in != _OPEN for entry in entries) else ""


def _tried(way: Way, endpoint: Endpoint) -> Iterator[CheckStep]:
    try:
        connection = way.connect(endpoint, _IDLE)
    except LumenError as error:
        yield CheckStep(endpoint.name, Verdict.BAD, error.what, advice=error.remedy)
        return
    try:
        connection.echo()
        yield CheckStep(endpoint.name, Verdict.GOOD, "answers, signed in")
        if isinstance(connection, WebConnection):
            for sentence in described(connection.capabilities):
                yield CheckStep(endpoint.name, Verdict.GOOD, sentence)
    except LumenError as error:
        yield CheckStep(endpoint.name, Verdict.BAD, error.what, advice=error.remedy)
    finally:
        connection.close()


def _listens(way: Way, settings: Settings) -> Iterator[CheckStep]:
    """Yield whether what an archive brings would be let in here."""
    called = way.address.called
    if not settings.number("listener.port"):
        found = "this archive brings images, and nothing listens for them"
        yield CheckStep("listener", Verdict.BAD, found, advice="Set listener.port and listener.callers.")
    elif called not in {one.title for one in callers_of(settings.text("listener.callers"))}:
        found = f"{called} is none of those who may bring something"
        yield CheckStep("listener", Verdict.BAD, found, advice=f"Add {called}@ADDRESS to listener.callers.")
    else:
        yield CheckStep("listener", Verdict.GOOD, f"lets in what {called} brings")


def _changeable(places: Places) -> Archives:
    """Return what is set up, if the person's file may be written anew: nothing in it must get lost."""
    known = archives_of(places)
    mine = next((one for one in known.problems if one.where == str(places.archives)), None)
    if mine is not None:
        raise BadSetting(
            f"Your archives can't be changed while something in their file is wrong: {mine.what}",
            where=mine.where,
            remedy="Mend it, or take it out of the file.",
        )
    return known


def _required(places: Places, identifier: str) -> ArchiveEntry:
    entry = archives_of(places).get(identifier)
    if entry is None:
        raise NoSuchArchive(
            "No archive of this name is set up",
            where=identifier,
            remedy="workstation archive list names them.",
        )
    return entry


def _way(entry: ArchiveEntry, vault: Vault | None = None) -> Way:
    return way_to(entry, vault=vault or vault_of_this_computer(), clock=SystemClock())
