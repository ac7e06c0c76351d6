"""Regions of the body as radiologists name them, and which of them lies within which.

"Abdomen and pelvis" is no region of its own but the set of two, so that an examination of both covers one
of either. A region may lie in two others (the aorta in chest and abdomen). What a region contains is
anatomy; whether two examinations may be compared is the worklist's judgement, not this table's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Final


class Region(StrEnum):
    """A part of the body that is examined on its own."""

    WHOLE_BODY = "whole body"
    HEAD = "head"
    BRAIN = "brain"
    SKULL = "skull"
    FACE = "face"
    ORBITS = "orbits"
    SINUSES = "sinuses"
    EARS = "temporal bones"
    SELLA = "sella"
    JAW = "jaw"
    NECK = "neck"
    THYROID = "thyroid"
    THROAT = "pharynx and larynx"
    SALIVARY_GLANDS = "salivary glands"
    CAROTIDS = "neck vessels"
    CHEST = "chest"
    LUNGS = "lungs"
    HEART = "heart"
    CORONARIES = "coronary arteries"
    MEDIASTINUM = "mediastinum"
    RIBS = "ribs"
    STERNUM = "sternum"
    OESOPHAGUS = "oesophagus"
    AORTA = "aorta"
    BREAST = "breast"
    ABDOMEN = "abdomen"
    LIVER = "liver"
    BILIARY = "bile ducts"
    PANCREAS = "pancreas"
    SPLEEN = "spleen"
    KIDNEYS = "kidneys"
    ADRENALS = "adrenals"
    STOMACH = "stomach"
    BOWEL = "bowel"
    PELVIS = "pelvis"
    BLADDER = "bladder"
    PROSTATE = "prostate"
    UTERUS = "uterus and ovaries"
    FETUS = "fetus"
    RECTUM = "rectum"
    SCROTUM = "scrotum"
    SPINE = "spine"
    CERVICAL_SPINE = "cervical spine"
    THORACIC_SPINE = "thoracic spine"
    LUMBAR_SPINE = "lumbar spine"
    SACRUM = "sacrum"
    LIMB = "limb"
    UPPER_LIMB = "upper limb"
    SHOULDER = "shoulder"
    CLAVICLE = "clavicle"
    SCAPULA = "scapula"
    UPPER_ARM = "upper arm"
    ELBOW = "elbow"
    FOREARM = "forearm"
    WRIST = "wrist"
    HAND = "hand"
    FINGER = "finger"
    LOWER_LIMB = "lower limb"
    HIP = "hip"
    THIGH = "thigh"
    KNEE = "knee"
    LOWER_LEG = "lower leg"
    ANKLE = "ankle"
    FOOT = "foot"
    HEEL = "heel"
    TOE = "toe"


_R = Region

PARTS: Final[Mapping[Region, tuple[Region, ...]]] = {
    _R.WHOLE_BODY: (
        _R.HEAD, _R.NECK, _R.CHEST, _R.BREAST, _R.ABDOMEN, _R.PELVIS, _R.SPINE, _R.LIMB,
    ),
    _R.HEAD: (_R.BRAIN, _R.SKULL, _R.FACE, _R.EARS, _R.SELLA),
    _R.FACE: (_R.ORBITS, _R.SINUSES, _R.JAW),
    _R.NECK: (_R.THYROID, _R.THROAT, _R.SALIVARY_GLANDS, _R.CAROTIDS),
    _R.CHEST: (
        _R.LUNGS, _R.HEART, _R.MEDIASTINUM, _R.RIBS, _R.STERNUM, _R.OESOPHAGUS, _R.AORTA,
    ),
    _R.HEART: (_R.CORONARIES,),
    _R.ABDOMEN: (
        _R.LIVER, _R.BILIARY, _R.PANCREAS, _R.SPLEEN, _R.KIDNEYS, _R.ADRENALS, _R.STOMACH, _R.BOWEL, _R.AORTA,
    ),
    _R.PELVIS: (_R.BLADDER, _R.PROSTATE, _R.UTERUS, _R.RECTUM, _R.SCROTUM),
    _R.UTERUS: (_R.FETUS,),
    _R.SPINE: (_R.CERVICAL_SPINE, _R.THORACIC_SPINE, _R.LUMBAR_SPINE, _R.SACRUM),
    _R.LIMB: (_R.UPPER_LIMB, _R.LOWER_LIMB),
    _R.UPPER_LIMB: (_R.SHOULDER, _R.UPPER_ARM, _R.ELBOW, _R.FOREARM, _R.WRIST, _R.HAND),
    _R.SHOULDER: (_R.CLAVICLE, _R.SCAPULA),
    _R.HAND: (_R.FINGER,),
    _R.LOWER_LIMB: (_R.HIP, _R.THIGH, _R.KNEE, _R.LOWER_LEG, _R.ANKLE, _R.FOOT),
    _R.FOOT: (_R.HEEL, _R.TOE),
}  # fmt: skip
"""What lies directly within a region."""


@cache
def within(region: Region) -> frozenset[Region]:
    """Return everything that lies within a region, itself included."""
    return frozenset({region}).union(*map(within, PARTS.get(region, ())))


def expanded(regions: Iterable[Region]) -> frozenset[Region]:
    """Return regions with all that lies within them."""
    return frozenset().union(*map(within, regions))


def covers(examined: Iterable[Region], wanted: Iterable[Region]) -> bool:
    """Say whether an examination of some regions shows all the wanted ones.

    >>> covers({Region.ABDOMEN, Region.PELVIS}, {Region.LIVER})
    True
    """
    return expanded(examined) >= frozenset(wanted)


@cache
def steps_within(part: Region, whole: Region) -> int | None:
    """Return how many levels a part lies below a whole: 0 for the same, None if it doesn't lie there."""
    if part is whole:
        return 0
    found = [steps_within(part, child) for child in PARTS.get(whole, ())]
    return min((steps + 1 for steps in found if steps is not None), default=None)


PAIRED: Final = expanded({_R.LIMB, _R.BREAST}) | {
    _R.ORBITS, _R.EARS, _R.CAROTIDS, _R.KIDNEYS, _R.ADRENALS, _R.RIBS, _R.SCROTUM, _R.SALIVARY_GLANDS,
}  # fmt: skip
"""Regions of which there is a left and a right one that are examined apart."""
