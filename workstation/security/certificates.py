"""What a certificate says, for a person to read and for a pin to be held against.

A pin is the SHA-256 of a certificate's SubjectPublicKeyInfo in base64: it outlives a renewal of the
certificate as long as the key stays.

Units:   times are aware, in UTC.
Errors:  ValueError for bytes that are no certificate.
Source:  RFC 5280 (certificates), RFC 7469 section 2.4 (the pin).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a certificate says of itself."""

    subject: str
    issuer: str
    hosts: tuple[str, ...]  # the names and addresses that it stands for
    valid_from: datetime
    valid_until: datetime
    pin: str


def certificate_facts(der: bytes) -> CertificateFacts:
    """Return what a certificate says."""
    certificate = x509.load_der_x509_certificate(der)
    return CertificateFacts(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        hosts=_hosts(certificate),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        pin=_pin(certificate),
    )


def public_key_pin(der: bytes) -> str:
    """Return the pin of a certificate's public key."""
    return _pin(x509.load_der_x509_certificate(der))


def _pin(certificate: x509.Certificate) -> str:
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(key).digest()).decode()


def _hosts(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = [str(address) for address in names.get_values_for_type(x509.IPAddress)]
    return (*names.get_values_for_type(x509.DNSName), *addresses)
