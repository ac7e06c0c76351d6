"""The verbs: what people do, each a small keyword-only function behind one door.

A verb checks who acts, does the thing, writes the audit record, and answers with what changed; it is
the only place where the packages below meet. The window and the command line act through it and
through nothing else; ``app`` hands it settings and callables that only Qt knows.
"""

from workstation.hospital import Hospital
from workstation.security import SecretRefused
from workstation.workflow.actor import Actor, local_actor
from workstation.workflow.answers import (
    Cancelled,
    CheckStep,
    CheckSummary,
    ConnectionReport,
    DeliveryState,
    ExportSummary,
    ImportProgress,
    ImportSummary,
    LineRow,
    LineStatus,
    LinkOffer,
    ListenerRow,
    NextCase,
    Outage,
    OutboxRow,
    PriorRow,
    Progress,
    Refusal,
    Rendered,
    Searched,
    SendSummary,
    SeriesRow,
    StudyPreview,
    StudyRow,
    StudyState,
    SyncSummary,
    TrailVerdict,
    Urgency,
    Verdict,
)
from workstation.workflow.checking import check_store
from workstation.workflow.checking_line import check_connection, figures_of, past_checks
from workstation.workflow.claiming import claim_study, hand_back_study
from workstation.workflow.comparing import (
    confirm_link,
    list_link_offers,
    list_priors,
    refresh_link_offers,
    refresh_priors,
    refuse_link,
)
from workstation.workflow.connecting import Surroundings, connect_archives, start_syncing
from workstation.workflow.demo import connect_hospital, open_hospital, prepare_demo
from workstation.workflow.desk import Desk, demo_desk, open_demo, open_desk
from workstation.workflow.errors import (
    CannotClaim,
    CannotSend,
    FileInTheWay,
    NoSuchImage,
    NoSuchStudy,
    NotHereYet,
    WorkflowError,
    WrongStore,
)
from workstation.workflow.exporting import export_study
from workstation.workflow.importing import import_studies
from workstation.workflow.keys import (
    KeySource,
    NewStore,
    asks_for_words,
    create_store,
    keyring_trouble,
    looks_like_recovery_key,
    opens_with_keyring,
    own_folder,
    shortest_passphrase,
    store_exists,
)
from workstation.workflow.lines import list_lines, outage_of
from workstation.workflow.listening import PushListener, check_listener, listener_of, start_listening
from workstation.workflow.logs import catch_the_uncaught, start_log
from workstation.workflow.machine import keep_memory_private, sandbox_of_this_machine, warm_up
from workstation.workflow.measuring import keep_length, remove_length
from workstation.workflow.opening import focus_series, open_study
from workstation.workflow.outbox import (
    give_up_delivery,
    list_outbox,
    outbox_state,
    refresh_outbox,
    retry_delivery,
    send_paths,
    unsent,
)
from workstation.workflow.outside import whole_file
from workstation.workflow.picturing import picture_of_series, render_image
from workstation.workflow.reading import Reading
from workstation.workflow.reading_list import fetch_study, next_case, put_off_study, search_archives
from workstation.workflow.room import Room, room_of
from workstation.workflow.sessions import keep_filters, kept_filters, last_study
from workstation.workflow.setting_up import (
    add_archive,
    archives_of,
    check_archive,
    remove_archive,
    secrets_trouble,
    try_archive,
)
from workstation.workflow.shown import Picture, Shown, StackShare, Thumbnail, Unshowable, Waiting
from workstation.workflow.signing_in import sign_in, sign_out
from workstation.workflow.studies import (
    describe_study,
    list_studies,
    refresh_studies,
    refresh_study,
    stacks_of,
)
from workstation.workflow.syncing import sync_once
from workstation.workflow.trail import export_audit, read_audit, verify_audit
from workstation.workflow.wording import counted

__all__ = [
    "Actor",
    "Cancelled",
    "CannotClaim",
    "CannotSend",
    "CheckStep",
    "CheckSummary",
    "ConnectionReport",
    "DeliveryState",
    "Desk",
    "ExportSummary",
    "FileInTheWay",
    "Hospital",
    "ImportProgress",
    "ImportSummary",
    "KeySource",
    "LineRow",
    "LineStatus",
    "LinkOffer",
    "ListenerRow",
    "NewStore",
    "NextCase",
    "NoSuchImage",
    "NoSuchStudy",
    "NotHereYet",
    "Outage",
    "OutboxRow",
    "Picture",
    "PriorRow",
    "Progress",
    "PushListener",
    "Reading",
    "Refusal",
    "Rendered",
    "Room",
    "Searched",
    "SecretRefused",
    "SendSummary",
    "SeriesRow",
    "Shown",
    "StackShare",
    "StudyPreview",
    "StudyRow",
    "StudyState",
    "Surroundings",
    "SyncSummary",
    "Thumbnail",
    "TrailVerdict",
    "Unshowable",
    "Urgency",
    "Verdict",
    "Waiting",
    "WorkflowError",
    "WrongStore",
    "add_archive",
    "archives_of",
    "asks_for_words",
    "catch_the_uncaught",
    "check_archive",
    "check_connection",
    "check_listener",
    "check_store",
    "claim_study",
    "confirm_link",
    "connect_archives",
    "connect_hospital",
    "counted",
    "create_store",
    "demo_desk",
    "describe_study",
    "export_audit",
    "export_study",
    "fetch_study",
    "figures_of",
    "focus_series",
    "give_up_delivery",
    "hand_back_study",
    "import_studies",
    "keep_filters",
    "keep_length",
    "keep_memory_private",
    "kept_filters",
    "keyring_trouble",
    "last_study",
    "list_lines",
    "list_link_offers",
    "list_outbox",
    "list_priors",
    "list_studies",
    "listener_of",
    "local_actor",
    "looks_like_recovery_key",
    "next_case",
    "open_demo",
    "open_desk",
    "open_hospital",
    "open_study",
    "opens_with_keyring",
    "outage_of",
    "outbox_state",
    "own_folder",
    "past_checks",
    "picture_of_series",
    "prepare_demo",
    "put_off_study",
    "read_audit",
    "refresh_link_offers",
    "refresh_outbox",
    "refresh_priors",
    "refresh_studies",
    "refresh_study",
    "refuse_link",
    "remove_archive",
    "remove_length",
    "render_image",
    "retry_delivery",
    "room_of",
    "sandbox_of_this_machine",
    "search_archives",
    "secrets_trouble",
    "send_paths",
    "shortest_passphrase",
    "sign_in",
    "sign_out",
    "stacks_of",
    "start_listening",
    "start_log",
    "start_syncing",
    "store_exists",
    "sync_once",
    "try_archive",
    "unsent",
    "verify_audit",
    "warm_up",
    "whole_file",
]
