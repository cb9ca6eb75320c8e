from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from huying.places.models import Area, Zone
from huying.units.rights import Role

UNIT_KINDS = (
    "desk",
    "command",
    "bureau",
    "district",
    "street",
    "community",
    "hospital",
    "laboratory",
    "company",
    "volunteers",
)
CONTACT_KINDS = ("console", "robot", "phone", "email")


class Unit(models.Model):
    """Who can be asked to act."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=80)
    short = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True
    )
    capabilities = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    is_desk = models.BooleanField(default=False)  # may be the accountable holder of a case
    outside = models.BooleanField(default=False)  # not an authority: sees its own tasks only
    phone = models.CharField(max_length=20, blank=True)  # the public switchboard

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="unit_kind_is_known", condition=models.Q(kind__in=UNIT_KINDS)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Officer(models.Model):
    """Somebody who acts for a unit, with a log-in of their own."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="officer"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="officers")
    role = models.CharField(max_length=16)
    name = models.CharField(max_length=40)
    phone = models.CharField(max_length=20, blank=True)  # the work phone
    languages = ArrayField(models.CharField(max_length=12), default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="officer_role_is_known",
                condition=models.Q(role__in=[role.value for role in Role]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.unit_id})"


class ContactPoint(models.Model):
    """A way to reach a unit. Tested on a schedule; a dead one reaches nobody."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="contact_points")
    kind = models.CharField(max_length=8)
    value = models.CharField(max_length=200, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)
    dead_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "value"], name="contact_point_is_listed_once"
            ),
            models.CheckConstraint(
                name="contact_kind_is_known", condition=models.Q(kind__in=CONTACT_KINDS)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind}"


class Shift(models.Model):
    """One officer's turn, week after week, in the local time of `rules.LOCAL`."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="shifts")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="shifts")
    weekdays = ArrayField(models.PositiveSmallIntegerField())  # of its beginning; 1 is Monday
    begins = models.TimeField()
    ends = models.TimeField()  # not after `begins`: on the next day
    standby = models.BooleanField(default=False)
    since = models.DateField(null=True, blank=True)  # the first day that it begins
    until = models.DateField(null=True, blank=True)  # the last day that it begins

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="shift_weekdays_are_iso",
                condition=models.Q(
                    weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7], weekdays__len__gt=0
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.begins:%H:%M}–{self.ends:%H:%M}"


class Absence(models.Model):
    """When an officer is not there, whatever the roster says."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="absence_has_a_length", condition=models.Q(ends_at__gt=models.F("starts_at"))
            ),
        ]
        indexes = [models.Index(name="absence_now", fields=["ends_at", "starts_at"])]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.starts_at:%F}–{self.ends_at:%F}"


class Duty(models.Model):
    """One line of the duty list: in this area, for this category, it is this unit's."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="duties")
    category = models.CharField(max_length=20)  # a code of `categories`, or "*"
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="duties")
    zone = models.ForeignKey(
        Zone, on_delete=models.PROTECT, related_name="duties", null=True, blank=True
    )  # holds inside this zone only, before all other lines
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)  # from this moment on it holds no more

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "category", "zone", "since"],
                name="duty_is_one_units",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.category} → {self.unit_id}"
