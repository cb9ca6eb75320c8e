from django.db import models

from huying.cases.models import Case
from huying.channels.models import Inbound


class Filing(models.Model):
    """Where one message went: which case, or why none. So that received = stored = decided."""

    inbound = models.OneToOneField(Inbound, on_delete=models.PROTECT, primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="filings", null=True)
    outcome = models.CharField(max_length=12)  # see intake.rules.Outcome
    filed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="filing_of_case", fields=["case", "filed_at"])]

    def __str__(self) -> str:
        return f"message {self.inbound_id} {self.outcome} {self.case_id or ''}"
