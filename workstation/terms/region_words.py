"""How regions are called in descriptions of examinations: the table behind ``regions_of``.

Each row has a region or several on its left and the phrases for them on its right; a phrase is known in its
plural too. A phrase for nothing only keeps its words from being misread.

Source:  ``BODY_PARTS`` are defined terms of Body Part Examined (PS3.16 Annex L) that are glued together or
         stand for something else than the word does; the others are read as words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from workstation.terms.regions import Region
from workstation.terms.words import phrases

_ENGLISH: Final = """
whole body = whole body, wholebody, total body, entire body, full body, skull base to mid thigh, skull base
  to thigh, skull to thigh, skull to mid thigh, eyes to thighs, eye to thigh, vertex to toe, head to toe,
  bone scan, skeletal survey, bone survey, metastatic survey, myeloma survey, osseous survey;
head = head, cranium, vertebral column and cranium;
brain = brain, cerebral, cerebellum, intracranial, stroke, code stroke, circle of willis, willis, cct,
  basilar, middle cerebral, cranial venous, anterior communicating, posterior communicating, posterior
  communication, posterior fossa, neuro navigation, stealth, ventricular shunt;
skull = skull, scalp, fontanel, calvarium;
face = face, facial, maxillofacial, max face, nose, nasal, nasal bone, cheek, zygoma, zygomatic, midface,
  mouth, tongue, lingual;
orbits = orbit, orbital, eye, eyelid, sclera, cornea, optic canal, optic nerve, ophthalmic, lacrimal,
  foreign body eye;
sinuses = sinus, sinuses, paranasal, paranasal sinus, waters view;
temporal bones = temporal bone, iac, internal auditory, internal auditory canal, external auditory canal,
  auditory canal, mastoid, ear, cochlea;
sella = sella, sella turcica, pituitary;
jaw = jaw, mandible, mandibular, maxilla, tmj, temporomandibular, panorex, panoramic, orthopantomogram, opg,
  teeth, dental, dentition;
neck = neck, soft tissue neck, cervical soft tissue, cervical node, submental, supraclavicular, jugular;
thyroid = thyroid, parathyroid;
pharynx and larynx = pharynx, nasopharynx, endo nasopharyngeal, hypopharynx, larynx, throat, modified barium
  swallow, mbs, modified swallow, video swallow, swallow study, speech swallow;
salivary glands = salivary, parotid, submandibular;
neck vessels = carotid, vertebral artery, neck vessel, vertebral arteries, extracranial;
chest = chest, thorax, thoracic, cxr, ches, portable chest, endo thoracic, intra thoracic, axilla, axillary,
  subclavian, innominate, chest wall;
lungs = lung, pulmonary, bronchus, bronchi, trachea, ldct, hrct, ctpa, pulmonary embolism, pe protocol, for
  pe, r o pe, pe study, ventilation, v q, vq;
heart = heart, cardiac, endo cardiac, echo, echocardiogram, tte, tee, tavr, tavi, left atrium, right atrium,
  atrium, left ventricle, right ventricle, ventricle, atrial, myocardial, muga, pulmonary vein, left
  auricular, right auricular;
coronary arteries = coronary, calcium score, calcium scoring, cabg, ccta;
mediastinum = mediastinum, mediastinal, thymus, superior vena cava, azygos, suprasternal;
ribs = rib;
sternum = sternum, sternoclavicular, sc joint, parasternal;
oesophagus = esophagus, oesophagus, esophageal, endo esophageal, esophagram, esophagogram, barium swallow,
  barium esophagram;
aorta = aorta, aortic, aortic arch;
chest, aorta = thoracic aorta, ascending aorta, descending aorta, aortic dissection, arch aorta;
abdomen, aorta = abdominal aorta, aaa, aortic aneurysm, endograft, evar;
breast = breast, mammo, mammogram, mammography, mam, mamm, tomosynthesis, dbt, mastectomy;
abdomen = abdomen, abd, abdo, abdominal, kub, axr, acute abdomen, obstructive series, flat plate,
  epigastric, omentum, omental, retroperitoneum, retroperitoneal, mesenteric, coeliac, celiac, coeliacus,
  umbilical, flank, vena cava, inferior vena cava, ivc, hypochondriac, lumbar artery, splanchnic, upper
  quadrant, luq, right upper quadrant, left upper quadrant, subcostal, subxiphoid;
liver = liver, hepatic, hepatobiliary, portal vein, tips, liver elastography;
bile ducts = biliary, bile duct, gallbladder, gb, mrcp, hida, cholangiogram, cholangiography, ercp, common
  bile duct;
