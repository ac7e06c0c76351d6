from typing import Any, Final

import pytest
from pydicom.sr._cid_dict import cid_concepts
from pydicom.sr._concepts_dict import concepts

from workstation.terms import Region, regions_of, regions_of_body_part

R = Region

# The defined terms of PS3.16 Annex L for the parts that are named in headers of living patients.
ANNEX_L: Final = """
ABDOMEN ABDOMENPELVIS ADRENAL ANKLE AORTA ARM AXILLA BACK BILEDUCT BLADDER BRAIN BREAST BRONCHUS BUTTOCK
CALCANEUS CALF CAROTID CEREBELLUM CERVIX CHEEK CHEST CHESTABDOMEN CHESTABDPELVIS CIRCLEOFWILLIS CLAVICLE
COCCYX COLON CORNEA CORONARYARTERY CSPINE CTSPINE DUODENUM EAR ELBOW ESOPHAGUS EXTREMITY EYE EYELID FACE
FEMUR FIBULA FINGER FOOT FOREARM GALLBLADDER HAND HEAD HEADNECK HEART HIP HUMERUS IAC ILEUM ILIUM JAW
JEJUNUM KIDNEY KNEE LARYNX LEG LIVER LSPINE LSSPINE LUNG MASTOID MAXILLA MEDIASTINUM MOUTH NASOPHARYNX NECK
NECKCHEST NECKCHESTABDOMEN NECKCHESTABDPELV NOSE OPTICCANAL ORBIT OVARY PANCREAS PAROTID PATELLA PELVIS
PENIS PHARYNX PROSTATE RADIUS RADIUSULNA RECTUM RIB SACRUM SCALP SCAPULA SCLERA SCROTUM SHOULDER SIJOINT
SKULL SPINE SPLEEN SSPINE STERNUM STOMACH SUBMANDIBULAR TESTIS THIGH THORAX THUMB THYMUS THYROID TIBIA
TIBIAFIBULA TLSPINE TMJ TOE TONGUE TRACHEA TSPINE ULNA UPPERLIMB LOWERLIMB URETER URETHRA UTERUS VAGINA
VULVA WHOLEBODY WRIST ZYGOMA
"""

# Of CID 4: vessels and joints of no place, and devices.
NOWHERE: Final = {
    "Baffle", "Body conduit", "Endo-arterial", "Endo-vascular", "Endo-venous", "Internal mammary artery",
    "Intra-articular", "Joint", "Lumen of blood vessel", "Occipital artery", "Occipital vein",
    "Patent ductus arteriosus", "Phantom", "Posterior medial tributary", "Superficial temporal artery",
    "Truncus arteriosus communis", "Vascular graft", "Venous network",
}  # fmt: skip


@pytest.mark.parametrize("body_part", ANNEX_L.split())
def test_every_defined_body_part_has_a_region(body_part: str) -> None:
    assert regions_of_body_part(body_part)


def test_every_anatomic_region_of_the_standard_is_known_by_its_meaning() -> None:
    """CID 4, meanings as pydicom has them."""
    table: Any = concepts["SCT"]
    meanings = {meaning for keyword in cid_concepts[4]["SCT"] for meaning, *_ in table[keyword].values()}
    assert {meaning for meaning in meanings if not regions_of(meaning)} <= NOWHERE


@pytest.mark.parametrize(
    ("body_part", "regions"),
    [
        ("CHESTABDPELVIS", {R.CHEST, R.ABDOMEN, R.PELVIS}),
        ("CHEST_ABD_PEL", {R.CHEST, R.ABDOMEN, R.PELVIS}),
        ("CHEST/ABD", {R.CHEST, R.ABDOMEN}),
        ("HEAD-NECK", {R.HEAD, R.NECK}),
        ("LUMBO-SACRAL SP", {R.LUMBAR_SPINE}),
        ("LEG", {R.LOWER_LEG}),
        ("CTSPINE", {R.CERVICAL_SPINE, R.THORACIC_SPINE}),
        ("Whole Body", {R.WHOLE_BODY}),
        ("UNKNOWN", set()),
        ("", set()),
    ],
)
def test_a_body_part_is_known_as_the_standard_and_as_makers_spell_it(
    body_part: str, regions: set[Region]
) -> None:
    assert regions_of_body_part(body_part) == regions


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("CT ABD/PEL W CONTRAST", {R.ABDOMEN, R.PELVIS}),
        ("CT A/P", {R.ABDOMEN, R.PELVIS}),
        ("XR CHEST AP", {R.CHEST}),
        ("CT CAP W", {R.CHEST, R.ABDOMEN, R.PELVIS}),
        ("XR KUB", {R.ABDOMEN}),
        ("CTA HEAD AND NECK", {R.HEAD, R.NECK}),
        ("MR C-SPINE", {R.CERVICAL_SPINE}),
        ("XR TSPINE", {R.THORACIC_SPINE}),
        ("MR LSPINE", {R.LUMBAR_SPINE}),
        ("MR L-S SPINE", {R.LUMBAR_SPINE}),
        ("XR T/L SPINE", {R.THORACIC_SPINE, R.LUMBAR_SPINE}),
        ("CT thoracic spine", {R.THORACIC_SPINE}),
        ("MR brain, T1 T2 DWI", {R.BRAIN}),
        ("XR femoral neck", {R.HIP}),
        ("XR radial head", {R.ELBOW}),
        ("XR tib-fib lt", {R.LOWER_LEG}),
        ("OR C-ARM", set()),
        ("PET/CT skull base to mid thigh", {R.WHOLE_BODY}),
        ("CTA chest, r/o PE", {R.CHEST, R.LUNGS}),
        ("US RUQ", {R.LIVER, R.BILIARY}),
        ("CT paranasal sinuses", {R.SINUSES}),
        ("Echocardiogram TTE", {R.HEART}),
        ("XR hands", {R.HAND}),
        ("MRT Sprunggelenk", {R.ANKLE}),
        ("Röntgen LWS", {R.LUMBAR_SPINE}),
        ("MRT Schädel-Hirn", {R.BRAIN}),
        ("OUTSIDE FILMS", set()),
        ("3D reconstruction", set()),
    ],
)
def test_a_description_names_its_regions(text: str, regions: set[Region]) -> None:
    assert regions_of(text) == regions
