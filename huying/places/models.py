from django.db import models

from huying.places.rules import Level, ZoneKind

CODE = r"^\d{2}(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?$"


class Area(models.Model):
    """A part of the country, from a province down to a community. Retired ones are kept."""

    code = models.CharField(max_length=12, primary_key=True)  # GB code; begins with the parent's
    name = models.CharField(max_length=60)  # official: 上沙社区居委会
    short = models.CharField(max_length=60)  # as it is shown: 上沙社区
    level = models.PositiveSmallIntegerField()
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True
    )
    path = models.TextField()  # 广东省/深圳市/福田区/沙头街道/上沙社区
    retired_at = models.DateTimeField(null=True, blank=True)  # gone from the latest load

    class Meta:
        constraints = [
            models.CheckConstraint(name="area_code_is_gb", condition=models.Q(code__regex=CODE)),
            models.CheckConstraint(
                name="area_level_is_known",
                condition=models.Q(level__in=[level.value for level in Level]),
            ),
        ]

    def __str__(self) -> str:
        return self.path


class Load(models.Model):
    """One time that areas were loaded. The latest one's id is the version of the gazetteer."""

    prefix = models.CharField(max_length=12)  # "" for what comes with the program
    loaded_at = models.DateTimeField()
    fresh = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    retired = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.prefix or 'demo'} {self.loaded_at:%Y-%m-%d}"


class Zone(models.Model):
    """Something that holds for a time in some areas: sealed, controlled, flooded."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    areas = models.ManyToManyField(Area, through="ZoneArea", related_name="zones")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)  # None: until somebody ends it

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="zone_kind_is_known",
                condition=models.Q(kind__in=[kind.value for kind in ZoneKind]),
            ),
            models.CheckConstraint(
                name="zone_ends_after_its_start",
                condition=models.Q(ends_at=None) | models.Q(ends_at__gte=models.F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"


class ZoneArea(models.Model):
    """An area that a zone covers, with all that lies in it."""

    zone = models.ForeignKey(Zone, on_delete=models.CASCADE)
    area = models.ForeignKey(Area, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zone", "area"], name="zone_names_an_area_once"),
        ]

    def __str__(self) -> str:
        return f"{self.zone_id}: {self.area_id}"
