"""Keep what is known of a case, each with the words it was read from; a newer version replaces."""

from collections.abc import Mapping
from datetime import datetime

from huying.cases.models import Case
from huying.persons.actions import Said, prefer_text
from huying.persons.actions import keep as keep_particulars
from huying.persons.rules import Kind, mask, mask_text
from huying.triage.machine import Verdict
from huying.triage.models import Detail

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
        for read in verdict.details:
            if read.key == "contact_preference" and case.person_id:
                text_only.add(case.person_id)
            value = _shown(read.key, read.value)
            same = [row for row in rows if row.key == read.key]
            if read.key in judged or any(row.value == value for row in same):
                continue
            if read.key not in SEVERAL:
                replaced += [row.pk for row in same if row.pk]
            row = Detail(
                case=case,
                key=read.key,
                value=value,
                words=_shown(read.key, mask_text(read.words)),
                reader=read.reader,
                noted_at=at,
            )
            rows.append(row)
            fresh.append((row, read.value))
        current[case.pk] = rows
    _seal(fresh, PERSON, at)
    Detail.objects.filter(pk__in=replaced).update(replaced_at=at)
    Detail.objects.bulk_create(row for row, _ in fresh)
    prefer_text(text_only)


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
    Detail.objects.bulk_create(rows)
    if "contact_preference" in keys and case.person_id:
        prefer_text({case.person_id})
    return [{"key": row.key, "value": row.value, "words": "", "reader": by} for row in rows]


def _current(verdicts: Mapping[Case, Verdict]) -> dict[int, list[Detail]]:
    current: dict[int, list[Detail]] = {}
    for row in Detail.objects.filter(case__in=list(verdicts), replaced_at=None).order_by("pk"):
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
