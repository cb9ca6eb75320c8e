import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db import OperationalError, connection, transaction

from huying.channels.accounts import Account, AccountsUnusable
from huying.channels.keyed import recipient_hash
from huying.channels.message import Kind, Message
from huying.channels.models import Inbound, SendingWindow
from huying.channels.registry import CHANNELS, Voice, accounts
from huying.channels.sending import Post, Sent, TokenRefused, Undeliverable, parts

SENDERS_MAX = 8  # calls under way at once; WeChat answers in some 100 ms, so 80 messages a second
AWAY_RETRY_S = 5

log = logging.getLogger(__name__)

Outcome = Sent | Undeliverable
Key = tuple[str, str, str]

OPEN = """
INSERT INTO channels_sendingwindow (channel, account, recipient_hash, opened_at, sent)
SELECT channel, account, recipient_hash, max(opened_at), 0
FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[])
    AS word (channel, account, recipient_hash, opened_at)
GROUP BY channel, account, recipient_hash
ORDER BY channel, account, recipient_hash  -- two workers lock the same rows in the same order
ON CONFLICT (channel, account, recipient_hash) DO UPDATE
    SET opened_at = excluded.opened_at, sent = 0
    -- A message that was read late must not give back what was said since.
    WHERE channels_sendingwindow.opened_at < excluded.opened_at
"""


def send(channel: str, account: str, recipient: str, text: str, *, at: datetime) -> Sent:
    """Say `text` to `recipient` now. Raises `sending.Undeliverable`. Not inside a transaction."""
    post = Post(channel=channel, account=account, recipient=recipient, text=text)
    outcome = send_all([post], at=at)[0]
    if isinstance(outcome, Undeliverable):
        raise outcome
    return outcome


def send_all(posts: Sequence[Post], *, at: datetime) -> list[Outcome]:
    """Say all of `posts`, several at once; what came of each, in order.

    Posts to the same recipient go in the order given. Not inside a transaction: what was said
    cannot be taken back.
    """
    outcomes: list[Outcome | None] = list(_reserve(posts, at=at))
    open_posts = [i for i, outcome in enumerate(outcomes) if outcome is None]
    open_posts.sort(key=lambda i: (posts[i].channel, posts[i].account))
    for (channel, account), indexes in groupby(
        open_posts, key=lambda i: (posts[i].channel, posts[i].account)
    ):
        chosen = list(indexes)
        said = _say_all(channel, account, [posts[i] for i in chosen], at=at)
        for index, outcome in zip(chosen, said, strict=True):
            outcomes[index] = outcome
    result = [outcome for outcome in outcomes if outcome is not None]
    try:
        _settle([(posts[i], result[i]) for i in open_posts])
    except OperationalError:
        # What was said must come back to whoever asked, or they would say it again.
        log.warning("the database went away; places in windows are not given back")
    return result


def open_windows(read: Sequence[tuple[Inbound, Message]]) -> None:
    """Note for each message that its writer may be written to again, from when it came in."""
    words = [
        (*_key(inbound.channel, inbound.account, message.sender), inbound.received_at)
        for inbound, message in read
        if message.kind is not Kind.EVENT
        and inbound.channel in CHANNELS
        and CHANNELS[inbound.channel].voice
    ]
    if words:
        with connection.cursor() as cursor:
            cursor.execute(OPEN, [list(column) for column in zip(*words, strict=True)])


def _key(channel: str, account: str, recipient: str) -> Key:
    return channel, account, recipient_hash(settings.RECEIPT_KEY, channel, account, recipient)


def _voice(post: Post) -> tuple[Account, Voice]:
    channel = CHANNELS.get(post.channel)
    try:
        account = accounts().find(post.channel, post.account)
    except AccountsUnusable as failure:
        raise Undeliverable(0, "channels.toml is unusable", retry_after_s=60) from failure
    if channel is None or channel.voice is None or account is None:
        raise Undeliverable(0, "this channel or account cannot speak", retry_after_s=None)
    return account, channel.voice


def _pieces(post: Post) -> Sequence[str]:
    return parts(post.text, bytes_max=_voice(post)[1].text_bytes_max)


