"""The ``workstation`` command: its options, its help, and how it ends.

Exit codes: 0 done; 1 an unexpected error; 2 wrong usage; 3 the work is done but something was found
or left out (``import`` with refused files, ``check`` and ``audit --verify`` with findings); 130
cancelled; every other code is one kind of error (``resources/help/command-line.md`` lists them).
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import click

from workstation.cli import audit, check, demo, export, import_, render, series, studies, version
from workstation.cli.session import OpenWindow, Session
from workstation.errors import LumenError, calm

FOUND_SOMETHING = 3

_log = logging.getLogger(__name__)


class Calm(click.Group):
    """A group whose commands end in one line and an exit code, never in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  click's own signature
        """Run the command; turn what it raises into a line."""
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except LumenError as error:
            _end(ctx, error, error.exit_code)
        except KeyboardInterrupt:
            _end(ctx, LumenError("Stopped", remedy="What was finished until then stays."), 130)
        except Exception as error:  # noqa: BLE001  no traceback ever reaches a user
            _log.critical("unexpected %s", type(error).__name__, exc_info=error)
            _end(ctx, error, 1)


def build(open_window: OpenWindow) -> click.Group:
    """Return the command; ``open_window(session, demo=…)`` shows the window and answers an exit code."""

    @click.group(
        "workstation",
        cls=Calm,
        invoke_without_command=True,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        epilog="Without a command the window opens. Exit codes: 0 done, 2 wrong usage, 3 done but something "
        "was found or left out; the others name one kind of error each and are listed in the help pages.",
    )
    @click.option(
        "--store", type=click.Path(path_type=Path), metavar="DIR", help="Use the store in this folder."
    )
    @click.option(
        "--passphrase-file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="Unlock with the passphrase in this file's first line, not with the keyring.",
    )
    @click.pass_context
    def workstation(ctx: click.Context, store: Path | None, passphrase_file: Path | None) -> None:
        """Lumen, a workstation for radiologists who read from home.

        Studies live in an encrypted store on this machine. It is opened with a key from the system's
        keyring, or with a passphrase; only one program at a time can have it open.
        """
        ctx.obj = Session(store, passphrase_file, open_window)
        if ctx.invoked_subcommand is None:
            ctx.exit(open_window(ctx.obj, demo=False))

    for module in (demo, import_, studies, series, render, export, check, audit, version):
        workstation.add_command(module.command)
    return workstation


def _end(ctx: click.Context, error: BaseException, code: int) -> None:
    click.echo(f"workstation: {calm(error)}", err=True)
    ctx.exit(code)
