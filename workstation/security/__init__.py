"""Keys, ciphers, sealing, audit records: what keeps a stranger out of the store.

Its data come from the system (random bytes, the OS keyring) and from the person (a passphrase, a
recovery key); it keeps nothing itself but the file of key slots. ``store``, ``workflow``, ``app`` may
import it; it is the only package that imports ``cryptography`` and ``keyring``.

Attack model
============

Who may attack, with what in hand, and what is promised:

1. *Someone with the disk* (a stolen or sold laptop, a backup, a cloud copy of the folder), but without
   the keyring, the passphrase or a recovery key. He reads nothing: no pixel, no name, no UID, neither in
   a file nor in its name. He sees how many studies and instances there are, how large, and when they
   changed. He may guess at the passphrase, half a second and 256 MiB a guess on this machine.
2. *Someone who can write to the disk*, without a key. Whatever he flips, cuts, swaps, moves or mixes from
   other stores is refused where it is read, never shown. He can destroy: against that, backups and the
   archive. An older whole file put back verifies by itself; ``store`` notices it for blobs (the index keeps
   each one's salt), and the audit trail by its exported checkpoints. The whole folder set back to last
   week is a folder of last week: only those checkpoints tell.
3. *A former colleague* whose slot was taken out, and who kept a copy of the slot file and what opened it:
   he still has the store's key. A new store is the answer; so it is for a stolen unlocked laptop.
4. *A program that runs as the same person*, or an administrator, while the store is open: not kept out.
   It can read the keyring and, in the end, our memory. Core dumps and debuggers are turned off where the
   system lends itself to it (``process``), keys live in buffers that are wiped, and no more is promised.
5. *A person at the unlocked screen*: sign-in, roles and auto-lock, which are not in this package yet.
6. *Someone with access who covers a trace*: each audit record carries the hash of all before it, so any
   change to the middle is named. Who can write the database and recomputes everything since the last
   exported checkpoint is not seen (``audit`` says more).

Assumed: AES-256-GCM, SHA-256, HKDF, Argon2id, X25519 and Ed25519 hold; the system's random numbers are
random; the disk is encrypted by the system (swap and hibernation hold what memory held). Python copies
``bytes`` and strings as it likes: wiping reaches the buffers that we own, not every copy. Nothing here is
post-quantum: someone who keeps a copy of a recovery slot for decades may one day open it.

Chosen so that a mistake stays small: a key for each study and each file version (a nonce can't repeat), a
version and an accept-list in every header, keys derived by purpose, and no fallback to fewer checks.
"""

from workstation.security.audit import (
    START,
    AuditRecord,
    BadRecord,
    ChainReport,
    Link,
    SealedRecord,
    Wrong,
    seal_record,
    verify_chain,
)
from workstation.security.audit_codes import Action, Outcome
from workstation.security.audit_export import audit_message, json_line, read_json_line
from workstation.security.certificates import CertificateFacts, certificate_facts, public_key_pin
from workstation.security.checkpoints import Checkpoint, device_of, sign_checkpoint, verify_trail
from workstation.security.ciphers import derive, new_key, seal, self_test, tag, unseal, wipe
from workstation.security.errors import (
    KeyFileRefused,
    KeyringLocked,
    KeyringNoEntry,
    KeyringUnavailable,
    KeyringWrongEntry,
    SealBroken,
    SecretRefused,
    SelfTestFailed,
    SlotsRefused,
    WrongKey,
)
from workstation.security.key_file import SlotFile, create_demo_key, load_demo_key, write_whole
from workstation.security.keyrings import Keyring, forget_secret, read_secret, system_keyring, write_secret
from workstation.security.keys import KeySlots, new_data_key, new_kek, unwrap_data_key, wrap_data_key
from workstation.security.process import Hardening, boot_id, harden_process
from workstation.security.recovery import new_recovery_key, public_key
from workstation.security.redaction import RedactingFormatter, redact_log
from workstation.security.secrets_kept import KeyringVault, SessionVault, Vault
from workstation.security.slots import SlotKind
from workstation.security.stream import ChunkCipher, chunk_count, sealed_size

__all__ = [
    "START",
    "Action",
    "AuditRecord",
    "BadRecord",
    "CertificateFacts",
    "ChainReport",
    "Checkpoint",
    "ChunkCipher",
    "Hardening",
    "KeyFileRefused",
    "KeySlots",
    "Keyring",
    "KeyringLocked",
    "KeyringNoEntry",
    "KeyringUnavailable",
    "KeyringVault",
    "KeyringWrongEntry",
    "Link",
    "Outcome",
    "RedactingFormatter",
    "SealBroken",
    "SealedRecord",
    "SecretRefused",
    "SelfTestFailed",
    "SessionVault",
    "SlotFile",
    "SlotKind",
    "SlotsRefused",
    "Vault",
    "Wrong",
    "WrongKey",
    "audit_message",
    "boot_id",
    "certificate_facts",
    "chunk_count",
    "create_demo_key",
    "derive",
    "device_of",
    "forget_secret",
    "harden_process",
    "json_line",
    "load_demo_key",
    "new_data_key",
    "new_kek",
    "new_key",
    "new_recovery_key",
    "public_key",
    "public_key_pin",
    "read_json_line",
    "read_secret",
    "redact_log",
    "seal",
    "seal_record",
    "sealed_size",
    "self_test",
    "sign_checkpoint",
    "system_keyring",
    "tag",
    "unseal",
    "unwrap_data_key",
    "verify_chain",
    "verify_trail",
    "wipe",
    "wrap_data_key",
    "write_secret",
    "write_whole",
]
