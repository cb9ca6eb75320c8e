"""Keep what is known of a case, each with the words it was read from; a newer version replaces."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from huying.cases.bulk import insert
from huying.cases.models import Case
from huying.persons.actions import Said, prefer_text
from huying.persons.actions import keep as keep_particulars
from huying.persons.rules import Kind, mask, mask_text, tidy
from huying.persons.seal import hash_of
from huying.triage.machine import Verdict
from huying.triage.models import Detail
from huying.triage.reader.result import Detail as Read

# Personal details go into the cupboard; what stands here of them is masked.
KINDS = {
    "phone": Kind.PHONE,
    "id_number": Kind.ID_NUMBER,
    "person_name": Kind.NAME,
    "writer_name": Kind.NAME,
    "place": Kind.ADDRESS,
}
# A person may have several of these; of all others the latest counts.
SEVERAL = {"phone", "id_number", "person_name", "symptom", "hospital", "medicine"}
VALUE_MAX = 200
PERSON = "person"


def keep(verdicts: Mapping[Case, Verdict], *, at: datetime) -> None:
    """Keep the details of many cases that are new, sealed where they are personal."""
    current = _current(verdicts)
    fresh: list[tuple[Detail, str]] = []
    replaced: list[int] = []
    text_only = set()
    for case, verdict in verdicts.items():
        rows = current.get(case.pk, [])
        judged = {row.key for row in rows if row.reader.startswith("officer:")}
        known = {(row.key, _identity(row)) for row in rows}
        if case.person_id and any(read.key == "contact_preference" for read in verdict.details):
            text_only.add(case.person_id)
        for read in _that_count(verdict.details):
            if read.key in judged or (read.key, _identity_of(read)) in known:
                continue
            if read.key not in SEVERAL:
                replaced += [row.pk for row in rows if row.key == read.key]
            fresh.append((_row(case, read, at), read.value))
    _seal(fresh, PERSON, at)
    Detail.objects.filter(pk__in=replaced).update(replaced_at=at)
    insert([row for row, _ in fresh])
    prefer_text(text_only)


def _that_count(details: Sequence[Read]) -> list[Read]:
    """Of what a person has only one of, the latest that was said; all of the rest."""
    latest = {read.key: read for read in details}
    return [read for read in details if read.key in SEVERAL or latest[read.key] is read]


def _identity(row: Detail) -> str:
    # Two phones may look the same behind their masks.
    return row.particular.value_hash if row.particular else row.value


def _identity_of(read: Read) -> str:
    kind = KINDS.get(read.key)
    return hash_of(kind, tidy(kind, read.value)) if kind else _shown(read.key, read.value)


def _row(case: Case, read: Read, at: datetime) -> Detail:
    return Detail(
        case=case,
        key=read.key,
        value=_shown(read.key, read.value),
        # A personal value stands in its words, so these show no more than the value does.
        words=_shown(read.key, read.value if read.key in KINDS else mask_text(read.words)),
        reader=read.reader,
        noted_at=at,
    )


def correct(case: Case, known: Mapping[str, str], *, by: str, at: datetime) -> list[dict[str, str]]:
    """An officer's details replace what a machine read. Gives them as a timeline may hold them."""
    rows = [
        Detail(
            case=case,
            key=key,
            value=_shown(key, value),
            words="",
            reader=by,
            noted_at=at,
        )
        for key, value in known.items()
        if value.strip()
    ]
    _seal([(row, known[row.key]) for row in rows], by, at)
    keys = [row.key for row in rows]
    Detail.objects.filter(case=case, key__in=keys, replaced_at=None).update(replaced_at=at)
    insert(rows)
    if "contact_preference" in keys and case.person_id:
        prefer_text({case.person_id})
    return [{"key": row.key, "value": row.value, "words": "", "reader": by} for row in rows]


def _current(verdicts: Mapping[Case, Verdict]) -> dict[int, list[Detail]]:
    current: dict[int, list[Detail]] = {}
    rows = Detail.objects.filter(case__in=list(verdicts), replaced_at=None)
    for row in rows.order_by("pk").select_related("particular"):
        current.setdefault(row.case_id, []).append(row)
    return current


def _seal(rows: list[tuple[Detail, str]], by: str, at: datetime) -> None:
    personal = [
        (row, Said(row.case.person_id, KINDS[row.key], value, by))
        for row, value in rows
        if row.key in KINDS and row.case.person_id
    ]
    particulars = keep_particulars([said for _, said in personal], at=at)
    for (row, _), particular in zip(personal, particulars, strict=True):
        row.particular = particular


def _shown(key: str, value: str) -> str:
    kind = KINDS.get(key)
    return (mask(kind, value) if kind else value)[:VALUE_MAX]
