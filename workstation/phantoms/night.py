"""The night on call: about a dozen invented studies, deterministic from a seed and an hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from workstation.phantoms import cast
from workstation.phantoms.abdomen_ct import abdomen_ct
from workstation.phantoms.brain_mr import brain_mr
from workstation.phantoms.chest_ct import chest_ct, chest_ct_prior
from workstation.phantoms.chest_xr import chest_xr, pneumothorax_xr
from workstation.phantoms.errors import PhantomRefused
from workstation.phantoms.files import Visit
from workstation.phantoms.head_ct import head_ct, head_ct_prior
from workstation.phantoms.mammogram import mammogram
from workstation.phantoms.pet_ct import pet_ct
from workstation.phantoms.study import PhantomStudy
from workstation.phantoms.ultrasound import ultrasound
from workstation.phantoms.wrist_xr import wrist_xr

_STUDIES: Final[Mapping[str, Callable[[Visit], PhantomStudy]]] = {
    "head-ct": head_ct,
    "head-ct-prior": head_ct_prior,
    "chest-ct": chest_ct,
    "chest-ct-prior": chest_ct_prior,
    "pneumothorax-xr": pneumothorax_xr,
    "brain-mr": brain_mr,
    "chest-xr": chest_xr,
    "ultrasound": ultrasound,
    "mammogram": mammogram,
    "pet-ct": pet_ct,
    "wrist-xr": wrist_xr,
    "abdomen-ct": abdomen_ct,
}


def night(*, seed: int = 1, now: datetime) -> tuple[PhantomStudy, ...]:
    """Return the night's studies in the order in which they should appear; nothing is drawn yet.

    ``now`` is the hour at which the night begins, with its zone; study times are counted back from it.
    """
    if now.tzinfo is None:
        raise PhantomRefused("The night needs an hour with its time zone", remedy="Pass an aware datetime.")
    visits = cast.visits(seed, now.replace(microsecond=0))
    return tuple(study(visits[key]) for key, study in _STUDIES.items())
