from django.db import models

from huying.cases.models import Case
from huying.dispatch.rules import LIVE, TaskState
from huying.units.models import Officer, Unit

_LIVE = sorted(state.value for state in LIVE)  # a set has no order, and a migration has


class Task(models.Model):
    """What one unit was asked to do in a case: the lead's part, or a joint one."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="tasks")
    lead = models.BooleanField()
    sort = models.CharField(max_length=12, blank=True)
    asked = models.TextField(blank=True)
    state = models.CharField(max_length=10, default=TaskState.OFFERED)
    hop = models.PositiveSmallIntegerField(default=1)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    final = models.BooleanField(default=False)  # an arbiter decided: no return
    offered_at = models.DateTimeField()
    offered_by = models.CharField(max_length=60)
    expires_at = models.DateTimeField(null=True)  # of an offer
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True)  # who accepted
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="task_one_lead_holds",
                fields=["case"],
                condition=models.Q(lead=True, state="accepted"),
            ),
            models.UniqueConstraint(
                name="task_one_lead_is_asked",
                fields=["case"],
                condition=models.Q(lead=True, state="offered"),
            ),
            models.CheckConstraint(
                name="task_state_is_known",
                condition=models.Q(state__in=[state.value for state in TaskState]),
            ),
        ]
        indexes = [
            models.Index(
                name="task_expiring", fields=["expires_at"], condition=models.Q(state="offered")
            ),
            models.Index(
                name="task_in_hand",
                fields=["unit", "offered_at"],
                condition=models.Q(state__in=_LIVE),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}→{self.unit_id} ({self.state})"


class Placing(models.Model):
    """The queue of cases that wait for a unit to be found, and those that wait for an arbiter."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True)
    wanted_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    contested_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                name="placing_wanted",
                fields=["wanted_at"],
                condition=models.Q(wanted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"placing of {self.case_id}"
