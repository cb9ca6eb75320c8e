"""No database, a database that hangs, a disk that is full: the ear seen from outside."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from tests.faults.books import audit, wait_until_idle
from tests.faults.crowd import ANSWER_WITHIN_S, Crowd, Told
from tests.faults.installation import Installation, Part, signal_all

GONE_WITHIN_S = 30.0
FULL_BYTES = 300  # of any file: the first part of one message fits, and no more


def test_without_a_database_messages_are_kept_in_the_journal_and_on_a_full_disk_refused(
    installation: Installation,
) -> None:
    crowd = Crowd(installation.home, seed=31, rate=1)
    before = crowd.write(2)
    with _nobody_starts_it_again(installation):
        installation.hit(Part.DATABASE)
        installation.wait(lambda: not installation.pids(Part.BACKEND), "its end", GONE_WITHIN_S)

        journaled = crowd.write(12)
        with _disk_full(installation):
            refused = crowd.write(5)
        again = crowd.write(3)
        sizes = [file.stat().st_size for file in (installation.home / "journal").iterdir()]

    # Kept on the disk of the web alone, and told so in time for WeChat.
    assert [told.acknowledged for told in before + journaled + again] == [True] * 17
    assert max(told.ended_at - told.began_at for told in journaled) < ANSWER_WITHIN_S
    # Never acknowledged and lost: WeChat was told to try again, three times each.
    assert [told.refused for told in refused] == [[503] * 3] * 5
    assert sizes
    assert all(sizes), "a full disk was filled with empty files"
    wait_until_idle(installation)
    assert audit(installation, crowd) == []
    assert not _stored(installation, refused)


def test_a_database_that_hangs_keeps_waiting_neither_people_nor_who_starts_the_web_again(
    installation: Installation,
) -> None:
    crowd = Crowd(installation.home, seed=32, rate=1)
    crowd.write(2)
    frozen = installation.pids(Part.DATABASE) | installation.at_work()
    try:
        # It neither answers nor ends, as one that reads gigabytes of log after a crash.
        signal_all(frozen, signal.SIGSTOP)
        told = crowd.write(4)
        began = installation.hit(Part.WEB)
        installation.wait(lambda: crowd.write(1)[0].acknowledged, "an answer", GONE_WITHIN_S)
    finally:
        signal_all(frozen, signal.SIGCONT)

    # Only the first waits to see whether it answers.
    assert [each.tries for each in told] == [1] * 4
    assert max(each.ended_at - each.began_at for each in told) < ANSWER_WITHIN_S
    assert crowd.first_after(began) is not None
    wait_until_idle(installation)
    assert audit(installation, crowd) == []


@contextmanager
def _nobody_starts_it_again(installation: Installation) -> Iterator[None]:
    installation.signal_house(signal.SIGSTOP)
    try:
        yield
    finally:
        installation.signal_house(signal.SIGCONT)


@contextmanager
def _disk_full(installation: Installation) -> Iterator[None]:
    """Nothing that the web writes may grow: the kernel refuses the rest, in mid-record."""
    listeners = installation.pids(Part.WEB_LISTENER)
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in listeners}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (FULL_BYTES, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def _stored(installation: Installation, letters: list[Told]) -> list[str]:
    numbers = {told.letter.external_id for told in letters}
    with installation.snapshot() as ask:
        kept = {row["external_id"] for row in ask("SELECT external_id FROM channels_inbound")}
    return sorted(numbers & kept)
