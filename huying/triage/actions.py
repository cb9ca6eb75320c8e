"""Read what people say, say what it is and how urgent; and let officers judge otherwise."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from huying.cases.actions import hold, record, record_all
from huying.cases.bulk import update
from huying.cases.lifecycle import Move, State, may
from huying.cases.models import Case, Entry
from huying.cases.reactions import Line
from huying.persons.queries import have_phone
from huying.persons.rules import mask_text
from huying.places.models import Area
from huying.triage import details, machine
from huying.triage.facts import Assessed, Corrected, Looked, Recurred
from huying.triage.machine import Said, Verdict
from huying.triage.models import Assessment
from huying.triage.reader.result import Lane, Nature
from huying.triage.rules import RANK, Urgency, more_urgent, urgency_after
from huying.units.categories import CATEGORIES, GROUPS
from huying.units.models import Officer

ASSESS_LIMIT = 200  # cases read in one transaction
MACHINE = "machine:triage"
WRITTEN = [
    "wanted_at",
    "groups",
    "missing",
    "reasons",
    "plea",
    "confidence",
    "done",
    "version",
    "read",
    "said",
]
SPOKEN = ("intake.opened", "intake.wrote", "intake.typed")


def want(lines: Sequence[Line]) -> None:
    """Reaction to new words: somebody has to read them."""
    cases = {line.case.pk: line for line in lines}
    Assessment.objects.bulk_create(
        [Assessment(case_id=case_id, wanted_at=line.at) for case_id, line in cases.items()],
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=["wanted_at"],
    )


@transaction.atomic
def assess_next(*, at: datetime, limit: int = ASSESS_LIMIT) -> int:
    """Read the cases whose words nobody has read. Gives how many there were."""
    waiting = list(
        # The case too: whoever holds it may be waiting to put it into this queue again.
        Assessment.objects.select_for_update(skip_locked=True, of=("self", "case"), no_key=True)
        .filter(wanted_at__lte=at)
        .order_by("wanted_at", "case_id")
        .select_related("case")[:limit]
    )
    if not waiting:
        return 0
    cases = {assessment.case_id: assessment.case for assessment in waiting}
    hold(list(cases.values()))
    words = said_in(cases)
    verdicts: list[tuple[Assessment, Verdict]] = []
    reader = machine.reader()
    for assessment in waiting:
        verdict = machine.judge(
            reader,
            words[assessment.case_id],
            assessment.case.channel,
            known=assessment.read.get("messages", 0),
        )
        verdicts.append((assessment, verdict))
    details.keep({assessment.case: verdict for assessment, verdict in verdicts}, at=at)
    phones = have_phone({case.person_id for case in cases.values() if case.person_id})
    loaded = set(
        Area.objects.filter(pk__in={verdict.area for _, verdict in verdicts}).values_list(
            "pk", flat=True
        )
    )
    lines = []
    for assessment, verdict in verdicts:
        if verdict.area not in loaded:
            # Read out of names that come with the program; its row is not there to point at.
            verdict = replace(verdict, area=None)  # noqa: PLW2901
        lines += _lines(assessment, verdict, words[assessment.case_id], phones, at)
        assessment.wanted_at = None
    # As an upsert, since `bulk_update` takes ten times as long.
    update(waiting, WRITTEN)
    record_all(lines)
    return len(waiting)


def said_in(cases: Mapping[int, Case]) -> dict[int, list[Said]]:
    """What the person of each case said, message by message, the oldest first."""
    spoken: dict[int, list[Said]] = defaultdict(list)
    entries = Entry.objects.filter(case_id__in=cases, kind__in=SPOKEN)
    for case_id, data, at in entries.order_by("case_id", "number").values_list(
        "case_id", "data", "happened_at"
    ):
        spoken[case_id].append(Said(data["words"], at, data.get("inbound", 0)))
    return spoken


def _lines(
    assessment: Assessment, verdict: Verdict, said: Sequence[Said], phones: set[int], at: datetime
) -> list[Line]:
    case = assessment.case
    missing = [key for key in verdict.missing if not (key == "phone" and case.person_id in phones)]
    fact = _merged(assessment, verdict, missing)
    before = assessment.read.get("digest")
    lines: list[Line] = []
    if _begins_anew(case, verdict):
        lines.append(Line(case, Recurred(inbound=said[-1].inbound), MACHINE, at))
    now = _digest(fact)
    if now != before:
        lines.append(Line(case, fact, MACHINE, at))
    # What an officer said stands until new danger raises it; from then on the machine's does.
    if assessment.said.get("urgency") not in {None, fact.urgency}:
        del assessment.said["urgency"]
    stands = more_urgent(assessment.read.get("urgency", ""), verdict.urgency)
    if "urgency" not in assessment.said:
        stands = more_urgent(stands, fact.urgency)
    assessment.read = {"urgency": stands, "digest": now, "messages": len(said)}
    assessment.groups, assessment.missing = list(verdict.groups), missing
    assessment.reasons, assessment.plea = fact.reasons, verdict.plea
    assessment.confidence, assessment.done = verdict.confidence, verdict.done
    assessment.version = verdict.version
    return lines


def _digest(fact: Assessed) -> str:
    # Enough to see whether a new reading says anything new; the timeline has the whole.
    said = json.dumps(fact.to_json(), sort_keys=True)
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def _begins_anew(case: Case, verdict: Verdict) -> bool:
    """Whether the latest words open a case again that had come to its end, or nearly so."""
    if case.state in {State.CLOSED, State.DECLINED}:
        return verdict.new_is_need
    return case.state == State.ANSWERED and verdict.new_is_danger


def _merged(assessment: Assessment, verdict: Verdict, missing: list[str]) -> Assessed:
    """The machine's verdict under what officers said: theirs stands, except that danger rises."""
    said: dict[str, str] = assessment.said
    urgency = urgency_after(
        said.get("urgency", ""),
        stands=assessment.read.get("urgency", ""),
        read_now=verdict.urgency,
        read_new=verdict.new_urgency,
    )
    nature = said.get("nature") or verdict.nature
    lane = said.get("lane") or verdict.lane
    if RANK[urgency] <= RANK[Urgency.HIGH] and lane == "aside":
        lane = "unsure"  # whoever is in danger stays in sight, whatever the words were taken for
    need_by = verdict.need_by.isoformat() if verdict.need_by else None
    return Assessed(
        nature=nature,
        plea=round(verdict.plea, 4),
        urgency=urgency,
        category=said.get("category") or verdict.category,
        lane=lane,
        confidence=round(verdict.confidence, 4),
        groups=list(verdict.groups),
        area=said.get("area") or verdict.area,
        need_by=said.get("need_by") or need_by,
        done=verdict.done,
        missing=missing,
        reasons=[dict(reason) for reason in verdict.reasons],
        details=[dict(detail) for detail in verdict.shown],
        version=verdict.version,
        language=verdict.language,
    )


