from django.db import models

from huying.cases.models import Case
from huying.persons.models import Particular


class Assessment(models.Model):
    """The queue of cases with words that nobody has read yet, and who judged what by hand."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True)
    wanted_at = models.DateTimeField(null=True)
    read = models.JSONField(default=dict)  # the machine's latest verdict
    said = models.JSONField(default=dict)  # what officers said instead
    groups = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    plea = models.FloatField(default=0)
    confidence = models.FloatField(default=0)
    done = models.BooleanField(default=False)  # the person's words say that it is solved
    version = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [
            models.Index(
                name="assessment_wanted",
                fields=["wanted_at"],
                condition=models.Q(wanted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"assessment of {self.case_id}"


class Detail(models.Model):
    """One thing we know, with the words it was read from. A newer version replaces an older."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="details")
    key = models.CharField(max_length=24)
    value = models.CharField(max_length=200)  # masked if personal
    particular = models.ForeignKey(Particular, on_delete=models.PROTECT, null=True)
    words = models.CharField(max_length=200)  # masked if personal
    reader = models.CharField(max_length=60)  # rule id, "model", "officer:7", "form"
    noted_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                name="detail_current",
                fields=["case", "key"],
                condition=models.Q(replaced_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.key}: {self.value}"
