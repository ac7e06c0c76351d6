"""Lists that an archive gives page by page, to their true end or to where the archive cuts them.

The end is a page that brings nothing new. A short page isn't one by itself: some archives give fewer rows
than they are asked for. One that ignores the offset repeats itself; whatever lies behind its first page
then stays unknown, and the list says that it isn't whole.

Source:  PS3.18 8.3.4.4 (paging), 10.6.3 (Warning 299: there is more).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from workstation.archive.web.capabilities import Capabilities
from workstation.archive.web.json_model import Item, items_of, text
from workstation.archive.web.paths import query
from workstation.archive.web.transport import Ask, Transport

MOST_ROWS: Final = 200_000
_SURELY_LAST: Final = 50  # no archive cuts its pages shorter than this
_MORE: Final = "299"
_PARTIAL: Final = 206
_ACCEPTS: Final = frozenset({200, 204, _PARTIAL})


class Listing:
    """One list; iterate it once, then ``is_whole`` tells whether the archive gave all of it."""

    def __init__(
        self,
        transport: Transport,
        traits: Capabilities,
        path: str,
        key: str,
        *criteria: str,
        fields: Sequence[str] = (),
    ) -> None:
        self.is_whole = True
        self._transport = transport
        self._size = traits.page_size
        self._path = path
        self._key = key  # the attribute that tells one row from another
        self._query = query(*criteria, *_included(traits, fields))

    def __iter__(self) -> Iterator[Item]:
        seen: set[str] = set()
        was_full = was_partial = False  # the page before
        offset = 0
        while offset < MOST_ROWS:
            rows, is_partial = self._page(offset)
            fresh = {uid: row for row in rows if (uid := text(row, self._key)) and uid not in seen}
            if not fresh:
                self.is_whole = not (was_partial or is_partial or (rows and was_full))
                return
            seen.update(fresh)
            yield from fresh.values()
            offset += len(rows)
            if len(rows) > self._size or (len(rows) < min(self._size, _SURELY_LAST) and not is_partial):
                self.is_whole = not is_partial
                return
            was_full, was_partial = len(rows) == self._size, is_partial
        self.is_whole = False

    def _page(self, offset: int) -> tuple[Sequence[Item], bool]:
        """Return the rows from there on, and whether the archive says that there are more."""
        start = f"offset={offset}" if offset else ""
        ask = Ask(self._path, query(self._query, f"limit={self._size}", start), accepts=_ACCEPTS)
        with self._transport.send(ask) as reply:
            is_partial = reply.status == _PARTIAL or _warns_of_more(reply.headers.get("Warning", ""))
            return items_of(reply.json(), reply.where), is_partial


def _warns_of_more(warning: str) -> bool:
    """Tell the warning that there is more from the other one with its number: no fuzzy matching."""
    return _MORE in warning and "fuzzy" not in warning.lower()


def _included(traits: Capabilities, fields: Sequence[str]) -> list[str]:
    match traits.include_fields:
        case "each":
            return [f"includefield={one}" for one in fields]
        case "all":
            return ["includefield=all"] if fields else []
        case "none":
            return []
