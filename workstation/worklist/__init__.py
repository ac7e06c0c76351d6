"""What is to be read, in which order, with which priors: plain decisions over plain values.

Items come from archives, tasks and the store (through ``workflow``); nothing here speaks to a network, a
disk or a screen, and each decision can say why. The tables that a site may edit come in as text.
``sync`` and ``workflow`` may import it.
"""

from workstation.worklist.affinity import Affinities, parsed_affinities
from workstation.worklist.ai import (
    Code,
    Finding,
    Findings,
    Flag,
    Polarity,
    Triage,
    flag_of,
    flags_of,
    parsed_findings,
)
from workstation.worklist.choosing import Chosen, Limits, NotTaken, chosen
from workstation.worklist.columns import Column, arranged
from workstation.worklist.errors import BadTriage, WorklistError
from workstation.worklist.filters import (
    Filter,
    Moment,
    as_data,
    filter_of,
    fits,
    is_mine,
    matching,
    parsed_filters,
)
from workstation.worklist.items import (
    Conflict,
    Disagreement,
    Item,
    PriorCount,
    Priority,
    Reading,
    State,
    TaskRef,
    priority_of,
)
from workstation.worklist.merge import STORE, merged
from workstation.worklist.next_case import Choice, Skipped, next_case
from workstation.worklist.order import Move, Override, Place, Policy, parsed_policy, ranked
from workstation.worklist.persons import Links, Offer, are_one_person, number_of, offers
from workstation.worklist.priors import (
    Comparable,
    Prior,
    Priors,
    comparable,
    described,
    find_priors,
    judge,
)
from workstation.worklist.search import Haystacks
from workstation.worklist.sources import FromArchive, FromStore, FromTask, TaskState
from workstation.worklist.turnaround import Clock, Rule, Start, Turnaround, clock, parsed_turnaround

__all__ = [
    "STORE",
    "Affinities",
    "BadTriage",
    "Choice",
    "Chosen",
    "Clock",
    "Code",
    "Column",
    "Comparable",
    "Conflict",
    "Disagreement",
    "Filter",
    "Finding",
    "Findings",
    "Flag",
    "FromArchive",
    "FromStore",
    "FromTask",
    "Haystacks",
    "Item",
    "Limits",
    "Links",
    "Moment",
    "Move",
    "NotTaken",
    "Offer",
    "Override",
    "Place",
    "Polarity",
    "Policy",
    "Prior",
    "PriorCount",
    "Priority",
    "Priors",
    "Reading",
    "Rule",
    "Skipped",
    "Start",
    "State",
    "TaskRef",
    "TaskState",
    "Triage",
    "Turnaround",
    "WorklistError",
    "are_one_person",
    "arranged",
    "as_data",
    "chosen",
    "clock",
    "comparable",
    "described",
    "filter_of",
    "find_priors",
    "fits",
    "flag_of",
    "flags_of",
    "is_mine",
    "judge",
    "matching",
    "merged",
    "next_case",
    "number_of",
    "offers",
    "parsed_affinities",
    "parsed_filters",
    "parsed_findings",
    "parsed_policy",
    "parsed_turnaround",
    "priority_of",
    "ranked",
]
