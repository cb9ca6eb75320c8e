from django.db import models

from huying.cases.models import Case


class Clock(models.Model):
    """One promise on one case: the index of what is due next (see rules.py for what it means)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    promise = models.CharField(max_length=12)
    task = models.BigIntegerField(default=0)  # 0: the desk's promise, else the task's number
    opening = models.PositiveSmallIntegerField(default=1)  # the how-manieth (see rules.Key)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # null while it is paused
    kept_at = models.DateTimeField(null=True)
    broken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # nothing is owed any more: kept, late or void
    # What happens next, and when: warnings, the break, the rungs of the ladder. `step` fences
    # them, so that a second worker or a restart repeats nothing.
    next_at = models.DateTimeField(null=True)
    step = models.PositiveSmallIntegerField(default=0)
    taken_by = models.BigIntegerField(null=True)  # the officer who said: I see to it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "promise", "task", "opening"], name="clock_runs_once"
            ),
            models.CheckConstraint(
                name="clock_is_kept_or_broken",
                condition=models.Q(kept_at=None) | models.Q(broken_at=None),
            ),
        ]
        indexes = [
            models.Index(
                name="clock_running",
                fields=["next_at"],
                condition=models.Q(next_at__isnull=False),
            ),
            models.Index(
                name="clock_owed", fields=["case"], condition=models.Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.promise} by {self.due_at}"
