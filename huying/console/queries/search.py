"""Find a case by what somebody can say on the phone: its number, a receipt, their own number."""

import re

from django.db.models import Q

from huying.console.queries.board import Row, rows_of
from huying.console.sight import visible
from huying.intake.queries import case_of_receipt
from huying.persons.queries import found_by
from huying.persons.rules import Kind
from huying.units.models import Officer

FOUND_MAX = 50
NUMBER_DIGITS_MIN = 7  # of a landline without its area code


def search(officer: Officer, wanted: str, *, also_numbers: bool) -> list[Row]:
    """The cases that the officer may see and that `wanted` names, the latest first.

    `also_numbers`: a phone or an identity number is looked for too.
    """
    said = wanted.strip().upper()
    either = Q(reference=said)
    by_receipt = case_of_receipt(said)
    if by_receipt:
        either |= Q(pk=by_receipt.pk)
    digits = re.sub(r"\D", "", wanted)
    if also_numbers and len(digits) >= NUMBER_DIGITS_MIN:
        kinds = (Kind.PHONE, Kind.ID_NUMBER)
        either |= Q(person__in=[one.pk for kind in kinds for one in found_by(kind, wanted)])
    cases = visible(officer).filter(either).select_related("desk", "area").order_by("-opened_at")
    return rows_of(list(cases[:FOUND_MAX]))
