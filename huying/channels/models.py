from django.db import models


class Inbound(models.Model):
    """One message as it reached us, kept byte for byte before anybody reads it."""

    channel = models.CharField(max_length=40)
    account = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)  # the sender's own number for it
    receipt = models.CharField(max_length=12)  # opens the person's own page
    body = models.BinaryField()
    meta = models.JSONField(default=dict)  # what a reader needs besides the body
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    unreadable = models.TextField(null=True)  # noqa: DJ001  why not; null: nobody failed yet

    class Meta:
        constraints = [
            # Platforms deliver the same message twice. The second one must change nothing.
            models.UniqueConstraint(
                name="inbound_arrives_once", fields=["channel", "account", "external_id"]
            ),
            # Not unique=True: Django would add a second index, to look for parts of a receipt.
            models.UniqueConstraint(name="inbound_receipt_once", fields=["receipt"]),
        ]
        indexes = [
            models.Index(name="inbound_unread", fields=["id"], condition=models.Q(read_at=None)),
            models.Index(name="inbound_by_hour", fields=["received_at"]),
            models.Index(
                name="inbound_unreadable",
                fields=["received_at"],
                condition=models.Q(unreadable__isnull=False, read_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}/{self.account}:{self.external_id}"


class Attachment(models.Model):
    """A picture, a recording, a document that came with a message."""

    inbound = models.ForeignKey(Inbound, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)  # image, voice, video, file
    media_type = models.CharField(max_length=100)
    size = models.IntegerField(default=0)  # bytes
    content = models.BinaryField(null=True)  # null: still with the platform
    media_id = models.CharField(max_length=200)  # what the platform wants to hear; "" for ours
    fetched_at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    fault = models.TextField(null=True)  # noqa: DJ001  why not; null: no failure yet

    class Meta:
        constraints = [
            # A message read twice must not be fetched twice.
            models.UniqueConstraint(
                name="attachment_once",
                fields=["inbound", "media_id"],
                condition=~models.Q(media_id=""),
            ),
        ]
        indexes = [
            models.Index(
                name="attachment_to_fetch",
                fields=["next_try_at"],
                condition=models.Q(fetched_at=None, next_try_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inbound_id}:{self.name or self.media_id}"


class SendingWindow(models.Model):
    """How long, and how often, a platform lets us write to somebody who wrote to us."""

    channel = models.CharField(max_length=40)
    account = models.CharField(max_length=40)
    recipient_hash = models.CharField(max_length=64)
    opened_at = models.DateTimeField()  # their latest word
    sent = models.SmallIntegerField(default=0)  # what we said since

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="window_one_each", fields=["channel", "account", "recipient_hash"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}/{self.account}:{self.recipient_hash[:8]}"


class AccessToken(models.Model):
    """The key to a platform's API. One row an account: a second holder would undo the first."""

    channel = models.CharField(max_length=40)
    account = models.CharField(max_length=40)
    sealed = models.TextField()  # encrypted with this installation's own key
    expires_at = models.DateTimeField(null=True)
    fetched_at = models.DateTimeField(null=True)
    forced_at = models.DateTimeField(null=True)  # WeChat allows that 20 times a day

    class Meta:
        constraints = [
            models.UniqueConstraint(name="token_one_each", fields=["channel", "account"]),
        ]

    def __str__(self) -> str:
        return f"{self.channel}/{self.account}"
