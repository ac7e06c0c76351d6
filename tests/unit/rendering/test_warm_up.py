from typing import get_args

import numpy as np

from workstation.dicom.model import VoiWindow
from workstation.rendering import (
    Domain,
    Interpolation,
    Look,
    Picture,
    fitted,
    kernels,
    render,
    resample_mask,
    warm_up,
)

KERNELS = ("resample", "resample_colour", "cover", "look_up")  # those that are called from Python


def _compiled() -> dict[str, int]:
    """Return for how many kinds of arguments each kernel was compiled."""
    return {name: len(getattr(kernels, name).signatures) for name in KERNELS}


def test_after_warming_up_nothing_is_compiled_any_more() -> None:
    """Frames come from shared memory, from files, changeable or not, in one piece or cut out."""
    warm_up()
    before = _compiled()
    whole = np.zeros((40, 50), dtype=np.uint16)
    sealed = whole.astype(np.int16)
    sealed.setflags(write=False)
    pictures = [
        Picture(whole, Domain(0, 4095)),
        Picture(whole[::2, ::2], Domain(0, 65_535), (0, 3)),
        Picture(sealed, Domain(-2048, 2047), (-2000, -2000)),
        Picture(np.frombuffer(bytes(4000), dtype=np.uint16).reshape(40, 50), Domain(0, 1)),
        Picture(np.zeros((40, 50))),
        Picture(np.zeros((40, 50, 3), dtype=np.uint8)[:, ::-1]),
    ]

    for picture in pictures:
        for rotation in range(2):
            size = (picture.columns, picture.rows)
            placement = fitted(size, (300, 200), rotation=rotation, zoom=0.7)
            for interpolation in get_args(Interpolation):
                render(picture, Look(VoiWindow(40, 400)), placement, interpolation=interpolation)

            resample_mask(np.zeros((picture.rows, picture.columns), dtype=np.bool_), placement)

    assert _compiled() == before
    assert min(before.values()) > 0
