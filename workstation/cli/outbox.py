"""``workstation outbox``: what is on its way to archives, and what to do about it."""

from __future__ import annotations

import click

from workstation.cli.session import Session
from workstation.cli.tables import table
from workstation.cli.telling import FOUND_SOMETHING, say, say_json
from workstation.workflow import counted, give_up_delivery, list_outbox, retry_delivery


@click.group("outbox", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """List what is on its way to archives, what needs a person first.

    Exit code 3: something needs a person.
    """
    if ctx.invoked_subcommand is not None:
        return
    session: Session = ctx.obj
    with session.connected_desk() as desk:
        rows = list_outbox(desk)
    if as_json:
        say_json(rows)
    else:
        lines = [
            (row.identifier, row.kind, f"{row.count:,}", row.archive, row.state.value, row.error)
            for row in rows
        ]
        for line in table(("ID", "WHAT", "COUNT", "TO", "STATE", "LAST ERROR"), lines):
            say(line)
        if not rows:
            say("Everything has arrived.")
    if any(row.needs_person for row in rows):
        raise SystemExit(FOUND_SOMETHING)


@command.command("retry")
@click.argument("identifier", metavar="ID")
@click.pass_obj
def retry(session: Session, identifier: str) -> None:
    """Send an entry again at once; it goes out at the next sync, or when the window is open."""
    with session.connected_desk() as desk:
        count = retry_delivery(desk, identifier=identifier)
    say(f"{counted(count, 'object')} will be sent again.")


@command.command("give-up")
@click.argument("identifier", metavar="ID")
@click.option("--reason", required=True, help="Why; it is kept.")
@click.pass_obj
def give_up(session: Session, identifier: str, reason: str) -> None:
    """Don't deliver an entry."""
    with session.connected_desk() as desk:
        count = give_up_delivery(desk, identifier=identifier, why=reason)
    say(f"{counted(count, 'object')} will not be delivered.")
