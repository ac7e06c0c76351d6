"""What the ciphers must compute, from their standards: the vectors of ``ciphers.self_test``.

A broken library, a bad build or failing memory would seal what nobody can open again, or open what
nobody sealed. Each function answers whether this machine gives the printed answer.

Source:  stands with each vector.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def _aes_256_gcm() -> bool:
    """McGrew and Viega, The Galois/Counter Mode of Operation (submitted to NIST), test case 16."""
    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308") * 2
    nonce = bytes.fromhex("cafebabefacedbaddecaf888")
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    associated = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    sealed = bytes.fromhex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"
    )
    cipher = AESGCM(key)
    return (
        cipher.encrypt(nonce, plain, associated) == sealed
        and cipher.decrypt(nonce, sealed, associated) == plain
        and _refuses(cipher, nonce, bytes([sealed[0] ^ 1]) + sealed[1:], associated)
    )


def _refuses(cipher: AESGCM, nonce: bytes, sealed: bytes, associated: bytes) -> bool:
    try:
        cipher.decrypt(nonce, sealed, associated)
    except InvalidTag:
        return True
    return False


def _sha_256() -> bool:
    """FIPS 180-4, the example "abc"."""
    answer = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    return hashlib.sha256(b"abc").hexdigest() == answer


def _hmac_sha_256() -> bool:
    """RFC 4231, test case 2."""
    answer = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    return hmac.digest(b"Jefe", b"what do ya want for nothing?", "sha256").hex() == answer


def _hkdf_sha_256() -> bool:
    """RFC 5869, test case 1."""
    salt, info = bytes(range(13)), bytes(range(0xF0, 0xFA))
    answer = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    return HKDF(algorithm=SHA256(), length=42, salt=salt, info=info).derive(b"\x0b" * 22).hex() == answer


def _argon2id() -> bool:
    """RFC 9106, section 5.3."""
    cipher = Argon2id(
        salt=b"\x02" * 16,
        length=32,
        iterations=3,
        lanes=4,
        memory_cost=32,
        ad=b"\x04" * 12,
        secret=b"\x03" * 8,
    )
    answer = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    return cipher.derive(b"\x01" * 32).hex() == answer


def _x25519() -> bool:
    """RFC 7748, section 5.2, first vector."""
    scalar = bytes.fromhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")
    point = bytes.fromhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")
    answer = "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
    shared = X25519PrivateKey.from_private_bytes(scalar).exchange(X25519PublicKey.from_public_bytes(point))
    return shared.hex() == answer


def _ed25519() -> bool:
    """RFC 8032, section 7.1, test 1."""
    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    answer = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    return Ed25519PrivateKey.from_private_bytes(secret).sign(b"").hex() == answer


KNOWN_ANSWERS: Final[Mapping[str, Callable[[], bool]]] = {
    "AES-256-GCM": _aes_256_gcm,
    "SHA-256": _sha_256,
    "HMAC-SHA-256": _hmac_sha_256,
    "HKDF-SHA-256": _hkdf_sha_256,
    "Argon2id": _argon2id,
    "X25519": _x25519,
    "Ed25519": _ed25519,
}
