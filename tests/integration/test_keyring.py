"""The store's key in a real keyring: GNOME's, headless, on a message bus of its own.

Every state that a person can meet is brought about for real and must be told apart from the others. Each
step runs in a process of its own, as a start of the program would.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TOOLS = ("dbus-run-session", "gnome-keyring-daemon")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or bool(MISSING), reason=f"needs {' and '.join(MISSING or TOOLS)} (apt packages)"
)

SETUP = """
import json, sys
from pathlib import Path
from workstation.errors import LumenError
from workstation.security import KeySlots, SlotFile, system_keyring, write_secret, forget_secret
kek, folder = bytes(range(32)), SlotFile(Path(sys.argv[1]))
answer = {}
try:
    ring = system_keyring()
    answer["backend"] = type(ring).__module__
"""
TEARDOWN = """
except LumenError as error:
    answer["state"] = type(error).__name__
    answer["text"] = str(error)
print(json.dumps(answer))
"""
CREATE = """
    folder.save(KeySlots.create(kek).with_keyring(kek, ring))
    answer["state"] = "created"
"""
UNLOCK = """
    assert folder.load().unlock_with_keyring(ring) == kek
    answer["state"] = "open"
"""
LOCK = """
    import secretstorage
    secretstorage.get_default_collection(secretstorage.dbus_init()).lock()
"""
OTHER_ENTRY = """
    write_secret(ring, folder.load().keyring_entry, bytes(32))
"""
KEEP = """
    from workstation.security import KeyringVault
    KeyringVault(ring).write("archive/home/session", "ä" * 5_000)
    answer["state"] = "kept"
"""
FIND = """
    from workstation.security import KeyringVault
    vault = KeyringVault(ring)
    assert vault.read("archive/home/session") == "ä" * 5_000
    vault.forget("archive/home/session")
    assert vault.read("archive/home/session") is None
    answer["state"] = "found and forgotten"
"""
NO_ENTRY = """
    forget_secret(ring, folder.load().keyring_entry)
"""

Session = Callable[..., dict[str, str]]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """Return what runs steps in a fresh login session of one person whose home stays."""
    home, runtime, folder = (tmp_path / name for name in ("home", "runtime", "store"))
    for path in (home, runtime, folder):
        path.mkdir(mode=0o700)
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV") if name in os.environ}
    environment = {**kept, "HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "LC_ALL": "C.UTF-8"}

    def run(*steps: str, words: str | None = "login", bus: bool = True) -> dict[str, str]:
        script = SETUP + "".join(steps) + TEARDOWN
        command = [sys.executable, "-c", script, str(folder)]
        if words is not None:
            unlock = f"printf %s {words} | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1"
            command = ["bash", "-c", f'{unlock}; exec "$@"', "login", *command]
        if bus:
            command = ["dbus-run-session", "--", *command]
        done = subprocess.run(  # noqa: S603  our own script
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
        return answer

    return run


def test_the_key_is_found_again_in_the_next_session(session: Session) -> None:
    created = session(CREATE)
    found = session(UNLOCK)

    assert created == {"backend": "keyring.backends.SecretService", "state": "created"}
    assert found["state"] == "open"


def test_a_long_token_is_found_again_in_the_next_session_and_can_be_forgotten(session: Session) -> None:
    assert session(CREATE, KEEP)["state"] == "kept"
    assert session(FIND)["state"] == "found and forgotten"


def test_a_token_in_a_locked_keyring_is_locked(session: Session) -> None:
    session(CREATE, KEEP)

    assert session(LOCK, FIND)["state"] == "KeyringLocked"


def test_without_a_message_bus_the_keyring_is_unavailable(session: Session) -> None:
    session(CREATE)

    assert session(UNLOCK, words=None, bus=False)["state"] == "KeyringUnavailable"


def test_a_keyring_that_was_locked_is_locked(session: Session) -> None:
    session(CREATE)

    assert session(LOCK, UNLOCK)["state"] == "KeyringLocked"


def test_a_keyring_under_another_password_is_locked(session: Session) -> None:
    session(CREATE)

    assert session(UNLOCK, words="changed")["state"] == "KeyringLocked"
    assert session(UNLOCK)["state"] == "open"


def test_an_entry_that_was_deleted_is_no_entry(session: Session) -> None:
    session(CREATE)

    assert session(NO_ENTRY, UNLOCK)["state"] == "KeyringNoEntry"


def test_another_key_under_the_same_name_is_a_wrong_entry(session: Session) -> None:
    session(CREATE)

    assert session(OTHER_ENTRY, UNLOCK)["state"] == "KeyringWrongEntry"


def test_a_fresh_keyring_after_a_reinstall_has_no_entry(session: Session, tmp_path: Path) -> None:
    session(CREATE)
    shutil.rmtree(tmp_path / "home" / ".local")

    assert session(UNLOCK)["state"] == "KeyringNoEntry"


def test_nobody_to_answer_the_prompt_makes_it_unavailable_and_writes_nothing(
    session: Session, tmp_path: Path
) -> None:
    """No keyring exists yet and no one is there to choose its password."""
    answer = session(CREATE, words=None)

    assert answer["state"] == "KeyringUnavailable"
    assert "never kept unencrypted" in answer["text"]
    assert list((tmp_path / "store").iterdir()) == []


def test_a_plaintext_backend_in_the_settings_is_passed_over(session: Session, tmp_path: Path) -> None:
    """The keyring library would obey this file; the program asks the system's keyring all the same."""
    settings = tmp_path / "home" / ".config" / "python_keyring"
    settings.mkdir(parents=True)
    (settings / "keyringrc.cfg").write_text("[backend]\ndefault-keyring=keyring.backends.null.Keyring\n")

    assert session(CREATE)["backend"] == "keyring.backends.SecretService"


def test_the_key_stands_nowhere_in_the_home(session: Session, tmp_path: Path) -> None:
    session(CREATE)
    key = bytes(range(32))

    for path in (each for each in tmp_path.rglob("*") if each.is_file()):
        data = path.read_bytes()
        assert key not in data, path
        assert key.hex().encode() not in data, path
