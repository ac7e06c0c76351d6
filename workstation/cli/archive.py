"""``workstation archive``: set up, list, try, sign in to and remove archives."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from workstation.cli.session import Session, first_line
from workstation.cli.stopping import stoppable
from workstation.cli.tables import table
from workstation.cli.telling import FOUND_SOMETHING, say, say_json, tell
from workstation.config.archives import PRODUCTS, ROLES, SIGN_INS, SPEECHES
from workstation.workflow import Verdict, add_archive, archives_of, remove_archive, sign_in, try_archive

_MARKS = {Verdict.GOOD: "ok", Verdict.BAD: "no"}


@click.group("archive")
def command() -> None:
    """Set up archives and see whether they answer.

    The site's own stand in its policy and can't be changed here. Secrets go into the system's keyring.
    """


@command.command("add")
@click.argument("identifier")
@click.option("--name", default="", help="What people call it.")
@click.option(
    "--way",
    "ways",
    multiple=True,
    required=True,
    metavar="NAME=URL",
    help="A way to it: a URL, or host:port for DIMSE. The first is preferred; the others take over.",
)
@click.option("--speech", type=click.Choice(SPEECHES), default="dicomweb", show_default=True)
@click.option("--role", type=click.Choice(ROLES), default="own", show_default=True)
@click.option("--sign-in", "sign_in_by", type=click.Choice(SIGN_INS), default="none", show_default=True)
@click.option("--user", default="", help="For basic sign-in.")
@click.option("--issuer", default="", help="URL of the sign-in service (oidc, client).")
@click.option("--client-id", default="", help="How that service knows this program.")
@click.option(
    "--secret-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A file whose first line is the password, token or client secret; else it is asked for.",
)
@click.option(
    "--product", type=click.Choice(PRODUCTS), default="", help="What it runs; without it, it is asked."
)
@click.option("--called", default="", help="Its AE title (DIMSE).")
@click.option("--calling", default="", help="Ours.")
@click.option("--patient-issuer", default="", help="Who issues its patient IDs, where images don't say.")
@click.option("--authorities", default="", help="PEM file of the site's own certificate authority.")
@click.option("--pin", "pins", multiple=True, help="Base64 SHA-256 of a key of its certificate chain.")
@click.option("--unencrypted", is_flag=True, help="DIMSE without TLS: this machine alone.")
@click.pass_obj
def add(
    session: Session, /, identifier: str, secret_file: Path | None, **told: str | tuple[str, ...] | bool
) -> None:
    """Set an archive up under IDENTIFIER (small letters, digits, hyphens)."""
    fields = _fields(told)
    secret = _secret(str(fields.get("sign_in", "none")), secret_file)
    entry = add_archive(session.places, identifier=identifier, fields=fields, secret=secret)
    say(f"{entry.name} is set up. Try it: workstation archive test {identifier}")
    if entry.sign_in == "oidc":
        say(f"Sign in: workstation archive sign-in {identifier}")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.pass_obj
def list_(session: Session, *, as_json: bool) -> None:
    """List the archives that are set up."""
    found = archives_of(session.places)
    for problem in found.problems:
        tell(str(problem))
    if as_json:
        say_json(found.entries)
        return
    for line in table(
        ("ARCHIVE", "NAME", "SPEECH", "SIGN-IN", "WAYS"),
        [(one.identifier, one.name, one.speech, one.sign_in, ", ".join(one.ways)) for one in found.entries],
    ):
        say(line)


@command.command("test")
@click.argument("identifier")
@click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
@click.pass_obj
def try_(session: Session, identifier: str, *, as_json: bool) -> None:
    """Say hello by every way, signed in, and tell what the archive can do.

    Exit code 3: a way doesn't work.
    """
    steps = try_archive(session.places, identifier=identifier)
    if as_json:
        say_json(steps)
    else:
        for step in steps:
            say(f"{_MARKS.get(step.verdict, '')}  {step.name}: {step.found} {step.advice}".rstrip())
    if any(step.verdict is Verdict.BAD for step in steps):
        raise SystemExit(FOUND_SOMETHING)


@command.command("sign-in")
@click.argument("identifier")
@click.pass_obj
def sign_in_(session: Session, identifier: str) -> None:
    """Sign in by the system's browser; the password is typed there."""
    with session.connected_desk(create=True) as desk, stoppable() as asked:
        say("Finish signing in in your browser. Ctrl+C gives up.")
        sign_in(desk, archive=identifier, open_browser=webbrowser.open, cancelled=asked.is_set)
    say("Signed in.")


@command.command("remove")
@click.argument("identifier")
@click.pass_obj
def remove(session: Session, identifier: str) -> None:
    """Forget an archive and its secrets; studies that came from it stay, and so does what waits for it."""
    remove_archive(session.places, identifier=identifier)
    say(f"{identifier} is removed. What waits for it stays in the outbox.")


def _fields(told: dict[str, str | tuple[str, ...] | bool]) -> dict[str, object]:
    """Return what was told in the form of a table of ``archives.toml``; what wasn't told stays out."""
    ways, is_open = told.pop("ways"), told.pop("unencrypted")
    pins, by = told.pop("pins"), told.pop("sign_in_by")
    fields: dict[str, object] = {name: value for name, value in told.items() if value}
    fields["ways"] = dict(map(_way, ways if isinstance(ways, tuple) else ()))
    fields["sign_in"] = by
    if pins:
        fields["pins"] = list(pins) if isinstance(pins, tuple) else []
    if is_open:
        fields["encryption"] = "none"
    return fields


def _way(text: str) -> tuple[str, str]:
    name, equals, way = text.partition("=")
    if not equals or "/" in name or ":" in name:
        return "line 1", text
    return name, way


def _secret(sign_in_by: str, file: Path | None) -> str:
    if file is not None:
        return first_line(file, "--secret-file")
    if sign_in_by in ("basic", "bearer", "client"):
        return str(click.prompt("Password, token or secret", hide_input=True))
    return ""
