from django.db import models

from huying.cases.models import Case
from huying.persons.models import Account
from huying.units.models import Officer


class Notice(models.Model):
    """One word to one person or officer, queued in the transaction of the fact that causes it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    about = models.CharField(max_length=16)  # receipt, question, progress, reply, result, ladder …
    # What causes it, such as "task:7": the same cause never tells the same person twice.
    cause = models.CharField(max_length=80)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True)  # to a person
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True)  # to an officer
    text = models.TextField()
    queued_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)  # while it is being sent: when the lease ends
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    seen_at = models.DateTimeField(null=True)  # by the officer

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="notice_is_queued_once",
                fields=["case", "cause", "about", "account", "officer"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="notice_is_to_somebody",
                condition=models.Q(account__isnull=False) | models.Q(officer__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="notice_waiting",
                fields=["next_at"],
                condition=models.Q(next_at__isnull=False),
            ),
            models.Index(
                name="notice_unseen",
                fields=["officer", "-queued_at"],
                condition=models.Q(officer__isnull=False, seen_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.about}"
