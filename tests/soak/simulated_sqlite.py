"""SQLite on the simulated disk, by a second implementation of SQLCipher's format.

The product opens its databases with ``sqlcipher3``. Here SQLite3 Multiple Ciphers (apsw-sqlite3mc) opens the
same files: its Python VFS lets a test decide what reaches the disk. Errors come back as the product's
driver would raise them.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import apsw
import sqlcipher3
from simulated_disk import Node, SimulatedDisk

from workstation.store.database import Connection, Row, Value

_CIPHER: Final = ("PRAGMA cipher = 'sqlcipher'", "PRAGMA legacy = 4")
_CODES: Final[dict[type[apsw.Error], int]] = {
    apsw.BusyError: apsw.SQLITE_BUSY,
    apsw.CantOpenError: apsw.SQLITE_CANTOPEN,
    apsw.CorruptError: apsw.SQLITE_CORRUPT,
    apsw.FullError: apsw.SQLITE_FULL,
    apsw.IOError: apsw.SQLITE_IOERR,
    apsw.NotADBError: apsw.SQLITE_NOTADB,
}
_NUMBERS: Final = itertools.count()


class SimulatedSqlite:
    """Opens databases on one simulated disk."""

    def __init__(self, disk: SimulatedDisk) -> None:
        self._name = f"simulated-{next(_NUMBERS)}"
        self._vfs = _Vfs(self._name, disk)  # kept: SQLite holds no reference

    def connect(self, path: Path) -> Connection:
        """Open a database; one in memory has no disk."""
        if str(path) == ":memory:":
            return _Connection(apsw.Connection(":memory:"), self)
        try:
            return _Connection(apsw.Connection(str(path), vfs=f"multipleciphers-{self._name}"), self)
        except apsw.Error as error:
            raise _as_the_product_would(error) from None


class _Connection:
    """An apsw connection that speaks like ``sqlcipher3``."""

    def __init__(self, connection: apsw.Connection, owner: SimulatedSqlite) -> None:
        self._owner = owner  # its VFS must outlive the connection
        self._connection = connection
        for pragma in _CIPHER:
            self.execute(pragma)

    def execute(self, sql: str, parameters: Sequence[Value] = ()) -> _Answer:
        """Run one statement to its end."""
        try:
            return _Answer(list(self._connection.execute(sql, tuple(parameters))))
        except apsw.Error as error:
            raise _as_the_product_would(error) from None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class _Answer:
    """The rows of a statement."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def fetchall(self) -> list[Row]:
        """Return all of them."""
        return self._rows


class _Vfs(apsw.VFS):
    def __init__(self, name: str, disk: SimulatedDisk) -> None:
        super().__init__(name, "")
        self._disk = disk

    def xOpen(self, name: Any, flags: list[int]) -> Any:  # noqa: N802, ANN401 - SQLite's and apsw's
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        node = self._disk.node(path)
        is_new = node is None
        with _sqlite_errors():
            self._disk.check_alive()
            if node is None:
                if not flags[0] & apsw.SQLITE_OPEN_CREATE:
                    raise FileNotFoundError(errno.ENOENT, "no such file")
                self._disk.step(needs_room=True)
                node = Node()
                self._disk.link(path, node)
                self._disk.check_alive()
        flags[1] = flags[0]
        is_log = bool(flags[0] & (apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL))
        return _File(self._disk, path, node, syncs_its_name=is_new and is_log)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802, FBT001 - SQLite's
        if self._disk.node(filename) is None:
            raise apsw.exception_for(apsw.SQLITE_IOERR_DELETE_NOENT)
        with _sqlite_errors():
            self._disk.step()
            self._disk.unlink(filename)
            self._disk.check_alive()
            if syncdir:
                self._disk.sync_names(str(Path(filename).parent))

    def xAccess(self, pathname: str, _flags: int) -> bool:  # noqa: N802 - SQLite's
        with _sqlite_errors():
            self._disk.check_alive()
        return self._disk.node(pathname) is not None

    def xFullPathname(self, name: str) -> str:  # noqa: N802 - SQLite's
        return name


class _File:
    """A file as SQLite uses it. The first sync of a new journal syncs its name too, as on Unix."""

    def __init__(self, disk: SimulatedDisk, path: str, node: Node, *, syncs_its_name: bool) -> None:
        self._disk = disk
        self._path = path
        self._node = node
        self._syncs_its_name = syncs_its_name
        self._lock = apsw.SQLITE_LOCK_NONE

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - SQLite's
        with _sqlite_errors():
            self._disk.check_alive()
        return bytes(self._node.current[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's
        with _sqlite_errors():
            self._disk.step(needs_room=True)
            self._disk.take_room(max(0, offset + len(data) - len(self._node.current)))
            self._node.write(offset, bytes(data))
            self._disk.check_alive()

    def xTruncate(self, size: int) -> None:  # noqa: N802 - SQLite's
        with _sqlite_errors():
            self._disk.step()
            self._node.truncate(size)
            self._disk.check_alive()

    def xSync(self, _flags: int) -> None:  # noqa: N802 - SQLite's
        with _sqlite_errors():
            self._disk.step(needs_room=True)
            self._disk.check_alive()
            self._disk.sync_node(self._node)
            if self._syncs_its_name:
                self._disk.sync_names(str(Path(self._path).parent))
                self._syncs_its_name = False

    def xFileSize(self) -> int:  # noqa: N802 - SQLite's
        with _sqlite_errors():
            self._disk.check_alive()
        return len(self._node.current)

    def xLock(self, level: int) -> None:  # noqa: N802 - SQLite's
        others = [held for file, held in self._node.locks.items() if file is not self]
        is_taken = any(held >= apsw.SQLITE_LOCK_RESERVED for held in others)
        if (level >= apsw.SQLITE_LOCK_RESERVED and is_taken) or any(
            held >= apsw.SQLITE_LOCK_PENDING for held in others
        ):
            raise apsw.BusyError("locked")
        if level == apsw.SQLITE_LOCK_EXCLUSIVE and any(others):
            raise apsw.BusyError("locked")
        self._node.locks[self] = level

    def xUnlock(self, level: int) -> None:  # noqa: N802 - SQLite's
        self._node.locks[self] = level

    def xCheckReservedLock(self) -> bool:  # noqa: N802 - SQLite's
        return any(held >= apsw.SQLITE_LOCK_RESERVED for held in self._node.locks.values())

    def xFileControl(self, _operation: int, _pointer: int) -> bool:  # noqa: N802 - SQLite's
        return False

    def xSectorSize(self) -> int:  # noqa: N802 - SQLite's
        return 0  # SQLite's own default

    def xDeviceCharacteristics(self) -> int:  # noqa: N802 - SQLite's
        return 0  # promises nothing

    def xClose(self) -> None:  # noqa: N802 - SQLite's
        self._node.locks.pop(self, None)


@contextlib.contextmanager
def _sqlite_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise apsw.FullError("disk full") from None
        if error.errno == errno.ENOENT:
            raise apsw.CantOpenError("no such file") from None
        raise apsw.IOError("disk failed") from None


def _as_the_product_would(error: apsw.Error) -> sqlcipher3.Error:
    translated: sqlcipher3.Error = sqlcipher3.OperationalError(str(error))
    translated.sqlite_errorcode = next((code for kind, code in _CODES.items() if isinstance(error, kind)), 1)
    return translated
