"""``workstation demo``: a night of invented studies, in a store of its own."""

from __future__ import annotations

import click

from workstation.cli.session import Session
from workstation.cli.stopping import stoppable
from workstation.cli.telling import say
from workstation.errors import Cancelled
from workstation.workflow import counted, open_demo, prepare_demo


@click.command("demo")
@click.option("--prepare", is_flag=True, help="Make the studies and open no window.")
@click.pass_obj
def command(session: Session, *, prepare: bool) -> None:
    """Open the window with a night of invented studies.

    They lie in a store of their own, whose key lies beside it: nothing in it is anybody's. It asks
    for no passphrase and touches no keyring, and your own studies never go there.
    """
    if session.store is not None:
        raise click.UsageError("The demonstration has a folder of its own: leave --store out.")
    if prepare:
        with open_demo(settings=session.settings(), places=session.places) as desk, stoppable() as asked:
            made = prepare_demo(
                desk,
                settings=session.settings(),
                folder=session.places.hospital,
                cancelled=asked.is_set,
            )
            if asked.is_set():
                raise Cancelled("Stopped", remedy="What was made until then is whole.")
        say(f"The night is ready: {counted(made, 'study', 'studies')}.")
    elif session.open_window is not None:
        raise SystemExit(session.open_window(session, demo=True))
