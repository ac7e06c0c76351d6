"""A session for the few requests beside an archive's connections: to a sign-in service, for a check.

It keeps to the archive's TLS rules, and reads no password from a file in the home folder, which would take
the place of ours. The system's proxies are heeded for TLS alone, which leads through them as it is; a
loopback host is always reached directly.

Errors:  NotTrusted for rules that can't be kept; those of ``tls.adapter_of`` when it is used.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import requests
from requests.utils import get_environ_proxies

from workstation.archive.model import TlsRules
from workstation.archive.tls import adapter_of


def session_to(url: str, rules: TlsRules) -> requests.Session:
    """Return a session for requests to one place; it has to be closed."""
    parts = urlsplit(url)
    session = requests.Session()
    session.trust_env = False
    if parts.scheme == "https" and not is_loopback(parts.hostname or ""):
        session.proxies.update(get_environ_proxies(url))
    session.mount("https://", adapter_of(rules, connections=1))
    return session


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
