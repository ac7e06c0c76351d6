"""Which resource answers which method: the one table of everything that the hospital serves.

Errors:  none; whatever is refused is an answer.
Source:  PS3.18 Tables 10.3-1 and 11.3-1 (resources), RFC 9110 9.3.7 and 15.5.6 (OPTIONS, Allow).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from workstation.hospital.exchange import Answer, Refused, Request
from workstation.hospital.holdings import NotHere
from workstation.hospital.qido import Qido
from workstation.hospital.stow import Stow
from workstation.hospital.ups import Ups
from workstation.hospital.wado import Wado

Handler: TypeAlias = Callable[..., Answer]

_STUDY: Final = "studies/{}"
_SERIES: Final = f"{_STUDY}/series/{{}}"
_INSTANCE: Final = f"{_SERIES}/instances/{{}}"


class Routes:
    """Everything that can be asked."""

    def __init__(self, qido: Qido, wado: Wado, stow: Stow, ups: Ups) -> None:
        table: Mapping[str, Mapping[str, Handler]] = {
            "studies": {"GET": qido.studies, "POST": stow.store},
            "series": {"GET": qido.series},
            "instances": {"GET": qido.instances},
            _STUDY: {"GET": wado.retrieve, "POST": stow.store},
            f"{_STUDY}/metadata": {"GET": wado.metadata},
            f"{_STUDY}/series": {"GET": qido.series},
            f"{_STUDY}/instances": {"GET": qido.instances},
            _SERIES: {"GET": wado.retrieve},
            f"{_SERIES}/metadata": {"GET": wado.metadata},
            f"{_SERIES}/instances": {"GET": qido.instances},
            _INSTANCE: {"GET": wado.retrieve},
            f"{_INSTANCE}/metadata": {"GET": wado.metadata},
            f"{_INSTANCE}/frames/{{}}": {"GET": wado.frames},
            "workitems": {"GET": ups.search},
            "workitems/{}": {"GET": ups.retrieve, "POST": ups.update},
            "workitems/{}/state": {"PUT": ups.change_state},
            "workitems/{}/cancelrequest": {"POST": ups.request_cancel},
        }
        self._table = [(tuple(path.split("/")), methods) for path, methods in table.items()]

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        try:
            return self._answered(request)
        except NotHere:
            return Refused(404, "There is nothing by this name here").answer
        except Refused as refused:
            return refused.answer

    def _answered(self, request: Request) -> Answer:
        for pattern, methods in self._table:
            names = _matched(pattern, request.path)
            if names is None:
                continue
            method = "GET" if request.method == "HEAD" else request.method
            if method in methods:
                return methods[method](request, *names)
            allowed = {"Allow": ", ".join(_allowed(methods))}
            if method == "OPTIONS":
                return Answer(204, headers=allowed)
            raise Refused(405, f"This resource answers {allowed['Allow']}", allowed)
        raise NotHere


def _matched(pattern: tuple[str, ...], path: tuple[str, ...]) -> list[str] | None:
    """Return what stands in the places of the pattern; None if the path is another."""
    if len(pattern) != len(path):
        return None
    pairs = list(zip(pattern, path, strict=True))
    if not all(segment in {"{}", given} for segment, given in pairs):
        return None
    return [given for segment, given in pairs if segment == "{}"]


def _allowed(methods: Mapping[str, Handler]) -> list[str]:
    return [*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"]
