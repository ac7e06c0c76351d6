"""Starting a child: a fresh interpreter that knows the way to our packages and little else.

It inherits no open file but its end of one socket, no environment but an allow-list, no folder of
the user's, and its own session, so that Ctrl-C in a terminal reaches only the parent. In a frozen
program the executable starts itself with ``CHILD_ARGUMENT``; ``workstation.__main__`` must hand what
follows it to ``child_main`` before anything else is imported.

Errors:  OSError when the system gives no process or no socket.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import Final

CHILD_ARGUMENT: Final = "--worker-child"

_BOOT: Final = (
    "import sys; sys.path[:] = sys.argv[3:]; "
    "from workstation.workers.child import child_main; child_main(sys.argv[1:3])"
)
_ENVIRONMENT: Final = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TZ")
_SINGLE_THREADED: Final = {  # Landlock binds one thread; a codec's pool would stay outside
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
_SEND_BUFFER: Final = 256 << 10  # some systems give 8 KiB, less than a request


def launch() -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start a child; answer it and our end of the socket to it, which does not block."""
    ours, theirs = socket.socketpair()
    try:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        ours.settimeout(0)
        process = _start(theirs)
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
    return process, ours


def received_channel(handle: str) -> socket.socket:
    """Return the child's end of the socket, inside the child."""
    if sys.platform == "win32":
        size = int.from_bytes(os.read(0, 4), "big")
        return socket.fromshare(os.read(0, size))
    return socket.socket(fileno=int(handle))


def _start(channel: socket.socket) -> subprocess.Popen[bytes]:
    command = _command(str(channel.fileno()), str(os.getpid()))
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ} | _SINGLE_THREADED
    return _start_with(channel, command, environment)


if sys.platform == "win32":

    def _start_with(
        channel: socket.socket, command: list[str], environment: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603  our own interpreter, our own arguments
            command,
            stdin=subprocess.PIPE,  # its end tells of the parent's death
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=os.environ["SYSTEMROOT"],
            env=environment,
            creationflags=subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP,
        )
        shared = channel.share(process.pid)
        os.write(process.stdin.fileno(), len(shared).to_bytes(4, "big") + shared)
        return process

else:

    def _start_with(
        channel: socket.socket, command: list[str], environment: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  our own interpreter, our own arguments
            command,
            # Where no signal tells of the parent's death, the end of this pipe does.
            stdin=subprocess.DEVNULL if sys.platform == "linux" else subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=environment,
            pass_fds=(channel.fileno(),),
            start_new_session=True,
        )


def _command(handle: str, parent: str) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, CHILD_ARGUMENT, handle, parent]
    # A virtual environment's python.exe only starts the real one, under another process id.
    base = getattr(sys, "_base_executable", sys.executable) if sys.platform == "win32" else sys.executable
    paths = [os.path.abspath(path) for path in sys.path]  # noqa: PTH100  "" is the current folder
    return [base, "-I", "-S", "-c", _BOOT, handle, parent, *paths]
