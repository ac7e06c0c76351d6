"""The ``workstation`` command: its options, its help, and how it ends.

Exit codes: 0 done; 1 an unexpected error; 2 wrong usage; 3 the work is done but something was found
or left out (``import`` with refused files, ``export`` with damaged ones, ``check`` and ``audit --verify``
with findings); 130 stopped by a person; every other code is one kind of error
(``resources/help/command-line.md`` lists them).
"""

from __future__ import annotations

import errno
import io
import logging
import sys
from pathlib import Path
from typing import Any, Final

import click

from workstation.cli import (
    archive,
    audit,
    check,
    demo,
    doctor,
    export,
    import_,
    outbox,
    render,
    send,
    series,
    studies,
    sync,
    version,
)
from workstation.cli.session import OpenWindow, Session
from workstation.cli.telling import tell
from workstation.errors import Cancelled, LumenError, calm
from workstation.workflow import asks_for_words, catch_the_uncaught

_KEY_FILE: Final = "A file with either goes with --passphrase-file, before the command."

_COMMANDS: Final = (
    demo, archive, sync, import_, studies, series, render, export, send, outbox, check, doctor, audit,
    version,
)  # fmt: skip

_log = logging.getLogger(__name__)


class Calm(click.Group):
    """A group whose commands end in one line and an exit code, never in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  click's own signature
        """Run the command; turn what it raises into a line."""
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException, click.Abort):
            raise
        except KeyboardInterrupt:
            _end(ctx, Cancelled("Stopped", remedy="What was finished until then stays."))
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # whoever read our output has read enough: click ends quietly
            _end(ctx, error)


def run(open_window: OpenWindow) -> None:
    """Be the program ``workstation``; doesn't return."""
    catch_the_uncaught()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name that this terminal's encoding lacks is no error
    build(open_window)(prog_name="workstation")


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
        "--store",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Use the store in this folder.",
    )
    @click.option(
        "--passphrase-file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="Unlock with the passphrase (or recovery key) in this file's first line, not with the keyring.",
    )
    @click.pass_context
    def workstation(ctx: click.Context, store: Path | None, passphrase_file: Path | None) -> None:
        """Lumen, a workstation for radiologists who read from home.

        Studies live in an encrypted store on this machine. It is opened with a key from the system's
        keyring, or with a passphrase; only one program at a time can have it open.
        """
        ctx.obj = Session(store, passphrase_file, open_window)
        ctx.obj.begin()
        if ctx.invoked_subcommand is None:
            ctx.exit(open_window(ctx.obj, demo=False))

    for module in _COMMANDS:
        workstation.add_command(module.command)
    return workstation


def _end(ctx: click.Context, error: BaseException) -> None:
    """Say what happened; what nobody foresaw goes to the log as well."""
    if not isinstance(error, LumenError | OSError):
        _log.critical("unexpected %s", type(error).__name__, exc_info=error)
    tell(f"{calm(error)} {_KEY_FILE}" if asks_for_words(error) else calm(error))
    ctx.exit(error.exit_code if isinstance(error, LumenError) else 1)
