"""A plea that came in some minutes ago: `python -m tests.faults.yesterday MINUTES`.

Run beside an installation that is stopped; only its database runs. Through the actions that the
worker calls, with the time as it was then. Says the number of the case.
"""

import os
import sys
from datetime import UTC, datetime, timedelta

import django

WORDS = "家里老人发烧39度，退烧药吃完了，出不去，求送药。福田区沙头街道上沙社区"


def main(minutes: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
    django.setup()
    # The rooms may be imported only when Django knows them.
    from huying.channels.actions import keep_form  # noqa: PLC0415
    from huying.dispatch.actions import offer_next  # noqa: PLC0415
    from huying.intake.actions import read_next  # noqa: PLC0415
    from huying.intake.models import Filing  # noqa: PLC0415
    from huying.triage.actions import assess_next  # noqa: PLC0415

    at = datetime.now(UTC) - timedelta(minutes=float(minutes))
    inbound = keep_form(
        "site", token=f"yesterday-{os.urandom(8).hex()}", fields={"text": WORDS}, at=at
    )
    for step in (read_next, assess_next, offer_next):
        step(at=at)
    sys.stdout.write(f"{Filing.objects.get(inbound=inbound).case_id}\n")


if __name__ == "__main__":
    main(sys.argv[1])
