"""Databases: encrypted, refused with another key, and calm about what goes wrong.

The second reader is SQLite3 Multiple Ciphers, another implementation of SQLCipher's format.
"""

import errno
from pathlib import Path

import apsw
import pytest
import sqlcipher3
from simulated_disk import Fault, SimulatedDisk
from simulated_sqlite import SimulatedSqlite

from workstation.store.database import Database, migrate, plain
from workstation.store.errors import DiskFailed, DiskFull, StoreDamaged, StoreTooNew

KEY = bytes(range(32))
CREATE = "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.db"


@pytest.fixture
def database(path: Path) -> Database:
    opened = Database(path, KEY, ())
    opened.rows(CREATE)
    return opened


def test_another_implementation_of_the_format_reads_it_with_the_raw_key(
    database: Database, path: Path
) -> None:
    database.insert("notes", {"id": 1, "body": "KANARIENVOGEL"})
    database.close()
    other = apsw.Connection(str(path))
    for pragma in ("PRAGMA cipher = 'sqlcipher'", "PRAGMA legacy = 4", f"PRAGMA key = 'raw:{KEY.hex()}'"):
        other.execute(pragma)

    assert other.execute("SELECT body FROM notes").fetchall() == [("KANARIENVOGEL",)]
    other.close()


def test_nothing_readable_stands_in_the_file(database: Database, path: Path) -> None:
    database.insert("notes", {"id": 1, "body": "KANARIENVOGEL"})
    database.close()

    content = path.read_bytes()
    assert b"KANARIENVOGEL" not in content
    assert b"SQLite format" not in content
    assert b"CREATE TABLE" not in content


def test_another_key_is_refused_and_writes_nothing(
    database: Database, path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    database.close()
    before = path.read_bytes()

    with pytest.raises(StoreDamaged):
        Database(path, bytes(32), ())

    assert path.read_bytes() == before
    assert capfd.readouterr() == ("", "")  # SQLCipher would print three lines for each bad page


@pytest.mark.parametrize(
    ("pragma", "answer"),
    [
        ("temp_store", 2),
        ("secure_delete", 1),
        ("cell_size_check", 1),
        ("trusted_schema", 0),
        ("foreign_keys", 1),
    ],
)
def test_the_pragmas_hold(database: Database, pragma: str, answer: int) -> None:
    assert database.number(f"PRAGMA {pragma}") == answer
    database.close()


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def write_half() -> None:
        with database.transaction():
            database.insert("notes", {"id": 1, "body": "x"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()

    assert database.rows("SELECT * FROM notes") == []
    with database.transaction():
        database.insert("notes", {"id": 2, "body": "y"})
    database.insert("notes", {"id": 2, "body": "z"}, replace=True)
    assert database.rows("SELECT * FROM notes") == [(2, "z")]
    database.close()


def test_a_page_that_does_not_verify_is_noticed(database: Database, path: Path) -> None:
    database.close()
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)
    altered = Database(path, KEY, ())

    assert not altered.is_sound()
    with pytest.raises(StoreDamaged):
        altered.rows("SELECT * FROM notes")
    altered.close()


@pytest.mark.parametrize(("code", "kind"), [(errno.ENOSPC, DiskFull), (errno.EIO, DiskFailed)])
def test_a_disk_that_is_full_or_fails_is_told_apart(code: int, kind: type[Exception]) -> None:
    disk = SimulatedDisk()
    database = Database(Path("/x.db"), KEY, (), SimulatedSqlite(disk).connect)
    database.rows(CREATE)
    disk.fault = Fault(disk.steps + 1, code, lasts=True)

    with pytest.raises(kind):
        database.insert("notes", {"id": 1, "body": "x"})

    disk.come_back()
    assert database.rows("SELECT * FROM notes") == []
    database.close()


def test_our_own_mistakes_stay_what_they_are(database: Database) -> None:
    with pytest.raises(sqlcipher3.OperationalError, match="no such table"):
        database.rows("SELECT * FROM nowhere")
    database.close()


def test_migrations_lead_from_any_version_to_the_newest(path: Path) -> None:
    steps = (("CREATE TABLE a (x)",), ("CREATE TABLE b (x)", "INSERT INTO b VALUES (1)"), ("DROP TABLE a",))
    database = Database(path, KEY, ())

    migrate(database, steps, to=1)
    assert database.schema_version() == 1
    migrate(database, steps)
    migrate(database, steps)

    assert database.schema_version() == 3
    assert database.rows("SELECT name FROM sqlite_master") == [("b",)]
    assert database.rows("SELECT x FROM b") == [(1,)]
    with pytest.raises(StoreTooNew):
        migrate(database, steps[:2])
    database.close()


def test_a_migration_that_fails_leaves_the_version_before(path: Path) -> None:
    database = Database(path, KEY, ())

    with pytest.raises(sqlcipher3.Error):
        migrate(database, (("CREATE TABLE a (x)",), ("CREATE TABLE b (x)", "nonsense")))

    assert database.schema_version() == 1
    assert database.rows("SELECT name FROM sqlite_master") == [("a",)]
    database.close()


@pytest.mark.parametrize("name", ["notes; DROP TABLE notes", "Notes", "", "a b", "a" * 41, 'x"y'])
def test_only_a_plain_name_goes_into_a_statement(name: str) -> None:
    with pytest.raises(ValueError, match="plain name"):
        plain(name)
