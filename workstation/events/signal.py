"""A signal that carries one typed value to listeners that it does not keep alive.

A listener that is gone is forgotten (a lambda that nobody keeps is gone at once). One that raises
does not keep the others from hearing, and its error is logged without the value (it may name a
patient). Emitting is safe from any thread; the listeners run on the thread that emits.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
Listener = Callable[[T], object]

_log = logging.getLogger(__name__)


class Signal(Generic[T]):
    """One kind of event.

    >>> opened: Signal[str] = Signal("study opened")
    >>> heard: list[str] = []
    >>> opened.connect(heard.append)
    >>> opened.emit("1.2.3")
    >>> heard
    ['1.2.3']
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], Listener[T] | None]] = []

    def connect(self, listener: Listener[T]) -> None:
        """Let a bound method or function hear every later emission, while its owner lives."""
        with self._lock:
            self._listeners.append(_reference(listener))

    def disconnect(self, listener: Listener[T]) -> None:
        """Stop a listener; one that was never connected is ignored."""
        with self._lock:
            self._listeners = [ref for ref in self._listeners if ref() not in (None, listener)]

    def emit(self, value: T) -> None:
        """Tell every living listener, in the order they came."""
        with self._lock:
            living = [(ref, ref()) for ref in self._listeners]
            self._listeners = [ref for ref, listener in living if listener is not None]
        for _, listener in living:
            if listener is not None:
                self._tell(listener, value)

    def _tell(self, listener: Listener[T], value: T) -> None:
        try:
            listener(value)
        except Exception as error:  # noqa: BLE001  one deaf listener must not silence the rest
            _log.error("a listener of %r failed: %s", self.name, type(error).__name__)


def _reference(listener: Listener[T]) -> Callable[[], Listener[T] | None]:
    if hasattr(listener, "__self__") and not isinstance(listener.__self__, type):
        try:
            return weakref.WeakMethod(listener)
        except TypeError:  # a built-in method, such as list.append, cannot be held weakly
            return lambda: listener
    return weakref.ref(listener)