@transaction.atomic
def _reserve(posts: Sequence[Post], *, at: datetime) -> list[Undeliverable | None]:
    """Take one place in the window for each part of each post, before anything is said.

    Two workers that each see the last free place would otherwise both use it. Of somebody whose
    window we don't know, nothing is said here: then the platform knows.
    """
    windows = _locked([_key(post.channel, post.account, post.recipient) for post in posts])
    refusals: list[Undeliverable | None] = []
    for post in posts:
        window = windows.get(_key(post.channel, post.account, post.recipient))
        try:
            account, _ = _voice(post)
            if window:
                _take(window, account, len(_pieces(post)), at=at)
        except Undeliverable as refusal:
            refusals.append(refusal)
        else:
            refusals.append(None)
    SendingWindow.objects.bulk_update(windows.values(), ["sent"])
    return refusals


def _locked(keys: Sequence[Key]) -> dict[Key, SendingWindow]:
    hashes = {key[2] for key in keys}
    rows = SendingWindow.objects.select_for_update().filter(recipient_hash__in=hashes)
    rows = rows.order_by("channel", "account", "recipient_hash")
    return {(row.channel, row.account, row.recipient_hash): row for row in rows}


def _take(window: SendingWindow, account: Account, places: int, *, at: datetime) -> None:
    if window.opened_at + timedelta(hours=account.window_hours) <= at:
        raise Undeliverable(45015, "too long since their latest word", retry_after_s=None)
    if window.sent + places > account.window_messages:
        raise Undeliverable(45047, "too much since their latest word", retry_after_s=None)
    window.sent += places


def _say_all(channel: str, name: str, posts: Sequence[Post], *, at: datetime) -> list[Outcome]:
    account, voice = _voice(posts[0])
    try:
        token = _token(account, voice, "", at=at)
    except Undeliverable as failure:
        return [failure] * len(posts)
    outcomes = _at_once(account, voice, token, posts)
    refused = [i for i, outcome in enumerate(outcomes) if isinstance(outcome, TokenRefused)]
    if refused:
        try:
            token = _token(account, voice, token, at=at)
        except Undeliverable as failure:
            again: list[Outcome | TokenRefused] = [failure] * len(refused)
        else:
            again = _at_once(account, voice, token, [posts[i] for i in refused])
        for index, outcome in zip(refused, again, strict=True):
            outcomes[index] = outcome
    return [
        Undeliverable(40001, "two tokens were refused", retry_after_s=60)
        if isinstance(outcome, TokenRefused)
        else outcome
        for outcome in outcomes
    ]


def _token(account: Account, voice: Voice, refused: str, *, at: datetime) -> str:
    try:
        return voice.token(account, refused, at)
    except OperationalError as away:
        # Others of the same call may have been said already; only these were not.
        raise Undeliverable(0, "the database is away", retry_after_s=AWAY_RETRY_S) from away


def _at_once(
    account: Account, voice: Voice, token: str, posts: Sequence[Post]
) -> list[Outcome | TokenRefused]:
    """Say the posts over several connections; those to one recipient one after the other."""
    order = sorted(range(len(posts)), key=lambda i: posts[i].recipient)
    streams = [list(group) for _, group in groupby(order, key=lambda i: posts[i].recipient)]
    outcomes: dict[int, Outcome | TokenRefused] = {}

    def say(stream: list[int]) -> None:
        for index in stream:
            outcomes[index] = _say(account, voice, token, posts[index])

    with ThreadPoolExecutor(max_workers=min(SENDERS_MAX, len(streams))) as pool:
        list(pool.map(say, streams))
    return [outcomes[index] for index in range(len(posts))]


def _say(account: Account, voice: Voice, token: str, post: Post) -> Outcome | TokenRefused:
    said = 0
    try:
        for piece in _pieces(post):
            voice.say(account, token, post.recipient, piece)
            said += 1
    except TokenRefused as refusal:
        return refusal
    except Undeliverable as failure:
        return failure
    return Sent(said)


@transaction.atomic
def _settle(said: Sequence[tuple[Post, Outcome]]) -> None:
    """Give back the places of what was certainly not said; close the windows that are closed."""
    failed = [
        (_key(post.channel, post.account, post.recipient), post, outcome)
        for post, outcome in said
        if isinstance(outcome, Undeliverable) and not outcome.is_uncertain
    ]
    if not failed:
        return
    windows = _locked([key for key, _, _ in failed])
    for key, post, outcome in failed:
        window = windows.get(key)
        if window and outcome.closes_window:
            window.sent = max(window.sent, _voice(post)[0].window_messages)
        elif window:
            window.sent = max(0, window.sent - len(_pieces(post)))
    SendingWindow.objects.bulk_update(windows.values(), ["sent"])
