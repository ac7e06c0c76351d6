"""Certificates made on the fly, for servers and persons that exist only during a test."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Issued:
    """A certificate with its key, as PEM files."""

    certificate: Path  # with the certificates above it, if any
    key: Path
    der: bytes


class Authority:
    """A certificate authority of its own, writing into a folder."""

    def __init__(self, folder: Path, name: str = "Test authority", parent: Authority | None = None) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        signer, issuer = (parent._key, parent._name) if parent else (self._key, self._name)
        until = datetime.now(UTC) + timedelta(days=3650)
        builder = _builder(self._name, issuer, self._key, until).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        certificate = builder.sign(signer, hashes.SHA256())
        self.der = certificate.public_bytes(Encoding.DER)
        self._above = certificate.public_bytes(Encoding.PEM) if parent else b""
        self.file = folder / f"{name.replace(' ', '-')}.pem"
        self.file.write_bytes(certificate.public_bytes(Encoding.PEM))

    def issue(self, *hosts: str, days: float = 30, subject: str = "server") -> Issued:
        """Return a certificate for hosts (names or addresses); ``days`` below 0: it ran out then."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = datetime.now(UTC) + timedelta(days=days)
        builder = _builder(_named(subject), self._name, key, until).add_extension(
            x509.SubjectAlternativeName([_general(host) for host in hosts]), critical=False
        )
        certificate = builder.sign(self._key, hashes.SHA256())
        place = self._folder / f"{subject}-{certificate.serial_number:x}"
        issued = Issued(
            place.with_suffix(".pem"), place.with_suffix(".key"), certificate.public_bytes(Encoding.DER)
        )
        issued.certificate.write_bytes(certificate.public_bytes(Encoding.PEM) + self._above)
        issued.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return issued


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(until, datetime.now(UTC)) - timedelta(days=1))
        .not_valid_after(until)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
