"""What rendering refuses to show."""

from __future__ import annotations

from workstation.errors import LumenError


class PictureRefused(LumenError):
    """Pixels that can't become a picture: their shape or kind contradicts what is said of them."""

    exit_code = 57