liver, bile ducts = ruq, liver and biliary;
pancreas = pancreas, pancreatic;
spleen = spleen, splenic;
kidneys = kidney, renal, renal pelvis, renal stone, stone protocol, ureter, endo ureteric, endo renal,
  calyx, urinary tract, upper urinary tract, nephrostogram, renogram, ivp, ivu, hematuria;
kidneys, bladder = urogram, ctu, urography;
adrenals = adrenal;
stomach = stomach, gastric, upper gi, ugi, duodenum;
bowel = bowel, small bowel, sbft, small intestine, large intestine, colon, sigmoid, sigmoid colon,
  enterography, enteroclysis, colonography, colonoscopy, virtual colonoscopy, barium enema, appendix,
  appendicitis, ileum, jejunum, intussusception;
pelvis = pelvis, pelvic, pel, pelv, groin, inguinal, perineum, buttock, iliac, ilium, intra pelvic, lower
  quadrant, right lower quadrant, left lower quadrant, hypogastric, bony pelvis;
bladder = bladder, cystogram, vcug, urethra, endo urethral, endo vesical, urethrogram, voiding
  cystourethrogram;
prostate = prostate;
uterus and ovaries = uterus, uterine, ovary, ovaries, ovarian, fallopian, transvaginal, tv, endovaginal,
  endo vaginal, hysterosalpingogram, hsg, sonohysterogram, cervix, broad ligament, vagina, vulva, adnexa;
fetus = fetus, fetal, obstetric, ob, pregnancy, pregnant, nuchal, biophysical profile, bpp, anatomy scan;
rectum = rectum, rectal, endo rectal, anus, anal, defecography, transrectal;
scrotum = scrotum, scrotal, testis, testes, testicle, testicular, penis, penile;
spine = spine, spinal, spinal cord, whole spine, total spine, entire spine, full spine, scoliosis,
  myelogram, anterior spinal, c t l spine, ctl spine, c t and l spine, cervical thoracic lumbar spine, back;
cervical spine = cervical spine, c spine, cspine, csp, cerv spine, cervical, cerv, odontoid;
thoracic spine = thoracic spine, t spine, tspine, tsp, thor spine, dorsal spine, thoracic vertebra;
lumbar spine = lumbar spine, l spine, lspine, lsp, lumb spine, lumbar, lumb, lumbosacral, lumbosacral spine,
  lumbo sacral, lumbo sacral spine, ls spine, l s spine, lsspine, lumbar region;
cervical spine, thoracic spine = cervicothoracic, cervico thoracic, cervico thoracic spine, c t spine,
  ctspine;
thoracic spine, lumbar spine = thoracolumbar, thoraco lumbar, thoracolumbar spine, thoraco lumbar spine, t l
  spine, tl spine, tlspine, tlsp;
sacrum = sacrum, sacral, coccyx, sacro coccygeal, sacrococcygeal, sacro coccygeal spine, sacroiliac, si
  joint, si jts, s i joint, sacral spine, sspine;
limb = extremity, extremities, limb;
upper limb = upper extremity, upper extremities, upper ext, upper extrem, up ext, upper limb, ue, uext,
  brachial, cephalic, antecubital, radial artery, ulnar artery, plexus, brachial plexus;
shoulder = shoulder, ac joint, acromioclavicular, glenohumeral, rotator cuff, humeral head;
clavicle = clavicle, clavicular;
scapula = scapula, scapular;
upper arm = humerus, humeral, upper arm, arm;
elbow = elbow, olecranon, radial head;
forearm = forearm, radius, ulna, radius ulna, radius and ulna;
wrist = wrist, carpal, scaphoid, navicular;
hand = hand, metacarpal;
finger = finger, thumb, digit;
hand, wrist = bone age;
lower limb = lower extremity, lower extremities, lower ext, lower extrem, low ext, lwr ext, lower limb, le,
  lext, leg, leg length, leg lengths, long leg, scanogram, popliteal, femoral artery, femoral vein, common
  femoral, superficial femoral, profunda femoris, tibial artery, peroneal, saphenous, saphenofemoral,
  genicular, perforating, anterior tibial, posterior tibial;
