from collections.abc import Collection

from huying.cases.models import Case
from huying.intake.models import Filing


def case_of_receipt(receipt: str) -> Case | None:
    """The case that the message with this receipt went into; None if it wasn't read yet."""
    filing = (
        Filing.objects.filter(inbound__receipt=receipt, case__isnull=False)
        .select_related("case")
        .first()
    )
    return filing.case if filing else None


def receipts_of(case_ids: Collection[int]) -> dict[int, str]:
    """The receipt of each case's first message, by case; it opens the person's page."""
    filings = Filing.objects.filter(case_id__in=case_ids).order_by("case_id", "-inbound_id")
    return {
        case_id: receipt
        for case_id, receipt in filings.values_list("case_id", "inbound__receipt")
        if case_id is not None
    }


def receipt_of(case: Case) -> str:
    """The receipt of the case's first message."""
    return receipts_of([case.pk])[case.pk]
