"""What a person and a browser do in a sign-in: follow where they are led, fill in forms, press the button."""

from __future__ import annotations

import threading
from html.parser import HTMLParser
from types import TracebackType
from typing import Final, Self
from urllib.parse import urljoin

import requests

_STEPS: Final = 10


class PretendBrowser:
    """Opens each address on a thread of its own, as a browser would; joined when it is left."""

    def __init__(
        self, authorities: str, *, gives_up: bool = False, fields: dict[str, str] | None = None
    ) -> None:
        self._authorities = authorities
        self._gives_up = gives_up
        self._fields = fields or {"login": "reader", "password": "whatever"}
        self._threads: list[threading.Thread] = []
        self.opened: list[str] = []
        self.pages: list[str] = []  # the last page of each sign-in

    def __call__(self, url: str) -> bool:
        """Open an address."""
        self.opened.append(url)
        self._threads.append(threading.Thread(target=self._browse, args=(url,)))
        self._threads[-1].start()
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wait()

    @property
    def is_done(self) -> bool:
        """Say whether all that was opened has come to its end: who still waits then, waits in vain."""
        return bool(self._threads) and not any(thread.is_alive() for thread in self._threads)

    def wait(self) -> None:
        """Wait until all that was opened has come to its end."""
        for thread in self._threads:
            thread.join(20)

    def _browse(self, url: str) -> None:
        with requests.Session() as session:
            session.trust_env = False
            session.verify = self._authorities
            page = session.get(url, timeout=10)
            for _ in range(_STEPS):
                form = _Form.of(page.text)
                if form is None:
                    break
                if self._gives_up and form.abort:
                    page = session.get(urljoin(page.url, form.abort), timeout=10)
                    continue
                given = {name: self._fields.get(name, value) for name, value in form.inputs.items()}
                page = session.post(urljoin(page.url, form.action), data=given, timeout=10)
            self.pages.append(page.text)


class _Form(HTMLParser):
    """The form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.abort = ""
        self.inputs: dict[str, str] = {}

    @classmethod
    def of(cls, text: str) -> _Form | None:
        """Return the form of a page, None if there is none."""
        form = cls()
        form.feed(text)
        return form if form.action else None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in what belongs to the form."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = given.get("action", "")
        elif tag == "input" and "name" in given:
            self.inputs[given["name"]] = given.get("value", "")
        elif tag == "a" and given.get("href", "").endswith("/abort"):
            self.abort = given["href"]