pelvis, lower limb = iliofemoral, pelvis and lower extremities;
abdomen, pelvis, lower limb = runoff, run off, aortic runoff, aorta runoff, abdominal aorta runoff;
hip = hip, femoral neck, neck of femur, femoral head, acetabulum;
thigh = femur, femoral, thigh;
knee = knee, patella, patellar, acl, meniscus;
lower leg = lower leg, tibia, fibula, tib fib, tibia fibula, tibia and fibula, tibfib, calf, shin;
ankle = ankle, tarsal joint, talus;
foot = foot, feet, metatarsal, forefoot, midfoot, sesamoid, hindfoot;
heel = heel, calcaneus, calcaneum, os calcis, achilles;
toe = toe, hallux;
chest, abdomen = babygram, chestabdomen, thoracoabdominal;
abdomen, pelvis = abdomen pelvis, abdpel, abdpelvis, abd pelv, abdominopelvic, intra abdominopelvic, ct a p,
  cta a p, mr a p, mri a p, ctap;
chest, abdomen, pelvis = cap, c a p, trunk, torso, chestabdpelvis;
nothing = head first, feet first, hand held, c arm, coronary sinus lead, chest pain, back pain;
"""

_GERMAN: Final = """
whole body = ganzkorper, gk;
head = kopf;
brain = gehirn, hirn, neurokranium, neurocranium, schadel hirn;
skull = schadel;
face = gesichtsschadel, mittelgesicht, nasenbein;
orbits = auge, augenhohle;
sinuses = nnh, nasennebenhohle, nasennebenhohlen;
temporal bones = felsenbein, felsenbeine;
jaw = kiefer, unterkiefer, oberkiefer, zahne;
neck = hals, halsweichteile;
thyroid = schilddruse;
neck vessels = karotis, halsgefasse;
lungs = lunge, rontgen lunge;
heart = herz;
ribs = rippe, rippen;
breast = mamma, mammae, mammographie, brust;
abdomen = oberbauch, bauch, abdomenleeraufnahme;
pelvis = becken, unterbauch, beckenubersicht;
liver = leber;
bile ducts = gallenblase, gallenwege;
pancreas = pankreas;
spleen = milz;
kidneys = niere, nieren, nierenarterien, harntrakt;
bladder = harnblase, blase;
prostate = prostata;
spine = wirbelsaule, ganzwirbelsaule;
cervical spine = hws, halswirbelsaule;
thoracic spine = bws, brustwirbelsaule;
lumbar spine = lws, lendenwirbelsaule;
sacrum = kreuzbein, steissbein, isg, iliosakralgelenk, iliosakralgelenke;
shoulder = schulter, schultergelenk;
clavicle = schlusselbein, klavikula;
scapula = schulterblatt, skapula;
upper arm = oberarm;
elbow = ellenbogen, ellbogen, ellenbogengelenk;
forearm = unterarm;
wrist = handgelenk, handwurzel;
hand = hande, mittelhand;
finger = daumen;
lower limb = bein, beine, becken bein;
hip = hufte, huftgelenk;
thigh = oberschenkel;
knee = knie, kniegelenk;
lower leg = unterschenkel;
ankle = sprunggelenk, osg, usg;
foot = fuss, fusse, vorfuss, mittelfuss;
heel = ferse, fersenbein;
toe = zehe, zehen;
"""

_GLUED: Final = """
abdomen, pelvis = ABDOMENPELVIS;
abdomen, aorta = ABDOMINALAORTA;
upper arm = ARM, UPPERARM;
bile ducts = BILEDUCT;
uterus and ovaries = CERVIX;
chest, abdomen = CHESTABDOMEN;
chest, abdomen, pelvis = CHESTABDPELVIS;
brain = CIRCLEOFWILLIS;
coronary arteries = CORONARYARTERY;
cervical spine, thoracic spine = CTSPINE;
head, neck = HEADNECK;
lower leg = LEG, TIBIAFIBULA, LOWERLEG;
lumbar spine = LSSPINE;
neck, chest = NECKCHEST;
neck, chest, abdomen = NECKCHESTABDOMEN;
neck, chest, abdomen, pelvis = NECKCHESTABDPELV, NECKCHESTABDPELVIS;
orbits = OPTICCANAL;
forearm = RADIUSULNA;
sacrum = SIJOINT, SSPINE;
chest, aorta = THORACICAORTA;
thoracic spine, lumbar spine = TLSPINE;
upper limb = UPPERLIMB;
lower limb = LOWERLIMB;
whole body = WHOLEBODY;
"""


def _regions(names: str) -> frozenset[Region]:
    return frozenset(Region(name.strip()) for name in names.split(",") if name.strip() != "nothing")


REGION_WORDS: Final[Mapping[str, frozenset[Region]]] = {
    phrase: _regions(names) for table in (_ENGLISH, _GERMAN) for phrase, names in phrases(table)
}
BODY_PARTS: Final[Mapping[str, frozenset[Region]]] = {
    phrase: _regions(names) for phrase, names in phrases(_GLUED)
}
