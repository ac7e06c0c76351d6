"""A sign-in service that does what it is told, the wrong things included: what no good one ever does."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey
from tls_certificates import Issued

Form = Mapping[str, str]
Said = tuple[int, Mapping[str, object] | bytes]


class ScriptedProvider:
    """Signs in whoever comes. Everything that it says may be changed before or between requests."""

    def __init__(self, issued: Issued) -> None:
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = False
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(issued.certificate, issued.key)
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"
        self.key = ECKey.generate_key("P-256", {"kid": "first"})
        self.document: dict[str, object] = {}  # in place of what the discovery document says
        self.redirect: dict[str, str | None] = {}  # the same for the answer through the browser
        self.claims: dict[str, object] = {}  # the same for the ID token
        self.grant: dict[str, object] = {}  # the same for the answer of the token endpoint
        self.header: dict[str, Any] = {"alg": "ES256", "kid": "first"}
        self.published = [self.key.as_dict(private=False)]
        self.sign: Callable[[dict[str, object]], str] = self._sign
        self.refusal: Callable[[Form], Said | None] = lambda _: None  # asked before a token is given
        self.person: dict[str, object] = {"sub": "reader", "name": "Dr. Reader"}
        self.ahead = timedelta(0)  # of the world's clock
        self.forms: list[Form] = []  # that came to the token endpoint
        self.paths: list[str] = []
        self._nonce = ""
        self._count = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    def answer(self, target: str, form: Form) -> tuple[int, Mapping[str, str], bytes]:
        """Return status, headers and body for a request."""
        parts = urlsplit(target)
        self.paths.append(parts.path)
        dated = {"Date": format_datetime(datetime.now(UTC) + self.ahead)}
        if parts.path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            return 302, {**dated, "Location": self._answer_of_browser(asked)}, b""
        pages: dict[str, Callable[[], Said]] = {
            "/.well-known/openid-configuration": lambda: (200, self._described()),
            "/keys": lambda: (200, {"keys": self.published}),
            "/token": lambda: self._granted(form),
            "/me": lambda: (200, self.person),
        }
        status, made = pages[parts.path]() if parts.path in pages else (404, b"")
        body = made if isinstance(made, bytes) else json.dumps(made).encode()
        if 300 <= status < 400:
            dated["Location"] = "/elsewhere"
        return status, dated, body

    def _described(self) -> Mapping[str, object]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/me",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            **self.document,
        }

    def _answer_of_browser(self, asked: Form) -> str:
        self._nonce = asked["nonce"]
        fields = {"code": "a-code", "state": asked["state"], "iss": self.url, **self.redirect}
        said = {name: value for name, value in fields.items() if value is not None}
        return f"{asked['redirect_uri']}?{urlencode(said)}"

    def _granted(self, form: Form) -> Said:
        self.forms.append(form)
        refused = self.refusal(form)
        if refused is not None:
            return refused
        self._count += 1
        now = int((datetime.now(UTC) + self.ahead).timestamp())
        claims: dict[str, object] = {
            "iss": self.url,
            "aud": "lumen",
            "sub": "reader",
            "iat": now,
            "exp": now + 300,
            "nonce": self._nonce,
            **self.claims,
        }
        return 200, {
            "access_token": f"access-{self._count}",
            "token_type": "Bearer",
            "expires_in": 3_600,
            "refresh_token": f"refresh-{self._count}",
            "id_token": self.sign({name: value for name, value in claims.items() if value is not None}),
            **self.grant,
        }

    def _sign(self, claims: dict[str, object]) -> str:
        return jwt.encode(self.header, claims, self.key)


def _handler(provider: ScriptedProvider) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = 10

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            sent = parse_qs(self.rfile.read(length).decode())
            form = {name: values[0] for name, values in sent.items()}
            status, headers, body = provider.answer(self.path, form)
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _do  # noqa: N815  the library's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's name
            """Say nothing."""

    return Handler
