"""Setting up archives: what IT does once, for everybody or for one person. No store is needed for it."""

from __future__ import annotations

from typing import Final

from workstation.archive.web import WebConnection, described
from workstation.clock import SystemClock
from workstation.config import ArchiveEntry, Archives, Places, entry_of, load_archives, save_archives
from workstation.errors import LumenError
from workstation.security import Vault
from workstation.sync import NoSuchArchive
from workstation.workflow.answers import CheckStep, Verdict
from workstation.workflow.archives import Way, way_to
from workstation.workflow.connecting import vault_of_this_computer
from workstation.workflow.errors import WorkflowError

_IDLE: Final = 15.0  # seconds


def archives_of(places: Places) -> Archives:
    """Return the archives that the site and the person have set up, and what is wrong with them."""
    return load_archives(places.site_archives, places.archives)


def add_archive(
    places: Places, *, identifier: str, fields: dict[str, object], secret: str = ""
) -> ArchiveEntry:
    """Set an archive up; a secret goes into the keyring."""
    known = archives_of(places)
    if known.get(identifier) is not None:
        raise WorkflowError(
            "An archive of this name is set up already", where=identifier, remedy="Remove it first."
        )
    entry = entry_of(identifier, fields)
    if secret:
        _way(entry).account.keep(secret)
    save_archives(places.archives, (*known.entries, entry))
    return entry


def remove_archive(places: Places, *, identifier: str) -> None:
    """Forget an archive and what proves us to it; what it has sent stays in the store."""
    entry = _required(places, identifier)
    if entry.is_site:
        raise WorkflowError("The site has set this archive up", where=identifier, remedy="Ask your IT.")
    _way(entry).account.sign_out()
    known = archives_of(places)
    save_archives(places.archives, [one for one in known.entries if one.identifier != identifier])


def try_archive(places: Places, *, identifier: str) -> tuple[CheckStep, ...]:
    """Say hello by every way of an archive, signed in, and tell what it can do."""
    way = _way(_required(places, identifier))
    steps: list[CheckStep] = []
    for endpoint in way.address.endpoints:
        connection = way.connect(endpoint, _IDLE)
        try:
            connection.echo()
            steps.append(CheckStep(endpoint.name, Verdict.GOOD, "answers, signed in"))
            if isinstance(connection, WebConnection):
                told = described(connection.capabilities)
                steps += [CheckStep(endpoint.name, Verdict.GOOD, sentence) for sentence in told]
        except LumenError as error:
            steps.append(CheckStep(endpoint.name, Verdict.BAD, error.what, advice=error.remedy))
        finally:
            connection.close()
    return tuple(steps)


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
