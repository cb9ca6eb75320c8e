from django.db import models

from huying.cases.facts import Fact, fact_class
from huying.cases.lifecycle import LIVE, State
from huying.persons.models import Person
from huying.places.models import Area
from huying.units.models import Unit


class Case(models.Model):
    """One need of one person, from the first word to the last. Its columns replay its timeline."""

    reference = models.CharField(max_length=12, unique=True)  # short enough to say on the phone
    opened_at = models.DateTimeField()  # when the person's first word reached us
    lines = models.PositiveIntegerField(default=0)  # how many the timeline has

    state = models.CharField(max_length=10)
    desk = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="desk_cases")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases", null=True)
    channel = models.CharField(max_length=20)
    account = models.CharField(max_length=40)
    nature = models.CharField(max_length=12, blank=True)
    urgency = models.CharField(max_length=10, blank=True)
    rank = models.PositiveSmallIntegerField(default=0)  # 1 most urgent; 0 not read yet
    category = models.CharField(max_length=20, blank=True)
    lane = models.CharField(max_length=8, blank=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="cases", null=True)
    need_by = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    drill = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_state_is_known",
                condition=models.Q(state__in=[s.value for s in State]),
            ),
        ]
        indexes = [
            # The board: what is live, most urgent first, oldest first.
            models.Index(
                name="case_live",
                fields=["rank", "opened_at", "id"],
                condition=models.Q(state__in=sorted(s.value for s in LIVE)),
            ),
            models.Index(name="case_of_person", fields=["person", "-opened_at"]),
            models.Index(name="case_by_day", fields=["opened_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.reference} ({self.state})"


class Entry(models.Model):
    """One line of a case's timeline. Written once; only its personal fields may be blanked."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="timeline")
    number = models.PositiveIntegerField()  # 1, 2, 3… within the case
    kind = models.CharField(max_length=40)
    data = models.JSONField()
    recorded_by = models.CharField(max_length=60)  # "officer:7", "person", "machine:…", "clock"
    happened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="entry_number_is_unique"),
        ]
        indexes = [models.Index(name="entry_by_kind", fields=["kind", "happened_at"])]

    def __str__(self) -> str:
        return f"{self.case_id}#{self.number} {self.kind}"

    @property
    def fact(self) -> Fact:
        return fact_class(self.kind).from_json(self.data)