def look(case: Case, *, officer: Officer, at: datetime) -> None:
    """Write down that an officer has read the case; a second look changes nothing.

    Nor does a look at a case that has ended.
    """
    with transaction.atomic():
        hold([case])
        if may(State(case.state), Move.LOOK) and case.looked_at is None:
            record(case, Looked(), by=f"officer:{officer.pk}", at=at)


@transaction.atomic
def correct(
    case: Case,
    *,
    why: str,
    officer: Officer,
    at: datetime,
    nature: str = "",
    urgency: str = "",
    category: str = "",
    lane: str = "",
    area: str = "",
    need_by: datetime | None = None,
    known: Mapping[str, str] | None = None,
) -> None:
    """Judge otherwise than the machine, or add details that are known (`known`: key → value).

    What an officer says stands against every later reading, except that new words of danger
    raise the urgency. Raises `ValueError` without a reason, or for a word that isn't one of ours.
    """
    if not why.strip():
        raise ValueError(gettext("请写明依据：机器要从更正里学习。"))
    _check_words(nature=nature, urgency=urgency, category=category, lane=lane)
    if area and not Area.objects.filter(pk=area).exists():
        raise ValueError(gettext("没有这个区划代码：%s。") % area)
    hold([case])
    by = f"officer:{officer.pk}"
    changes = {
        "nature": nature,
        "urgency": urgency,
        "category": category,
        "lane": lane,
        "area": area,
        "need_by": need_by.isoformat() if need_by else "",
    }
    shown = details.correct(case, known or {}, by=by, at=at)
    fact = Corrected(why=mask_text(why.strip()), details=shown, **changes)
    record(case, fact, by=by, at=at)
    assessment, _ = Assessment.objects.get_or_create(case=case)
    assessment.said |= {key: value for key, value in changes.items() if value}
    assessment.save(update_fields=["said"])


def _check_words(**said: str) -> None:
    """Raises `ValueError` for a nature, urgency, category or lane that we don't have."""
    ours: dict[str, Collection[str]] = {
        "nature": set(Nature),
        "urgency": set(Urgency),
        "category": set(CATEGORIES) | set(GROUPS),
        "lane": set(Lane),
    }
    for what, word in said.items():
        if word and word not in ours[what]:
            names = {"what": _names()[what], "word": word}
            raise ValueError(gettext("%(what)s里没有“%(word)s”。") % names)


def _names() -> Mapping[str, str]:
    return {
        "nature": gettext("诉求性质"),
        "urgency": gettext("紧急程度分级"),
        "category": gettext("诉求类别"),
        "lane": gettext("研判去向"),
    }
