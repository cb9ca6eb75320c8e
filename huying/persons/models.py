from django.db import models

from huying.persons.rules import Kind


class Person(models.Model):
    """Somebody who wrote to us, or for whom somebody wrote."""

    known_since = models.DateTimeField()
    text_only = models.BooleanField(default=False)  # deaf, or cannot speak now: never ask to phone
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"person {self.pk}"


class Account(models.Model):
    """Where a person writes from: one sender on one account of one channel."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accounts")
    channel = models.CharField(max_length=20)
    account = models.CharField(max_length=40)
    sender_hash = models.CharField(max_length=32)
    sender_sealed = models.BinaryField()  # the channel's own id for them, e.g. an openid

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "account", "sender_hash"], name="account_is_one_persons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}/{self.account} of person {self.person_id}"


class Particular(models.Model):
    """One personal field: sealed, found by a keyed hash, shown masked unless revealed."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="particulars")
    kind = models.CharField(max_length=12)
    value_hash = models.CharField(max_length=32)
    sealed = models.BinaryField()
    masked = models.CharField(max_length=80)
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=60)  # "person", "officer:7"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "value_hash"], name="particular_is_kept_once"
            ),
            models.CheckConstraint(
                name="particular_kind_is_known",
                condition=models.Q(kind__in=[kind.value for kind in Kind]),
            ),
        ]
        indexes = [models.Index(name="particular_found_by", fields=["kind", "value_hash"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.masked}"
