"""Signing in to an archive: by the browser, or with a secret that goes straight into the keyring."""

from __future__ import annotations

from collections.abc import Callable

from workstation.archive.sign_in import Browser, OpenBrowser
from workstation.security import Action
from workstation.sync import NoSuchArchive
from workstation.workflow.desk import Desk
from workstation.workflow.door import verb


@verb(Action.SIGN_IN, detail=lambda archive: f"to {archive}")
def sign_in(
    desk: Desk,
    *,
    archive: str,
    open_browser: OpenBrowser,
    secret: str = "",
    cancelled: Callable[[], bool] = lambda: False,
) -> str:
    """Sign in; waits for the person. What was held back for want of it goes on."""
    if archive not in desk.ways:
        raise NoSuchArchive("No archive of this name is set up", where=archive)
    account = desk.ways[archive].account
    if secret:
        account.keep(secret)
    account.sign_in(Browser(open_browser, cancelled))
    if desk.service is not None:
        desk.service.signed_in(archive)
    return archive


@verb(Action.SIGN_OUT, detail=lambda archive: f"from {archive}")
def sign_out(desk: Desk, *, archive: str) -> str:
    """Forget what proves us to an archive."""
    if archive not in desk.ways:
        raise NoSuchArchive("No archive of this name is set up", where=archive)
    desk.ways[archive].account.sign_out()
    return archive
