from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tls_certificates import Authority

from workstation.security import certificate_facts, public_key_pin


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl (apt package)")
def test_a_pin_is_what_openssl_computes(tmp_path: Path) -> None:
    """RFC 7469 appendix A: x509 -pubkey | pkey -outform der | dgst -sha256 | base64."""
    issued = Authority(tmp_path).issue("archive.example")
    script = (
        f"openssl x509 -in {issued.certificate} -pubkey -noout | openssl pkey -pubin -outform der"
        " | openssl dgst -sha256 -binary | openssl enc -base64"
    )
    openssl = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)  # noqa: S603, S607  our own script

    assert public_key_pin(issued.der) == openssl.stdout.strip()


def test_a_certificate_tells_its_names_and_times(tmp_path: Path) -> None:
    issued = Authority(tmp_path, "Home authority").issue("archive.example", "127.0.0.1", days=10)
    facts = certificate_facts(issued.der)

    assert facts.subject == "CN=server"
    assert facts.issuer == "CN=Home authority"
    assert facts.hosts == ("archive.example", "127.0.0.1")
    assert abs(facts.valid_until - datetime.now(UTC) - timedelta(days=10)) < timedelta(minutes=5)
    assert facts.valid_from < datetime.now(UTC)
    assert len(base64.b64decode(facts.pin)) == hashlib.sha256().digest_size


def test_a_certificate_without_names_has_no_hosts(tmp_path: Path) -> None:
    assert certificate_facts(Authority(tmp_path).der).hosts == ()


def test_what_is_no_certificate_is_refused() -> None:
    with pytest.raises(ValueError, match=r".+"):
        public_key_pin(b"\x30\x00")
