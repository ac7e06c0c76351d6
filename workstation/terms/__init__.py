"""Words of the trade, once: body regions, sides, modalities and their synonyms, language by language.

Reporting, worklist, hanging and dictation read the same tables, so that "left knee" means one thing
everywhere. Pure data and lookups, each of which can answer that it doesn't know; anyone above may import it.
"""

from workstation.terms.contrast import Contrast, contrast_of
from workstation.terms.errors import BadTable
from workstation.terms.examination import Examination, examination
from workstation.terms.kinds import Kind, kinds_of
from workstation.terms.modalities import (
    MODALITIES,
    Modality,
    family,
    images_among,
    modality,
)
from workstation.terms.naming import regions_of, regions_of_body_part
from workstation.terms.regions import PAIRED, PARTS, Region, covers, expanded, steps_within, within
from workstation.terms.sides import Side, are_opposite, side_of, side_of_code
from workstation.terms.words import Lexicon, fold, words

__all__ = [
    "MODALITIES",
    "PAIRED",
    "PARTS",
    "BadTable",
    "Contrast",
    "Examination",
    "Kind",
    "Lexicon",
    "Modality",
    "Region",
    "Side",
    "are_opposite",
    "contrast_of",
    "covers",
    "examination",
    "expanded",
    "family",
    "fold",
    "images_among",
    "kinds_of",
    "modality",
    "regions_of",
    "regions_of_body_part",
    "side_of",
    "side_of_code",
    "steps_within",
    "within",
    "words",
]
