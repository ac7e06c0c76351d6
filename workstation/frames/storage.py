"""Where the decoded frames of one stack lie.

Frames of one format lie side by side in one block of shared memory, ``values[k, j, i]``: workers
write straight into it, and it is the volume. Other stacks, and those larger than their room, keep
every frame by itself, so that one can go without the others.

Shapes:  (frames, rows, columns) or (frames, rows, columns, 3); of ``stored_dtype``. What is handed
         out is read-only, and zero once it was wiped.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Protocol

from numpy.typing import NDArray

from workstation.dicom.codecs import frame_array, frame_shape, stored_dtype
from workstation.dicom.model import PixelFormat
from workstation.dicom.tasks import frame_size
from workstation.workers import BufferSlice, SharedBuffer

Pixels = NDArray[Any]


class Storage(Protocol):
    """Memory for the frames of a stack."""

    def target(self, k: int) -> BufferSlice | None:
        """Return where a worker can write frame ``k`` itself, if there is such a place."""
        ...

    def blank(self, k: int) -> Pixels:
        """Return a writable array to decode frame ``k`` into."""
        ...

    def keep(self, k: int, pixels: Pixels) -> None:
        """Take back what ``blank`` gave, now filled."""
        ...

    def get(self, k: int) -> Pixels:
        """Return frame ``k``, read-only."""
        ...

    def drop(self, k: int) -> None:
        """Give up frame ``k``; whoever still shows it keeps it."""
        ...

    def values(self) -> Pixels | None:
        """Return all frames as one read-only array, if they lie so."""
        ...

    def wipe(self) -> None:
        """Zero everything, also where it is still shown."""
        ...

    def close(self) -> None:
        """Give up the memory."""
        ...


class Volume:
    """Frames of one format in one block of shared memory."""

    def __init__(self, count: int, pixel: PixelFormat) -> None:
        self._size = frame_size(pixel)
        self._buffer = SharedBuffer.create(count * self._size)
        self._values = self._buffer.array(stored_dtype(pixel), (count, *frame_shape(pixel)))
        self._shown = _read_only(self._values)

    def target(self, k: int) -> BufferSlice:
        """Return frame ``k``'s place in the block."""
        return self._buffer.slice(k * self._size, self._size)

    def blank(self, k: int) -> Pixels:
        """Return frame ``k`` in its place."""
        return self._values[k]  # type: ignore[no-any-return]  # one index less is still an array

    def keep(self, k: int, pixels: Pixels) -> None:
        """Do nothing: it is in its place."""

    def get(self, k: int) -> Pixels:
        """Return frame ``k``."""
        return self._shown[k]  # type: ignore[no-any-return]  # one index less is still an array

    def drop(self, k: int) -> None:
        """Keep it: the block stands and falls as one."""

    def values(self) -> Pixels:
        """Return the block."""
        return self._shown

    def wipe(self) -> None:
        """Zero the block."""
        self._buffer.wipe()

    def close(self) -> None:
        """Give up the block, which lives on while an array of it does."""
        self._buffer.close()


class Loose:
    """Every frame by itself, in memory that no worker sees."""

    def __init__(self, formats: tuple[PixelFormat, ...]) -> None:
        self._formats = formats
        self._frames: dict[int, Pixels] = {}

    def target(self, k: int) -> None:
        """Return None."""

    def blank(self, k: int) -> Pixels:
        """Return a new array for frame ``k``."""
        return frame_array(self._formats[k])

    def keep(self, k: int, pixels: Pixels) -> None:
        """Hold frame ``k``."""
        self._frames[k] = pixels

    def get(self, k: int) -> Pixels:
        """Return frame ``k``."""
        return _read_only(self._frames[k])

    def drop(self, k: int) -> None:
        """Forget frame ``k``."""
        self._frames.pop(k, None)

    def values(self) -> None:
        """Return None: a copy would be needed."""

    def wipe(self) -> None:
        """Zero what is held."""
        for pixels in tuple(self._frames.values()):
            pixels[...] = 0

    def close(self) -> None:
        """Forget everything."""
        self._frames.clear()


def storage_for(formats: tuple[PixelFormat, ...], *, in_one_piece: bool) -> Storage:
    """Return memory for frames of these formats."""
    layouts = {(frame_shape(pixel), stored_dtype(pixel)) for pixel in set(formats)}
    if in_one_piece and len(layouts) == 1:
        with suppress(OSError):  # the system may not give so much in one piece
            return Volume(len(formats), formats[0])
    return Loose(formats)


def _read_only(pixels: Pixels) -> Pixels:
    shown = pixels.view()
    shown.flags.writeable = False
    return shown
